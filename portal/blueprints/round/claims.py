"""S42: the one answer of the whole on each item, from what the agencies said."""

from dataclasses import dataclass

from flask import abort, flash, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload
from wtforms import StringField, TextAreaField

from assessments import claiming, covering, external_values, lint, waiving
from assessments.instruments import Item
from assessments.models import (
    Assessment,
    Citation,
    Claim,
    Contribution,
    DocumentVersion,
    Organization,
    Share,
    Submission,
)
from assessments.progress import SHARED
from assessments.refusal import Refused, Stale
from assessments.workflow import blockers, look, open_transitions

from ... import evidence
from ...access import actor, find, may
from ...extensions import db
from ...formatting import number
from ...forms import Form, plain_id, plain_version
from ...once import new_key, once
from . import blueprint
from .agencies import count_of_those_that_answer
from .evidence import shown_evidence, with_claims
from .places import address, grouped, neighbours, tabs

ORIGINS = {
    "adopted": "Diambil dari isian OPD",
    "written": "Ditulis tim",
    "external_index": "Dari indeks lembaga lain",
    "awaiting": "Menunggu indeks lembaga lain",
}


class ClaimForm(Form):
    value = StringField("Tingkat atau nilai klaim")
    facts = TextAreaField("Fakta")
    analysis = TextAreaField("Analisis")
    service_name = StringField("Nama layanan", description="Hanya untuk indikator layanan yang dipilih sendiri.")


@dataclass(frozen=True)
class Row:
    """One item: its claim, and what the agencies say beside it."""

    item: Item
    claim: Claim | None
    voices: int
    answered: int
    accepted: int
    values: list
    url: str

    @property
    def state(self):
        return look(self.claim) if self.claim else None

    @property
    def disputed(self) -> bool:
        """The agencies do not agree, or the claim says something no agency said."""
        value = self.claim.value if self.claim else None
        return len(self.values) > 1 or (value is not None and bool(self.values) and value not in self.values)


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/klaim")
def claims(period: str, subject: str):
    assessment = find(Assessment, period=period, subject=subject)
    said: dict[str, list] = {}
    for item, value, state, count in db.session.execute(
        select(Contribution.item, Contribution.value, Submission.state, func.count())
        .join(Contribution.submission)
        .join(Share, SHARED)
        .where(Submission.assessment_id == assessment.id)
        .group_by(Contribution.item, Contribution.value, Submission.state)
    ):
        said.setdefault(item, []).append((value, state, count))
    rows = {item.code: _row(assessment, item, said.get(item.code, [])) for item in assessment.period.instrument.items}
    leaning = external_values.indices_of(assessment)
    entered = external_values.values_of(assessment) if leaning else {}
    groups = grouped(assessment.period.instrument, lambda item: rows[item.code])
    part = plain_id(request.args.get("bagian")) or 0
    part = part if part <= len(groups) else 0
    drafts = [row for row in rows.values() if row.claim and any(s.name == "propose" for s in _steps(row.claim))]
    return render_template(
        "round/claims.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "claims"),
        groups=groups[part - 1 : part] if part else groups,
        jumps=[(title or "Semua butir", found) for title, _note, found in groups],
        parts=_parts(assessment, groups, part),
        claimed=sum(row.claim is not None for row in rows.values()),
        total=len(rows),
        complete=sum(not blockers(row.claim, "propose") for row in drafts),
        propose_url=address("propose_all", assessment),
        key=new_key(),
        external_url=address("external", assessment) if leaning and may("enter_external", assessment) else "",
        awaited=[key for key in leaning if key not in entered],
    )


def _parts(assessment: Assessment, groups: list, part: int) -> list[tuple[str, str, bool]]:
    """(words, address, here) of the whole list and of each part of it: 47 items are long on a phone."""
    found = [(f"Semua ({sum(len(rows) for _title, _note, rows in groups)})", address("claims", assessment), part == 0)]
    for place, (title, _note, rows) in enumerate(groups, start=1):
        found.append((f"{title} ({len(rows)})", address("claims", assessment, bagian=place), part == place))
    return found


def _row(assessment: Assessment, item: Item, said: list) -> Row:
    return Row(
        item,
        assessment.claim(item.code),
        sum(count for _, _, count in said),
        sum(count for value, _, count in said if value is not None),
        sum(count for _, state, count in said if state == "accepted"),
        sorted({value for value, _, _ in said if value is not None}),
        address("claim", assessment, item=item.code),
    )


