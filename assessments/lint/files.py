"""Rules that look at the bytes or at where a link leads: whether an assessor can open it, read it and trust it."""

from collections.abc import Iterator

from ..models import Contribution
from .finding import Finding, Known, about, code_of

PAPER = ("regulation", "plan", "report", "procedure", "contract", "other")  # kinds that are read, not looked at
REPLACE = "Unggah berkas yang benar, lalu lepas rujukan ini."
# Codes of `Blob.warnings` in words; a code that is not known here is still something that runs.
INSIDE = {
    "script": "skrip",
    "action": "perintah yang berjalan saat dibuka",
    "embedded": "berkas lain di dalamnya",
    "macros": "makro",
    "template": "templat dari alamat luar",
}


def unreadable_file(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """A file the worker could not open cannot be opened by an assessor (PermenPANRB 59/2020 p.29: evidence is read)."""
    for citation in contribution.citations:
        blob = citation.cited.blob
        if blob is not None and blob.reading_state in ("locked", "broken"):
            fix = "Simpan ulang tanpa kata sandi, lalu ganti." if blob.reading_state == "locked" else REPLACE
            yield about(citation, "unreadable_file", "weak", "tidak dapat dibuka asesor; ganti berkasnya.", fix)


def quarantined_file(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """What the virus scanner kept back reaches nobody."""
    for citation in contribution.citations:
        blob = citation.cited.blob
        if blob is not None and blob.scan_state == "quarantined":
            fix = "Bersihkan komputer asalnya, buat ulang berkasnya, lalu unggah yang bersih."
            yield about(citation, "quarantined_file", "weak", "dikarantina pemindai virus dan tidak dibuka siapa pun.", fix)


def active_content(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """Scripts, macros and files inside a file: assessors' computers refuse them."""
    for citation in contribution.citations:
        blob = citation.cited.blob
        if blob is not None and blob.warnings:
            inside = ", ".join(dict.fromkeys(INSIDE.get(code, "isi yang dapat berjalan sendiri") for code in blob.warnings))
            fix = "Simpan sebagai PDF biasa (cetak ke PDF), lalu unggah hasilnya."
            yield about(citation, "active_content", "weak", f"memuat {inside}; asesor mungkin tidak dapat membukanya.", fix)


def scan_without_text(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """Pages that are pictures cannot be searched for the pasal or page the explanation names (pedoman 3/2024 p.196)."""
    for citation in contribution.citations:
        blob, kind = citation.cited.blob, citation.cited.document.kind
        if blob is None or kind not in PAPER or blob.reading_state not in ("readable", "unread"):
            continue
        scanned = blob.media_type == "application/pdf" and blob.text_layer is False
        if scanned or blob.media_type.startswith("image/"):
            fix = "Unggah PDF dari berkas aslinya, atau pindai lagi dengan pengenalan teks (OCR)."
            yield about(citation, "scan_without_text", "tip", "hasil pindai tanpa teks, jadi isinya tidak dapat dicari.", fix)


def closed_link(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """Links are opened without signing in, as an assessor does (pedoman 3/2024 p.127 asks for a URL that opens)."""
    for citation in contribution.citations:
        if known.links.get((citation.document_id, citation.n)) == "asks_access":
            fix = "Ubah izinnya menjadi “siapa saja yang memiliki tautan”, lalu periksa lagi; atau unggah berkasnya."
            yield about(citation, "closed_link", "weak", "meminta izin atau masuk dulu, jadi asesor tidak dapat membukanya.", fix)


def dead_link(contribution: Contribution, known: Known) -> Iterator[Finding]:
    for citation in contribution.citations:
        state = known.links.get((citation.document_id, citation.n))
        if state in ("gone", "unreachable"):
            said = "tidak menuju halaman apa pun" if state == "gone" else "tidak terbuka ketika diperiksa"
            yield about(citation, "dead_link", "weak", f"{said}.", "Perbaiki alamatnya, atau unggah berkasnya sebagai bukti.")


def ended_application(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """A record of the inventory whose application runs no more; `ended` says of which documents that is so, and since when."""
    for citation in contribution.citations:
        if why := known.ended.get(citation.document_id):
            fix = "Lepas rujukan ini atau ganti dengan catatan aplikasi penggantinya."
            yield Finding("ended_application", "weak", f"{code_of(citation)}: {why}", f"citation:{citation.id}", fix)

