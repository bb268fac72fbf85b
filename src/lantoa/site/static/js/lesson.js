// A lesson's card: read aloud, larger text, games answered without a reload. Everything works without this file.

const lesson = document.querySelector(".lesson");

// ── Read aloud ──────────────────────────────────────────────────────
const reader = document.querySelector("[data-aloud]");
const speech = window.speechSynthesis;

function spoken() {
  return speech.getVoices().find((voice) => voice.lang.toLowerCase().startsWith(reader.dataset.language));
}

function offer() {
  reader.hidden = !spoken();
}

function stop(label) {
  speech.cancel();
  reader.lastElementChild.textContent = label;
  reader.removeAttribute("aria-pressed");
}

if (reader && speech) {
  const label = reader.lastElementChild.textContent;
  offer();
  speech.addEventListener?.("voiceschanged", offer);
  window.addEventListener("pagehide", () => speech.cancel());
  reader.addEventListener("click", () => {
    if (reader.hasAttribute("aria-pressed")) return stop(label);
    const lines = reader.dataset.aloud.split("\n").filter(Boolean);
    reader.lastElementChild.textContent = reader.dataset.stop;
    reader.setAttribute("aria-pressed", "true");
    lines.forEach((line, place) => {
      const said = new SpeechSynthesisUtterance(line);
      said.lang = reader.dataset.language === "en" ? "en-GB" : "vi-VN";
      said.voice = spoken() ?? null;
      said.rate = 0.95;
      if (place === lines.length - 1) said.onend = () => stop(label);
      speech.speak(said);
    });
  });
}

// ── Size of the text: 1, 2, 3, 1 … kept in a cookie, as the form does ──
const sizing = document.querySelector("[data-size-form]");
sizing?.addEventListener("submit", (event) => {
  event.preventDefault();
  const size = sizing.elements.size.value;
  const next = String((Number(size) % 3) + 1);
  const button = sizing.querySelector("button");
  lesson.dataset.size = size;
  sizing.elements.size.value = next;
  button.lastElementChild.textContent = next === "1" ? button.dataset.normal : button.dataset.larger;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `co-chu=${size}; path=/; max-age=31536000; samesite=lax${secure}`;
});

// ── Games: the server answers, the page changes in place ─────────────
lesson?.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-play]")) return;
  event.preventDefault();
  const sent = new FormData(form, event.submitter);
  try {
    const answer = await fetch(location.pathname, { method: "POST", body: sent, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    show(page.querySelector("#choi"));
  } catch {
    if (event.submitter?.name) form.append(hidden(event.submitter));
    form.submit();
  }
});

function hidden(button) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = button.name;
  field.value = button.value;
  return field;
}

function show(game) {
  document.querySelector("#choi").replaceWith(game);
  document.dispatchEvent(new Event("game"));
  const said = game.querySelector("#loi-giai");
  if (!said) return;
  // A live region speaks only of what changes in it: put the answer in once it stands on the page.
  const words = [...said.childNodes];
  said.replaceChildren();
  requestAnimationFrame(() => {
    said.replaceChildren(...words);
    said.focus({ preventScroll: true });
    said.scrollIntoView({ block: "center", behavior: "auto" });
  });
}
