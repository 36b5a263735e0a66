// Small comforts on top of pages that work without them. Every listener sits on the document,
// so that a page put in place after an upload needs no wiring of its own.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const inField = (element) => Boolean(element?.closest("input, textarea, select, [contenteditable]"));
const number = new Intl.NumberFormat("id-ID");
const oneDecimal = new Intl.NumberFormat("id-ID", { maximumFractionDigits: 1 });
const KEYS_OFF = "pintasan-mati";
let leaving = false;

// Settings of this device; a browser that refuses storage simply forgets them.
function remembered(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}
function remember(key, value) {
  try { value ? localStorage.setItem(key, value) : localStorage.removeItem(key); } catch { /* forgotten */ }
}

function prepare() {
  all("textarea[data-count]").forEach(count);
  all("input[data-reveal]").forEach(offerReveal);
  // A file chosen before this script came keeps its button.
  all("input[type=file][data-autosubmit]").filter((input) => !input.files.length).forEach((input) => input.closest(".picker")?.classList.add("is-live"));
  all("[data-keys-off]").forEach((box) => { box.checked = remembered(KEYS_OFF) === "1"; });
  all("button[data-copy]").forEach((button) => { button.hidden = false; });
  document.querySelector("[data-focus]")?.focus();
}

// Counter: says how much is there and how much is too much, without colour while typing.
function count(area) {
  const place = document.getElementById(`${area.id}-hitung`);
  if (!place) return;
  const most = Number(area.dataset.count);
  const length = area.value.replace(/\r\n/g, "\n").length;
  place.textContent = length > most
    ? `${number.format(length)} dari ${number.format(most)} huruf, kelebihan ${number.format(length - most)}`
    : `${number.format(length)} dari ${number.format(most)} huruf`;
}

function offerReveal(input) {
  if (document.getElementById(`${input.id}-lihat`)) return;
  const box = Object.assign(document.createElement("input"), { type: "checkbox", className: "form-check-input", id: `${input.id}-lihat` });
  const label = Object.assign(document.createElement("label"), { htmlFor: box.id, textContent: "Tampilkan kata sandi" });
  const row = Object.assign(document.createElement("p"), { className: "form-check reveal" });
  row.append(box, " ", label);
  input.after(row);
  box.addEventListener("change", () => { input.type = box.checked ? "text" : "password"; });
}

// Unsaved text: a form is dirty when a field differs from what the server sent.
function isChanged(field) {
  if (field.type === "hidden" || field.type === "submit" || field.type === "file" || field.disabled) return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected) && field.selectedIndex !== firstChoice(field);
  return "defaultValue" in field && field.value !== field.defaultValue;
}
// A select whose options are all unmarked shows its first one.
function firstChoice(select) {
  return select.multiple || [...select.options].some((option) => option.defaultSelected) ? -1 : 0;
}
const stateOf = (field) => `${field.value} ${field.checked}`;
const isDirty = (form) => [...form.elements].some(isChanged);

function showDirty(form) {
  const place = form.querySelector("[data-saved]") || document.querySelector("[data-saved]");
  if (!place || "saving" in form.dataset) return;
  place.dataset.saved ||= place.textContent;
  place.textContent = isDirty(form) ? "Ada perubahan yang belum disimpan" : place.dataset.saved;
}

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-count]")) count(event.target);
  const form = event.target.form;
  if (form?.matches("[data-guard]")) showDirty(form);
});

window.addEventListener("beforeunload", (event) => {
  if (!leaving && all("form[data-guard]").some((form) => isDirty(form) && !("kept" in form.dataset))) event.preventDefault();
});

// One press is one request: further presses are held until the page is shown again.
function hold(form, on) {
  const buttons = [...form.elements].filter((element) => element.type === "submit");
  buttons.forEach((button) => on ? button.setAttribute("aria-disabled", "true") : button.removeAttribute("aria-disabled"));
  on ? form.setAttribute("aria-busy", "true") : form.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method")?.toLowerCase() !== "post") return;
  if (form.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
  const file = [...form.elements].find((element) => element.matches("input[type=file][data-autosubmit]") && element.files.length);
  const encoding = event.submitter?.getAttribute("formenctype") || form.enctype;
  if (file && encoding === "multipart/form-data" && mayLeave(form) && window.XMLHttpRequest) {
    event.preventDefault();
    send(form, file, event.submitter);
    return;
  }
  leaving = all("form[data-guard]").every((other) => other === form || !isDirty(other));
  hold(form, true);
  setTimeout(() => { hold(form, false); leaving = false; }, 20000);
});
// A form may go while another one holds unsaved text only when that text can be carried over.
const mayLeave = (form) => all("form[data-guard]").every((other) => other === form || !isDirty(other) || other.hasAttribute("id"));

window.addEventListener("pageshow", () => {
  leaving = false;
  all("form[aria-busy]").forEach((form) => hold(form, false));
});

// Upload with progress; the answer is put in place as a page of its own.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-keys-off]")) remember(KEYS_OFF, event.target.checked ? "1" : "");
  if (event.target.matches("input[type=file][data-autosubmit]") && event.target.files.length) {
    event.target.form.requestSubmit(event.target.closest(".picker")?.querySelector(".picker__send"));
  }
});

const megabytes = (octets) => oneDecimal.format(octets / 1048576);

function span(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  return minutes ? `${minutes} menit ${whole % 60} detik` : `${whole} detik`;
}

