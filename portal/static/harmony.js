// Harmonisasi by keyboard: 1 to 5 choose the value of the form in use, Enter goes to the reason and from there decides.
// Shift+Enter writes a new line. The same controls and the button are on the page without it.
"use strict";
(() => {
const forms = () => all("form.settle");
const present = (target) => target.closest?.("form.settle") || (forms().length === 1 ? forms()[0] : null);
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (remembered(KEYS_OFF) === "1") return;
  const form = present(event.target), reason = form?.querySelector("textarea");
  if (!form) return;
  const writing = event.target.closest("textarea, select, input:not([type=radio])");
  if (!writing && /^[1-9]$/.test(event.key)) {
    const radio = all("input[type=radio]", form).find((one) => one.value === event.key);
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (event.key === "Enter" && !event.shiftKey) {
    if (event.target === reason && document.querySelector(".meeting")) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.target.matches("input[type=radio]") && !reason.value.trim()) {
      event.preventDefault();
      reason.focus();
    }
  }
});
})();
