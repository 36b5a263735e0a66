"""S27 inside an agency: which operator answers which item, several at once, and in one step after somebody has left."""

from flask import flash, render_template, request

from assessments import entrusting, noticing
from assessments.models import Submission
from assessments.refusal import Faults, Refused

from ...access import actor, find, may
from ...extensions import db
from ...formatting import listing
from ...forms import ChoiceField, Form, plain_id
from ...once import new_key, once
from . import blueprint
from .answers import Row, address, asked_agency, grouped, rows_of, with_answers

NOBODY = "nobody"
TELLS = "other"


class PicForm(Form):
    """`items` are ticked on the page; `former` is somebody who left, whose items all go over."""

    to = ChoiceField("PIC")


@blueprint.get("/penilaian/<string:period>/penugasan")
def entrust(period: str):
    return _page(find(Submission, period=period, organization=asked_agency()))


@blueprint.post("/penilaian/<string:period>/penugasan")
def name_pic(period: str):
    part = find(Submission, to="entrust", period=period, organization=asked_agency())
    answer = once()
    form, items = _form(part, sent=True), request.form.getlist("items")
    form.validate()
    former = plain_id(request.form.get("former"))
    seen = {item: plain_id(request.form.get(f"was-{item}")) for item in items}
    if former is not None:
        items = [code for code, pic in entrusting.pics_of(db.session, part).items() if pic and pic.person_id == former]
        seen = dict.fromkeys(items, former)
    to = None if form.to.data == NOBODY else plain_id(form.to.data)
    problems: list[tuple[str, str]] = []
    changed: list[str] = []
    try:
        changed = entrusting.entrust(part, items, to, actor(), seen)
    except entrusting.Overtaken as overtaken:
        db.session.rollback()
        again = find(Submission, period=period, organization=asked_agency())
        return _page(again, form, [(sentence, "items-0") for sentence in overtaken.sentences], set(items), 409)
    except Refused as refusal:
        each = refusal.each if isinstance(refusal, Faults) else (refusal,)
        if all(one.field is None for one in each):
            raise
        form.also_refused(refusal)
        problems = [(sentence, "items-0") for one in each if one.field == "items" for sentence in one.sentences]
    if form.errors or problems:
        db.session.rollback()
        again = find(Submission, period=period, organization=asked_agency())
        return _page(again, form, problems, set(items), 422)
    numbers = [item.number for item in part.period.instrument.items if item.code in changed]
    if to is not None and changed and to != actor().person_id:
        noticing.tell(
            db.session, [to], TELLS, f"Anda menjadi PIC {len(numbers)} indikator {part.period.title}: {listing(numbers)}.",
            f"/penilaian/{part.period.slug}?saring=saya", f"pic:{part.id}:{request.form['key']}",
        )
    flash(_said(form, numbers))
    return answer(address("entrust", part))


def _said(form: PicForm, numbers: list[str]) -> str:
    if not numbers:
        return "Tidak ada yang berubah."
    whom = "dilepas dari PIC-nya" if form.to.data == NOBODY else f"kini dipegang {dict(form.to.choices)[form.to.data]}"
    return f"Indikator {listing(numbers)} {whom}."


def _form(part: Submission, *, sent: bool = False) -> PicForm:
    form = PicForm() if sent else PicForm(formdata=None, to="")
    held = {str(office.person_id): office.person.name for office in entrusting.operators(part)}
    form.to.choices = [("", "Pilih operator"), *held.items(), (NOBODY, "Lepas PIC")]
    if sent and form.to.data == "":
        form.to.choices = form.to.choices[1:]
    return form


def _page(part: Submission, form: PicForm | None = None, problems=(), ticked=frozenset(), status: int = 200):
    rows = rows_of(with_answers(part), entrusting.pics_of(db.session, part))
    if form is not None:
        form.to.choices = [("", "Pilih operator"), *(choice for choice in form.to.choices if choice[0])]
    free = [row for row in rows if row.pic is None]
    gone: dict[int, list[Row]] = {}
    for row in rows:
        if row.pic is not None and not row.pic.serves:
            gone.setdefault(row.pic.person_id, []).append(row)
    only_free = request.args.get("saring") == "belum"
    page = render_template(
        "agency/entrusting.html",
        submission=part,
        period=part.period,
        form=form or _form(part),
        problems=list(problems),
        ticked=ticked,
        rows=rows,
        groups=grouped(free if only_free else rows),
        free=free,
        gone=list(gone.values()),
        only_free=only_free,
        editable=may("entrust", part),
        key=new_key,
        here=address("name_pic", part),
        all_url=address("entrust", part),
        free_url=address("entrust", part, saring="belum"),
        home=address("tasks", part),
    )
    return page, status
