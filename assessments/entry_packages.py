"""What is carried over into the national application: for each item the text to paste and its files, in a fixed order.

Everything here is plain and complete before the first byte of a package is sent, so that sending needs no database.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from . import entry_names
from .actors import Actor
from .general_questions import Asked
from .instruments import Item
from .models import Assessment, Citation, Claim, Document, DocumentVersion
from .policies import entitled
from .scoring import shown

GENERAL_FOLDER = "00_Pertanyaan-umum"

QUARANTINED = "dikarantina pemindai virus"
UNREAD = "belum selesai diperiksa portal"
REMOVED = "sudah dihapus dari pustaka"
NOT_YOURS = "tidak boleh dibuka jabatan ini"
DAMAGED = "hilang atau rusak di penyimpanan"


@dataclass(frozen=True)
class Piece:
    """One cited document. `name` is "" for a link; `left_out` says why a file is not in the package, "" when it is."""

    code: str
    name: str
    title: str
    where: str
    levels: tuple[int, ...]
    gist: str
    document_id: int
    n: int
    sha256: str | None = None
    size: int = 0
    media_type: str = ""
    previews: int = 0
    url: str | None = None
    left_out: str = ""

    @property
    def goes(self) -> bool:
        return self.sha256 is not None and not self.left_out

    @property
    def thing(self) -> str:
        """As the access log names it."""
        return f"document_version:{self.document_id}/{self.n}"


@dataclass(frozen=True)
class Sheet:
    """One item with what is claimed for it. `level` is None while nothing is claimed."""

    item: Item
    claim: Claim | None
    value: str
    level: int | None
    level_name: str
    facts: str
    analysis: str
    pieces: tuple[Piece, ...]

    @property
    def folder(self) -> str:
        return entry_names.folder(self.item)

    @property
    def files(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.goes]

    @property
    def links(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.url]

    @property
    def left(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.left_out]

    @property
    def text(self) -> str:
        """What is pasted: Fakta, Analisis (ped. 3/2024 p.195-201), then the names the evidence goes by."""
        parts = [f"Fakta:\n{self.facts or '-'}", f"Analisis:\n{self.analysis or '-'}"]
        if self.pieces:
            parts.append("Data dukung:\n" + "\n".join(map(named, self.pieces)))
        return "\n\n".join(parts)


def named(piece: Piece) -> str:
    """A line of the list of evidence: its name or link, where to look, and why it is missing where it is."""
    line = f"{piece.code} {piece.name or piece.title}"
    if piece.url:
        line += f", {piece.url}"
    if piece.where:
        line += f", {piece.where}"
    return f"{line} (tidak disertakan: {piece.left_out})" if piece.left_out else line


def sheets(session: Session, assessment: Assessment, user: Actor, item: str | None = None) -> list[Sheet]:
    """Every item of the instrument (or one) in its order; two statements however many claims and files there are."""
    query = (
        select(Claim)
        .where(Claim.assessment_id == assessment.id)
        .options(
            selectinload(Claim.citations)
            .joinedload(Citation.cited)
            .joinedload(DocumentVersion.document)
            .joinedload(Document.owner_org)
        )
    )
    if item is not None:
        query = query.where(Claim.item == item)
    claims = {claim.item: claim for claim in session.scalars(query)}
    wanted = [each for each in assessment.period.instrument.items if item in (None, each.code)]
    return [_sheet(each, claims.get(each.code), user) for each in wanted]


def _sheet(item: Item, claim: Claim | None, user: Actor) -> Sheet:
    if claim is None:
        return Sheet(item, None, "", None, "", "", "", ())
    level = item.scale.level(claim.value) if claim.value is not None else None
    value = "" if claim.value is None else str(claim.value) if claim.value.denominator == 1 else shown(claim.value)
    return Sheet(
        item, claim, value.replace(".", ","), level.value if level else None, level.name if level else "",
        claim.facts, claim.analysis, tuple(_piece(item, citation, user) for citation in claim.citations),
    )


def _piece(item: Item, citation: Citation, user: Actor) -> Piece:
    """A citation of a claim; that it is cited is what lets the team open it, the rest is asked of the policy."""
    version = citation.cited
    title = version.document.title
    where = "; ".join(
        part for part in (f"pasal {citation.article}" if citation.article else "", citation.locator) if part
    )
    made = _of_version(version, user, f"{item.number}.{citation.letter}",
                       entry_names.file_name(item, citation.letter, title, version.number, version.file_name))
    return replace(made, where=where, levels=tuple(citation.levels), gist=citation.gist)


def _of_version(version: DocumentVersion, user: Actor, code: str, name: str) -> Piece:
    bare = Piece(code, "" if version.url else name, version.document.title, "", (), "", version.document_id, version.n)
    if version.url:
        return replace(bare, url=version.url)
    blob = version.blob
    return replace(
        bare, sha256=version.sha256, size=blob.size, media_type=blob.media_type,
        previews=0 if blob.scan_state == "quarantined" else blob.previews or 0, left_out=_why_left_out(version, user),
    )


def _why_left_out(version: DocumentVersion, user: Actor) -> str:
    blob = version.blob
    if not entitled(user, "read", version):
        return NOT_YOURS
    if version.document.removed_at is not None:
        return REMOVED
    if blob.scan_state == "quarantined":
        return QUARANTINED
    if blob.scan_state == "waiting" or blob.reading_state == "unread":
        return UNREAD
    return ""


def general_pieces(every: Sequence[Asked], user: Actor) -> list[Piece]:
    """The documents of the general answers: `P2_Nama.pdf`, numbered where an answer carries several."""
    found = []
    for asked in every:
        for at, carried in enumerate(asked.answer.files if asked.answer else [], start=1):
            version = carried.document
            words = entry_names.called(version.document.title, version.number)
            name = f"P{asked.number}_{at}_{words}{entry_names.ending(version.file_name)}"
            found.append(_of_version(version, user, f"P{asked.number}.{at}", name))
    return found


def with_holes(found: Sequence[Piece], whole: Callable[[str, int], bool]) -> tuple[Piece, ...]:
    """The same, with those named as missing whose bytes are not in the store as they should be."""
    return tuple(
        replace(piece, left_out=DAMAGED) if piece.goes and not whole(piece.sha256 or "", piece.size) else piece
        for piece in found
    )


def general_text(every: Sequence[Asked]) -> str:
    """The general questions with their answers, to paste."""
    return "\n\n".join(
        f"{asked.number}. {asked.question.text}\n\n{asked.answer.text if asked.answered and asked.answer else '-'}" for asked in every
    )


# The columns of the table of contents of a package.
CONTENTS = ("Folder", "Kode", "Nama berkas", "Judul dokumen", "Pasal, halaman, atau waktu", "Tingkat", "Ukuran (byte)",
            "SHA-256", "Keterangan")


def contents(rows: Sequence[tuple[str, Piece]]) -> list[tuple]:
    """(folder, piece) as lines under `CONTENTS`: what is in the package, what is only a link, and what is missing and why."""
    return [
        (folder, piece.code, piece.name, piece.title, piece.where, ", ".join(map(str, piece.levels)),
         piece.size if piece.goes else None, piece.sha256 if piece.goes else None,
         f"tautan: {piece.url}" if piece.url else f"tidak disertakan: {piece.left_out}" if piece.left_out else "")
        for folder, piece in rows
    ]