def _steps(claim: Claim):
    return open_transitions(claim, actor())


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/klaim/usulan")
def propose_all(period: str, subject: str):
    """Propose every draft that is complete."""
    assessment = find(Assessment, to="write", period=period, subject=subject)
    answer = once()
    done, left = claiming.propose_complete(assessment, actor())
    flash(f"{len(done)} klaim diusulkan kepada penanggung jawab.")
    if left:
        numbers = {item.code: item.number for item in assessment.period.instrument.items}
        flash(f"Belum lengkap, jadi tetap draf: indikator {', '.join(numbers[claim.item] for claim in left)}.", "warn")
    return answer(address("claims", assessment))


def _item(assessment: Assessment, code: str) -> Item:
    try:
        return assessment.period.instrument.item(code)
    except KeyError:
        abort(404)


@blueprint.route("/pengelolaan/<string:period>/<string:subject>/klaim/<string:item>", methods=["GET", "POST"])
def claim(period: str, subject: str, item: str):
    if request.method != "POST":
        assessment = find(Assessment, period=period, subject=subject)
        return claim_page(assessment, _item(assessment, item))
    assessment = find(Assessment, to="write", period=period, subject=subject)
    answer = once()
    wanted, form = _item(assessment, item), ClaimForm()
    found = next(iter(with_claims(assessment, item=item)), None)
    service_name = form.service_name.data if form.service_name.raw_data else found.service_name if found else ""
    try:
        typed = (form.value.data or "").strip()
        try:
            value = wanted.scale.parse(typed) if typed else None
        except Refused as refused:
            raise Refused(*refused.sentences, field="value") from None
        claiming.write_claim(
            assessment, item, actor(), value, form.facts.data or "", form.analysis.data or "",
            plain_version(request.form.get("version")),
            service_name,
        )
    except Stale as stale:
        db.session.rollback()
        assessment = find(Assessment, period=period, subject=subject)
        return claim_page(assessment, _item(assessment, item), form, theirs=stale)
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        form.refused(refused)
        assessment = find(Assessment, period=period, subject=subject)
        return claim_page(assessment, _item(assessment, item), form)
    flash(f"Klaim indikator {wanted.number} disimpan sebagai draf.")
    return answer(address("claim", assessment, item=item))


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/klaim/<string:item>/pengambilan")
def adopt(period: str, subject: str, item: str):
    """Take over what one agency said."""
    assessment = find(Assessment, to="write", period=period, subject=subject)
    answer = once()
    _item(assessment, item)
    wanted = plain_id(request.form.get("contribution"))
    chosen = next((one for one, _lead in voices(assessment, item) if one.id == wanted), None) or abort(404)
    with_claims(assessment)
    claiming.adopt(assessment, chosen, actor(), plain_version(request.form.get("version")))
    flash(f"Klaim diambil dari isian {chosen.submission.organization.short_name}, dengan buktinya.")
    return answer(address("claim", assessment, item=item))


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/klaim/<string:item>/pengusulan")
def propose(period: str, subject: str, item: str):
    assessment = find(Assessment, to="write", period=period, subject=subject)
    answer = once()
    found = next(iter(with_claims(assessment, item=_item(assessment, item).code)), None) or abort(404)
    claiming.propose(found, actor())
    flash("Klaim diusulkan kepada penanggung jawab.")
    return answer(address("claim", assessment, item=item))


def voices(assessment: Assessment, item: str) -> list[tuple[Contribution, bool]]:
    """What each agency says on an item with its evidence, and whether it leads it; the lead first."""
    rows = db.session.execute(
        select(Contribution, Share.part)
        .join(Contribution.submission)
        .join(Share, SHARED)
        .where(Submission.assessment_id == assessment.id, Contribution.item == item)
        .options(
            joinedload(Contribution.submission).joinedload(Submission.organization).joinedload(Organization.states),
            joinedload(Contribution.waivers),
            selectinload(Contribution.citations).joinedload(Citation.cited).joinedload(DocumentVersion.document),
        )
    ).unique()
    found = [(contribution, part == "lead") for contribution, part in rows]
    return sorted(found, key=lambda voice: (not voice[1], voice[0].submission.organization.short_name))