function send(form, file, submitter) {
  const state = form.querySelector("[data-upload-state]");
  const bar = form.querySelector("[data-upload-bar]");
  const request = new XMLHttpRequest();
  const body = new FormData(form);
  const before = new Map([...form.elements].map((field) => [field, stateOf(field)]));
  if (submitter?.name) body.append(submitter.name, submitter.value);
  const began = performance.now();
  let spoken = 0;
  const say = (text) => { if (state) state.textContent = text; };
  const stop = (text) => {
    hold(form, false);
    if (bar) bar.hidden = true;
    file.value = "";
    say(text);
  };

  hold(form, true);
  say(`Mengunggah ${file.files[0].name} ...`);
  if (bar) { bar.hidden = false; bar.value = 0; }
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    if (bar) bar.value = event.loaded / event.total;
    const now = performance.now();
    if (now - spoken < 1000 && event.loaded < event.total) return;
    spoken = now;
    const rest = (event.total - event.loaded) * (now - began) / 1000 / event.loaded;
    say(event.loaded < event.total
      ? `${megabytes(event.loaded)} dari ${megabytes(event.total)} MB, sisa ${span(rest)}`
      : "Terkirim, berkas sedang diperiksa ...");
  });
  request.addEventListener("load", () => {
    if ((request.getResponseHeader("Content-Type") || "").startsWith("text/html")) putInPlace(request, form, before);
    else stop("Server tidak menjawab dengan halaman. Berkas belum tersimpan, coba lagi.");
  });
  request.addEventListener("error", () => stop("Sambungan terputus. Berkas belum tersimpan, pilih lagi untuk mengulang."));
  request.addEventListener("abort", () => stop("Unggahan dibatalkan. Berkas belum tersimpan."));
  request.open("POST", submitter?.getAttribute("formaction") || form.getAttribute("action") || location.href);
  request.setRequestHeader("X-Portal-Upload", "1");
  request.send(body);
}

function putInPlace(request, sent, before) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  // Noted before the old page goes: a field that names its form from outside is no longer its element afterwards.
  const kept = all("form[data-guard][id]")
    .filter((form) => form !== sent && isDirty(form))
    .map((form) => [form, [...form.elements].filter(isChanged)]);
  // What was typed on while the file was on its way did not travel with it.
  const since = [...sent.elements].filter((field) => isChanged(field) && before.get(field) !== stateOf(field));
  const place = sent.querySelector("input[type=file]")?.id;
  const height = scrollY;
  document.title = page.title;
  history.replaceState(null, "", request.responseURL || location.href);
  document.body.replaceWith(document.adoptNode(page.body));
  kept.forEach(([form, changed]) => carryOver(form, changed));
  if (since.length) carryOver(sent, since, false);
  prepare();
  document.dispatchEvent(new Event("portal:page"));
  if (document.querySelector("[data-focus]")) return;
  const input = place && document.getElementById(place);
  (input || document.getElementById("isi"))?.focus({ preventScroll: Boolean(input) });
  if (!input) return;
  scrollTo(0, height);
  const state = input.closest("form")?.querySelector("[data-upload-state]");
  if (state) setTimeout(() => { state.textContent = all(".flash").map((flash) => flash.textContent.trim()).join(" "); }, 100);
}

// Text typed beside an upload stays. When the server's own text changed meanwhile, the version the
// reader started from stays too, so that saving is refused and both texts are shown.
function carryOver(old, changed, guarded = true) {
  const form = document.getElementById(old.getAttribute("id"));
  if (!form) return;
  for (const field of changed) {
    const same = [...form.elements].filter((other) => other.name === field.name && other.type === field.type);
    const other = same.length > 1 ? same.find((choice) => choice.id === field.id) : same[0];
    if (!other) continue;
    if (guarded && other.defaultValue !== field.defaultValue && form.elements.version && old.elements.version) form.elements.version.value = old.elements.version.value;
    if (field.type === "checkbox" || field.type === "radio") other.checked = field.checked;
    else other.value = field.value;
  }
  showDirty(form);
}

// Keys. Single letters only outside fields, and only while they are not switched off.
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    const form = event.target.closest("form") || document;
    if (event.key.toLowerCase() === "s") {
      const saving = event.target.closest("form[data-save]") || document.querySelector("form[data-save]");
      if (!saving) return;
      event.preventDefault();
      saving.requestSubmit([...saving.elements].find((button) => button.matches("button[data-save]")));
    } else if (event.key === "Enter") {
      const button = form.querySelector("button[data-next]") || document.querySelector("button[data-next]");
      if (!button) return;
      event.preventDefault();
      button.form.requestSubmit(button);
    }
    return;
  }
  // A small group inside a large form: Enter presses the button of the group.
  if (event.key === "Enter" && !event.isComposing && event.target.matches("input:not([type=file])")) {
    const button = event.target.closest("[data-enter]")?.querySelector("button[type=submit]");
    if (button) {
      event.preventDefault();
      button.form.requestSubmit(button);
      return;
    }
  }
  if (event.altKey || inField(event.target) || remembered(KEYS_OFF) === "1") return;
  if (event.key === "?") document.querySelector("dialog#pintasan:not([open])")?.showModal();
  if (event.key === "[") document.querySelector("a[rel~=prev]")?.click();
  if (event.key === "]") document.querySelector("a[rel~=next]")?.click();
});

// A text to take along: one press copies it; without the scripts, or where the browser refuses, it is selected by hand.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const area = document.getElementById(button.dataset.copy);
  const told = document.querySelector(`[data-copied="${button.dataset.copy}"]`);
  area.select();
  try {
    await navigator.clipboard.writeText(area.value);
    told.textContent = "Teks sudah disalin.";
  } catch {
    told.textContent = document.execCommand("copy") ? "Teks sudah disalin." : "Teks sudah dipilih. Salin dengan Ctrl+C.";
  }
});

prepare();
