"""Answers with one document (or two) each: with a fault that is known, or without one though it looks like one.

All documents are made here, by the code that makes the demo's. Some of the faults are such that the rules cannot see
them, and some of the sound ones such that a reader of words stumbles: they are in the set because people write so.
"""

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, cached_property

import pypdfium2
import typst
from pypdf import PdfReader, PdfWriter
from pypdf.actions import JavaScript

from portal.demo import documents

DAY = date(2026, 11, 30)  # the self-assessment closes
YOUNG, OLD = date(2026, 3, 12), date(2022, 5, 20)
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
OFFICES = ("Dinas Kesehatan", "Bappeda", "Diskominfo", "Dinas Sosial", "Inspektorat", "Bagian Organisasi")
BODY = (
    "Perangkat daerah menyelenggarakan urusan ini menurut rencana kerja tahunan dan melaporkan hasilnya setiap triwulan.",
    "Ruang lingkup mencakup tata kelola, manajemen, layanan, infrastruktur, aplikasi, dan keamanan.",
    "Pelaksanaan direviu sekurang-kurangnya sekali dalam satu tahun; hasilnya menjadi dasar penyempurnaan.",
)


@dataclass(frozen=True)
class Paper:
    """A document with what an operator writes beside it."""

    title: str
    kind: str = "report"
    name: str = "laporan.pdf"
    media_type: str = PDF
    number: str | None = "700/12/2026"
    dated: date | None = YOUNG
    signatory: str | None = "Kepala Dinas"
    valid_until: date | None = None
    levels: tuple[int, ...] = (2,)
    locator: str = "hlm. 1"
    make: Callable[[], bytes] | None = None

    @cached_property
    def content(self) -> bytes:
        return self.make() if self.make else document(self.title)


@dataclass(frozen=True)
class Case:
    """`faults` are the rules that should speak; nothing else should."""

    papers: tuple[Paper, ...]
    item: str = "I12"
    value: int = 2
    facts: str = "Dokumen terlampir memuat hal yang ditanyakan."
    analysis: str = "Isinya memenuhi kriteria tingkat yang dipilih."
    faults: frozenset[str] = field(default_factory=frozenset)
    about: str = ""


@cache
def document(title: str, body: tuple[str, ...] = BODY, pages: int = 2) -> bytes:
    return documents.make_pdf(title, "700/12/2026", YOUNG, "Kepala Dinas", body, pages)


def stamped(title: str, word: str) -> bytes:
    """The document with a word across each page."""
    mark = typst.compile(f'#set page(paper: "a4")\n#place(center + horizon, rotate(-45deg, text(90pt)[{word}]))'.encode(), format="pdf")
    stamp = PdfReader(io.BytesIO(mark)).pages[0]
    return _written(document(title), lambda writer: [page.merge_page(stamp) for page in writer.pages])


def scanned(title: str, header: str = "") -> bytes:
    """Pictures of the pages; `header` is a line of text some programs put over each."""
    pages = [page.render(scale=0.7).to_pil().convert("L") for page in pypdfium2.PdfDocument(document(title))]
    made = io.BytesIO()
    pages[0].save(made, "PDF", save_all=True, append_images=pages[1:])
    if not header:
        return made.getvalue()
    line = typst.compile(f'#set page(paper: "a4")\n{header}'.encode(), format="pdf")
    return _written(made.getvalue(), lambda writer: [page.merge_page(PdfReader(io.BytesIO(line)).pages[0]) for page in writer.pages])


def photographed(title: str) -> bytes:
    made = io.BytesIO()
    pypdfium2.PdfDocument(document(title))[0].render(scale=0.7).to_pil().convert("RGB").save(made, "JPEG")
    return made.getvalue()


