// The promise on the result page becomes the proof by itself: asks every few seconds, for two minutes at most.
const EVERY = 5000;
let left = 24;

async function ask(waiting) {
  const answer = await fetch(waiting.dataset.waits, { headers: { Accept: "text/html" } });
  if (!answer.ok) return waiting;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("bien-nhan");
  if (!fresh || fresh.dataset.waits) return waiting;
  const status = fresh.querySelector('[role="status"]');
  const old = waiting.querySelector('[role="status"]');
  old.textContent = status.textContent; // the same element: a screen reader says what changed
  waiting.removeAttribute("data-waits");
  return null;
}

async function watch(waiting) {
  left -= 1;
  let still = waiting;
  try {
    if (!document.hidden) still = await ask(waiting);
  } catch {
    // without a connection: later
  }
  if (still && left > 0) setTimeout(watch, EVERY, still);
}

const waiting = document.querySelector("#bien-nhan[data-waits]");
if (waiting) setTimeout(watch, EVERY, waiting);
