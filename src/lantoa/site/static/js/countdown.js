// Counts on from the server's clock. Without it the page says the days that were left when it was made.
for (const timer of document.querySelectorAll("[data-until]")) {
  const span = Date.parse(timer.dataset.until) - Date.parse(timer.dataset.now);
  const start = Date.now();
  const parts = [...timer.querySelectorAll("[data-part]")];
  const sizes = { days: 1440, hours: 60, minutes: 1 };
  let ticking = 0;

  const show = () => {
    const left = span - (Date.now() - start);
    if (left <= 0) {
      clearInterval(ticking);
      timer.hidden = true;
      timer.nextElementSibling.hidden = false;
      return;
    }
    let minutes = Math.ceil(left / 60000);
    for (const part of parts) {
      const size = sizes[part.dataset.part];
      const n = Math.floor(minutes / size);
      minutes %= size;
      part.hidden = part.dataset.part === "days" && n === 0;
      const text = part.dataset.part === "days" ? String(n) : String(n).padStart(2, "0");
      if (part.firstElementChild.textContent !== text) part.firstElementChild.textContent = text;
    }
  };

  show();
  ticking = setInterval(show, 1000);
  document.addEventListener("visibilitychange", show);
}
