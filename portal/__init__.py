"""The web face of the house."""

from flask import Flask

from assessments import audit, flushing

from . import (
    access,
    admin,
    api,
    bearer,
    errors,
    formatting,
    fullness,
    headers,
    intake,
    jobs,
    journal,
    marks,
    signing_in,
)
from .assets import asset
from .config import Settings, for_flask, load_or_exit
from .extensions import bootstrap, compress, csrf, db, login_manager, migrate
from .navigation import navigation
from .once import new_key
from .proxy import behind_named_proxies
from .storage import open_storage
from .uploads import PortalRequest


def create_app(settings: Settings | None = None, **overrides) -> Flask:
    """The application for these settings (default: from the environment). `overrides` go into `app.config`."""
    settings = settings or load_or_exit()
    app = Flask(__name__)
    app.request_class = PortalRequest
    app.config.from_mapping(for_flask(settings))
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        INSTITUTION_NAME=settings.institution,
        INSTITUTION_ZONE=str(settings.time_zone),
        HELPDESK_TEXT=settings.helpdesk,
        STATIC_ENDPOINTS={"static", "bootstrap.static", "admin.static"},
        OPEN_ENDPOINTS={"static", "bootstrap.static", "admin.static"},
        SEND_FILE_MAX_AGE_DEFAULT=365 * 24 * 3600,
    )
    app.config.update(overrides)
    app.wsgi_app = behind_named_proxies(app.wsgi_app, settings)  # type: ignore[method-assign]
    app.extensions["storage"] = open_storage(app.config)

    db.init_app(app)
    migrate.init_app(app, db)
    login_manager.init_app(app)
    login_manager.request_loader(bearer.whose)
    csrf.init_app(app)
    bootstrap.init_app(app)
    compress.init_app(app)
    journal.init_app(app)
    formatting.register(app)
    marks.register(app)
    headers.init_app(app)
    api.init_app(app)
    errors.init_app(app)  # after the API's library, which would answer for every page
    intake.init_app(app)
    fullness.init_app(app)
    app.after_request(signing_in.touch)
    access.install(app)
    jobs.init_app(app)
    audit.watch(db.session)
    flushing.watch(db.session)  # after the guard that may refuse to write

    app.jinja_env.globals.update(asset=asset, navigation=navigation, may=access.may, new_key=new_key)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    from .blueprints import account, agency, assessor, inspectorate, inventory, leadership, public, round

    for room in (public, account, agency, round, assessor, leadership, inspectorate, inventory):
        app.register_blueprint(room.blueprint)
    admin.init_app(app)
    app.extensions["page_that_keeps_the_form"] = account.sign_in.page_that_keeps_the_form

    from .cli import register

    register(app)
    return app
