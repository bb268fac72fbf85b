// Turns <select data-combo> into a field that is searched by typing, without diacritics; the select keeps the value.
// Pattern: WAI-ARIA combobox with a listbox. Without JavaScript the select stays as it is.
const MOST = 7;
let made = 0;

export const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase().trim();
const plain = (text) => text.normalize("NFC").toLowerCase().trim();

// 0 exact with its marks, 1 exact, 2 the name starts so, 3 a word of it does; then it is not meant.
const closeness = (option, typed, folded) => {
  if (plain(option.name) === typed || plain(option.full) === typed) return 0;
  const name = fold(option.name), full = fold(option.full);
  if (name === folded || full === folded) return 1;
  if (name.startsWith(folded) || full.startsWith(folded)) return 2;
  return ` ${full}`.includes(` ${folded}`) ? 3 : 4;
};

const read = (option) => {
  const full = option.textContent.replace(/ \(.*\)$/, "").trim();
  const group = option.parentElement.label || "";
  const name = group && full.startsWith(`${group} `) ? full.slice(group.length + 1) : full;
  return { code: option.value, label: option.textContent.trim(), full, name };
};

const marked = (full, folded) => {
  const where = ` ${fold(full)}`.indexOf(` ${folded}`);
  const line = document.createElement("span");
  if (where < 0 || fold(full).length !== full.length) { line.textContent = full; return line; }
  const mark = document.createElement("mark");
  mark.textContent = full.slice(where, where + folded.length);
  line.append(full.slice(0, where), mark, full.slice(where + folded.length));
  return line;
};

export function combo(select) {
  const options = [...select.options].filter((option) => option.value).map(read);
  const words = select.dataset;
  const input = document.createElement("input");
  const list = document.createElement("ul");
  const status = document.createElement("span");
  let shown = [], active = -1;

  made += 1;
  Object.assign(input, { className: "input", type: "text", autocomplete: "off", id: select.id, name: `${select.name}_typed`, spellcheck: false });
  for (const name of ["aria-describedby", "aria-invalid"]) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  Object.assign(list, { className: "combo-list", id: `combo-${made}`, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.list || "");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) input.setAttribute(name, value);
  if (words.placeholder) input.placeholder = words.placeholder;
  status.className = "hidden-visually";
  status.setAttribute("role", "status");
  select.id = `${select.id}-list`;
  select.hidden = true;
  select.after(input, list, status);

  const close = () => { list.hidden = true; active = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const pick = (code) => {
    if (select.value === code) return;
    select.value = code;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const choose = (option) => { input.value = option.full; pick(option.code); close(); };
  const point = (to) => {
    active = to;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === active)));
    if (active < 0) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  };
  const open = () => {
    const typed = plain(input.value), folded = fold(input.value);
    const ranked = folded ? options.map((option) => [closeness(option, typed, folded), option]).filter(([far]) => far < 4).sort((a, b) => a[0] - b[0]).map(([, option]) => option) : [];
    shown = ranked.slice(0, MOST);
    list.replaceChildren(...shown.map((option, n) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${n}`;
      item.setAttribute("role", "option");
      item.append(marked(option.full, folded));
      const hint = option.label.slice(option.full.length).trim().replace(/^\(|\)$/g, "");
      if (hint) { const span = document.createElement("span"); span.textContent = hint; item.append(span); }
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => choose(option));
      return item;
    }));
    list.hidden = shown.length === 0;
    input.setAttribute("aria-expanded", String(shown.length > 0));
    status.textContent = folded ? (words.found || "").replace("%", ranked.length) : "";
    point(-1);
  };
  // What is meant without a doubt counts as chosen: the exact words, or the only name with those letters.
  const settle = () => {
    const typed = plain(input.value), folded = fold(input.value);
    if (options.some((option) => option.code === select.value && option.full === input.value)) return;
    const exact = options.filter((option) => [option.full, option.name].some((name) => plain(name) === typed));
    const alike = options.filter((option) => [option.full, option.name].some((name) => fold(name) === folded));
    const only = exact.length === 1 ? exact[0] : alike.length === 1 ? alike[0] : null;
    if (only && folded) choose(only); else pick("");
  };

  input.addEventListener("input", () => { pick(""); open(); });
  input.addEventListener("focus", () => { if (input.value && !select.value) open(); });
  input.addEventListener("blur", () => { settle(); close(); });
  input.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      if (list.hidden) open();
      if (shown.length) point((active + steps[event.key] + (active < 0 && event.key === "ArrowUp" ? 1 : 0) + shown.length) % shown.length);
    } else if (event.key === "Enter" && !list.hidden && shown.length) {
      event.preventDefault();
      choose(shown[Math.max(active, 0)]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });

  const chosen = options.find((option) => option.code === select.value);
  input.value = chosen ? chosen.full : words.typed || "";
}

for (const select of document.querySelectorAll("select[data-combo]")) combo(select);