def _written(content: bytes, change: Callable[[PdfWriter], object]) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(content))
    change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def faulty() -> Iterator[Case]:
    """One fault each, known by how the case was made."""
    report, rule = Paper("Laporan Reviu Penerapan SPBE"), Paper("Peraturan Wali Kota tentang SPBE", "regulation", "perwal.pdf")
    yield from _named("undated_document", [
        replace(rule, number=None), replace(rule, dated=None), replace(report, number=None, dated=None),
        replace(report, kind="procedure", title="SOP Layanan", number=None), replace(report, kind="plan", title="Rencana Kerja", dated=None),
    ])
    yield from _named("unsigned_document", [
        replace(rule, signatory=None), replace(rule, title="Keputusan Kepala Dinas", signatory=None),
        replace(rule, kind="contract", title="Perjanjian Kerja Sama", signatory=None),
        replace(rule, kind="procedure", title="SOP Pengaduan", signatory=None),
        # Nothing looks for a signature on the page itself: what the operator wrote is believed.
        replace(rule, title="Surat Edaran tanpa Penanda Tangan", make=lambda: documents.make_pdf("Surat Edaran", "1", YOUNG, "", BODY)),
    ])
    yield from _named("draft_document", [
        replace(report, title="Laporan Reviu", name=name) for name in (
            "Draft Laporan SPBE.pdf", "laporan_spbe_draf.pdf", "Laporan (konsep).pdf", "KONSEP-Notula-2026.pdf", "laporan-draft-v3.pdf",
            "12.a.Draft Laporan Reviu.pdf", "Laporan Reviu belum final.pdf")
    ] + [
        replace(report, title=title) for title in ("Konsep Laporan Reviu", "Draf Rencana Aksi", "Rancangan Keputusan Kepala Dinas")
    ] + [
        replace(report, make=lambda word=word: stamped("Laporan Reviu Penerapan SPBE", word)) for word in ("DRAFT", "KONSEP", "D R A F")
    ] + [
        replace(report, make=lambda title=title: document(title))
        for title in ("Draft Laporan Reviu", "Rancangan Peraturan Wali Kota", "Konsep Keputusan Kepala Dinas")
    ] + [
        replace(report, title="Laporan Reviu, disebut belum tetap dalam kalimat", make=lambda: document("Laporan Reviu", ("Naskah ini masih draf dan belum ditetapkan.", *BODY)))
    ])
    for item, name in (("I01", "Draft Perwal Arsitektur.pdf"), ("I04", "Ranperwal Aplikasi.pdf"), ("I08", "perwal keamanan (draf).pdf"),
                       ("I10", "Konsep SK Tim Koordinasi.pdf")):
        yield Case((replace(rule, name=name),), item, faults=frozenset({"draft_policy"}), about=name)
    yield Case((replace(rule, make=lambda: stamped("Peraturan Wali Kota", "KONSEP")),), "I02", faults=frozenset({"draft_policy"}),
               about="konsep di halaman pertama")
    yield from _named("scan_without_text", [
        replace(report, make=lambda: scanned("Laporan Reviu")), replace(rule, make=lambda: scanned("Peraturan Wali Kota")),
        replace(rule, kind="contract", title="Perjanjian", make=lambda: scanned("Perjanjian")),
        replace(report, media_type=JPEG, name="notula.jpg", make=lambda: photographed("Notula")),
        replace(report, title="Laporan berkepala pemindai", make=lambda: scanned("Laporan", "Dipindai dengan ponsel")),
    ])
    yield from _named("unreadable_file", [
        replace(report, make=lambda: _written(document("Laporan"), lambda writer: writer.encrypt("rahasia"))),
        replace(rule, make=lambda: _written(document("Peraturan"), lambda writer: writer.encrypt("abc", algorithm="RC4-128"))),
        replace(report, title="Laporan terpotong", make=lambda: document("Laporan")[:-600]),
        replace(report, title="Laporan setengah", make=lambda: document("Laporan")[:9000]),
    ])
    yield from _named("active_content", [
        replace(report, make=lambda: _written(document("Laporan"), lambda writer: writer.add_open_action(JavaScript("app.alert(1);")))),
        replace(rule, make=lambda: _written(document("Peraturan"), lambda writer: writer.add_open_action(JavaScript("this.print();")))),
        replace(report, title="Laporan berlampiran", make=lambda: _written(document("Laporan"), lambda w: w.add_attachment("a.txt", b"isi"))),
    ])
    yield from _named("not_in_force", [replace(rule, valid_until=DAY - timedelta(days=400)), replace(rule, valid_until=date(2025, 12, 31))])
    for item, level in (("I01", 4), ("I12", 4), ("I19", 4), ("I31", 4), ("I03", 5), ("I40", 5)):
        yield _ladder(item, 5, {level: OLD}, {"old_review"})
    yield _ladder("I14", 4, {4: date(2024, 11, 30)}, {"old_review"})
    for item, value in (("I29", 2), ("I30", 3), ("I31", 2)):
        yield _ladder(item, value, dict.fromkeys(range(2, value + 1), OLD), {"old_audit"})
    for levels, locator in (((2, 3), "hlm. 5"), ((2, 3), "hlm. 5-8"), ((2, 3), "Pasal 7 ayat (2)"), ((2, 3, 4), "Bab II, hlm. 9")):
        value = max(levels)
        yield Case((replace(report, levels=levels, locator=locator),), value=value, faults=frozenset({"one_file_many_levels"}), about=locator)
    yield from _named("pages_not_given", [replace(report, locator=""), replace(rule, locator="")])
    yield Case((replace(report, levels=(2,)),), value=3, faults=frozenset({"no_evidence_at_level"}), about="tingkat 3 tanpa bukti")
    yield Case((replace(report, levels=(3,)),), value=3, faults=frozenset({"gap_below"}), about="tingkat 2 terlewat")
    yield Case((replace(report), replace(report, name="b.pdf", levels=(3,))), value=3, facts="Lihat 12.a.",
               faults=frozenset({"unmentioned_evidence"}), about="12.b tidak disebut")
    for text in ("Dipakai seluruh perangkat daerah.", "Seluruh pegawai memakainya sejak 2024.", "Cakupannya 100 %.", "Sudah 100 persen terhubung.",
                 "Seluruhnya sudah memakai.", "Dipakai semua OPD tanpa kecuali."):
        yield Case((report,), analysis=text, faults=frozenset({"coverage_not_given"}), about=text)


