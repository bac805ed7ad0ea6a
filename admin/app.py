"""The web application: one factory, everything it needs handed in as the house."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import structlog
from flask import Blueprint, Flask, g, redirect, request, url_for
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_login import current_user, logout_user
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from dougong.admin import failures, frame, language, sessions, switches
from dougong.admin.contributions import ViewEntry
from dougong.admin.formats import customer_url
from dougong.admin.frame import Placed
from dougong.admin.identity import Identity, identify
from dougong.admin.pages import HomeView, core_views
from dougong.admin.permission_words import entity_word, operation_word
from dougong.admin.security import setup
from dougong.admin.security.sittings import note_use, still_sits
from dougong.core import migrate
from dougong.core.house import House
from dougong.core.scope import Scope
from dougong.core.services.demo.api import DEMO_PASSWORD, LOGINS
from dougong.core.services.printing.api import STYLES

_GATE: Final = Scope.kernel("log-in")
_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_MEGABYTE: Final = 1024 * 1024
_LARGEST_FORM: Final = 32 * _MEGABYTE


def create_app(house: House, *, demo: bool = False) -> Flask:
    """The admin over this house; ``demo`` says on every page that passwords are known."""
    app = Flask(  # both paths are given: an editable install has no folder named dougong
        "dougong.admin",
        root_path=str(Path(__file__).parent),
        instance_path=str(house.settings.data_dir.resolve()),
    )
    app.config.update(_configuration(house), DEMO=demo)
    if house.settings.behind_proxy:
        hops = house.settings.behind_proxy
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    sessions.init_app(app, house)
    language.init_app(app)
    app.before_request(_arrive)
    CSRFProtect(app)
    setup.init_app(app, house)
    failures.init_app(app)
    app.teardown_request(language.fall_silent)
    app.after_request(_guarded)
    app.context_processor(lambda: _surroundings(app))
    app.jinja_env.globals.update(
        new_request_key=lambda: uuid4().hex,
        customer_url=customer_url,
        operation_word=operation_word,
        entity_word=entity_word,
    )
    app.register_blueprint(switches.blueprint)
    _routes(app)
    _open_plugins(app, house)
    frame.remember_places(app, _admin(app, house))
    return app


def _configuration(house: House) -> dict[str, Any]:
    settings = house.settings
    return {
        "SECRET_KEY": settings.signing_key(),
        "SECRET_KEY_FALLBACKS": [k.get_secret_value() for k in settings.secret_key_fallbacks],
        "SESSION_COOKIE_NAME": "dougong",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=settings.remember_days),
        "MAX_CONTENT_LENGTH": max(_LARGEST_FORM, (settings.largest_file_mb + 1) * _MEGABYTE),
        "WTF_CSRF_TIME_LIMIT": None,  # a form may lie open over lunch; the session still ends it
        "FLASK_ADMIN_RAISE_ON_VIEW_EXCEPTION": True,
        "FLASK_ADMIN_RAISE_ON_INTEGRITY_ERROR": True,
    }


def _arrive() -> None:
    """Who it is, where, in which language; nothing for files and probes."""
    g.request_id = uuid4().hex[:16]
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if request.endpoint is None or request.endpoint.endswith("static") or _is_probe():
        sessions.sit_down(None, g.request_id)
        language.speak()
        return
    identity = _identity()
    sessions.sit_down(identity, g.request_id)
    structlog.contextvars.bind_contextvars(actor=identity.login if identity else "")
    language.speak()


def _identity() -> Identity | None:
    """Who is at the desk; a cookie whose sitting has ended is nobody's."""
    if not current_user.is_authenticated:
        return None
    house = sessions.current_house()
    with house.database.reading(_GATE) as session:
        sitting = still_sits(session, current_user.id)
        identity = identify(session, current_user.id) if sitting else None
    if sitting is None:
        logout_user()
    else:
        note_use(house, sitting)
    return identity


def _is_probe() -> bool:
    return request.path in ("/healthz", "/readyz")


def _guarded(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Request-Id", g.get("request_id", ""))
    if response.mimetype in ("text/html", "text/csv", "application/json"):
        headers["Cache-Control"] = "no-store"
    if sessions.current_house().settings.secure_cookies:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _surroundings(app: Flask) -> dict[str, Any]:
    if "shown_frame" not in g:
        g.shown_frame = frame.frame(app) if "desk" in g else None
    return {
        "shell": g.shown_frame,
        "demo": app.config["DEMO"],
        "demo_accounts": _demo_accounts() if app.config["DEMO"] else (),
        "language_choices": frame.languages(),
        "switch_language_url": url_for("desk.switch_language"),
    }


def _demo_accounts() -> list[dict[str, object]]:
    return [
        {"login": login.login, "password": DEMO_PASSWORD, "role": login.title} for login in LOGINS
    ]


def _routes(app: Flask) -> None:
    @app.get("/")
    def start() -> Response:
        return redirect(url_for("admin.index"))

    @app.get("/healthz")
    def healthz() -> tuple[dict[str, str], int]:
        return {"status": "ok"}, 200

    @app.get("/readyz")
    def readyz() -> tuple[dict[str, str], int]:
        try:
            migrate.refuse_core_behind(sessions.current_house().database.engine)
        except SQLAlchemyError:
            return {"status": "no answer from the database"}, 503
        except migrate.CoreBehind as behind:
            return {"status": str(behind)}, 503
        return {"status": "ok"}, 200


def _open_plugins(app: Flask, house: House) -> None:
    """Let plugins' templates and files be found: ``templates/<plugin>``, ``static/<plugin>``."""
    folders = [plugin.folder for plugin in house.registry.ordered()]
    loaders = [app.jinja_loader, *(FileSystemLoader(f / "templates") for f in folders)]
    app.jinja_loader = ChoiceLoader([loader for loader in loaders if loader])
    app.register_blueprint(
        Blueprint("papers", __name__, static_folder=STYLES, static_url_path="/papers")
    )
    for plugin in house.registry.ordered():
        files = plugin.folder / "static" / plugin.manifest.name
        if files.is_dir():
            _serve(app, plugin.manifest.name, files)


def _serve(app: Flask, name: str, files: Path) -> None:
    app.register_blueprint(
        Blueprint(
            f"plugin_{name}", __name__, static_folder=files, static_url_path=f"/plugin/{name}"
        )
    )


def _admin(app: Flask, house: House) -> list[Placed]:
    theme = Bootstrap4Theme(fluid=True, base_template="dougong/shell.html")
    admin = Admin(app, name="Dougong", theme=theme, index_view=HomeView())
    own = [_place(admin, entry, "", frozenset()) for entry in core_views()]
    brought = house.registry.contributions("register_views")
    return own + [_place(admin, found.item, found.source, found.needs) for found in brought]


def _place(admin: Admin, entry: ViewEntry, source: str, needs: frozenset[str]) -> Placed:
    view = entry.view()
    view.source, view.needs = source, needs
    admin.add_view(view)
    return Placed(view, entry)
