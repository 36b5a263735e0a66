// Writing that survives: a local draft at every key, saving without a button, both texts when two people write, and
// a session that ends in the middle. Drafts and requests are those of drafts.js. Pages work without both.
"use strict";
(() => {
const { keepDraft, dropDraft, draftOf, placeOf, post, whoIsIn, landed } = drafts;
const IDLE = 1500, LONGEST = 10000, RETRY = [3000, 6000, 12000, 30000];
const UNKNOWN = "\u0000", TAB = Math.random().toString(36).slice(2);
const SAVING = "Menyimpan", KEPT = "Belum terkirim, tersimpan di perangkat ini", NOT_KEPT = "Belum terkirim";
let desk = null;

// ---------------------------------------------------------------- fields
const norm = (text) => (text ?? "").replace(/\r\n?/g, "\n").normalize("NFC").trim();
const named = (form, name) => [...form.elements].filter((field) => field.name === name && field.type !== "hidden");
const isRadio = (field) => field.type === "radio";
const isBox = (field) => field.type === "checkbox";
const isChoice = (field) => isRadio(field) || isBox(field);
function textOf(form, name, original = false) {
  const fields = named(form, name);
  if (fields[0] && isBox(fields[0])) return fields.filter((field) => original ? field.defaultChecked : field.checked).map((field) => field.value).join(" ");
  if (fields[0] && isRadio(fields[0])) return fields.find((field) => original ? field.defaultChecked : field.checked)?.value ?? "";
  return (original ? fields[0]?.defaultValue : fields[0]?.value) ?? "";
}
function write(form, name, text) {
  for (const field of named(form, name)) {
    if (isChoice(field)) field.checked = isMeant(field, text);
    else field.value = text;
    if (field.dataset?.count) count(field);
  }
}
function stored(form, name, text) {
  for (const field of named(form, name)) {
    if (isChoice(field)) field.defaultChecked = isMeant(field, text);
    else field.defaultValue = text;
  }
}
// Boxes of one name are one text: the values of those that are ticked.
const isMeant = (field, text) => isBox(field) ? text.split(" ").includes(field.value) : field.value === text;
// What a choice says, in the words beside it.
function spoken(form, name, text) {
  const fields = named(form, name);
  if (!isChoice(fields[0])) return text;
  return fields.filter((field) => isMeant(field, text)).map((field) => field.labels?.[0]?.textContent.trim() ?? field.value).join(", ");
}
function fieldsOf(form, place) {
  if (place?.dataset.fields) return place.dataset.fields.split(" ");
  const plain = [...form.elements].filter((field) => field.name && (field.matches("textarea, input[type=text], input[type=radio]")));
  return [...new Set(plain.map((field) => field.name))];
}
function labelOf(form, name) {
  const field = named(form, name)[0];
  if (isRadio(field)) return field.closest("fieldset")?.querySelector("legend")?.textContent.trim() || "Tingkat";
  return (field.labels?.[0]?.firstChild?.textContent || name).trim();
}

// ---------------------------------------------------------------- the form of this page
// What stands on the page is the ground: `base` and `version` are what the server said last.
function begin(first) {
  const place = document.querySelector("[data-autosave]");
  const form = place ? document.getElementById(place.dataset.form) : document.querySelector("form[data-save][data-guard]");
  clearTimeout(desk?.timer);
  desk = null;
  if (!form?.elements.version || !form.elements.office) return;
  const office = form.elements.office.value, path = placeOf(location);
  const names = fieldsOf(form, place).filter((name) => named(form, name).length);
  desk = {
    form, office, names, place, url: place?.dataset.autosave || "", key: `tulisan|${office}|${path}`, path,
    version: form.elements.version.value, base: {}, ready: false, held: Boolean(place && "held" in place.dataset),
    refused: Boolean(document.querySelector("[data-focus]")), sending: null, failures: 0, since: 0, timer: 0,
  };
  // A page that was refused shows what was typed, and nothing tells what is stored.
  for (const name of names) desk.base[name] = desk.refused ? UNKNOWN : textOf(form, name, true);
  if (desk.url) form.dataset.saving = "";
  if (first) putBack(desk);
  else {
    desk.ready = true;
    if (!desk.refused) look(desk);
  }
}
const changedOn = (d) => d.names.filter((name) => norm(textOf(d.form, name)) !== norm(d.base[name]));
const say = (d, text) => { if (d.url && d.place.textContent !== text) d.place.textContent = text; };
const unsent = (d) => d.homeless ? NOT_KEPT : KEPT;

async function putBack(d) {
  const draft = await draftOf(d.key);
  if (desk !== d) return;
  d.ready = true;
  const differing = Object.keys(draft?.fields || {}).filter((name) => d.names.includes(name) && norm(draft.fields[name].text) !== norm(d.base[name]));
  if (d.refused) return;
  if (!draft) return look(d);
  if (!differing.length) {
    dropDraft(d.key);
    return look(d);
  }
  const both = {};
  for (const name of differing) {
    const { text, base } = draft.fields[name], typed = textOf(d.form, name);
    // Typed on before the draft was found: both stay.
    if (norm(typed) !== norm(d.base[name]) && norm(typed) !== norm(text) && !isChoice(named(d.form, name)[0])) write(d.form, name, merged(d.base[name], text, typed));
    if (draft.version !== d.version && norm(base) !== norm(d.base[name])) both[name] = d.base[name];
    if (norm(textOf(d.form, name)) === norm(d.base[name])) write(d.form, name, text);
  }
  if (Object.keys(both).length) {
    if (d.url) d.form.elements.version.value = draft.version;
    offerBoth(d, { theirs: both, version: d.version, who: "", at: "" }, Object.fromEntries(differing.map((name) => [name, draft.fields[name].base])));
  } else {
    tell(d, "Tulisan yang belum terkirim dikembalikan", "Tulisan dari kunjungan sebelumnya di perangkat ini ada lagi pada isian.");
  }
  look(d, true);
}

// Called at every change: the draft first, then the clock.
function look(d, soon = false) {
  if (!d.ready) return;
  const changed = changedOn(d);
  if (!changed.length) {
    if (d.since) { d.since = 0; dropDraft(d.key, TAB); }
    d.form.removeAttribute("data-kept");
    return;
  }
  keep(d, changed);
  if (!d.url || d.held) return;
  d.since ||= Date.now();
  if (!d.failures && !d.blocked) say(d, SAVING);
  if (d.sending) return;
  const left = Math.max(0, (Number(d.place?.dataset.longest) || LONGEST) - (Date.now() - d.since));
  wait(d, soon ? 0 : d.failures ? RETRY[Math.min(d.failures, RETRY.length) - 1] : Math.min(IDLE, left));
}
function keep(d, changed) {
  const fields = {};
  for (const name of changed) fields[name] = { text: textOf(d.form, name), base: d.base[name] };
  keepDraft(d.key, { at: Date.now(), tab: TAB, path: d.path, title: document.title, url: d.url, fields,
    version: d.held && !d.theirs ? "" : d.version, // both texts are offered again after a refused saving
    all: Object.fromEntries(d.names.map((name) => [name, textOf(d.form, name)])) })
    .then((kept) => { d.homeless = !kept; });
  const rest = [...d.form.elements].some((field) => isChanged(field) && !d.names.includes(field.name));
  d.form.toggleAttribute("data-kept", !d.homeless && !rest);
}
function wait(d, time) {
  clearTimeout(d.timer);
  d.timer = setTimeout(() => send(d), time);
}

function bodyOf(d, texts, version) {
  const body = new URLSearchParams({ csrf_token: d.form.elements.csrf_token.value, office: d.office, version });
  for (const name of d.names) body.set(name, texts[name]);
  return body;
}
async function send(d, more) {
  clearTimeout(d.timer);
  if (desk !== d || d.sending || d.held || !d.ready || !d.url || !changedOn(d).length) return;
  if (d.form.getAttribute("aria-busy") === "true") return wait(d, IDLE);
  if (d.stranger) {
    await knock(d);
    if (d.stranger) return;
  }
  const texts = Object.fromEntries(d.names.map((name) => [name, textOf(d.form, name)]));
  if (!d.failures) say(d, SAVING);
  d.sending = post(d.url, bodyOf(d, texts, d.version), more);
  const answer = await d.sending;
  d.sending = null;
  if (desk !== d) return;
  if (answer.status === 200) return saved(d, texts, answer);
  if (answer.status === 409 && answer.theirs) return compare(d, answer);
  if (answer.status === 422) return stay(d, `Belum tersimpan: ${(answer.sentences || [answer.detail]).join(" ")}`);
  if ([400, 401, 403, 404, 409].includes(answer.status)) {
    const before = d.renewed;
    await knock(d);
    if (d.stranger) return;
    if (answer.status < 402 && d.renewed !== before && !d.tried) { d.tried = true; return wait(d, 0); }
    if (answer.status < 402) return again(d, `${unsent(d)}.`);
    return stay(d, `${unsent(d)}. ${answer.detail || ""}`);
  }
  again(d, answer.status ? `${unsent(d)}. ${answer.title || "Server sedang sibuk"}.` : unsent(d));
}
function saved(d, texts, answer) {
  d.version = d.form.elements.version.value = String(answer.version);
  for (const name of d.names) { d.base[name] = texts[name]; stored(d.form, name, texts[name]); }
  explain(answer.why);
  d.failures = d.since = 0;
  d.blocked = d.tried = false;
  forget("sesi");
  if (changedOn(d).length) return look(d);
  dropDraft(d.key, TAB);
  d.form.removeAttribute("data-kept");
  say(d, `Tersimpan ${answer.saved_at}${answer.note ? `. ${answer.note}` : ""}`);
}
// Why it is this level and not the next, after the choice that was just stored.
function explain(why) {
  const place = document.querySelector("[data-why]");
  if (!why || !place || place.textContent === why) return;
  place.textContent = why;
  document.querySelector("[data-why-of]")?.remove();
}
function again(d, text) {
  d.failures += 1;
  say(d, text);
  wait(d, RETRY[Math.min(d.failures, RETRY.length) - 1]);
}
// Refused for what it says: sent again when it says something else.
function stay(d, text) {
  d.blocked = true;
  d.since = 0;
  say(d, text);
}

// ---------------------------------------------------------------- two people
// What only one of them changed is no conflict: the other's part is taken over, the own one is sent again.
function compare(d, answer) {
  const both = {}, taken = [];
  for (const name of d.names) {
    const mine = norm(textOf(d.form, name)), base = norm(d.base[name]), theirs = norm(answer.theirs[name]);
    if (theirs === base || theirs === mine) continue;
    if (mine === base) {
      write(d.form, name, answer.theirs[name]);
      stored(d.form, name, answer.theirs[name]);
      taken.push(labelOf(d.form, name));
    } else both[name] = answer.theirs[name];
  }
  if (Object.keys(both).length) return offerBoth(d, { ...answer, theirs: both }, { ...d.base });
  d.version = d.form.elements.version.value = String(answer.version);
  for (const name of d.names) d.base[name] = answer.theirs[name];
  if (taken.length) tell(d, `${taken.join(" dan ")} diubah ${answer.who || "orang lain"}`, "Isiannya sekarang memuat simpanan terbaru; tulisan Anda pada isian lain tetap.");
  look(d, true);
}
function offerBoth(d, { theirs, version, who, at }, bases) {
  d.held = true;
  d.theirs = { texts: theirs, version };
  say(d, "Bentrok: bandingkan kedua tulisan di atas isian, lalu simpan");
  const panel = make("section", "note note--warn conflict writing", { id: "bentrok", ariaLabel: "Bentrok tulisan" });
  panel.append(
    make("h2", "", {}, who ? `Bentrok: ${who} menyimpan isian ini pukul ${at}` : "Bentrok: isian ini diubah orang lain"),
    make("p", "", {}, "Tulisan Anda masih ada pada isian dan di perangkat ini. Ubah isian di bawah sampai benar, lalu simpan" + (d.place && "forgetful" in d.place.dataset ? "." : "; yang tersimpan sekarang tetap ada pada riwayat.")),
  );
  for (const [name, text] of Object.entries(theirs)) {
    const sides = make("div", "sidebyside");
    sides.append(side("Tersimpan sekarang", spoken(d.form, name, text)), side("Tulisan Anda", spoken(d.form, name, textOf(d.form, name)), name));
    panel.append(make("h3", "mt-3", {}, labelOf(d.form, name)), sides);
    const choices = make("p", "buttons mt-2");
    if (!isChoice(named(d.form, name)[0])) choices.append(press("Gabungkan keduanya", "secondary", () => take(d, name, merged(bases[name], text, textOf(d.form, name)))), " ");
    choices.append(press("Pakai yang tersimpan", "quiet", () => take(d, name, text)));
    panel.append(choices);
  }
  if (d.url) panel.append(make("hr"), press("Simpan hasil pada isian", "primary", () => settle(d)));
  forget("bentrok");
  const under = named(d.form, Object.keys(theirs)[0])[0].closest(".field, fieldset") || d.form;
  under.before(panel);
  keep(d, changedOn(d));
}
function side(title, text, name) {
  const box = make("div");
  const quote = make("p", "prewrap quote", { tabIndex: 0 }, text || "(kosong)");
  if (name) quote.dataset.mine = name;
  box.append(make("p", "small muted", {}, title), quote);
  return box;
}
function take(d, name, text) {
  write(d.form, name, text);
  showMine(d);
  keep(d, d.names.filter((each) => each in d.theirs.texts));
  named(d.form, name)[0].focus();
}
function showMine(d) {
  for (const quote of all("#bentrok [data-mine]")) quote.textContent = spoken(d.form, quote.dataset.mine, textOf(d.form, quote.dataset.mine)) || "(kosong)";
}
function settle(d) {
  d.version = d.form.elements.version.value = String(d.theirs.version);
  for (const [name, text] of Object.entries(d.theirs.texts)) d.base[name] = text;
  const name = Object.keys(d.theirs.texts)[0];
  d.held = false;
  forget("bentrok");
  named(d.form, name)[0].focus();
  if (!changedOn(d).length) {
    dropDraft(d.key, TAB);
    for (const each of d.names) stored(d.form, each, d.base[each]);
    say(d, "Sama dengan yang tersimpan");
  }
  d.since = Date.now();
  look(d, true);
}
// Both texts in one. Where they changed different places of the text both started from, both changes; else what they
// share once and then the sentences of each: not a letter of either is left out.
function merged(base, theirs, mine) {
  const words = (text) => text.split(/(?<=\s)/), old = words(base);
  const [one, two] = [theirs, mine].map((text) => changeOf(old, words(text))).sort((x, y) => x.from - y.from || x.to - y.to);
  if (one.to <= two.from) {
    return [...old.slice(0, one.from), ...one.by, ...old.slice(one.to, two.from), ...two.by, ...old.slice(two.to)].join("");
  }
  const sentences = (text) => text.split(/(?<=[.!?;]\s|\n)/), a = sentences(theirs), own = changeOf(a, sentences(mine));
  const stays = a.slice(own.from, own.to).join(""), seam = stays && own.by.length && !/\s$/.test(stays) ? "\n" : "";
  return a.slice(0, own.to).join("") + seam + own.by.join("") + a.slice(own.to).join("");
}
function changeOf(old, now) {
  const least = Math.min(old.length, now.length);
  let head = 0, tail = 0;
  while (head < least && old[head] === now[head]) head += 1;
  while (tail < least - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  return { from: head, to: old.length - tail, by: now.slice(head, now.length - tail) };
}

// ---------------------------------------------------------------- a session that ended
async function knock(d) {
  const now = await whoIsIn();
  if (!now || desk !== d) return;
  if (now.office === d.office) {
    all("input[name=csrf_token]").forEach((field) => { field.value = now.token; });
    d.renewed = now.token;
    if (d.stranger) { d.stranger = ""; d.failures = 0; d.tried = false; forget("sesi"); }
    return;
  }
  const kind = now.office ? "other" : "nobody";
  d.failures = Math.max(1, d.failures);
  wait(d, RETRY.at(-1));
  if (d.stranger === kind) return;
  d.stranger = kind;
  say(d, unsent(d));
  if (kind === "other") {
    tell(d, "Portal kini dibuka dengan akun atau jabatan lain", "Tulisan ini tidak dikirim atas nama orang lain. Tulisan tetap di perangkat ini dan terkirim sesudah Anda masuk lagi dengan akun dan jabatan semula.", "sesi");
    return;
  }
  const link = make("a", "", { href: d.place.dataset.signin, target: "_blank", rel: "noopener" }, "Masuk lagi di tab baru");
  const text = make("span", "", {}, "Tulisan tetap di halaman ini dan di perangkat ini. ");
  text.append(link, ", lalu kembali ke sini; tulisan terkirim dengan sendirinya.");
  tell(d, "Sesi Anda berakhir", text, "sesi");
}

// ---------------------------------------------------------------- small parts of the page
function make(tag, cls = "", more = {}, text = "") {
  const made = Object.assign(document.createElement(tag), more);
  if (cls) made.className = cls;
  if (text) made.textContent = text;
  return made;
}
function press(words, kind, deed) {
  const button = make("button", `btn btn-${kind}`, { type: "button" }, words);
  button.addEventListener("click", deed);
  return button;
}
const forget = (id) => document.getElementById(id)?.remove();
function tell(d, title, text, id = "kabar-tulisan") {
  forget(id);
  const note = make("section", "note note--warn writing", { id, role: "status" });
  const line = make("p");
  line.append(text);
  note.append(make("p", "", {}, ""), line);
  note.firstChild.append(make("b", "", {}, title));
  (named(d.form, d.names.at(-1))[0].closest(".section") || d.form).before(note);
}

// ---------------------------------------------------------------- what people and the network do
document.addEventListener("input", (event) => {
  if (!desk || event.target.form !== desk.form) return;
  desk.blocked = false;
  landed.forget(); // typed on after a sending that led nowhere
  if (desk.held) showMine(desk);
  look(desk);
});
document.addEventListener("focusout", (event) => {
  if (desk && event.target.form === desk.form && desk.since && !desk.failures) send(desk);
});
// A button waits for the saving that is on its way, so that its form knows the version that one makes.
document.addEventListener("submit", (event) => {
  const d = desk, { submitter } = event;
  if (!d || event.target !== d.form) return;
  clearTimeout(d.timer);
  if (d.sending && !d.leaving) {
    event.preventDefault();
    event.stopImmediatePropagation();
    d.leaving = true;
    Promise.race([d.sending, new Promise((done) => setTimeout(done, 3000))]).then(() => setTimeout(() => {
      // The button may have been drawn anew meanwhile.
      const pressed = submitter?.isConnected ? submitter
        : [...d.form.elements].find((other) => other.type === "submit" && other.name === submitter?.name && other.value === submitter?.value);
      try { d.form.requestSubmit(pressed); } finally { d.leaving = false; }
    }));
    return;
  }
  landed.expect(d.key);
}, true);
document.addEventListener("portal:page", () => begin(false));
const hurry = () => { if (desk?.since || desk?.stranger) { desk.failures = Math.min(desk.failures, 1); send(desk); } };
window.addEventListener("online", hurry);
window.addEventListener("focus", () => { if (desk?.stranger) hurry(); });
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") { if (desk?.stranger) hurry(); } else flush();
});
window.addEventListener("pagehide", flush);
// The page goes: what is not sent yet goes along without waiting for the answer; the draft stays until it is known.
function flush() {
  if (!desk?.since || desk.sending || desk.held || desk.stranger || desk.form.getAttribute("aria-busy") === "true") return;
  send(desk, { keepalive: true });
}

landed.check();
begin(true);
})();
