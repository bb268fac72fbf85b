// What games do on the page alone: order by buttons, password meter, a request in four boxes, my checklist.
// Nothing of what is typed here is ever sent.

function order(list) {
  const status = list.parentElement.querySelector("[data-moved]");
  const number = () => [...list.children].forEach((row, place) => (row.querySelector("select").value = String(place + 1)));
  for (const row of list.children) {
    row.querySelector(".order-place").hidden = true;
    row.querySelector(".order-buttons").hidden = false;
  }
  const edges = () =>
    [...list.children].forEach((row, place) => {
      const [up, down] = row.querySelectorAll("[data-move]");
      up.disabled = place === 0;
      down.disabled = place === list.children.length - 1;
    });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const row = button.closest("li");
    if (button.dataset.move === "-1") row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    list.querySelectorAll(".order-row--moved").forEach((one) => one.classList.remove("order-row--moved"));
    row.classList.add("order-row--moved");
    list.querySelectorAll(".order-row--right").forEach((one) => one.classList.remove("order-row--right"));
    list.querySelectorAll(".verdict").forEach((one) => one.remove());
    number();
    edges();
    (button.disabled ? row.querySelector("[data-move]:not(:disabled)") : button).focus();
    status.textContent = `${row.querySelector(".order-text").textContent.trim()}. ${status.dataset.moved} ${[...list.children].indexOf(row) + 1}.`;
  });
  number();
  edges();
}

const COMMON = /matkhau|mậtkhẩu|password|qwerty|iloveyou|anhyeuem|haiphong|hảiphòng|vietnam|việtnam|12345|abc|(.)\1\1/iu;

function strength(text) {
  const words = new Set(text.toLowerCase().split(/\s+/u).filter((word) => word.length > 1));
  const letters = new Set(text.toLowerCase()).size;
  const squeezed = text.replace(/\s+/gu, "");
  if (text.length < 8 || letters < 5) return 0;
  if (text.length < 12 || /^\p{L}+[@#!_.-]*\d{1,4}$/u.test(squeezed)) return 1;
  if (COMMON.test(squeezed)) return 1;
  if ((text.length >= 16 && words.size >= 4) || (text.length >= 20 && letters >= 10)) return 3;
  return 2;
}

function meter(box) {
  box.hidden = false;
  const field = box.querySelector("input");
  const result = box.querySelector("[data-result]");
  const words = box.dataset.words.split("|");
  const hints = box.dataset.hints.split("|");
  field.addEventListener("input", () => {
    const text = field.value;
    const found = text ? strength(text) : "";
    box.querySelector(".meter").dataset.strength = String(found);
    result.textContent = text ? `${words[found]}: ${[...text].length} ${box.dataset.unit}. ${hints[found]}` : "";
  });
}

function request(box) {
  box.hidden = false;
  const example = document.querySelector("[data-example]");
  if (example) example.open = false;
  const parts = [...box.querySelectorAll(".request-part")];
  const joined = box.querySelector("[data-joined]");
  const said = box.querySelector("[data-said]");
  const button = box.querySelector("[data-copy]");
  box.addEventListener("input", () => {
    joined.value = parts
      .map((part) => part.value.trim())
      .filter(Boolean)
      .map((text) => (/[.?!…”]$/u.test(text) ? text : `${text}.`))
      .join(" ");
    said.textContent = "";
  });
  button.addEventListener("click", async () => {
    joined.select();
    try {
      await navigator.clipboard.writeText(joined.value);
    } catch {
      document.execCommand("copy");
    }
    said.textContent = button.dataset.copied;
  });
}

function checklist(list) {
  const key = `lan-toa:${location.pathname}:${list.dataset.checklist}`;
  const boxes = [...list.querySelectorAll("input")];
  const print = list.querySelector("[data-print]");
  const kept = print.querySelector("[data-kept]");
  print.hidden = false;
  print.querySelector("button").addEventListener("click", () => window.print());
  try {
    const done = new Set(JSON.parse(localStorage.getItem(key) ?? "[]"));
    boxes.forEach((box) => (box.checked = done.has(box.value)));
    list.addEventListener("change", () => {
      localStorage.setItem(key, JSON.stringify(boxes.filter((box) => box.checked).map((box) => box.value)));
      kept.textContent = kept.dataset.kept;
    });
  } catch {
    // A browser that keeps nothing: the list still works for this visit.
  }
}

function begin() {
  document.querySelectorAll("[data-order]").forEach(order);
  document.querySelectorAll("[data-meter][hidden]").forEach(meter);
  document.querySelectorAll("[data-request][hidden]").forEach(request);
  document.querySelectorAll("[data-checklist]").forEach(checklist);
}

begin();
document.addEventListener("game", begin);
