// The drafts of this device, what is asked of the server beside the pages, and signing out of a shared computer.
"use strict";
const drafts = (() => {
const PATIENCE = 20000, LANDING = "tulisan-dikirim";
let contact = Date.now();

// ---------------------------------------------------------------- the drafts of this device
// localStorage answers at once; IndexedDB is with the operating system moments later, even if the browser is killed.
const disk = new Promise((done) => {
  try {
    const wish = indexedDB.open("tulisan", 1);
    wish.onupgradeneeded = () => wish.result.createObjectStore("draf");
    wish.onsuccess = () => done(wish.result);
    wish.onerror = () => done(null);
  } catch { done(null); }
});
function onDisk(mode, deed) {
  return disk.then((base) => base && new Promise((done) => {
    try {
      const store = base.transaction("draf", mode).objectStore("draf");
      const wish = deed(store);
      store.transaction.oncomplete = () => done(wish.result);
      store.transaction.onabort = () => done(undefined);
    } catch { done(undefined); }
  }));
}
function keepDraft(key, draft) {
  const written = onDisk("readwrite", (store) => store.put(draft, key));
  try { localStorage.setItem(key, JSON.stringify(draft)); return Promise.resolve(true); } catch { /* the disk alone */ }
  return written.then((stored) => stored !== undefined);
}
// A draft that another tab wrote since stays; that tab drops it when its own text has arrived.
function dropDraft(key, tab = "") {
  const there = tab ? inMemory(key)?.tab : "";
  if (there && there !== tab) return Promise.resolve();
  try { localStorage.removeItem(key); } catch { /* nothing there */ }
  return onDisk("readwrite", (store) => store.delete(key));
}
function inMemory(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}
async function draftOf(key) {
  const quick = inMemory(key);
  const slow = await Promise.race([onDisk("readonly", (store) => store.get(key)), new Promise((done) => setTimeout(done, 2000))]);
  return !slow || (quick && quick.at >= slow.at) ? quick : slow;
}
async function draftsOf(account) {
  const mine = (key) => key.startsWith(`tulisan|${account}.`);
  const keys = new Set(((await onDisk("readonly", (store) => store.getAllKeys())) || []).filter(mine));
  try { Object.keys(localStorage).filter(mine).forEach((key) => keys.add(key)); } catch { /* none */ }
  return Promise.all([...keys].map(async (key) => [key, await draftOf(key)]));
}

// ---------------------------------------------------------------- the server
function post(url, body, more = {}) {
  const limit = new AbortController();
  const clock = setTimeout(() => limit.abort(), PATIENCE);
  return fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error", signal: limit.signal, ...more })
    .then(async (answer) => { if (answer.ok) contact = Date.now(); return ({ status: answer.status, ...(await answer.json().catch(() => ({}))) }); })
    .catch(() => ({ status: 0 }))
    .finally(() => clearTimeout(clock));
}

// Asks who is signed in now. A text goes only under the account and office it was written by.
async function whoIsIn() {
  try {
    const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
    if (answer.ok) contact = Date.now();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const out = page.querySelector("form[data-signout]");
    return { office: out?.dataset.signout || "", token: out?.elements.csrf_token?.value || "" };
  } catch { return null; }
}

// A form that was sent by its button: its draft goes when the page it led to has arrived, and not before. That page was
// redirected to from the page of the form; any other one, as after a line that broke, says nothing about the text.
// A page by what is written on it: a part of it that stands open in its address makes no other page.
function placeOf(address) {
  const query = new URLSearchParams(address.search);
  for (const part of ["susun", "berkas", "lembar"]) query.delete(part);
  const rest = query.toString();
  return address.pathname + (rest ? `?${rest}` : "");
}
const landed = {
  expect(key) { try { sessionStorage.setItem(LANDING, key); } catch { /* the next visit compares */ } },
  forget() { try { sessionStorage.removeItem(LANDING); } catch { /* none */ } },
  check() {
    let key = null;
    try { key = sessionStorage.getItem(LANDING); } catch { /* none */ }
    landed.forget();
    const [page] = performance.getEntriesByType("navigation");
    const office = document.querySelector("form[data-signout]")?.dataset.signout;
    if (!key || page?.responseStatus !== 200 || !page.redirectCount || !document.referrer) return;
    const from = new URL(document.referrer);
    if (key === `tulisan|${office}|${placeOf(from)}`) dropDraft(key);
  },
};

// ---------------------------------------------------------------- signing out
// Drafts leave this device with their owner, after they were sent; what could not be sent is asked about.
async function leave(form) {
  const office = form.dataset.signout;
  const left = [];
  for (const [key, draft] of await draftsOf(office.split(".")[0])) {
    if (!draft) continue;
    let answer = { status: 0 };
    if (draft.url && key.startsWith(`tulisan|${office}|`)) {
      answer = await post(draft.url, new URLSearchParams({ ...draft.all, csrf_token: form.elements.csrf_token.value, office, version: draft.version }));
    }
    if (answer.status === 200) await dropDraft(key);
    else left.push([key, draft]);
  }
  if (left.length) return ask(form, left);
  go(form);
}
function go(form) {
  form.dataset.sure = "";
  form.requestSubmit();
}
function ask(form, left) {
  const dialog = Object.assign(document.createElement("dialog"), { className: "keys", ariaLabel: "Tulisan yang belum terkirim" });
  const add = (tag, text, more = {}) => dialog.appendChild(Object.assign(document.createElement(tag), { textContent: text, ...more }));
  add("h2", "Ada tulisan yang belum terkirim");
  add("p", "Tulisan ini baru tersimpan di perangkat ini. Pada komputer bersama, kirim dulu sebelum keluar.");
  const list = add("ul", "");
  for (const [, draft] of left) {
    const line = list.appendChild(document.createElement("li"));
    line.append(Object.assign(document.createElement("a"), { href: draft.path, textContent: draft.title.replace(/^Kesalahan: /, "").split(" - ")[0] }));
  }
  const button = (text, kind, deed) => add("button", text, { type: "button", className: `btn btn-${kind} mt-3 me-2`, onclick: deed });
  button("Tetap di sini", "primary", () => dialog.remove());
  button("Keluar, biarkan di perangkat ini", "secondary", () => go(form));
  button("Keluar dan hapus", "danger", async () => {
    for (const [key] of left) await dropDraft(key);
    go(form);
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-signout]") || "sure" in event.target.dataset) return;
  event.preventDefault();
  if ("asked" in event.target.dataset) return;
  event.target.dataset.asked = "";
  leave(event.target).finally(() => delete event.target.dataset.asked);
}, true);

// ---------------------------------------------------------------- a session about to end
// The server counts at most five minutes less than this page knows; the warning comes five minutes before that.
function watch() {
  const minutes = Number(document.querySelector("form[data-signout]")?.dataset.idle);
  if (!minutes || document.querySelector("dialog[open]")) return;
  if (Date.now() - contact < Math.max(1, minutes - 10) * 60000 || Date.now() - contact > minutes * 60000) return;
  const dialog = Object.assign(document.createElement("dialog"), { className: "keys", ariaLabel: "Sesi hampir berakhir" });
  dialog.append(Object.assign(document.createElement("h2"), { textContent: "Sesi berakhir sekitar lima menit lagi" }),
    Object.assign(document.createElement("p"), { textContent: "Tekan Enter untuk tetap masuk. Tulisan yang belum terkirim tetap ada di perangkat ini." }));
  const stay = dialog.appendChild(Object.assign(document.createElement("button"), { type: "button", className: "btn btn-primary mt-3", textContent: "Tetap masuk" }));
  stay.addEventListener("click", () => { dialog.close(); whoIsIn(); });
  dialog.addEventListener("close", () => { contact = Math.max(contact, Date.now() - 60000 * (minutes - 12)); dialog.remove(); });
  document.body.append(dialog);
  dialog.showModal();
}
setInterval(watch, 30000);

return { keepDraft, dropDraft, draftOf, draftsOf, placeOf, post, whoIsIn, landed };
})();
