"""Opening a round and sharing its items out to agencies."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from . import instruments
from .actors import Actor
from .clock import now
from .models import (
    Assessment,
    Contribution,
    Extension,
    InstrumentCopy,
    Organization,
    Period,
    PeriodStage,
    Share,
    Submission,
)
from .models.organization import ZONES
from .models.period import CLAIM_RULES, PERIOD_KINDS, PREDICATE_RULES, STAGES, SUBJECT_KINDS, TRACKS
from .owners import proposed_shares
from .policies import obstacle
from .refusal import Refused, Together
from .subjects import refuse_as_local, subject_for
from .texts import clean, clean_line
from .workflow import advance, happened

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,23}\Z")
TAKEN_BY_PAGES = {"baru"}
YEARS = range(2018, 2101)
TERMS = range(1, 13)
LONGEST_GRACE_S = 24 * 3600


def keep_instrument(session: Session, key: str, guidance: str | None) -> InstrumentCopy:
    """The canonical pack under its SHA-256, stored once."""
    instrument = instruments.load(key, guidance)
    copy = session.get(InstrumentCopy, instrument.sha256)
    if copy is None:
        copy = InstrumentCopy(
            sha256=instrument.sha256, key=key, guidance=instrument.guidance, content=instrument.canonical()
        )
        session.add(copy)
    return copy


def draft_round(session: Session, organiser: Organization, by: Actor, *, key: str, guidance: str | None, **fields) -> Period:
    """A round in draft, with the instrument it will be judged by and its assessments.

    `fields` are the columns of Period (slug, title, kind, track, subjects, year, term, zone, predicate_rule,
    claim_rule). A round of the whole instansi gets its one assessment at once; a round of agencies gets one
    for each agency through `add_subject`.
    """
    fields["title"] = clean_line(_marked(fields), 120, "Nama periode", "title", required=True)
    _refuse_unknown(fields)
    if session.scalar(select(Period.id).where(Period.slug == fields["slug"])):
        raise Refused("Kode alamat ini sudah dipakai periode lain.", field="slug")
    _refuse_twin(session, organiser, fields)
    period = Period(organiser=organiser, instrument_copy=keep_instrument(session, key, guidance), **fields)
    session.add(period)
    session.flush()
    if period.subjects == "instansi":
        session.add(Assessment(period=period, subject=subject_for(session, organiser)))
    happened(period, "draft", "Periode dibuat", by)
    return period


def _marked(fields: dict) -> str:
    """A rehearsal says so in its name, which stands on every page, letter, calendar and paper of it."""
    title = fields["title"] or ""
    rehearsal = fields.get("track") == "rehearsal" and title.strip() and "gladi" not in title.casefold()
    return f"Gladi: {title}" if rehearsal else title


def _refuse_unknown(fields: dict) -> None:
    """Every column of a new round holds one of the values there are."""
    if not SLUG.match(fields["slug"]) or fields["slug"] in TAKEN_BY_PAGES:
        raise Refused("Kode alamat: huruf kecil, angka, dan tanda hubung, paling panjang 24. Contoh: 2026-opd.",
                      field="slug")
    if fields.get("subjects") == "agencies":
        refuse_as_local(fields)
    known = {"kind": PERIOD_KINDS, "track": TRACKS, "subjects": SUBJECT_KINDS, "zone": ZONES,
             "predicate_rule": PREDICATE_RULES, "claim_rule": CLAIM_RULES, "year": YEARS, "term": TERMS}
    for name, values in known.items():
        if name in fields and fields[name] not in values:
            raise Refused("Pilih salah satu nilai yang tersedia.", field=name)


def _refuse_twin(session: Session, organiser: Organization, fields: dict) -> None:
    """PermenPANRB 59/2020 p.78-79: pemantauan or evaluasi, not both, in one year of the national track."""
    if fields["track"] == "rehearsal":
        return
    same_year = select(Period).where(Period.organiser_id == organiser.id, Period.year == fields["year"])
    if fields["track"] == "national":
        twin = session.scalar(same_year.where(Period.track == "national"))
        if twin:
            raise Refused(
                f"Tahun {fields['year']} sudah punya periode nasional ({twin.title}). "
                "Satu instansi hanya mengikuti pemantauan atau evaluasi dalam satu tahun.",
                field="track",
            )
        return
    twin = session.scalar(
        same_year.where(
            Period.kind == fields["kind"],
            Period.track == fields["track"],
            Period.subjects == fields.get("subjects", "instansi"),
            Period.term == fields.get("term", 1),
        )
    )
    if twin:
        same = {name: fields[name] for name in ("year", "kind", "track")} | {"subjects": fields.get("subjects", "instansi")}
        free = next_term(session, organiser, **same)
        raise Refused(
            f"Sudah ada periode dengan jenis, jalur, tahun, dan termin yang sama: {twin.title}."
            + (f" Termin berikutnya yang kosong: {free}." if free else ""),
            field="term",
        )


def next_term(
    session: Session, organiser: Organization, *, year: int, kind: str, track: str, subjects: str = "instansi"
) -> int | None:
    """The first term no like round of that year has; None when every one is taken."""
    taken = set(
        session.scalars(
            select(Period.term).where(
                Period.organiser_id == organiser.id, Period.year == year, Period.kind == kind,
                Period.track == track, Period.subjects == subjects,
            )
        )
    )
    return next((term for term in TERMS if term not in taken), None)


def set_stage(
    period: Period, code: str, opens_at: datetime, closes_at: datetime, grace_s: int = 0, by: Actor | None = None
) -> PeriodStage:
    """Put a stage into the calendar, or move it; with `by` it stays in the history of the period."""
    if code not in STAGES:
        raise Refused("Tahap ini tidak dikenal.", field="stage")
    if closes_at <= opens_at:
        raise Refused("Tanggal tutup harus sesudah tanggal buka.", field="closes_at")
    if not 0 <= grace_s <= LONGEST_GRACE_S:
        raise Refused("Kelonggaran paling lama satu hari.", field="grace_s")
    stage = period.stage(code)
    moved = stage is not None
    if stage is None:
        stage = PeriodStage(stage=code, ordinal=list(STAGES).index(code))
        period.stages.append(stage)
    elif (stage.opens_at, stage.closes_at, stage.grace_s) == (opens_at, closes_at, grace_s):
        return stage
    stage.opens_at, stage.closes_at, stage.grace_s = opens_at, closes_at, grace_s
    if by is not None:
        happened(period, "stage", f"Jadwal {STAGES[code]} {'dipindahkan' if moved else 'ditetapkan'}", by)
    return stage


def step(period: Period, name: str, by: Actor, note: str = "") -> None:
    """Open, close, reopen or archive a round."""
    advance(period, name, by, clean(note, 1000, "Alasan", "note"))


def extend(
    period: Period, stage: str, until: datetime, reason: str, by: Actor, submission: Submission | None = None,
    assessment: Assessment | None = None,
) -> Extension:
    """More time, for everybody, for one assessment or for one agency, with a reason that stays."""
    if submission is not None and stage != "self_assessment":
        raise Refused("Hanya penilaian mandiri dapat diperpanjang untuk satu OPD; tahap lain berlaku untuk seluruh penilaian.",
                      field="whom")
    current = period.closes_at(stage, submission.assessment if submission else assessment, submission)
    with Together() as faults:
        with faults.noted():
            if current is None:
                raise Refused("Tahap ini tidak ada pada kalender periode.", field="stage")
            if until <= current:
                raise Refused("Batas baru harus sesudah batas yang berlaku sekarang.", field="until")
            if until <= now():
                raise Refused("Batas baru sudah lewat.", field="until")
        with faults.noted():
            reason = clean(reason, 500, "Alasan", "reason", required=True)
    extension = Extension(
        stage=stage, until=until, reason=reason, by_id=by.person_id, at=now(),
        submission_id=submission.id if submission else None, assessment_id=assessment.id if assessment else None,
    )
    period.extensions.append(extension)
    whom = submission.organization.short_name if submission else assessment.subject.name if assessment else "semua OPD"
    happened(period, "extend", f"{STAGES[stage]} diperpanjang untuk {whom}", by, reason)
    return extension


def submission_of(session: Session, assessment: Assessment, organization: Organization) -> Submission:
    """The part of one agency, made when it gets its first item."""
    found = session.scalar(
        select(Submission).where(
            Submission.assessment_id == assessment.id, Submission.organization_id == organization.id
        )
    )
    if found is None:
        found = Submission(assessment=assessment, organization=organization)
        session.add(found)
        session.flush()
    return found


# {item: (its lead, its supporting agencies)}
Wanted = dict[str, tuple[Organization | None, list[Organization]]]


def share_out(
    session: Session,
    assessment: Assessment,
    item: str,
    lead: Organization | None,
    supporting: list[Organization],
    by: Actor,
) -> None:
    """Give one item to its lead and supporting agencies; takes it away from those no longer named."""
    share_all(session, assessment, {item: (lead, supporting)}, by)


def share_all(session: Session, assessment: Assessment, wanted: Wanted, by: Actor) -> None:
    """Give each item to its lead and supporting agencies, in as many statements for fifty items as for one.

    What an agency has begun to answer cannot be taken away, and a signed part cannot be enlarged.
    """
    sentence = obstacle(by, "share_out", assessment)
    if sentence:
        raise Refused(sentence)
    for item in wanted:
        assessment.period.instrument.item(item)
    parts: dict[tuple[str, int], tuple[Organization, str]] = {}
    for item, (lead, supporting) in wanted.items():
        if lead is not None:
            parts[item, lead.id] = (lead, "lead")
        for agency in supporting:
            parts.setdefault((item, agency.id), (agency, "supporting"))
    present = {
        (share.item, share.organization_id): share
        for share in session.scalars(
            select(Share).where(Share.assessment_id == assessment.id, Share.item.in_(wanted))
        )
    }
    _withdraw(session, assessment, {key: present[key] for key in present.keys() - parts.keys()})
    # The one-lead index holds at every statement: leave and step down before stepping up.
    for key in present.keys() & parts.keys():
        if present[key].part == "lead" and parts[key][1] != "lead":
            present[key].part = "supporting"
    session.flush()
    fresh = parts.keys() - present.keys()
    submissions = _parts_of(session, assessment, {parts[key][0].id: parts[key][0] for key in fresh}, by)
    for key, (agency, part) in parts.items():
        if key in present:
            present[key].part = part
            continue
        item, submission = key[0], submissions[agency.id]
        session.add(Share(assessment_id=assessment.id, item=item, organization_id=agency.id, part=part))
        # In a returned part only what was returned can be changed: the new item counts as returned unanswered.
        returned = 0 if submission.state == "returned" else None
        session.add(Contribution(submission=submission, item=item, returned_n=returned))
    session.flush()


def _parts_of(session: Session, assessment: Assessment, agencies: dict[int, Organization], by: Actor) -> dict:
    """{organization id: its submission}, each fit to take another item; missing ones are made."""
    if not agencies:
        return {}
    if assessment.period.subjects == "agencies" and set(agencies) != {assessment.subject.organization_id}:
        raise Refused("Pada periode tiap OPD, setiap OPD mengisi sendiri semua butirnya.")
    found = {
        submission.organization_id: submission
        for submission in session.scalars(
            select(Submission).where(
                Submission.assessment_id == assessment.id, Submission.organization_id.in_(agencies)
            )
            .order_by(Submission.id)
            .with_for_update(of=Submission)  # a part that is being handed in takes no other item
            .execution_options(populate_existing=True)
        )
    }
    for organization_id, agency in agencies.items():
        if organization_id not in found:
            found[organization_id] = Submission(assessment=assessment, organization=agency)
            session.add(found[organization_id])
    session.flush()
    for submission in found.values():
        if submission.state in ("signed", "accepted"):
            name = submission.organization.short_name
            raise Refused(f"{name}: isiannya sudah ditandatangani, jadi tidak dapat diberi indikator lagi.")
        if submission.state == "ready":
            submission.state = "filling"
            happened(submission, "share", "Mendapat indikator tambahan", by, before="ready", after="filling")
    return found


def _withdraw(session: Session, assessment: Assessment, shares: dict[tuple[str, int], Share]) -> None:
    """Take items away again, unless the agency has begun with them."""
    if not shares:
        return
    for key, contribution in _contributions(session, assessment, {item for item, _ in shares}).items():
        if key not in shares:
            continue
        if begun(contribution):
            number = assessment.period.instrument.item(contribution.item).number
            name = contribution.submission.organization.short_name
            raise Refused(f"{name} sudah mengisi indikator {number}, jadi tidak dapat dicabut.")
        session.delete(contribution)
    for share in shares.values():
        session.delete(share)


def _contributions(session: Session, assessment: Assessment, items) -> dict[tuple[str, int], Contribution]:
    rows = session.scalars(
        select(Contribution)
        .join(Contribution.submission)
        .where(Submission.assessment_id == assessment.id, Contribution.item.in_(items))
        .options(selectinload(Contribution.citations), selectinload(Contribution.revisions),
                 selectinload(Contribution.submission))
    )
    return {(row.item, row.submission.organization_id): row for row in rows}


def begun(contribution: Contribution) -> bool:
    """Whether the agency has put anything into this item."""
    return contribution.state != "empty" or bool(contribution.citations) or bool(contribution.revisions)


def give_lead(session: Session, assessment: Assessment, items: list[str], lead: Organization, by: Actor) -> int:
    """Make one agency the lead of several items. The lead before it leaves, or supports where it has begun.

    Gives how many items changed.
    """
    shares = session.scalars(
        select(Share)
        .where(Share.assessment_id == assessment.id, Share.item.in_(items))
        .options(selectinload(Share.organization))
    ).all()
    contributions = _contributions(session, assessment, items)
    wanted: Wanted = {}
    for item in items:
        present = [share for share in shares if share.item == item]
        if any(share.part == "lead" and share.organization_id == lead.id for share in present):
            continue
        stay = [
            share.organization
            for share in present
            if share.organization_id != lead.id
            and (share.part == "supporting" or begun(contributions[item, share.organization_id]))
        ]
        wanted[item] = (lead, stay)
    if wanted:
        share_all(session, assessment, wanted, by)
    return len(wanted)


@dataclass(frozen=True)
class Proposed:
    """What the first proposal did: items shared out now, and items for which no agency fits."""

    shared: list[str]
    without: list[str]


def share_as_proposed(session: Session, assessment: Assessment, agencies: list[Organization], by: Actor) -> Proposed:
    """Share out every item that nobody has yet, as the pack proposes; what is already given stays as it is."""
    taken = set(session.scalars(select(Share.item).where(Share.assessment_id == assessment.id)))
    proposal = proposed_shares(assessment.period, agencies)
    free = {item: fitting for item, fitting in proposal.items() if item not in taken}
    wanted: Wanted = {item: (fitting[0], fitting[1:]) for item, fitting in free.items() if fitting}
    if wanted:
        share_all(session, assessment, wanted, by)
    return Proposed(list(wanted), [item for item, fitting in free.items() if not fitting])
