// Passing a contest on: the phone's sharing sheet, one-tap copying, printing. Without it the words stand in a field to copy by hand.
const reveal = (selector, usable, act) => {
  for (const button of document.querySelectorAll(selector)) {
    button.hidden = !usable;
    button.addEventListener("click", () => act(button));
  }
};

const copied = async (button) => {
  const field = document.getElementById(button.dataset.copy);
  const says = button.closest("[data-invite]").querySelector("[data-done]");
  if ("value" in field) field.select();
  else getSelection().selectAllChildren(field);
  try {
    // An article goes with its headings and tables, as the selection has them
    if ("value" in field || !document.execCommand("copy")) await navigator.clipboard.writeText(field.value ?? field.innerText);
  } catch {
    document.execCommand("copy");
  }
  if (!("value" in field)) getSelection().removeAllRanges();
  says.textContent = "";
  setTimeout(() => { says.textContent = says.dataset.done; }, 50);
};

const shared = ({ dataset }) => {
  const text = dataset.field ? document.getElementById(dataset.field).value : undefined;
  navigator.share({ title: dataset.title, text, url: text ? undefined : dataset.url }).catch(() => {});
};

reveal("[data-share]", "share" in navigator, shared);
reveal("[data-copy]", true, copied);
reveal("[data-print]", "print" in window, () => window.print());
for (const field of document.querySelectorAll("[data-invite] [readonly]")) field.addEventListener("focus", () => field.select());
