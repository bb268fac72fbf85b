// The exam page's comfort: saves by itself, survives a dead network, counts down. Without it the page is a form.
const form = document.querySelector(".exam");
const words = form.querySelector("[data-words]").dataset;
const find = (name) => form.querySelector(`[data-${name}]`);
const boxes = [...form.querySelectorAll(".question-box")];
const places = [...form.querySelectorAll(".map a")];
const token = form.elements.csrfmiddlewaretoken.value;
const store = `thi/${form.dataset.key}`;
const SOON = 2500; // ms: a few taps become one save
const AGAIN = 5000; // ms between tries while the network is away; a crowd that was turned away spreads itself
const LATER = [408, 425, 429]; // what a site says that is only busy, like any 5xx

let revision = Number(form.dataset.revision);
let touched = new Set(); // questions changed since the last acknowledgement
let timer = null;
let sending = false;
let over = false;
let wantsSubmit = false;

const chosen = (n) => {
  const field = form.querySelector(`input[name="c${n}"]:checked`);
  return field ? Number(field.value) : -1;
};
const again = () => AGAIN * (0.6 + 0.8 * Math.random());
const sheet = () => boxes.map((_, i) => chosen(i + 1));
const choose = (n, value) => {
  for (const field of form.querySelectorAll(`input[name="c${n}"]`)) field.checked = Number(field.value) === value;
};

function keep() {
  try {
    localStorage.setItem(store, JSON.stringify({ answers: sheet(), revision, touched: [...touched] }));
  } catch {
    // A full or forbidden store only means that this device keeps nothing.
  }
}

function forget() {
  try {
    localStorage.removeItem(store);
  } catch {
    // as above
  }
}

function recover() {
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(store));
  } catch {
    return;
  }
  if (!kept || !kept.touched.length) return;
  for (const n of kept.touched) {
    choose(n, kept.answers[n - 1]);
    touched.add(n);
  }
  soon();
}

function show() {
  let answered = 0;
  places.forEach((place, i) => {
    const done = chosen(i + 1) >= 0;
    answered += done;
    const waits = done && touched.has(i + 1) && find("offline").hidden === false;
    place.classList.toggle("is-done", done && !waits);
    place.classList.toggle("is-waiting", waits);
    place.setAttribute("aria-label", (waits ? words.held : done ? words.done : words.open).replace("{n}", i + 1));
  });
  find("answered").textContent = answered;
}

function say(text, waiting) {
  const saved = find("saved");
  saved.classList.toggle("saved--waiting", waiting);
  saved.querySelector("span").textContent = text;
}

function offline(is) {
  find("offline").hidden = !is;
  find("waiting-key").hidden = !is;
  if (is) say(words.waiting, true);
  show();
}

function soon(delay = SOON) {
  keep();
  show();
  if (timer === null) timer = setTimeout(save, delay);
}

function body(extra = {}) {
  const data = new URLSearchParams({ csrfmiddlewaretoken: token, phieu: form.elements.phieu.value, ban: revision + 1, ...extra });
  sheet().forEach((value, i) => value >= 0 && data.set(`c${i + 1}`, value));
  return data;
}

async function save(keepalive = false) {
  clearTimeout(timer);
  timer = null;
  if (sending || over || !touched.size) return;
  sending = true;
  const sent = touched;
  touched = new Set();
  say(words.sending, true);
  try {
    const answer = await fetch(form.dataset.save, {
      method: "POST",
      body: body(),
      headers: { Accept: "application/json" },
      keepalive: keepalive === true,
      signal: AbortSignal.timeout(15000),
    });
    if (answer.ok) acknowledged((await answer.json()).revision);
    else if (answer.status === 409) await refused(answer, sent);
    else throw new Error(answer.status);
  } catch {
    for (const n of sent) touched.add(n);
    offline(true);
    timer = setTimeout(save, again());
  }
  sending = false;
  keep();
  if (touched.size && timer === null) soon();
}

