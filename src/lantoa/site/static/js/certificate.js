// Passes the address of the check page on: by the phone's own sheet, else to the clipboard.
const button = document.querySelector("[data-pass-on]");
const said = document.querySelector("[data-passed-on]");
const url = button.dataset.passOn;

button.hidden = !(navigator.share || navigator.clipboard);
button.addEventListener("click", async () => {
  try {
    if (navigator.share) await navigator.share({ title: button.dataset.title, url });
    else {
      await navigator.clipboard.writeText(url);
      said.textContent = button.dataset.done;
    }
  } catch {
    // closed without sending: nothing to say
  }
});
