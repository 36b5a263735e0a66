"""Rules that look at what was written: what is missing, which evidence it names, and what it says of coverage."""

import re
from collections.abc import Iterator

from ..models import Contribution
from ..workflow import missing
from .finding import Finding, Known, about, code_of, is_record

FILL = {
    "value": "Pilih tingkat tertinggi yang seluruh kriterianya terpenuhi.",
    "facts": "Sebutkan dokumen, bagian yang dirujuk, dan isinya.",
    "analysis": "Jelaskan bagaimana bukti itu memenuhi kriteria.",
    "evidence": "Unggah berkas, ambil dari pustaka, atau lampirkan tautan.",
}
# "Seluruh" followed by one of these speaks of the content of a paper, not of how many take part.
_CONTENT = (
    "muatan|referensi|domain|kriteria|proses|tahap|tahapan|siklus|isi|pasal|ketentuan|unsur|aspek|cakupan|"
    "ruang|lingkup|dokumen|bukti|tingkat|langkah|komponen|persyaratan|syarat|informasi|data|rekomendasi|hasil|"
    "waktu|jenis|bab|bagian|substansi|keenam|ketujuh|ketiga|enam|tujuh|tiga|rangkaian|kegiatan|tanggung|biaya|"
    "anggaran|wilayah"
)
_ALL = re.compile(rf"\bseluruh(?:nya)?\b(?!\s+(?:{_CONTENT})\b)|\b(?:100|seratus)\s*(?:%|persen\b)", re.IGNORECASE)
_COUNTED = (
    "perangkat daerah|opd|skpd|unit kerja|unit|pegawai|asn|aplikasi|layanan|sistem|instansi|dinas|badan|bagian|kecamatan|"
    "kelurahan|desa|sekolah|puskesmas|pengguna|perangkat|orang"
)
_FIGURE = re.compile(rf"\b\d[\d.]*\s*(?:dari|/)\s*\d[\d.]*\b|\b\d[\d.]*\s+(?:{_COUNTED})\b", re.IGNORECASE)

_FIGURE_GIVEN = re.compile(r"(\d+) dari (\d+)\b")


def missing_part(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """What keeps the item from being ready; the workflow says the same sentences (PermenPANRB 59/2020 p.21, 29)."""
    for place, sentence in missing(contribution):
        yield Finding("missing_part", "must", sentence, place, FILL[place])


def pages_not_given(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """Evidence is cited by pasal, bab, page or time (pedoman 3/2024 p.196-211)."""
    fix = "Isi halaman, bab, pasal, atau menit yang dirujuk."
    for citation in contribution.citations:
        blob = citation.cited.blob
        if citation.locator or citation.article or (blob is not None and blob.pages == 1) or is_record(citation):
            continue
        if blob is not None and blob.pages:
            sentence = f"belum menunjuk halaman; asesor harus mencari sendiri di {blob.pages} halaman."
            yield about(citation, "pages_not_given", "tip", sentence, fix)
        elif blob is None or not blob.media_type.startswith("image/"):
            yield about(citation, "pages_not_given", "tip", "belum menunjuk halaman, bab, atau bagian.", fix)


def unmentioned_evidence(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """Fakta says where the proof is, so it names each piece of it (PermenPANRB 59/2020 p.29)."""
    if not contribution.facts.strip():
        return
    codes = [code_of(citation) for citation in contribution.citations]
    silent = [code for code in codes if not re.search(rf"(?<!\w){re.escape(code)}(?!\w)", contribution.facts)]
    if silent and len(silent) < len(codes):
        named = ", ".join(silent)
        yield Finding(
            "unmentioned_evidence", "tip", f"Fakta belum menyebut {named}.", "facts",
            f"Sebut {named} pada Fakta, atau lepas bila tidak dipakai.",
        )


def coverage_short(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """ "Seluruh" or "100 %" beside a figure that is less than all of them."""
    figure = _FIGURE_GIVEN.match(contribution.coverage or "")
    if figure is None or figure.group(1) == figure.group(2):
        return
    for place, name, text in (("facts", "Fakta", contribution.facts), ("analysis", "Analisis", contribution.analysis)):
        found = _ALL.search(text)
        if found:
            yield Finding(
                "coverage_short", "weak", f"{name} menyebut “{found.group()}”, tetapi cakupannya {contribution.coverage}.", place,
                "Sesuaikan kalimat dengan angkanya, atau perbaiki angka cakupan.",
            )
            return


def coverage_not_given(contribution: Contribution, known: Known) -> Iterator[Finding]:
    """ "Seluruh" or "100 %" needs a figure: all there are, or what was aimed at this year (pedoman 3/2024 p.68, 72, 76)."""
    if (contribution.coverage or "").strip():
        return
    for place, name, text in (("facts", "Fakta", contribution.facts), ("analysis", "Analisis", contribution.analysis)):
        found = _ALL.search(text)
        if found and not _FIGURE.search(f"{contribution.facts}\n{contribution.analysis}"):
            yield Finding(
                "coverage_not_given", "tip", f"{name} menyebut “{found.group()}” tanpa angka cakupan.", place,
                "Tulis angkanya, misalnya 41 dari 41 perangkat daerah, atau capaian terhadap target tahun ini.",
            )
            return
