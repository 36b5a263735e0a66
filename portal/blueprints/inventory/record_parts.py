"""What hangs on a record, each from its own small form: owner, users, integrations, tests, documents."""

from collections.abc import Callable

from flask import flash, request, url_for
from sqlalchemy import select

from assessments.inventory import keeping
from assessments.inventory.parts import attach, detach, drop_link, drop_test
from assessments.models import (
    Application,
    ApplicationDocument,
    ApplicationLink,
    ApplicationTest,
    Document,
    Organization,
)
from assessments.refusal import Refused

from ...access import actor, find, listing
from ...extensions import db
from ...forms import Form, plain_id
from ...once import once
from . import blueprint
from .forms import DocumentForm, LinkForm, OwnerForm, TestForm, UsersForm
from .parts_page import agencies_of, offer_owners
from .record import ONE, record_page


def _carry_out(id: int, name: str, form: Form, deed: Callable[[Application], str], anchor: str):
    """One form, once: the deed says what was done; its refusal brings the page back with what was typed."""
    found = find(Application, id=id, to="write")
    answer, valid = once(), _valid(form, found)
    try:
        said = deed(found)  # of a form with mistakes only the refusals are kept
        if valid:
            db.session.flush()
            flash(said)
            return answer(url_for("inventory.record", id=id) + f"#{anchor}")
    except Refused as refusal:
        (form.refused if valid else form.also_refused)(refusal)
    db.session.rollback()
    return record_page(find(Application, id=id, to="write"), parts={name: form}), 422


def _valid(form: Form, found: Application) -> bool:
    """Whether it is one of our forms, filled in; one that only takes something away is not looked at."""
    if "drop" in request.form:
        return True
    if isinstance(form, OwnerForm):
        offer_owners(form, found, agencies_of(found))
    if isinstance(form, DocumentForm):
        form.document.choices = [(form.document.data, "")]
    return form.validate()


@blueprint.post(f"{ONE}/pemilik")
def hand_over(id: int):
    form = OwnerForm()

    def deed(found: Application) -> str:
        owner = db.session.get(Organization, plain_id(form.owner.data) or 0)
        keeping.hand_over(found, owner, actor(), form.from_day.day)
        return f"Pemilik sekarang {found.current_owner.name}."

    return _carry_out(id, "owner", form, deed, "pemilik")


@blueprint.post(f"{ONE}/pengguna")
def set_users(id: int):
    form = UsersForm()

    def deed(found: Application) -> str:
        wanted = {plain_id(text) or 0 for text in form.users.data or ()}
        agencies = [each for each in agencies_of(found) if each.id in wanted]
        if len(agencies) != len(wanted):
            raise Refused("OPD pengguna harus dari daftar.", field="users")
        keeping.set_users(found, agencies, actor())
        return f"{len(agencies)} OPD pengguna tersimpan."

    return _carry_out(id, "users", form, deed, "pengguna")


@blueprint.post(f"{ONE}/integrasi")
def links(id: int):
    form = LinkForm()

    def deed(found: Application) -> str:
        if "drop" in request.form:
            drop_link(found, _mine(ApplicationLink, found), actor())
            return "Integrasi dihapus."
        named = (form.other_name.data or "").replace("\x00", "").strip()
        other = db.session.scalar(
            listing(Application).where((Application.code == named) | (Application.name == named)).order_by(Application.id)
        ) if named else None
        keeping.add_link(found, actor(), other=other, other_name=form.other_name.data or "", direction=form.direction.data,
                         data=form.what.data or "", method=form.method.data)
        return "Integrasi tercatat."

    return _carry_out(id, "link", form, deed, "integrasi")


@blueprint.post(f"{ONE}/uji")
def tests(id: int):
    form = TestForm()

    def deed(found: Application) -> str:
        if "drop" in request.form:
            drop_test(found, _mine(ApplicationTest, found), actor())
            return "Uji dihapus."
        keeping.add_test(found, actor(), kind=form.kind.data, done_on=form.done_on.day, by_whom=form.by_whom.data or "",
                         findings=form.findings.data, open_findings=form.open_findings.data)
        return "Uji tercatat."

    return _carry_out(id, "test", form, deed, "uji")


@blueprint.post(f"{ONE}/dokumen")
def documents(id: int):
    form = DocumentForm()

    def deed(found: Application) -> str:
        if "drop" in request.form:
            attachment = db.session.get(ApplicationDocument, (found.id, plain_id(request.form["drop"]) or 0))
            if attachment is None:
                raise Refused("Dokumen ini tidak ada pada catatan.")
            detach(found, attachment, actor())
            return "Dokumen dilepas; di pustaka bukti tetap ada."
        chosen = db.session.scalar(listing(Document).where(Document.id == (plain_id(form.document.data) or 0)))
        if chosen is None:
            raise Refused("Pilih dokumen dari daftar.", field="document")
        attach(found, chosen, actor())
        return "Dokumen dilampirkan."

    return _carry_out(id, "document", form, deed, "dokumen")


def _mine(kind: type, found: Application):
    """The part of this record that the form wants gone."""
    part = db.session.scalar(select(kind).where(kind.application_id == found.id, kind.id == (plain_id(request.form["drop"]) or 0)))
    if part is None:
        raise Refused("Ini sudah tidak ada pada catatan.")
    return part
