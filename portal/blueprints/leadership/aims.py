"""The small form of S83: what level is aimed at for each item, and what a step costs in the instansi's own measure."""

from flask import flash, make_response, redirect, render_template, request

from assessments import aiming
from assessments.models import Assessment, TargetLevel
from assessments.narrowing import AGENCY_ROLES
from assessments.refusal import Faults, Refused, Stale

from ...access import actor, find
from ...extensions import db
from ...forms import plain_version
from . import blueprint
from .simulating import ADDRESS, address

LONGEST = 20


@blueprint.get(f"{ADDRESS}/sasaran")
def simulation_aims(period: str, subject: str):
    return _page(find(Assessment, to="aim", period=period, subject=subject))


@blueprint.post(f"{ADDRESS}/sasaran")
def save_aims(period: str, subject: str):
    assessment = find(Assessment, to="aim", period=period, subject=subject)
    items = aiming.weighable(db.session, assessment, actor())
    wishes = {
        code: aiming.Aim(_typed(f"level-{code}"), _typed(f"effort-{code}"), plain_version(request.form.get(f"seen-{code}")))
        for code in items
        if f"effort-{code}" in request.form
    }
    try:
        changed = aiming.set_aims(assessment, wishes, actor())
        db.session.commit()
    except Stale as stale:
        return _again(period, subject, wishes, 409, stale=stale)
    except Refused as refusal:
        each = refusal.each if isinstance(refusal, Faults) else (refusal,)
        faults = {one.field: one.sentences[0] for one in each if one.field}
        if not faults:
            raise
        return _again(period, subject, wishes, 422, faults=faults)
    flash(f"Tersimpan untuk {changed} indikator." if changed else "Tidak ada yang berubah.")
    return redirect(address("simulated", assessment))


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "").strip()[:LONGEST]


def _again(period: str, subject: str, wishes: dict[str, aiming.Aim], status: int, faults=None, stale: Stale | None = None):
    """The same page with what was typed; after a stale save beside what is stored now, whose version the next save has seen."""
    db.session.rollback()
    assessment = find(Assessment, to="aim", period=period, subject=subject)
    return make_response(_page(assessment, wishes, faults or {}, stale), status)


def _page(assessment: Assessment, wishes: dict[str, aiming.Aim] | None = None, faults=None, stale: Stale | None = None) -> str:
    items, stored = aiming.weighable(db.session, assessment, actor()), aiming.aims_of(db.session, assessment)
    theirs = stale.theirs if stale else {}
    rows = []
    for item in assessment.period.instrument.items:
        if item.code not in items:
            continue
        wish, row = (wishes or {}).get(item.code), stored.get(item.code)
        version = row.version if row is not None else 0
        if wish is None:
            wish = aiming.Aim(_stored(row, "level"), _stored(row, "effort"), version)
        seen = version if item.code in theirs or wishes is None else wish.seen
        rows.append((item, wish, seen, theirs.get(item.code, "")))
    return render_template(
        "leadership/aims.html",
        rows=rows,
        assessment=assessment,
        period=assessment.period,
        efforts=aiming.EFFORTS,
        sets_levels=actor().role not in AGENCY_ROLES,
        faults=faults or {},
        problems=list((faults or {}).values()) + (list(stale.sentences) if stale else []),
        back=address("simulated", assessment),
        save_url=address("save_aims", assessment),
    )


def _stored(row: TargetLevel | None, name: str) -> str:
    value = getattr(row, name) if row is not None else None
    return "" if value is None else str(value)
