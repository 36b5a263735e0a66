"""A round in which each agency is evaluated on its own: where all of them are, and the steps that are taken for many.

The penanggung jawab approves and sends, somebody else settles the figures, the pengelola or the Koordinator publishes
them; each step is one form for all ticked agencies.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, flash, render_template, request, url_for
from wtforms import BooleanField, PasswordField
from wtforms.validators import InputRequired

from assessments import local_figures
from assessments.local_figures import Outcome, Standing
from assessments.models import Assessment, Period
from assessments.refusal import Refused
from assessments.workflow import blockers, look

from ...access import actor, find, listing, may
from ...extensions import db
from ...forms import Form, plain_version
from ...once import new_key, once
from ...papers import pressing, sealing
from ...presence import unproven
from . import blueprint
from .places import address, round_tabs

CHOOSE = "Centang sedikitnya satu OPD."
SAID_AT_MOST = 8


class ApproveForm(Form):
    checked = BooleanField(
        "Saya telah memeriksa klaim OPD yang dicentang.",
        validators=[InputRequired("Centang bahwa Anda telah memeriksa klaim OPD yang dicentang.")],
    )


class SendForm(Form):
    checked = BooleanField(
        "Saya telah memeriksa klaim dan bukti OPD yang dicentang.",
        validators=[InputRequired("Centang bahwa Anda telah memeriksa klaim dan bukti OPD yang dicentang.")],
    )
    password = PasswordField("Kata sandi", validators=[InputRequired("Tulis kata sandi akun Anda.")])


class SettleForm(Form):
    checked = BooleanField(
        "Saya telah memeriksa angka OPD yang dicentang.",
        validators=[InputRequired("Centang bahwa Anda telah memeriksa angka OPD yang dicentang.")],
    )


class PublishForm(Form):
    checked = BooleanField(
        "Angka OPD yang dicentang boleh dibaca seluruh instansi.",
        validators=[InputRequired("Centang bahwa angka itu boleh dibaca seluruh instansi.")],
    )


@dataclass(frozen=True)
class Step:
    """One thing done for many: who is on its list, and the words of its form."""

    wish: str
    title: str
    label: str
    form: type[Form]
    waits: Callable[[Standing], bool]
    advice: str


def _is(state: str) -> Callable[[Standing], bool]:
    return lambda one: one.assessment.state == state


STEPS = {
    "approve_agencies": Step(
        "approve_parts", "Setujui klaim", "Setujui klaim yang dicentang", ApproveForm, lambda one: one.waiting > 0,
        "Yang disetujui persis yang tertulis saat halaman ini dibuka. Buka nama OPD untuk membacanya butir demi butir.",
    ),
    "send_agencies": Step(
        "approve_parts", "Kirim", "Kirim yang dicentang", SendForm, _is("ready_to_sign"),
        "Tiap OPD mendapat tanda terima sendiri. Sesudah dikirim, klaim, bukti, dan isiannya terkunci.",
    ),
    "settle_agencies": Step(
        "settle_figures", "Tetapkan angka lokal", "Tetapkan yang dicentang", SettleForm, _is("sent"),
        "Yang mengirim atau ikut menulis tidak dapat menetapkannya.",
    ),
    "publish_agencies": Step(
        "settle_figures", "Terbitkan", "Terbitkan yang dicentang", PublishForm, _is("final"),
        "Semua OPD pada putaran ini dapat membaca angka yang terbit, juga urutannya. Masyarakat umum tidak.",
    ),
}


def agency_round_page(period: Period, failed: str = "", form: Form | None = None, problem: str = "", status: int = 200):
    """Every agency of the round, then the steps this reader can take now; `failed` is the one that was refused."""
    rows = local_figures.standings(db.session, period, listing(Assessment))
    closed_way = blockers(rows[0].assessment, "settle_figure") if rows else []
    ticked = set(request.form.getlist("agencies")) if failed else None
    steps = []
    for name, step in STEPS.items():
        waiting = [one for one in rows if step.waits(one)]
        if name == "settle_agencies" and (closed_way or period.track == "rehearsal"):
            continue
        if waiting and may(step.wish, period):
            steps.append((name, step, form if name == failed and form else step.form(formdata=None), waiting))
    page = render_template(
        "round/agency_round.html",
        period=period,
        tabs=round_tabs(period, "overview"),
        rows=[(one, look(one.assessment), address("overview", one.assessment)) for one in rows],
        steps=steps,
        ticked=ticked,
        failed=failed,
        problems=[(problem, f"{failed}-pilih")] if problem else [],
        form=form,
        key=new_key,
        to=lambda name: url_for(f"round.{name}", period=period.slug),
        address=address,
    )
    return page, status


def _take(period: str, name: str, act: Callable[[Period, Form, list[str]], Outcome]):
    """One step for the ticked agencies: read, say the verb, tell what was done and what was not."""
    step = STEPS[name]
    found, form = find(Period, slug=period, to=step.wish), step.form()
    slugs = list(dict.fromkeys(request.form.getlist("agencies")))
    if slugs and isinstance(form, SendForm):
        status = unproven(form, "Kata sandi salah. Belum ada yang dikirim.")
    else:
        status = None if form.validate() and slugs else 422
    if status is not None:
        db.session.rollback()
        return agency_round_page(find(Period, slug=period), name, form, "" if slugs else CHOOSE, status)
    answer = once()
    try:
        outcome = act(found, form, slugs)
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        return agency_round_page(find(Period, slug=period), name, form, str(refused), 422)
    pressing.ask_to_print(db.session, *outcome.numbers)
    if outcome.done:
        flash(f"{len(outcome.done)} OPD: {DONE[name]}." if not outcome.claims else f"{outcome.claims} klaim disetujui.")
    for agency, why in list(outcome.left.items())[:SAID_AT_MOST]:
        flash(f"{agency}: {why}", "warn")
    if len(outcome.left) > SAID_AT_MOST:
        flash(f"Dan {len(outcome.left) - SAID_AT_MOST} OPD lain belum.", "warn")
    return answer(url_for("round.overview", period=period))


DONE = {
    "approve_agencies": "klaimnya disetujui", "send_agencies": "terkirim, dengan tanda terima masing-masing",
    "settle_agencies": "angka lokalnya ditetapkan", "publish_agencies": "angka lokalnya terbit",
}


@blueprint.post("/pengelolaan/<string:period>/putaran-opd/persetujuan")
def approve_agencies(period: str):
    """Exactly the words that were on the page: {agency: how many revisions its claims had}."""
    seen = {slug: plain_version(request.form.get(f"words-{slug}")) for slug in request.form.getlist("agencies")}
    return _take(period, "approve_agencies", lambda found, form, slugs: local_figures.approve_all(db.session, found, actor(), seen))


@blueprint.post("/pengelolaan/<string:period>/putaran-opd/pengiriman")
def send_agencies(period: str):
    """Signed and printed as one that is sent alone."""
    method = sealing.chosen(current_app.config["SETTINGS"]).method
    return _take(
        period, "send_agencies", lambda found, form, slugs: local_figures.send_chosen(db.session, found, actor(), slugs, method)
    )


@blueprint.post("/pengelolaan/<string:period>/putaran-opd/penetapan")
def settle_agencies(period: str):
    return _take(period, "settle_agencies", lambda found, form, slugs: local_figures.settle_all(db.session, found, actor(), slugs))


@blueprint.post("/pengelolaan/<string:period>/putaran-opd/penerbitan")
def publish_agencies(period: str):
    return _take(period, "publish_agencies", lambda found, form, slugs: local_figures.publish_all(db.session, found, actor(), slugs))