def _named(rule: str, papers: list[Paper]) -> Iterator[Case]:
    for paper in papers:
        yield Case((paper,), faults=frozenset({rule}), about=f"{paper.title}; {paper.name}")


def _ladder(item: str, value: int, dates: dict[int, date], faults: set[str] | frozenset[str] = frozenset()) -> Case:
    """One report for each level, dated as said, else young."""
    papers = tuple(
        Paper(f"Laporan Tahap {level}", name=f"laporan-{level}.pdf", dated=dates.get(level, YOUNG), levels=(level,)) for level in range(2, value + 1)
    )
    return Case(papers, item, value, faults=frozenset(faults), about=f"{item} tingkat {value}")


def sound() -> Iterator[Case]:
    """Nothing is wrong; most of them look a little as if."""
    drawn = random.Random(59)
    kinds = (
        ("Laporan Reviu SPBE {}", "report", "laporan-reviu.pdf"), ("Peraturan Wali Kota tentang Tata Kelola {}", "regulation", "12.a.Perwal.pdf"),
        ("Rencana Kerja {}", "plan", "renja_2026.pdf"), ("SOP Layanan {}", "procedure", "SOP-01.pdf"), ("Perjanjian dengan {}", "contract", "pks.pdf"),
    )
    for office in OFFICES:
        for title, kind, name in kinds:
            yield _quiet(Paper(title.format(office), kind, name, levels=(2,), locator=f"hlm. {drawn.randint(1, 2)}"))
    for name in ("Konsep Layanan Terpadu.pdf", "kajian_konsep_layanan.pdf", "Notula pembahasan draft Perwal.pdf", "SOP Penyusunan Draft Peraturan.pdf",
                 "Drafting handbook.pdf", "Rancangan Awal RKPD 2026.pdf", "Rancang bangun aplikasi.pdf", "Undangan rapat konsep SK.pdf",
                 "Peta Konsep SPBE.pdf", "Laporan Final.pdf", "Pedoman Draf Naskah Dinas.pdf"):
        yield _quiet(Paper("Dokumen Penunjang", name=name))
    for first in ("Konsep layanan ini dijalankan bersama oleh seluruh perangkat daerah.", "Rancangan Peraturan Daerah dibahas setiap tahun anggaran.",
                  "Draft yang diterima dibahas dalam rapat, lalu ditetapkan."):
        yield _quiet(Paper("Laporan Tahunan", make=lambda first=first: document("Laporan Tahunan", (first, *BODY))))
    yield _quiet(Paper("Laporan Konsep Layanan Digital"))
    yield _quiet(Paper("Tangkapan Layar", "screenshot", "layar.png", PNG, None, None, None, make=lambda: documents.make_screenshot("Aplikasi")))
    for item, value, dates in (("I01", 5, {2: OLD, 3: OLD}), ("I12", 3, {2: OLD, 3: OLD}), ("I03", 4, {4: OLD}), ("I40", 4, {4: OLD}),
                               ("I29", 3, {2: OLD}), ("I31", 1, {}), ("I12", 4, {4: date(2024, 12, 1)})):
        yield _ladder(item, value, dates)
    for levels, locator in (((2, 3), "tingkat 2: hlm. 5; tingkat 3: hlm. 9"), ((2, 3), "Pasal 4 dan Pasal 9"), ((2, 3), "0:05:20-0:06:10; 0:09:00"),
                            ((2, 3), "Bab II dan Bab IV")):
        yield replace(_quiet(Paper("Laporan", levels=levels, locator=locator)), value=3, about=locator)
    for text in ("Dokumen mencakup seluruh muatan Peta Rencana.", "Dipakai seluruh perangkat daerah (41 dari 41).", "Tercapai 100 %, yaitu 63/63 OPD.",
                 "Secara keseluruhan berjalan.", "Seluruh kriteria tingkat 2 terpenuhi.", "Memuat seluruh rumpun arsitektur."):
        yield replace(_quiet(Paper("Laporan")), analysis=text, about=text)
    yield replace(_quiet(Paper("Draft Perwal SPBE", "regulation", "draft.pdf", levels=(1,))), item="I01", value=1, about="konsep untuk tingkat 1")
    yield _quiet(Paper("Peraturan Lama", "regulation", "perwal-2016.pdf", dated=date(2016, 1, 4), valid_until=date(2030, 1, 1)))


def _quiet(paper: Paper) -> Case:
    return Case((paper,), about=f"{paper.title}; {paper.name}")
