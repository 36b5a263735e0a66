"""What an agency's operator does: answer an item, cite evidence for it, mark it ready, hand all of it to the head."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import object_session

from .actors import Actor
from .clock import now
from .models import Citation, Claim, Contribution, DocumentVersion, Person, Submission
from .models.assessment import TEXT_LIMIT
from .refusal import Refused, Stale, Together
from .texts import clean, clean_line
from .workflow import advance


def answer(
    contribution: Contribution, by: Actor, value: Fraction | None, facts: str, analysis: str, seen_version: int
) -> bool:
    """Write value, Fakta and Analisis; True when something changed. What is stored already is no conflict.

    Raises Stale (with what is stored) when somebody else saved after the form was opened, Refused for text
    over the limit. Fakta and Analisis are the two parts of the Penjelasan (PermenPANRB 59/2020 p.29).
    What was saved by itself so far ends here: it becomes one revision with this saving.
    """
    changed = write(contribution, value, facts, analysis, seen_version)
    running = contribution.running(by.person_id, now())
    if running is not None:
        running.say_again(contribution, now())
        running.autosaved = False
    elif changed:
        contribution.remember(object_session(contribution).get_one(Person, by.person_id))
    if changed or contribution.state == "needs_review":
        reopen(contribution, by)
    return changed


def room_for(*said: Contribution | Claim | None) -> dict[str, int]:
    """How long Fakta and Analisis may be, {facts, analysis: letters}: the limit, or as long as what is `said` already.

    Two texts that a merge of agencies put side by side may be longer than the limit: such a text may shrink, not grow.
    """
    there = [one for one in said if one is not None]
    return {name: max(TEXT_LIMIT, *(len(getattr(one, name)) for one in there), 0) for name in ("facts", "analysis")}


def write(contribution: Contribution, value: Fraction | None, facts: str, analysis: str, seen_version: int) -> bool:
    """The core of every saving: clean, compare, refuse or set; True when something changed."""
    room = room_for(contribution)
    facts = clean(facts, room["facts"], "Fakta", "facts")
    analysis = clean(analysis, room["analysis"], "Analisis", "analysis")
    if (value, facts, analysis) == (contribution.value, contribution.facts, contribution.analysis):
        return False
    if seen_version != contribution.version:
        raise Stale(
            "Indikator ini diubah orang lain sesudah Anda membukanya. Bandingkan kedua tulisan, lalu simpan lagi.",
            theirs={"value": _shown(contribution.value), "facts": contribution.facts, "analysis": contribution.analysis},
        )
    contribution.value, contribution.facts, contribution.analysis = value, facts, analysis
    contribution.saved_at = now()
    return True


def _shown(value: Fraction | None) -> str:
    return "" if value is None else str(value)


def reopen(contribution: Contribution, by: Actor, reviewed: bool = True) -> None:
    """What was written is being filled in again, whatever had been said about it.

    What came along from last year stays to be reviewed while only its evidence changes (`reviewed=False`).
    """
    submission = contribution.submission
    if submission.state == "empty":
        advance(submission, "begin", by, because=True)
    if contribution.state != "filling" and (reviewed or contribution.state != "needs_review"):
        contribution.state = "filling"


def next_letter(target: Contribution | Claim) -> str:
    """a, b, ... z, aa, ab: counted up and never given twice, so a code once quoted stays unique."""
    target.letters = (target.letters or 0) + 1
    n, letters = target.letters, ""
    while n:
        n, rest = divmod(n - 1, 26)
        letters = chr(97 + rest) + letters
    return letters


def cite(
    target: Contribution | Claim, version: DocumentVersion, by: Actor, levels: Sequence[int] = (), locator: str = "",
    *, article: str = "", gist: str = "",
) -> Citation:
    """Use one version of a document for an item: which levels it proves, where in it to look and what stands there."""
    levels = _known_levels(target, levels)
    place = _place(article, locator, gist)
    if version.document.removed_at is not None:
        raise Refused("Dokumen ini sudah dihapus dari pustaka, jadi tidak dapat dirujuk.", field="document")
    for citation in target.citations:
        if (citation.document_id, citation.n) == (version.document_id, version.n):
            raise Refused("Dokumen ini sudah dilampirkan pada indikator ini.", field="document")
    citation = Citation(
        document_id=version.document_id, n=version.n, levels=levels, letter=next_letter(target), **place
    )
    object_session(target).add(citation)
    citation.cited = version
    if isinstance(target, Claim):
        citation.claim = target
    else:
        citation.contribution = target
        _touched(target, by)
    return citation


def change_citation(
    citation: Citation, by: Actor, levels: list[int], locator: str, *, article: str = "", gist: str = "", **description
) -> bool:
    """Which levels it proves and where to look; `description` is what `describe` takes. True when something changed."""
    target = citation.contribution or citation.claim
    wanted = {"levels": _known_levels(target, levels), **_place(article, locator, gist)}
    changed = any(getattr(citation, name) != value for name, value in wanted.items())
    for name, value in wanted.items():
        setattr(citation, name, value)
    if description:
        changed = describe(citation.cited, **description) or changed
    if changed and citation.contribution is not None:
        _touched(citation.contribution, by)
    return changed


def use_version(citation: Citation, version: DocumentVersion, by: Actor) -> None:
    """Let a citation point at another version of its document."""
    if version.document_id != citation.document_id:
        raise Refused("Versi ini milik dokumen lain.", field="document")
    citation.n = version.n
    citation.cited = version
    if citation.contribution is not None:
        _touched(citation.contribution, by)


def detach(citation: Citation, by: Actor) -> None:
    """Take the citation away; the document stays in the library."""
    contribution = citation.contribution
    object_session(citation).delete(citation)
    if contribution is not None:
        _touched(contribution, by)


def _touched(contribution: Contribution, by: Actor) -> None:
    """Other evidence makes another statement: it becomes a revision, so that old check marks no longer speak for it."""
    contribution.saved_at = now()
    contribution.remember(object_session(contribution).get_one(Person, by.person_id))
    reopen(contribution, by, reviewed=False)


def _place(article: str, locator: str, gist: str) -> dict[str, str]:
    """Pasal, chapter or pages or time in a video, and the uraian: the slots of a citation (guidance 3/2024 p.195-200)."""
    return {
        "article": clean_line(article, 120, "Pasal", "article"),
        "locator": clean_line(locator, 120, "Halaman, bab, atau waktu", "locator"),
        "gist": " ".join(clean(gist, 1000, "Uraian isi", "gist").split()),
    }


def _known_levels(target: Contribution | Claim, levels) -> list[int]:
    period = target.assessment.period if isinstance(target, Claim) else target.submission.assessment.period
    known = {level.value for level in period.instrument.item(target.item).scale.levels}
    chosen = sorted(set(levels))
    if not set(chosen) <= known:
        raise Refused("Tingkat yang ditunjang tidak dikenal.", field="levels")
    return chosen


def describe(
    version: DocumentVersion, *, number: str, dated: date | None, effective_on: date | None, **more: Any
) -> bool:
    """Number, dates and signatory of a document version; True when something changed.

    `more` are `valid_until` and `signatory`, which stay where a form does not have them. What was vouched for said all of
    it, so it stays as it was while a locked answer cites this version.
    """
    valid_until: date | None = more.get("valid_until", version.valid_until)
    wanted: dict[str, date | str | None] = {"dated": dated, "effective_on": effective_on, "valid_until": valid_until}
    with Together() as faults:
        with faults.noted():
            wanted["number"] = clean_line(number, 80, "Nomor dokumen", "number") or None
        with faults.noted():
            signatory = more.get("signatory", version.signatory)
            wanted["signatory"] = clean_line(signatory, 120, "Penanda tangan", "signatory") or None
        with faults.noted():
            if effective_on and valid_until and valid_until < effective_on:
                raise Refused("Tanggal akhir berlaku mendahului tanggal mulai berlaku.", field="valid_until")
    if all(getattr(version, name) == value for name, value in wanted.items()):
        return False
    if _vouched_for(version):
        raise Refused(
            "Dokumen ini dipakai pada isian yang sudah terkunci, jadi nomor dan tanggalnya tetap. "
            "Unggah versi baru bila berubah.",
            field="number",
        )
    for name, value in wanted.items():
        setattr(version, name, value)
    return True


def _vouched_for(version: DocumentVersion) -> bool:
    """Whether an answer that is no longer being filled, or an approved claim, points at this version."""
    locked = Submission.state.in_(("ready", "signed", "accepted")) | (
        (Submission.state == "returned") & Contribution.returned_n.is_(None)
    )
    cited = (Citation.document_id == version.document_id) & (Citation.n == version.n)
    session = object_session(version)
    return session.scalar(
        select(
            exists().where(
                cited, Citation.contribution_id == Contribution.id, Contribution.submission_id == Submission.id, locked
            )
            | exists().where(cited, Citation.claim_id == Claim.id, Claim.state == "approved")
        )
    )


def mark_item_ready(contribution: Contribution, by: Actor) -> None:
    """The operator is done with an item; saying so twice is no fault."""
    if contribution.state == "ready":
        return
    advance(contribution, "mark_ready", by)


def hand_to_head(submission: Submission, by: Actor) -> None:
    """All items are ready: the head may vouch."""
    advance(submission, "mark_ready", by)
