// The share form: counts characters as the server does, changes its question with the kind, keeps the draft in this tab.
const form = document.querySelector("[data-share]");
const words = form.elements["noi-dung"];
const shown = form.querySelector("#noi-dung-dem");
const help = form.querySelector("#noi-dung-goi-y");
const key = `bai-chia-se:${form.dataset.share}`;

const length = () => [...words.value.normalize("NFC").trim()].length;
const written = (n) => n.toLocaleString(document.documentElement.lang);
const kind = () => form.querySelector("[name=loai]:checked");

function say() {
  const chosen = kind();
  if (!chosen) return;
  const n = length();
  const least = Number(chosen.dataset.least);
  const most = Number(chosen.dataset.most);
  const off = n < least ? least - n : n - most;
  const pattern = n < least ? form.dataset.few : n > most ? form.dataset.many : form.dataset.count;
  shown.textContent = pattern.replace("{n}", written(off > 0 ? off : n)).replace("{most}", written(most));
  shown.classList.toggle("is-off", off > 0 && n > 0);
  shown.hidden = false;
  help.textContent = chosen.dataset.ask;
}

const draft = sessionStorage.getItem(key);
if (words.value.trim()) sessionStorage.removeItem(key);
else if (draft) words.value = draft;

form.addEventListener("change", say);
words.addEventListener("input", () => {
  sessionStorage.setItem(key, words.value);
  say();
});
say();
document.querySelector("#loi")?.focus();
