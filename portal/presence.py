"""Whoever signs is at the keyboard: a form with a password is complete, and the password is the account's own."""

from assessments.refusal import Refused

from . import throttling
from .access import actor
from .extensions import db
from .forms import Form


def unproven(form: Form, wrong: str) -> int | None:
    """None when the form is complete and its `password` right; else the status to answer with, sentences at their fields.

    422, or 429 while too many tries were wrong; `wrong` is the sentence for another password. The password is hashed while
    no transaction is open, so whoever goes on finds its thing again; after a refusal none is open either.
    """
    try:
        if form.validate():
            throttling.prove_presence(actor().account_id, form._fields["password"].data, actor().zone, wrong)
            return None
        status = 422
    except Refused as refused:
        form.refused(refused)
        status = 429 if isinstance(refused, throttling.MustWait) else 422
    db.session.rollback()
    return status
