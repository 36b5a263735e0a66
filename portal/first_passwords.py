"""First passwords, shown a single time to whoever made the accounts."""

from flask import make_response, render_template

from assessments.models import Account


def shown_once(
    pairs: list[tuple[Account, str]], back: tuple[str, str], page_of=None, status: int = 200, lost: str = ""
):
    """The page with (account, first password); `back` is (words, address), `page_of(account)` where one is looked after.

    `lost` says what to do where a password gets lost before it was used.
    """
    rows = [
        {"name": made.person.name, "username": made.username, "first": first, "url": page_of(made) if page_of else ""}
        for made, first in pairs
    ]
    return make_response(render_template("account/first_passwords.html", rows=rows, back=back, lost=lost), status)
