"""Target levels and efforts: what an instansi aims at for each item, and what a step costs it in its own measure.

The round manager sets both; the agency that leads an item knows best what it costs and may weigh its effort (1 small to 5
large). Neither ever touches an answer, a claim or a judgement.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from .actors import Actor
from .clock import now
from .instruments import Item
from .models import Assessment, Share, TargetLevel
from .narrowing import AGENCY_ROLES
from .policies import entitled, obstacle
from .refusal import Refused, Stale, Together
from .workflow import Forbidden, happened

EFFORTS = {1: "1, ringan", 2: "2", 3: "3, sedang", 4: "4", 5: "5, berat"}


@dataclass(frozen=True)
class Aim:
    """What was typed for one item: both as text, empty where nothing is wished; `seen` is the version that was on the page."""

    level: str
    effort: str
    seen: int


def aims_of(session: Session, assessment: Assessment) -> dict[str, TargetLevel]:
    """{item: its row}, in one statement."""
    rows = session.scalars(select(TargetLevel).where(TargetLevel.assessment_id == assessment.id))
    return {row.item: row for row in rows}


def weighable(session: Session, assessment: Assessment, by: Actor) -> set[str]:
    """The items whose effort this actor may weigh: all of them, or those its agency leads."""
    if by.role not in AGENCY_ROLES:
        return {item.code for item in assessment.period.instrument.items}
    return set(
        session.scalars(
            select(Share.item).where(
                Share.assessment_id == assessment.id, Share.organization_id == by.organization_id, Share.part == "lead"
            )
        )
    )


def set_aims(assessment: Assessment, wishes: Mapping[str, Aim], by: Actor) -> int:
    """Keep what changed and say how many items that are; all faults at once, Stale where somebody else was first."""
    if not entitled(by, "aim", assessment):
        raise Forbidden("aim")
    sentence = obstacle(by, "aim", assessment)
    if sentence:
        raise Refused(sentence)
    session = object_session(assessment)
    assert session is not None
    if not wishes.keys() <= weighable(session, assessment, by):
        raise Forbidden("aim")
    stored, levels_too = aims_of(session, assessment), by.role not in AGENCY_ROLES
    wanted: dict[str, tuple[int | None, int | None]] = {}
    with Together() as faults:
        for item in assessment.period.instrument.items:
            if item.code in wishes:
                with faults.noted():
                    wanted[item.code] = _read(item, wishes[item.code], stored.get(item.code), levels_too)
    changed = {code: pair for code, pair in wanted.items() if pair != _pair(stored.get(code))}
    overtaken = [code for code in changed if wishes[code].seen != (stored[code].version if code in stored else 0)]
    if overtaken:
        numbers = ", ".join(assessment.period.instrument.item(code).number for code in overtaken)
        raise Stale(
            f"Indikator {numbers} diubah orang lain sesudah Anda membuka halaman ini. Bandingkan, lalu simpan lagi.",
            theirs={code: _said(stored.get(code)) for code in overtaken},
        )
    _keep(session, assessment, changed, stored, by)
    if changed:
        happened(assessment, "aim", f"Menetapkan tingkat sasaran dan bobot upaya {len(changed)} indikator", by)
    return len(changed)


def _keep(session: Session, assessment: Assessment, changed: Mapping, stored: Mapping[str, TargetLevel], by: Actor) -> None:
    """Rows in which the same columns change go together, so that one item or all of them take as few statements.

    Whoever writes holds the assessment (`portal.access`), so nobody writes between the look at the versions and this.
    """
    moment = now()
    alike: dict[tuple, list[str]] = {}
    for code, (level, effort) in changed.items():
        row = stored.get(code)
        kind = (row is None,) if row is None else (row.level != level, row.effort != effort, row.by_id != by.person_id)
        alike.setdefault(kind, []).append(code)
    for codes in alike.values():
        for code in codes:
            row = stored.get(code) or TargetLevel(assessment_id=assessment.id, item=code, version=0)
            row.level, row.effort = changed[code]
            row.by_id, row.at, row.version = by.person_id, moment, row.version + 1
            session.add(row)
        session.flush()


def _pair(row: TargetLevel | None) -> tuple[int | None, int | None]:
    return (row.level, row.effort) if row is not None else (None, None)


def _said(row: TargetLevel | None) -> str:
    level, effort = _pair(row)
    return f"sasaran {'tidak ada' if level is None else level}, upaya {'tidak ada' if effort is None else effort}"


def _read(item: Item, wish: Aim, stored: TargetLevel | None, levels_too: bool) -> tuple[int | None, int | None]:
    level = stored.level if stored is not None else None
    with Together() as faults:
        if levels_too:
            with faults.noted():
                allowed = [int(each.value) for each in item.scale.levels]
                level = _chosen(wish.level, allowed, f"Sasaran indikator {item.number}", f"level-{item.code}")
        with faults.noted():
            effort = _chosen(wish.effort, list(EFFORTS), f"Upaya indikator {item.number}", f"effort-{item.code}")
    return level, effort


def _chosen(text: str, allowed: list[int], label: str, field: str) -> int | None:
    if not text.strip():
        return None
    found = next((each for each in allowed if str(each) == text.strip()), None)
    if found is None:
        raise Refused(f"{label}: pilih {allowed[0]} sampai {allowed[-1]}.", field=field)
    return found
