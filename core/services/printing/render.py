"""One template, two ways out: pieces of a page for the browser, and a PDF."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dougong.core.errors import Refusal
from dougong.core.i18n import LazyText, current_locale, gettext, lazy
from dougong.core.plugins import Registry
from dougong.core.services.printing.service import Printout
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY
from dougong.core.values import money_text
from dougong.core.values.capitals import capitals

_HERE: Final = Path(__file__).parent
STYLES: Final = _HERE / "static"
"""The folder of the papers' style sheet, for whoever serves it."""
Word = Callable[[StrEnum], LazyText | str]


class NoPdf(Refusal):
    """What makes PDFs is not installed."""

    code = "printing.no_pdf"

    def __init__(self) -> None:
        super().__init__(
            lazy("PDF files cannot be made on this server."),
            next_step=lazy(
                "Print from the browser, or ask for the extra: pip install dougong[pdf]"
            ),
        )


def pieces(session: Session, printouts: Sequence[Printout], word: Word = str) -> list[Markup]:
    """Every copy of every record's paper as a piece of HTML; slips of one paper are one piece."""
    registry: Registry = session.info[REGISTRY]
    environment = _environment(tuple(plugin.folder / "templates" for plugin in registry.ordered()))
    return [piece for printout in printouts for piece in _copies(environment, printout, word)]


def pdf(session: Session, printouts: Sequence[Printout], word: Word = str) -> bytes:
    """The papers as one PDF, each piece's pages counted for themselves; ``NoPdf`` without it."""
    style = (STYLES / "paper.css").read_text(encoding="utf-8")
    shell = _environment(()).get_template("printing/pdf.html")
    title = f"{printouts[0].paper.title} {printouts[0].number or printouts[0].sheet.subject}"
    made = pieces(session, printouts, word)
    result: bytes = pdf_maker().write([shell.render(piece=p, title=title) for p in made], style)
    return result


def pdf_maker() -> Any:
    """The module that makes PDFs, loaded when the first is asked for: it takes seconds."""
    try:
        return import_module("dougong.core.services.printing.weasy")
    except (ImportError, OSError) as error:  # the package, or the libraries it draws with
        raise NoPdf from error


def _copies(environment: Environment, printout: Printout, word: Word) -> list[Markup]:
    template = environment.get_template(printout.paper.template)
    copies: tuple[LazyText | str, ...] = printout.paper.copies or ("",)
    shown = [
        Markup(  # noqa: S704 - autoescaped templates
            template.render(
                doc=printout.sheet.content, printout=printout, paper=printout.paper,
                head=printout.head, copy=copy, word=word,
            )
        )
        for copy in copies
    ]  # fmt: skip
    return [Markup("").join(shown)] if printout.paper.slips else shown


@cache
def _environment(folders: tuple[Path, ...]) -> Environment:
    loader = ChoiceLoader([FileSystemLoader(f) for f in (_HERE / "templates", *folders)])
    made = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )  # fmt: skip
    made.install_gettext_callables(gettext, _plural, newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {
        "money": money_text, "capitals": capitals, "day": day_text, "moment": moment_text,
        "quantity": quantity_text,
    }  # fmt: skip
    made.globals["lang"] = _language
    return made


def _plural(one: str, many: str, count: int) -> str:
    return gettext(one if count == 1 else many)


def _language() -> str:
    return "zh-Hans" if current_locale().startswith("zh") else "en"


def day_text(day: date | None) -> str:
    """A day as papers write it: 2026年3月2日, in English March 2, 2026."""
    return "" if day is None else format_date(day, "long", locale=current_locale())


def moment_text(moment: datetime | None) -> str:
    """An instant that is already in the branch's zone, to the minute."""
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def quantity_text(value: Decimal | int) -> str:
    """A quantity without needless zeros."""
    return format_decimal(Decimal(value).normalize(), locale=current_locale())