def claim_page(assessment: Assessment, item: Item, form: ClaimForm | None = None, theirs: Stale | None = None, problems=()):
    """The item with what the agencies say on the left and the claim on the right."""
    period = assessment.period
    found = next(iter(with_claims(assessment, item=item.code)), None)
    writes = may("write", found) if found else may("write", assessment)
    if form is None:
        form = ClaimForm(
            formdata=None,
            value=_typed(found.value) if found else "",
            facts=found.facts if found else "",
            analysis=found.analysis if found else "",
            service_name=found.service_name if found else "",
        )
    said = voices(assessment, item.code)
    values = {one.value for one, _lead in said if one.value is not None}
    cited = [citation for one, _lead in said for citation in one.citations]
    records = evidence.records([*cited, *(found.citations if found else [])])
    proofs = shown_evidence(item, found.citations, period.zone, records) if found else []
    attached = {(one.citation.document_id, one.citation.n) for one in proofs}
    steps = _steps(found) if found else []
    page = render_template(
        "round/claim.html",
        assessment=assessment,
        period=period,
        item=item,
        claim=found,
        state=look(found) if found else None,
        origin=ORIGINS[found.origin] if found else "",
        outside=_outside(assessment, item, found),
        voices=[_voice(one, lead, item, records) for one, lead in said],
        disagreements=_disagreements(assessment, item),
        disputed=len(values) > 1,
        reached=(reached := covering.reached([one for one, _lead in said], found.value if found else None)),
        answering=count_of_those_that_answer() if len(said) > 1 else 0,
        silent=[one.submission for one in reached.silent],
        remind_url=url_for(
            "round.reminders", period=period.slug, isian=[one.submission_id for one in reached.silent]
        ) if reached.silent and may("remind", period) else "",
        evidence=proofs,
        attached=attached,
        form=form,
        room=claiming.room_for_claim(found),
        theirs=theirs,
        problems=list(problems),
        writes=writes,
        propose=next((step for step in steps if step.name == "propose"), None),
        in_the_way=blockers(found, "propose") if found else [],
        version=found.version if found else 0,
        with_service=item.number != item.indicator or bool(found and found.service_name),
        around=neighbours(list(period.instrument.items), item.code, lambda each: address("claim", assessment, item=each.code)),
        key=new_key,
        links={
            name: address(name, assessment, item=item.code)
            for name in ("claim", "adopt", "propose", "attach", "detach")
        },
        list_url=address("claims", assessment),
    )
    return page, 409 if theirs else 422 if form.errors or problems else 200


def _disagreements(assessment: Assessment, item: Item) -> list[lint.Finding]:
    """Claims on other items that hardly go with this one; nothing is fetched where the instrument knows of none."""
    instrument = assessment.period.instrument
    beside = lint.declared(instrument.key).beside(item.code)
    if not beside:
        return []
    rows = db.session.execute(
        select(Claim.item, Claim.value).where(
            Claim.assessment_id == assessment.id, Claim.item.in_([*beside, item.code]), Claim.value.is_not(None)
        )
    )
    values = {row.item: row.value for row in rows}
    return [finding for code, finding in lint.disagreements(instrument, values, item.code) if code == item.code]


def _outside(assessment: Assessment, item: Item, found: Claim | None) -> dict | None:
    """What another body published for an item that leans on it; None for every other item."""
    if item.external_index is None:
        return None
    published = external_values.newest_value(assessment, item.code)
    return {
        "index": item.external_index,
        "published": published,
        "followed": bool(found and published and found.value is not None and found.raw == published.raw),
        "lowest": item.scale.min,
        "url": address("external", assessment) if may("enter_external", assessment) else "",
    }


def _voice(contribution: Contribution, lead: bool, item: Item, records: evidence.Records) -> dict:
    submission = contribution.submission
    return {
        "said": contribution,
        "agency": submission.organization,
        "lead": lead,
        "state": look(contribution),
        "part": look(submission),
        "evidence": shown_evidence(item, contribution.citations, submission.period.zone, records),
        "left": waiving.left_in(contribution),
        "adoptable": claiming.may_be_adopted(contribution),
    }


def _typed(value) -> str:
    """A value as it is typed: whole, or with a comma."""
    if value is None:
        return ""
    return number(value)
