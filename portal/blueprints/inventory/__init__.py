"""The application inventory: records, the census of the year, decisions about an application's life, publication."""

from flask import Blueprint

from ...access import signed_in_only

blueprint = Blueprint("inventory", __name__)
blueprint.before_request(signed_in_only)

from . import (  # noqa: E402
    census,  # noqa: F401
    figures,  # noqa: F401
    imports,  # noqa: F401
    listing,  # noqa: F401
    living,  # noqa: F401
    portfolio,  # noqa: F401
    publication,  # noqa: F401
    publiccode_import,  # noqa: F401
    record,  # noqa: F401
    record_parts,  # noqa: F401
)