function acknowledged(kept) {
  revision = kept;
  offline(false);
  say(words.saved.replace("{time}", new Date().toLocaleTimeString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh" })), false);
}

async function refused(answer, sent) {
  const stands = await answer.json();
  if (stands.error !== "stale") {
    leave();
    return;
  }
  // Another device saved meanwhile: its answers stand, but for what was changed here.
  revision = stands.revision;
  for (const n of sent) touched.add(n);
  stands.answers.forEach((value, i) => touched.has(i + 1) || choose(i + 1, value));
  offline(false);
}

function leave() {
  over = true;
  forget();
  location.reload();
}

async function submit() {
  wantsSubmit = true;
  clearTimeout(timer);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: body({ chac: 1 }),
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(20000),
    });
    if (answer.status >= 500 || LATER.includes(answer.status)) throw new Error(answer.status);
    const next = answer.ok && !answer.redirected ? (await answer.json()).next : answer.url;
    over = true;
    if (next.includes("/ket-qua/")) forget(); // a refusal, or a sign-in that is asked for, costs no answer
    location.assign(next);
  } catch {
    offline(true);
    setTimeout(submit, again());
  }
}

// ── The clock: the server's seconds left, counted from now ─────────────────────────────────────────────────
const end = Date.now() + Number(form.dataset.left) * 1000;
let warned = Infinity;
function tick() {
  const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
  find("clock").textContent = `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
  const stage = left <= 0 ? 0 : left <= 60 ? 1 : left <= 300 ? 2 : 3;
  if (left <= 4 && left > 0) save();
  if (stage < warned && stage < 3) {
    find("warning").hidden = false;
    find("warning").textContent = [words.over, words.one, words.five][stage];
    form.querySelector(".clock").classList.add("clock--late");
    if (stage === 0 && !wantsSubmit) submit();
  }
  warned = stage;
}

// ── One question a screen, or all on one page ──────────────────────────────────────────────────────────────
let here = Math.max(0, boxes.findIndex((_, i) => chosen(i + 1) < 0));
function turn(to) {
  here = Math.min(boxes.length - 1, Math.max(0, to));
  boxes.forEach((box, i) => box.classList.toggle("is-here", i === here));
  places.forEach((place, i) => place.classList.toggle("is-here", single() && i === here));
  find("previous").disabled = here === 0;
  find("next").disabled = here === boxes.length - 1;
}
const single = () => form.classList.contains("exam--single");
function view(one) {
  form.classList.toggle("exam--single", one);
  find("steps").hidden = !one;
  find("view").textContent = one ? words.scroll : words.single;
  turn(here);
}
function go(to) {
  turn(to);
  const box = boxes[here];
  box.scrollIntoView({ block: "start" });
  (box.querySelector("input:checked") || box.querySelector("input")).focus({ preventScroll: true });
}

form.addEventListener("change", (event) => {
  const n = Number(event.target.name?.slice(1));
  if (!n) return;
  touched.add(n);
  soon();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.name === "chac") {
    find("ask").close();
    submit();
    return;
  }
  const missing = sheet().flatMap((value, i) => (value < 0 ? [i + 1] : []));
  find("ask-words").textContent = missing.length
    ? words.missing.replace("{count}", missing.length).replace("{list}", missing.join(", "))
    : words.complete;
  find("ask").showModal();
});
find("go-on").addEventListener("click", () => find("ask").close());
find("previous").addEventListener("click", () => go(here - 1));
find("next").addEventListener("click", () => go(here + 1));
find("view").addEventListener("click", () => {
  view(!single());
  go(here);
});
places.forEach((place, i) =>
  place.addEventListener("click", (event) => {
    event.preventDefault();
    go(i);
  }),
);
document.addEventListener("visibilitychange", () => (document.hidden ? save(true) : tick()));
addEventListener("online", () => touched.size && save());
addEventListener("pagehide", keep);

// The paper may be the answer to a start: from now on a reload asks for the page, and starts nothing.
history.replaceState(null, "", form.dataset.here);
form.classList.add("exam--live");
find("plain").hidden = true;
find("view-choice").hidden = false;
view(matchMedia("(max-width: 44rem)").matches);
recover();
show();
tick();
setInterval(tick, 1000);
