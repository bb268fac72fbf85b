// The forms of registering and signing in: show the password, say what is right already, places inside the unit.
import "./combo.js";

const digits = (text) => text.normalize("NFKC").replace(/\D/g, "");

for (const button of document.querySelectorAll("[data-show]")) {
  const field = document.getElementById(button.dataset.show);
  const words = [button.textContent, button.dataset.hide];
  button.hidden = false;
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => {
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    button.textContent = words[hidden ? 1 : 0];
    field.focus();
  });
  field.form.addEventListener("submit", () => { field.type = "password"; });
}

const right = {
  full_name: (text) => text.trim().includes(" ") && text.trim(),
  phone: (text) => /^(0|84)[35789]\d{8}$/.test(digits(text)) && "1",
  citizen_id: (text) => digits(text).length === 12 && "1",
};
const tell = (name, text) => {
  const mark = document.querySelector(`[data-ok="${name}"]`);
  if (!mark) return;
  const echo = mark.querySelector("[data-echo]");
  if (echo) echo.textContent = text || "";
  mark.hidden = !text;
};
for (const [name, judge] of Object.entries(right)) {
  const field = document.querySelector(`input[name="${name}"]`);
  if (!field) continue;
  const judged = () => tell(name, judge(field.value));
  field.addEventListener("input", judged);
  judged();
}

// 0000 0000 0000 while typing at the end of the field.
const card = document.querySelector('input[name="citizen_id"]');
card?.addEventListener("input", (event) => {
  if (event.inputType?.startsWith("delete") || card.selectionStart !== card.value.length || /[^\d\s]/.test(card.value)) return;
  const typed = digits(card.value);
  card.value = typed.length > 12 ? typed : (typed.match(/\d{1,4}/g) || []).join(" ");
});

const unit = document.querySelector('select[name="unit"]');
const place = document.querySelector('select[name="sub_unit"]');
const told = () => tell("unit", unit.value && unit.selectedOptions[0].textContent.trim());
const inside = async () => {
  told();
  if (!place) return;
  const box = place.closest("[data-sub-unit]");
  const wanted = unit.value;
  place.replaceChildren(place.options[0]);
  box.hidden = true;
  if (!wanted) return;
  try {
    const answer = await fetch(`${unit.form.dataset.inside}?trong=${encodeURIComponent(wanted)}`);
    const { units } = await answer.json();
    if (unit.value !== wanted || !units.length) return;
    place.append(...units.map(({ code, name }) => new Option(name, code)));
    box.hidden = false;
  } catch {
    // No network: the place is optional and can be added in the profile.
  }
};
if (unit) {
  told();
  unit.addEventListener("change", inside);
}

document.querySelector("[data-focus]")?.focus();
