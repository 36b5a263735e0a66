"""The application inventory: records, the census of the year, decisions about an application's life, publication."""

from flask import Blueprint

from ...access import signed_in_only

blueprint = Blueprint("inventory", __name__)
blueprint.before_request(signed_in_only)

from . import census, figures, imports, listing, living, portfolio, publication, record, record_parts  # noqa: E402, F401
