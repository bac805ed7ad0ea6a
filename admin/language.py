"""Which language a request speaks: the person's choice, then the browser's, then Chinese."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from flask import Flask, g, request
from flask import session as cookie
from flask_babel import Babel

from dougong.admin.borrowed import fill_gaps
from dougong.admin.sessions import desk
from dougong.core.i18n import (
    DEFAULT_LOCALE,
    LOCALES,
    add_catalogue,
    current_locale,
    gettext,
    speaking,
)

_CHOSEN: Final = "language"
_SHORT: Final = {"zh-CN": "zh_Hans_CN", "zh": "zh_Hans_CN", "zh-Hans-CN": "zh_Hans_CN", "en": "en"}


def init_app(app: Flask) -> None:
    """Let templates, Flask-Admin and Flask-Security speak the core's language."""
    add_catalogue(Path(__file__).parent / "locale")
    fill_gaps()
    Babel(app, default_locale=DEFAULT_LOCALE, locale_selector=current_locale)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, _plural, newstyle=True
    )
    app.context_processor(lambda: {"language": current_locale()})


def speak() -> None:
    """Bind the request's language; ``fall_silent`` ends it."""
    g.language = ExitStack()
    g.language.enter_context(speaking(_wanted()))


def fall_silent(_error: BaseException | None = None) -> None:
    """Unbind the request's language."""
    bound: ExitStack | None = g.pop("language", None)
    if bound is not None:
        bound.close()


def choose(code: str) -> bool:
    """Keep the language for this browser; False when it is none of ours."""
    if code not in LOCALES:
        return False
    cookie[_CHOSEN] = code
    return True


def _wanted() -> str:
    here = desk().identity if "desk" in g else None
    for code in (here.locale if here else "", cookie.get(_CHOSEN, "")):
        if code in LOCALES:
            return str(code)
    matched = request.accept_languages.best_match(_SHORT)
    return _SHORT.get(matched or "", DEFAULT_LOCALE)


def _plural(one: str, many: str, count: int, **values: Any) -> str:
    return gettext(one if count == 1 else many, **values)
