"""The Koordinator signs both papers in one deed, takes them back, and what was sent is opened again.

From signing on nothing of the claims changes unnoticed: a claim that is reopened takes the papers with it (`settle`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import object_session

from .actors import Actor
from .attesting import Changed, new_number, office_of, title_of
from .canonical import canonical, digest
from .claiming import settle
from .clock import now
from .models import Appointment, Assessment, Paper, Signature, Snapshot
from .models.paper import PAPER_KINDS
from .papers import Basis, basis_of, consent_content, minutes_content
from .refusal import Refused, Together
from .signed_papers import in_force, take_papers_back
from .texts import clean
from .workflow import advance, transition

PREFIXES = {"minutes": "BA", "consent": "PP"}
REASON_LIMIT = 1000


@dataclass(frozen=True)
class DraftPaper:
    """One paper as it would be signed now: what it says, its fingerprint, and the sentence under which the name stands."""

    kind: str
    content: dict
    sha256: str
    statement: str

    @property
    def title(self) -> str:
        return PAPER_KINDS[self.kind]


def drafts(assessment: Assessment, signer: Appointment, basis: Basis | None = None) -> list[DraftPaper]:
    """Both papers as `signer` would sign them, the berita acara first. A page that has the `basis` already gives it."""
    basis = basis or basis_of(assessment)
    minutes = minutes_content(assessment, signer, basis)
    consent = consent_content(assessment, signer, basis)
    statements = {"minutes": _of_minutes(minutes, signer), "consent": _of_consent(consent, signer)}
    return [
        DraftPaper(kind, content, digest(canonical(content)), statements[kind])
        for kind, content in (("minutes", minutes), ("consent", consent))
    ]


def _who(signer: Appointment) -> str:
    behalf = f" atas nama {signer.acting_for.name}" if signer.acting_for else ""
    return f"Saya, {signer.person.name}, {title_of(signer)}{behalf},"


def _of_minutes(content: dict, signer: Appointment) -> str:
    """The legal wording is to be confirmed by the legal office."""
    index = content["index"]["shown"].replace(".", ",")
    return (
        f"{_who(signer)} menyatakan bahwa Tim Asesor Internal telah menilai {content['assessed']} dari {content['total']} "
        f"indikator pada {content['title']} {content['subject']} dengan {content['files']} berkas atau tautan bukti dukung, "
        f"dan bahwa {content['instrument']['index_name']} menurut penilaian mandiri adalah {index} ({content['predicate']})."
    )


def _of_consent(content: dict, signer: Appointment) -> str:
    return f"{_who(signer)} {content['statement']}"


@dataclass(frozen=True)
class WithoutTeam:
    """The Koordinator signs though no decision about the team is on record: `ticked`, and why. Ignored where there is one."""

    ticked: bool = False
    reason: str = ""

    def said(self) -> str:
        """The reason as it goes on the paper; refused with everything that is missing."""
        reason = ""
        with Together() as faults:
            with faults.noted():
                if not self.ticked:
                    raise Refused("Keputusan tim belum dicatat. Catat dulu, atau centang bila tetap menandatangani tanpanya.",
                                  field="without_team")
            with faults.noted():
                reason = clean(self.reason, REASON_LIMIT, "Alasan", "reason", required=True)
        return reason


def sign(
    assessment: Assessment, by: Actor, seen: Mapping[str, str], method: str = "password", without_team: WithoutTeam | None = None
) -> list[Paper]:
    """Both papers are frozen, signed and numbered, or nothing happens; gives them, the berita acara first.

    `seen` is {kind: SHA-256} of what the page showed; another one means that something changed since (`Changed`).
    The same copies signed again by the same person give the papers there are already. Where no decision about the team is
    on record (59/2020 p.82) the minutes say so and why they are signed all the same; without `without_team` they are not.
    """
    given = in_force(assessment)
    if given and all(seen.get(paper.kind) in _fingerprints(paper) and _signed_by(paper, by) for paper in given):
        return given
    session = object_session(assessment)
    office = office_of(session, by)
    papers = drafts(assessment, office)
    waits = assessment.state in transition(Assessment, "sign").sources
    if waits and any(seen.get(paper.kind) != paper.sha256 for paper in papers):
        raise Changed("Isi berita acara atau pernyataan berubah sesudah Anda membukanya. Periksa lagi sebelum menandatangani.")
    step = advance(assessment, "sign", by)
    if papers[0].content["team"] is None:
        reason = (without_team or WithoutTeam()).said()
        papers[0], step.note = _with_reason(papers[0], reason), f"Keputusan tim belum dicatat. {reason}"
    moment, slug = now(), assessment.period.slug
    made = []
    for draft in papers:
        snapshot = Snapshot(sha256=draft.sha256, kind=draft.kind, content=canonical(draft.content), at=moment)
        signature = Signature(
            snapshot=snapshot, statement=draft.statement, appointment=office, acting_for_id=office.acting_for_id,
            name=office.person.name, title=title_of(office), method=method, at=moment,
        )
        made.append(
            Paper(
                number=new_number(slug, PREFIXES[draft.kind]), kind=draft.kind, assessment=assessment, snapshot=snapshot,
                signature=signature, at=moment,
            )
        )
    session.add_all(made)
    return made


def _with_reason(minutes: DraftPaper, reason: str) -> DraftPaper:
    content = minutes.content | {"without_team": reason}
    return replace(minutes, content=content, sha256=digest(canonical(content)))


def _fingerprints(paper: Paper) -> set[str]:
    """Of what was signed, and of what the page showed before the reason was typed on it."""
    content = json.loads(paper.snapshot.content)
    return {paper.snapshot_sha, digest(canonical({name: said for name, said in content.items() if name != "without_team"}))}


def _signed_by(paper: Paper, by: Actor) -> bool:
    return paper.signature.appointment.person_id == by.person_id


def withdraw(assessment: Assessment, by: Actor, note: str) -> None:
    """The Koordinator takes both signatures back before anything is sent, with the reason."""
    reason = clean(note, REASON_LIMIT, "Alasan", "note")
    advance(assessment, "withdraw", by, reason)
    take_papers_back(assessment, by, reason)


def reopen(assessment: Assessment, by: Actor, note: str) -> None:
    """What was sent is opened again while nobody has begun to judge it: papers and receipt no longer hold.

    With all claims still approved the assessment waits for its signature again at once.
    """
    reason = clean(note, REASON_LIMIT, "Alasan", "note")
    advance(assessment, "reopen", by, reason)
    take_papers_back(assessment, by, reason)
    settle(assessment, by)
