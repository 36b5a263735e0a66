"""Values that other bodies publish: what counts now, what is awaited, and what was entered when."""

import re
from dataclasses import dataclass
from fractions import Fraction

from flask import flash, render_template, request
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload
from wtforms import StringField
from wtforms.validators import InputRequired

from assessments import external_values
from assessments.instruments import ExternalIndex, Item
from assessments.models import (
    Assessment,
    Citation,
    Claim,
    Contribution,
    Document,
    DocumentVersion,
    ExternalValue,
    Organization,
)
from assessments.refusal import Refused

from ...access import actor, find, listing
from ...extensions import db
from ...formatting import number
from ...forms import ChoiceField, DayField, Form, plain_id
from ...once import new_key, once
from . import blueprint
from .places import address

OFFERED = 40
TYPED = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,4})?", re.ASCII)


class ValueForm(Form):
    index_key = ChoiceField("Indeks", validators=[InputRequired("Pilih indeks.")])
    year = StringField("Tahun", validators=[InputRequired("Isi tahun nilai.")])
    raw = StringField("Nilai yang diterbitkan", validators=[InputRequired("Isi nilainya.")])
    source = StringField("Sumber", validators=[InputRequired("Isi sumbernya.")])
    published_on = DayField("Tanggal terbit")
    search = StringField("Judul dokumen memuat")
    document = ChoiceField("Dokumen sumber", choices={"": "Pilih dokumen"}, validators=[InputRequired("Pilih dokumen sumbernya.")])


@dataclass(frozen=True)
class Line:
    """One index: the items that lean on it with their claims, and what was published, the newest first."""

    index: ExternalIndex
    items: list[tuple[Item, Claim | None, str]]
    counts: ExternalValue | None
    entered: list[ExternalValue]

    def follows(self, claim: Claim | None) -> bool:
        """Whether the claim was set while what counts now was known."""
        return claim is not None and self.counts is not None and claim.raw == self.counts.raw


@blueprint.route("/pengelolaan/<string:period>/<string:subject>/nilai-luar", methods=["GET", "POST"])
def external(period: str, subject: str):
    assessment = find(Assessment, to="enter_external", period=period, subject=subject)
    if request.method != "POST":
        return _page(assessment, _form(assessment, formdata=None))
    form = _form(assessment)
    if request.form.get("then") == "cari":
        return _page(assessment, form)
    answer = once()
    if not form.validate():
        return _again(period, subject, form)
    try:
        entered = external_values.enter(
            assessment,
            actor(),
            index_key=form.index_key.data,
            year=plain_id((form.year.data or "").strip()),
            raw=_number(form.raw.data),
            source=form.source.data or "",
            document=_chosen(form.document.data),
            published_on=form.published_on.day,
        )
    except Refused as refusal:
        if refusal.field is None:
            raise
        form.refused(refusal)
        return _again(period, subject, form)
    index, items = external_values.indices_of(assessment)[entered.index_key]
    numbers = ", ".join(item.number for item in items)
    flash(
        f"{index.name} {entered.year} tersimpan: {number(entered.raw)}. Tetapkan nilai klaim indikator {numbers}; "
        "sebelum itu klaimnya tidak berubah."
    )
    return answer(address("external", assessment))


def _again(period: str, subject: str, form: ValueForm):
    db.session.rollback()
    return _page(find(Assessment, to="enter_external", period=period, subject=subject), form, 422)


def _number(typed: str | None) -> Fraction | None:
    """An exact value as people type it: 82, 82,5 or 82.5."""
    text = (typed or "").strip()
    return Fraction(text.replace(",", ".")) if TYPED.fullmatch(text) else None


def _form(assessment: Assessment, **more) -> ValueForm:
    """The form with the instrument's indices, and the documents that may be its source."""
    form = ValueForm(**more)
    indices = external_values.indices_of(assessment)
    form.index_key.choices = {"": "Pilih indeks"} | {key: index.name for key, (index, _items) in indices.items()}
    if more:
        form.year.data = str(assessment.period.year)
    found = _documents(assessment, indices, (form.search.data or "").replace("\0", "").strip()[:100])
    chosen = _chosen(form.document.data)
    if chosen is not None and chosen.document not in found:
        found.append(chosen.document)
    form.document.choices = {"": "Pilih dokumen"} | {str(one.id): _called(one) for one in found}
    return form


def _documents(assessment: Assessment, indices: dict, search: str) -> list[Document]:
    """Those cited for the items that lean on another body, and the own office's; with a search, any that may be read."""
    query = listing(Document).options(
        selectinload(Document.versions), joinedload(Document.owner_org).joinedload(Organization.states)
    )
    if search:
        query = query.where(Document.title.icontains(search, autoescape=True))
    else:
        codes = [item.code for _index, items in indices.values() for item in items]
        cited = select(Citation.document_id).where(
            or_(
                Citation.claim.has((Claim.assessment_id == assessment.id) & Claim.item.in_(codes)),
                Citation.contribution.has(
                    Contribution.item.in_(codes)
                    & Contribution.submission.has(assessment_id=assessment.id)
                ),
            )
        )
        query = query.where(Document.id.in_(cited) | (Document.owner_org_id == actor().organization_id))
    return list(db.session.scalars(query.order_by(Document.id.desc()).limit(OFFERED)).unique())


def _chosen(typed: str | None) -> DocumentVersion | None:
    """The newest version of a document this office may read."""
    wanted = plain_id(typed)
    if wanted is None or wanted >= 2**31:
        return None
    query = listing(Document).where(Document.id == wanted).options(
        selectinload(Document.versions), joinedload(Document.owner_org).joinedload(Organization.states)
    )
    found = db.session.scalars(query).unique().one_or_none()
    return found.newest if found else None


def _called(document: Document) -> str:
    newest = document.newest
    return f"{document.title}{f' ({newest.number})' if newest.number else ''}, {document.owner_org.short_name}"


def _lines(assessment: Assessment) -> list[Line]:
    entered = db.session.scalars(
        select(ExternalValue)
        .where(ExternalValue.subject_id == assessment.subject_id)
        .options(
            joinedload(ExternalValue.by),
            joinedload(ExternalValue.document_version).joinedload(DocumentVersion.document),
        )
        .order_by(ExternalValue.year.desc(), ExternalValue.n.desc())
    ).all()
    counting = external_values.values_of(assessment)
    claims = {claim.item: claim for claim in assessment.claims}
    return [
        Line(
            index,
            [(item, claims.get(item.code), address("claim", assessment, item=item.code)) for item in items],
            counting.get(key),
            [row for row in entered if row.index_key == key],
        )
        for key, (index, items) in external_values.indices_of(assessment).items()
    ]


def _page(assessment: Assessment, form: ValueForm, status: int = 200):
    page = render_template(
        "round/external_values.html",
        assessment=assessment,
        period=assessment.period,
        lines=_lines(assessment),
        form=form,
        claims_url=address("claims", assessment),
        url=address("external", assessment),
        key=new_key(),
        source_of=lambda row: row.document_version.document.title,
    )
    return page, status
