"""Texts in the reader's language: gettext over a catalogue per room, chosen by a context variable.

Admin binds the variable to the request's locale; jobs bind it to the recipient's. English is the
source; ``zh_Hans_CN`` is complete and the default.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, singledispatch
from pathlib import Path
from typing import Final, cast

from babel.messages.pofile import read_po
from markupsafe import escape

LOCALES: Final = ("zh_Hans_CN", "en")
DEFAULT_LOCALE: Final = "zh_Hans_CN"

_locale: ContextVar[str] = ContextVar("dougong_locale", default=DEFAULT_LOCALE)
_folders: list[Path] = [
    Path(__file__).parent / "locale",
    *sorted((Path(__file__).parent / "services").glob("*/locale")),
]


def current_locale() -> str:
    """The locale texts are given in now."""
    return _locale.get()


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Give texts in ``locale`` inside the block; an unknown locale means the default."""
    token = _locale.set(locale if locale in LOCALES else DEFAULT_LOCALE)
    try:
        yield
    finally:
        _locale.reset(token)


def add_catalogue(folder: Path) -> None:
    """Let a room bring its texts: ``<folder>/<locale>/LC_MESSAGES/*.po``."""
    if folder not in _folders:
        _folders.append(folder)
        _catalogue.cache_clear()


@cache
def _catalogue(locale: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for folder in _folders:
        for path in sorted((folder / locale / "LC_MESSAGES").glob("*.po")):
            with path.open("rb") as file:
                for message in read_po(file, locale=locale):
                    if message.id and message.string and isinstance(message.id, str):
                        texts[message.id] = str(message.string)
    return texts


def gettext(source: str, **values: object) -> str:
    """The sentence in the current locale, its named ``%(placeholders)s`` filled in."""
    text = _catalogue(_locale.get()).get(source, source)
    return text % {name: shown(value) for name, value in values.items()} if values else text


@singledispatch
def shown(value: object) -> str:
    """A value inside a sentence, as a reader of the current locale writes it.

    Values register their own way: money as ``¥1,234.50``.
    """
    return str(value)


class LazyText:
    """A sentence translated when it is shown, not when it is made."""

    __slots__ = ("source", "values")

    def __init__(self, source: str, values: dict[str, object]) -> None:
        self.source = source
        self.values = values

    def __str__(self) -> str:
        return gettext(self.source, **self.values)

    def __html__(self) -> str:
        return str(escape(str(self)))

    def __repr__(self) -> str:
        return f"LazyText({self.source!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(self.source)

    def __lt__(self, other: object) -> bool:
        return str(self) < str(other)

    def __add__(self, other: object) -> str:
        return str(self) + str(other)

    def __radd__(self, other: object) -> str:
        return str(other) + str(self)

    def __mod__(self, other: object) -> str:
        return str(self) % other

    def __len__(self) -> int:
        return len(str(self))

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(str(self), name)


def lazy(source: str, **values: object) -> LazyText:
    """A sentence that is translated when shown: for labels and refusals."""
    return LazyText(source, values)


def form_text(text: LazyText | str, **values: object) -> str:
    """The same for a form: label, description, choice or message of a WTForms field.

    WTForms shows lazy texts well, but its annotations ask for ``str``; so this says ``str``.
    """
    return cast(str, text if isinstance(text, LazyText) else lazy(text, **values))
