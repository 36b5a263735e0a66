// Files go up piece by piece (tus 1.0.0): what the server has is never sent again, whatever happens to line or browser.
// Loaded after portal.js, whose small words (all, isChanged, span) are used here.
"use strict";

(() => {
  const AT_ONCE = 2;
  const SLICE = 1 << 20; // bytes read at once to know a file again
  const EMPTY = "Berkas kosong (0 byte). Buka berkas aslinya, simpan ulang, lalu unggah lagi.";
  const CHANGED = "Berkas ini berubah atau tidak dapat dibaca lagi dari perangkat. Pilih lagi berkasnya.";
  const UNREADABLE = "Berkas ini tidak dapat dibaca dari perangkat. Periksa letaknya, lalu pilih lagi.";
  const LOOKS = [2000, 3000, 4000, 6000, 10000, 15000, 20000, 30000];
  const KEPT_MS = 7 * 24 * 3600 * 1000;
  const STALLED_MS = 45000;
  const LONGEST_PAUSE_S = 30;
  const TYPE = "application/offset+octet-stream";
  const mb = new Intl.NumberFormat("id-ID", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const kb = new Intl.NumberFormat("id-ID", { maximumFractionDigits: 0 });
  const BUSY = new Set(["waiting", "running", "retrying"]);
  const jobs = [];
  let place = null;

  const make = (tag, props = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  };
  const percent = (job) => Math.floor((job.received * 100) / job.size);

  // ---- what this device remembers of files that are not whole yet

  const shelf = () => `unggahan:${place.dataset.office}`;
  function noted() {
    try {
      return JSON.parse(remembered(shelf()) || "[]").filter((one) => one.at > Date.now() - KEPT_MS);
    } catch { return []; }
  }
  function note(job, gone = false) {
    const before = noted();
    const rest = before.filter((one) => one.url !== job.url);
    const { url, name, size, print, received } = job;
    const purpose = before.find((one) => one.url === url)?.purpose ?? job.purpose;
    if (!gone && url) rest.push({ url, name, size, print, purpose, received, at: Date.now() });
    remember(shelf(), rest.length ? JSON.stringify(rest.slice(-100)) : "");
  }

  // Name, size and a hash of all bytes: a file that was changed in between is another one. Read in slices, never whole.
  async function printOf(file) {
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    const add = (octets) => {
      for (const octet of octets) {
        a = Math.imul(a ^ octet, 2654435761);
        b = Math.imul(b ^ octet, 1597334677);
      }
    };
    add(new TextEncoder().encode(file.name));
    for (let at = 0; at < file.size; at += SLICE) add(new Uint8Array(await file.slice(at, at + SLICE).arrayBuffer()));
    const hex = (n) => (n >>> 0).toString(16).padStart(8, "0");
    return `${file.size}-${hex(a ^ (b >>> 13))}${hex(b ^ (a >>> 13))}`;
  }
  const readable = (job) => job.file.slice(job.received, job.received + 1).arrayBuffer().then(() => true, () => false);

  // ---- the queue

  async function take(files, resume = null) {
    for (const file of files) {
      const print = await printOf(file).catch(() => null);
      const purpose = resume?.purpose ?? place.dataset.purpose;
      if (resume && (resume.size !== file.size || (resume.print && resume.print !== print))) {
        say(`${file.name} bukan berkas yang sama dengan ${resume.name}.`);
        if (resume.job) show(resume.job, `Bukan berkas yang sama. Pilih ${resume.name} seperti semula.`);
        continue;
      }
      let job = resume?.job ?? jobs.find((one) => one.print === print && one.purpose === purpose && one.state !== "done" && one.state !== "refused");
      if (job && BUSY.has(job.state)) { say(`${file.name} sudah dalam antrean.`); continue; }
      if (!job) {
        job = { name: file.name, size: file.size, print, purpose, url: resume?.url ?? null, received: 0 };
        jobs.push(job);
      }
      const fault = print === null ? UNREADABLE : file.size ? "" : EMPTY;
      if (fault) { enter(job, "refused", fault); continue; }
      Object.assign(job, { file, print, pauses: 0, spoken: 0, fresh: Boolean(job.url) });
      enter(job, "waiting");
    }
    pump();
  }

  function enter(job, state, words = "") {
    job.state = state;
    job.words = words;
    show(job);
  }

  function pump() {
    for (const job of jobs) {
      if (jobs.filter((one) => one.state === "running" || one.state === "retrying").length >= AT_ONCE) break;
      if (job.state === "waiting") run(job);
    }
  }

  const nextUp = () => jobs.find((job) => job.state === "waiting");

  async function run(job) {
    enter(job, "running");
    try {
      while (job.state === "running") {
        try {
          if (!job.url) await begin(job);
          else if (job.fresh) await look(job);
          else await piece(job);
        } catch (error) {
          if (!(error instanceof Away)) throw error;
          if (job.state === "running") await pause(job);
        }
      }
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      if (job.state === "running") enter(job, error.state, error.message);
      if (error.state === "refused") note(job, true);
      say(`${job.name}: ${error.message}`);
    }
    pump();
  }

  class Away extends Error {} // the line or the server: try again later
  class Told extends Error { // the server said no, with a sentence
    constructor(state, sentence) { super(sentence); this.state = state; }
  }

  async function begin(job) {
    const answer = await ask("POST", place.dataset.address, { "Upload-Length": job.size, "Upload-Metadata": described(job) });
    if (answer.status !== 201) throw told(answer);
    job.url = answer.getResponseHeader("Location");
    job.received = Number(answer.getResponseHeader("Upload-Offset")) || 0;
    started(job);
    note(job);
  }

  function described(job) {
    const words = { ...JSON.parse(job.purpose), filename: job.name, fingerprint: job.print };
    return Object.entries(words).map(([key, text]) => `${key} ${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}`).join(",");
  }

  async function look(job) {
    const answer = await ask("HEAD", job.url);
    if (answer.status === 404 || answer.status === 410) return startAgain(job);
    if (answer.status !== 200) throw told(answer);
    job.received = Number(answer.getResponseHeader("Upload-Offset"));
    job.fresh = false;
    if (answer.getResponseHeader("Portal-State") === "complete") return finished(job, answer);
    started(job);
  }

  function startAgain(job) {
    note(job, true);
    if (JSON.parse(job.purpose).resume) throw new Told("refused", "Unggahan ini sudah tidak ada di server. Unggah lagi dari halaman asalnya.");
    if (job.again) throw new Told("failed", "Unggahan ini tidak dikenal server lagi. Coba lagi.");
    Object.assign(job, { url: null, received: 0, again: true, fresh: false });
  }

  async function piece(job) {
    const to = Math.min(job.size, job.received + Number(place.dataset.chunk));
    const answer = await ask("PATCH", job.url, { "Upload-Offset": job.received, "Content-Type": TYPE }, job.file.slice(job.received, to), job);
    const offset = answer.getResponseHeader("Upload-Offset");
    if (answer.status === 204) {
      job.pauses = 0;
      job.received = Number(offset);
      note(job);
      show(job);
      if (answer.getResponseHeader("Portal-State")) finished(job, answer);
    } else if (answer.status === 409 && offset !== null) {
      job.fresh = true;
      throw new Away();
    } else if (answer.status === 404 || answer.status === 410) {
      startAgain(job);
    } else {
      throw told(answer);
    }
  }

  function finished(job, answer) {
    job.received = job.size;
    note(job, true);
    const words = decodeURIComponent(answer.getResponseHeader("Portal-Note") || "");
    enter(job, "done", words);
    say(`${job.name} selesai diunggah. ${words}`);
    changed();
  }

  function told(answer) {
    if ([0, 423, 429, 460].includes(answer.status) || answer.status >= 500 && answer.status !== 507) return new Away();
    let sentence = "";
    try { sentence = JSON.parse(answer.responseText).detail; } catch { /* no words came along */ }
    if (answer.status === 401 || answer.status === 400) {
      return new Told("failed", "Sesi Anda berakhir. Masuk lagi di tab lain, lalu tekan Coba lagi; bagian yang sudah terkirim tetap ada.");
    }
    return new Told([413, 415, 422].includes(answer.status) ? "refused" : "failed", sentence || "Server menolak berkas ini.");
  }

  // One request; a line that is silent too long counts as broken.
  function ask(method, url, headers = {}, body = null, job = null) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      let watch = 0;
      const wind = () => { clearTimeout(watch); watch = setTimeout(() => request.abort(), STALLED_MS); };
      const end = (act) => () => { clearTimeout(watch); if (job) job.request = null; act(); };
      request.open(method, url);
      const usual = { "Tus-Resumable": "1.0.0", "X-CSRFToken": place.dataset.token, "X-Office": place.dataset.office, Accept: "application/json" };
      for (const [name, text] of Object.entries({ ...usual, ...headers })) request.setRequestHeader(name, text);
      request.onload = end(() => resolve(request));
      request.onerror = request.onabort = end(() => { if (job) job.fresh = true; reject(new Away()); });
      if (job) {
        job.request = request;
        request.upload.onprogress = (event) => { wind(); show(job, "", event.loaded); };
      }
      wind();
      request.send(body);
    });
  }

  // Growing pauses; the news that the line is back ends one at once.
  async function pause(job) {
    if (!(await readable(job))) throw new Told("refused", CHANGED);
    job.pauses = (job.pauses || 0) + 1;
    job.fresh = Boolean(job.url);
    const seconds = Math.min(LONGEST_PAUSE_S, Number(place.dataset.pause || 1) * 2 ** (job.pauses - 1));
    enter(job, "retrying", navigator.onLine ? `Sambungan terputus, dicoba lagi dalam ${span(seconds)}` : "Sambungan terputus, dilanjutkan saat tersambung");
    await new Promise((resolve) => {
      const go = () => { removeEventListener("online", go); clearTimeout(timer); job.wake = null; resolve(); };
      const timer = setTimeout(go, seconds * 1000);
      addEventListener("online", go);
      job.wake = go;
    });
    if (job.state === "retrying") enter(job, "running");
  }

  function started(job) {
    job.from = job.received;
    job.since = performance.now();
  }

  async function renew() {
    const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const other = page.querySelector("[data-uploads]");
    if (other?.dataset.office === place.dataset.office) place.dataset.token = other.dataset.token;
  }

  const acts = {
    pause(job) { enter(job, "paused"); job.request?.abort(); job.wake?.(); pump(); },
    first(job) {
      jobs.splice(jobs.indexOf(job), 1);
      const next = nextUp();
      jobs.splice(jobs.indexOf(next), 0, job);
      next.element.before(job.element);
      say(`${job.name} didahulukan`);
      show(job);
      job.parts.buttons.remove.focus();
    },
    resume(job) { job.fresh = Boolean(job.url); enter(job, "waiting"); pump(); },
    async retry(job) {
      try { await renew(); } catch { /* the line is still away */ }
      Object.assign(job, { pauses: 0, again: false });
      acts.resume(job);
    },
    async remove(job) {
      const focus = job.element.nextElementSibling || job.element.previousElementSibling;
      enter(job, "removed");
      job.request?.abort();
      job.wake?.();
      jobs.splice(jobs.indexOf(job), 1);
      job.element.remove();
      (focus?.querySelector("button, input") || place.closest("section")?.querySelector("input[type=file]"))?.focus();
      show();
      if (job.url && !job.over) {
        note(job, true);
        try { await ask("DELETE", job.url); } catch { /* it expires by itself */ }
      }
      pump();
    },
  };

  // ---- what is seen and heard

  function words(job, loaded) {
    const there = Math.min(job.size, job.received + loaded);
    const amount = `${mb.format(there / 1048576)} dari ${mb.format(job.size / 1048576)} MB`;
    if (job.state === "running") {
      const gone = (performance.now() - job.since) / 1000;
      const moved = there - job.from;
      if (there >= job.size) return `${amount}, berkas sedang diperiksa`;
      return moved > 0 && gone > 0.2
        ? `${amount}, ${kb.format(moved / gone / 1000)} kB per detik, sisa ${span(((job.size - there) * gone) / moved)}` : amount;
    }
    if (job.state === "waiting") return `${amount}, menunggu giliran`;
    if (job.state === "paused") return `${amount}, dijeda`;
    if (job.state === "retrying") return `${amount}. ${job.words}`;
    if (job.state === "offer") return `${amount} sudah tersimpan di server`;
    if (job.state === "done") return job.words || "Selesai";
    return job.words;
  }

  function show(job = null, error = "", loaded = 0) {
    place.querySelector("[data-uploads-all]").hidden = !jobs.length;
    const list = place.querySelector("[data-uploads-list]");
    list.hidden = !jobs.length;
    if (!job || job.state === "removed") return;
    job.element ||= row(job);
    if (job.element.parentNode !== list) list.append(job.element);
    const { text, bar, buttons } = job.parts;
    text.textContent = error || words(job, loaded);
    job.element.className = `upload is-${job.state}`;
    const part = job.size ? Math.min(1, (job.received + loaded) / job.size) : 0;
    bar.hidden = !BUSY.has(job.state) && job.state !== "paused" && job.state !== "offer";
    bar.value = part;
    const tens = Math.floor(part * 10);
    if (job.state === "running" && tens > (job.spoken || 0) && tens < 10) say(`${job.name} ${tens * 10} persen`);
    job.spoken = Math.max(job.spoken || 0, tens);
    buttons.pause.hidden = !BUSY.has(job.state);
    for (const one of jobs) if (one.parts) one.parts.buttons.first.hidden = one.state !== "waiting" || one === nextUp();
    buttons.resume.hidden = job.state !== "paused";
    buttons.retry.hidden = job.state !== "failed";
    buttons.remove.textContent = job.state === "done" || job.state === "refused" ? "Tutup" : "Hapus";
    job.over = job.state === "done" || job.state === "refused";
    job.parts.again.hidden = job.state !== "offer";
    job.parts.question.textContent = `Pilih lagi berkas yang sama untuk melanjutkan dari ${percent(job)}%`;
  }

  let rows = 0;
  function row(job) {
    const id = `unggah-${++rows}`;
    const button = (label, act) => {
      const made = make("button", { type: "button", className: "btn btn-secondary btn-sm", textContent: label, hidden: true });
      made.setAttribute("aria-describedby", `${id}-nama`);
      made.addEventListener("click", () => acts[act](job));
      return made;
    };
    const buttons = { first: button("Dahulukan", "first"), pause: button("Jeda", "pause"), resume: button("Lanjutkan", "resume"), retry: button("Coba lagi", "retry"), remove: button("Hapus", "remove") };
    buttons.remove.hidden = false;
    buttons.remove.classList.replace("btn-secondary", "btn-quiet");
    const bar = make("progress", { max: 1, value: 0 });
    bar.setAttribute("aria-labelledby", `${id}-nama`);
    const input = make("input", { type: "file", id: `${id}-lagi`, className: "visually-hidden" });
    input.addEventListener("change", (event) => {
      event.stopPropagation();
      take([...input.files].slice(0, 1), { ...job, job });
      input.value = "";
    });
    const question = make("label", { htmlFor: input.id, className: "btn btn-secondary btn-sm" });
    const again = make("span", { hidden: true }, question, " ", input);
    const text = make("p", { className: "facts upload__text" });
    job.parts = { text, bar, buttons, again, question };
    return make("li", {}, make("p", { className: "upload__name", id: `${id}-nama`, textContent: job.name }), text, bar,
      make("div", { className: "upload__acts" }, again, ...Object.values(buttons)));
  }

  function say(text) {
    place.querySelector("[data-uploads-status]").textContent = text;
  }

  // ---- the page, once a file has arrived

  let renewing = null, watching = 0, looks = 0;
  function changed() {
    if (!place?.dataset.changed) return;
    renewing = (renewing || Promise.resolve()).then(refresh).catch(() => { /* the next look at the page shows it */ });
  }

  async function refresh() {
    const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    keepVersion(page);
    for (const selector of place.dataset.changed.split(",")) {
      const [old, fresh] = [document.querySelector(selector), page.querySelector(selector)];
      if (old && fresh) putBeside(old, document.adoptNode(fresh));
    }
    document.dispatchEvent(new CustomEvent("portal:refreshed"));
    watch();
  }

  // What the server found in a file is seen without asking again: the list renews itself while one is being opened.
  function watch(first = false) {
    if (first) looks = 0;
    const opening = (place?.dataset.changed || "").split(",").filter(Boolean).some((selector) => /Sedang dibuka|Menunggu dibuka/.test(document.querySelector(selector)?.textContent || ""));
    clearTimeout(watching);
    if (!opening || looks >= LOOKS.length) return;
    watching = setTimeout(() => document.visibilityState === "visible" ? changed() : watch(), LOOKS[looks++]);
  }

  // The stored answer counts as read by its writer as long as its own texts are the ones this page began with.
  function keepVersion(page) {
    for (const form of all("form[data-guard][id]")) {
      const other = page.getElementById(form.id);
      if (!form.elements.version || !other?.elements.version) continue;
      const shown = (whole) => [...whole.elements].filter((field) => field.localName === "textarea").map((field) => field.defaultValue)
        .concat([...whole.elements].filter((field) => field.type === "radio" && field.defaultChecked).map((field) => field.value)).join("\u0000");
      if (Number(other.elements.version.value) > Number(form.elements.version.value) && shown(form) === shown(other)) form.elements.version.value = other.elements.version.value;
    }
  }

  function putBeside(old, fresh) {
    const typed = all("input, select, textarea", old).filter((field) => !place.contains(field) && isChanged(field));
    const open = all("details[open] > summary", old).map((summary) => summary.textContent.trim());
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    const selection = active && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
    if (old.contains(place)) {
      const other = fresh.querySelector("[data-uploads]");
      if (other) place.dataset.token = other.dataset.token;
      other?.replaceWith(place);
    }
    old.replaceWith(fresh);
    for (const field of typed) {
      const other = field.id ? document.getElementById(field.id) : fresh.querySelector(`[name="${CSS.escape(field.name)}"]`);
      if (!other) continue;
      if (field.type === "checkbox" || field.type === "radio") other.checked = field.checked;
      else other.value = field.value;
    }
    all("details > summary", fresh).filter((summary) => open.includes(summary.textContent.trim())).forEach((summary) => { summary.parentElement.open = true; });
    all("input[type=file][data-autosubmit]", fresh).forEach((input) => input.closest(".picker")?.classList.add("is-live"));
    if (!active) return;
    const again = active.isConnected ? active : active.id && document.getElementById(active.id);
    again?.focus({ preventScroll: true });
    try { if (selection && again) again.setSelectionRange(...selection); } catch { /* this kind of field has no caret */ }
  }

  // ---- choosing, dropping, leaving

  const sectionOf = (element) => element?.closest?.("section, #tambah");
  const takesHere = (element) => Boolean(sectionOf(element)?.contains(place));

  const CHOOSERS = "input[type=file][data-tus], input[type=file][data-autosubmit]";
  const takesFrom = (input) => Boolean(place && input.matches?.(CHOOSERS) && (input.dataset.resume || takesHere(input)));

  // Before portal.js hears of it: with this script running no form is sent.
  document.addEventListener("change", (event) => {
    if (!takesFrom(event.target)) return;
    event.stopImmediatePropagation();
    takeFrom(event.target);
  }, true);

  function takeFrom(input) {
    const { resume, name, size } = input.dataset;
    const files = [...input.files];
    input.value = "";
    input.closest(".picker")?.classList.add("is-live");
    const print = input.closest("[data-print]")?.dataset.print;
    take(files, resume ? { url: `${place.dataset.address}/${resume}`, name, size: Number(size), print, purpose: `{"resume":"${resume}"}` } : null);
  }

  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (!place || !takesHere(event.target) || ![...(event.dataTransfer?.types || [])].includes("Files")) return;
      event.preventDefault();
      if (kind === "drop") take([...event.dataTransfer.files]);
    });
  }

  window.addEventListener("beforeunload", (event) => {
    if (jobs.some((job) => BUSY.has(job.state))) event.preventDefault();
  });

  function wake() {
    place = document.querySelector("[data-uploads]");
    if (!place) return;
    all("[data-uploads-picker]").forEach((element) => { element.hidden = false; });
    jobs.forEach((job) => show(job));
    watch(true);
    const here = noted().filter((one) => !jobs.some((job) => job.url === one.url) && one.purpose === place.dataset.purpose && !document.getElementById(`unggahan-${one.url.split("/").pop()}`));
    here.forEach(async (one) => {
      const job = { ...one };
      try {
        const answer = await ask("HEAD", job.url);
        if (answer.status === 404 || answer.status === 410 || answer.getResponseHeader("Portal-State") === "complete") return note(job, true);
        if (answer.status === 200) job.received = Number(answer.getResponseHeader("Upload-Offset"));
      } catch { /* offered as it was remembered */ }
      if (jobs.some((other) => other.url === job.url)) return;
      jobs.push(job);
      enter(job, "offer");
    });
  }
  wake();
  // Chosen on a slow line before this script came, and not on its way already.
  all(CHOOSERS).filter((input) => input.files.length && takesFrom(input) && !input.form?.hasAttribute("aria-busy")).forEach(takeFrom);
  document.addEventListener("portal:page", wake); // the page was put in place of another
})();
