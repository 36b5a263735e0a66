"""For programs: what a person may read, as JSON, with the same `find()` and `listing()`. Nothing here writes."""

from flask import Flask, current_app, jsonify
from flask_smorest import Api, Blueprint
from werkzeug.exceptions import UnprocessableEntity

from ..access import ask
from ..errors import problem
from ..extensions import begin_as
from . import schemas

VERSION = "1"
blueprint = Blueprint("api", __name__, url_prefix="/api")


class Resources(Api):
    """With our own two words for what went wrong."""

    ERROR_SCHEMA = schemas.Problem


def init_app(app: Flask) -> None:
    """Hang the resources in and put their OpenAPI document together. The app's own error pages come after this."""
    app.config.update(API_TITLE="Portal SPBE", API_VERSION=VERSION, OPENAPI_VERSION="3.1.0")
    api = Resources(
        app,
        spec_kwargs={
            "info": {"description": "Baca saja. Semua jawaban mengikuti wewenang jabatan pemilik token atau sesi."},
            "servers": [{"url": app.config["SETTINGS"].public_url}],
            "security": [{"bearer": []}],
        },
    )
    api.spec.components.security_scheme(
        "bearer", {"type": "http", "scheme": "bearer", "description": "Token dari halaman Akun, Token API."}
    )
    api.register_blueprint(blueprint)
    app.extensions["openapi"] = api.spec


@blueprint.before_request
def _only_reading() -> None:
    begin_as(True)


@blueprint.errorhandler(UnprocessableEntity)
def _unreadable(error: UnprocessableEntity):
    """What is wrong with which part of the query, in one sentence each."""
    told = (getattr(error, "data", None) or {}).get("messages", {})
    found = told.get("query", told) if isinstance(told, dict) else {}
    return problem(422, tuple(f"{name}: {' '.join(map(str, said))}" for name, said in sorted(found.items())))


@blueprint.get("/openapi.json")
@blueprint.response(200)
def document():
    """This document."""
    ask("read", "api_document")
    return jsonify(current_app.extensions["openapi"].to_dict())


from . import applications, recommendations, results, rounds  # noqa: E402, F401
