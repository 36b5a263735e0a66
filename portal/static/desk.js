// The desk without a mouse: keys for values, files and places, the picture of a page beside the judgement, and phrases.
// Everything here has a link, a box or a button of its own on the page.
"use strict";
(() => {
const form = () => document.getElementById("penilaian");
const files = () => all("[data-look]");
const viewer = () => document.querySelector("[data-viewer]");
// Letters are free while nothing is written: a radio or a box takes no letters, every other field does.
const isWriting = (element) => Boolean(element?.closest?.("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])"));
const tell = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

// ---------------------------------------------------------------- the picture of a page
function current() {
  return files().find((file) => file.dataset.look === viewer()?.dataset.viewer) || files()[0];
}
function show(file, page, scroll = true) {
  const place = viewer();
  if (!place || !file) return;
  const part = (name) => place.querySelector(`[data-part=${name}]`);
  const pages = Number(file.dataset.pages), image = part("image");
  const at = Math.min(Math.max(1, page || Number(file.dataset.page) || 1), Math.max(1, pages));
  place.dataset.viewer = file.dataset.look;
  place.dataset.at = at;
  part("code").textContent = file.dataset.code;
  part("name").textContent = file.dataset.name;
  part("place").textContent = pages ? `halaman ${at} dari ${file.dataset.whole || pages}` : "";
  part("source").href = file.dataset.source;
  part("source").hidden = !file.dataset.source;
  part("none").hidden = pages > 0;
  image.hidden = !pages;
  if (pages) {
    image.src = `${file.dataset.picture}${at}.jpg`;
    image.alt = `Halaman ${at} dari ${file.dataset.name}`;
    if (at < pages) new Image().src = `${file.dataset.picture}${at + 1}.jpg`;
  } else image.removeAttribute("src");
  for (const [name, step] of [["before", -1], ["after", 1]]) {
    const link = part(name), there = at + step;
    link.hidden = !pages || there < 1 || there > pages;
    link.dataset.page = there;
    link.lastElementChild.textContent = there;
    link.href = `?berkas=${file.dataset.look}&lembar=${there}#lihat`;
  }
  files().forEach((one) => { one === file ? one.setAttribute("aria-current", "true") : one.removeAttribute("aria-current"); });
  if (scroll) file.closest("li")?.scrollIntoView({ block: "nearest" });
}
document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const file = event.target.closest("[data-look]"), turn = event.target.closest("[data-viewer] [data-page]");
  if (!viewer() || !(file || turn)) return;
  event.preventDefault();
  if (turn) show(current(), Number(turn.dataset.page), false);
  else {
    show(file);
    viewer().scrollIntoView({ block: "nearest" });
  }
});
function go(step) {
  const list = files(), there = list.indexOf(current()) + step;
  if (list[there]) show(list[there]);
}

// ---------------------------------------------------------------- looked at
function countSeen() {
  const place = document.querySelector("[data-seen]"), boxes = all("input[name=viewed][type=checkbox]");
  if (place && boxes.length) place.textContent = `${boxes.filter((box) => box.checked).length} dari ${boxes.length} sudah dilihat`;
}
document.addEventListener("input", (event) => { if (event.target.name === "viewed") countSeen(); });

// ---------------------------------------------------------------- phrases
// A sentence goes where the writing stands; without scripts its button stores the page with the sentence at the end.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  const field = button && document.getElementById(button.dataset.insert);
  if (!field) return;
  event.preventDefault();
  const { selectionStart: from, selectionEnd: to, value } = field, text = button.closest("li").querySelector("[data-said]").textContent;
  const head = value.slice(0, from), gap = head && !/\s$/.test(head) ? " " : "";
  field.setRangeText(gap + text, from, to, "end");
  field.focus();
  tell(field);
});
// What is marked in a text is offered as the next sentence to keep.
document.addEventListener("toggle", (event) => {
  const box = event.target;
  if (!box.matches?.("details[data-phrases]") || !box.open) return;
  const field = document.getElementById(box.dataset.phrases), input = box.querySelector("input[type=text]");
  if (!input.value) input.value = field.value.slice(field.selectionStart, field.selectionEnd).trim();
}, true);

// ---------------------------------------------------------------- keys
function choose(key) {
  const fields = [...(form()?.elements.value ? form().querySelectorAll("[name=value]") : [])];
  const radio = fields.find((field) => field.type === "radio" && field.value === key);
  const typed = fields.find((field) => field.type === "text");
  if (radio) radio.checked = true;
  else if (typed) typed.value = key;
  if (radio || typed) tell(radio || typed);
}
function toggle(box) {
  if (!box) return;
  box.checked = !box.checked;
  tell(box);
}
const follow = (selector) => document.querySelector(selector)?.click();
const DEEDS = {
  j: () => follow("a[rel~=next]"),
  k: () => follow("a[rel~=prev]"),
  n: () => go(1),
  p: () => go(-1),
  v: () => toggle(form()?.querySelector(`input[name=viewed][value="${current()?.dataset.look}"]`)),
  f: () => toggle(form()?.querySelector("input[name=flagged][type=checkbox]")),
  c: () => document.getElementById("facts")?.focus(),
  q: () => follow("[data-question]"),
};
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.key === "Escape" && isWriting(event.target) && form()?.contains(event.target)) return event.target.blur();
  if (isWriting(event.target) || document.querySelector("dialog[open]") || remembered(KEYS_OFF) === "1") return;
  const deed = /^[1-5]$/.test(event.key) ? () => choose(event.key) : DEEDS[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});
document.addEventListener("portal:page", countSeen);
})();
