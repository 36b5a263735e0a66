"""For anybody with an account: signing in, the start page, the own account; and who works here."""

from flask import Blueprint

blueprint = Blueprint("account", __name__)

from . import (  # noqa: E402, F401
    calendar,
    delegating,
    first_day,
    forgotten,
    inviting,
    leaving,
    notice_choice,
    notices,
    one_time_link,
    organizations,
    people,
    people_import,
    person,
    profile,
    sessions,
    sign_in,
    start,
    succession,
    tokens,
)
