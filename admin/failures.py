"""What a person sees when something goes wrong: a page in his language, never SQL or a trace."""

from contextlib import suppress
from typing import Any, Final

import structlog
from flask import Flask, g, render_template, request
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from dougong.admin.sessions import stand_up
from dougong.core.errors import Forbidden, NotFound, Refusal

_PAGES: Final = frozenset({400, 403, 404, 409, 429, 500, 503})
_log = structlog.get_logger(__name__)


def init_app(app: Flask) -> None:
    """Register the error pages."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, lambda error: _page(400))
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _bug)


def _http(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400 or error.response is not None:
        return error
    return _page(code if code in _PAGES else 400 if code < 500 else 500, shown=code)


def _refusal(refusal: Refusal) -> Any:
    code = {NotFound: 404, Forbidden: 403}.get(type(refusal), 409)
    return _page(code, refusal=refusal)


def _database(error: DBAPIError) -> Any:
    _log.error("database_failed", reason=str(error.orig), path=request.path)
    _ask_nothing_more()
    return _page(503)


def _ask_nothing_more() -> None:
    """Show the page without anything that would ask the database again: frame, person."""
    with suppress(DBAPIError):
        stand_up()
    g.shown_frame = None
    g._login_user = AnonymousUserMixin()


def _bug(error: Exception) -> Any:
    _log.exception("request_failed", path=request.path)
    return _page(500)


def _page(code: int, *, shown: int | None = None, **values: Any) -> Any:
    reference = g.get("request_id", "")
    values = {"reference": reference if code >= 500 else "", **values}
    try:
        body = render_template(f"dougong/errors/{code}.html", **values)
    except Exception:  # noqa: BLE001 - the frame itself needs what has just failed
        _log.exception("error_page_failed")
        _ask_nothing_more()
        body = render_template(f"dougong/errors/{code}.html", shell=None, **values)
    return body, shown or code
