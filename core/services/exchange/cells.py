"""From what stands in a cell to what it means, and back; the same both ways (XX-07)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final, TypeAlias

from dougong.core.i18n import LOCALES, LazyText, gettext, lazy, speaking
from dougong.core.services.exchange.columns import Column, ColumnType, Scalar

Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta | None
CLEAR: Final = "-"
"""Alone in a cell: empty the field. An empty cell leaves it as it is."""
CLEARS: Final = frozenset({"-", "－", "—", "——", "–"})
MASK: Final = "••••••"
"""Stands for what the reader may not see; read again it changes nothing (AR-06)."""
FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""A cell that begins so would run as a formula; in a Chinese Excel the wide ones too."""
EXACT: Final = 15
"""Excel keeps so many digits of a number; the rest of a longer code is lost."""
_INVISIBLE: Final = "\ufeff\u200b\u200e\u200f\u2060"
_EDGES: Final = re.compile(rf"^[\s{_INVISIBLE}]+|[\s{_INVISIBLE}]+$")
_DAY: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0?0:00.*)?"
)
_SHORT_DAY: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORTENED: Final = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
_CURRENCY_SIGNS: Final = re.compile(r"^(?:CNY|RMB|USD|US\$|[¥$€£])\s*|\s*(?:元|圆|CNY|RMB|USD)$")
_ABROAD: Final = re.compile(r"^(?:\+|00)86[\s-]*")
_LAST_SERIAL: Final = 2_958_465
_YES: Final = frozenset({"yes", "y", "true", "1", "是", "有", "对", "√", "✓"})
_NO: Final = frozenset({"no", "n", "false", "0", "否", "无", "没有", "错", "×", "x"})


@dataclass(frozen=True, slots=True)
class Among:
    """Words to choose from, each in the reader's language."""

    labels: tuple[LazyText | str, ...]

    def __str__(self) -> str:
        return " / ".join(map(str, self.labels))


class BadCell(ValueError):
    """Why a cell means nothing that its column takes."""

    def __init__(self, reason: LazyText) -> None:
        super().__init__(reason.source)
        self.reason = reason


def clean(text: str) -> str:
    """The text without what nobody sees: spaces and marks around it, returns of other systems."""
    if text.isprintable() and not (text.startswith(" ") or text.endswith(" ")):
        return text  # as nearly every cell is: what nobody sees does not print
    return _EDGES.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""))


def text_of(cell: Cell) -> str:
    """What stands in the cell, as text; a whole number without its point."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def is_blank(cell: Cell) -> bool:
    """Whether nothing that anybody sees stands there."""
    return cell is None or (isinstance(cell, str) and not clean(cell))


def is_mask(cell: Cell) -> bool:
    """Whether the cell only says that something is hidden."""
    return isinstance(cell, str) and clean(cell) == MASK


def clears(cell: Cell) -> bool:
    """Whether the cell asks to empty the field."""
    return isinstance(cell, str) and clean(cell) in CLEARS


def read_cell(column: Column, cell: Cell) -> Scalar:
    """What a filled cell means in its column; ``BadCell`` says why it means nothing there.

    A reference stays the text that names it.
    """
    return _READERS[column.type](column, cell)


def escape(text: str, cleaned: str, *, csv: bool = False) -> str:
    """The text as a cell: with an apostrophe before it when it would not come back the same."""
    exact = cleaned == text and text not in CLEARS and text != MASK and not text.startswith("'")
    runs = csv and text.startswith(FORMULA)
    return text if exact and not runs else f"'{text}"


def _literal(text: str, cleaned: str) -> str | None:
    """What an apostrophe keeps as it is; None where it is just an apostrophe."""
    rest = text[1:]
    if not text.startswith("'") or not rest:
        return None
    kept = rest.startswith((*FORMULA, "'")) or rest in CLEARS or rest == MASK
    return rest if kept or cleaned != rest else None


def tidy(kind: ColumnType, text: str) -> str:
    """A text as its column keeps it: codes and numbers to call in plain characters."""
    if kind is ColumnType.TEXT:
        return clean(text)
    narrow = clean(unicodedata.normalize("NFKC", clean(text)))
    return _ABROAD.sub("", narrow) if kind is ColumnType.PHONE else narrow


def _text(column: Column, cell: Cell) -> Scalar:
    raw = text_of(cell)
    text = _literal(raw, tidy(column.type, raw[1:]))
    if text is None:
        if column.type is not ColumnType.TEXT:
            _refuse_lost_digits(cell, raw)
        text = tidy(column.type, raw)
    if len(text) > column.longest:
        raise BadCell(lazy("This is longer than %(count)s characters.", count=column.longest))
    return text


def _refuse_lost_digits(cell: Cell, text: str) -> None:
    long = isinstance(cell, float | int) and len(text.lstrip("-").split(".")[0]) > EXACT
    if long or _SHORTENED.search(text):
        raise BadCell(
            lazy("Excel has shortened this number. Format the column as text and type it again.")
        )


def _narrow(cell: Cell) -> str:
    return unicodedata.normalize("NFKC", clean(text_of(cell)))


def _number(column: Column, cell: Cell) -> Scalar:
    text = _CURRENCY_SIGNS.sub("", _narrow(cell)).replace(",", "").replace(" ", "")
    if column.type is ColumnType.PERCENT:
        text = text.removesuffix("%")
    if text.startswith("(") and text.endswith(")"):  # as bookkeepers write below zero
        text = f"-{text[1:-1]}"
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise BadCell(lazy("Write a number, such as 1234.50.")) from error
    if not number.is_finite():
        raise BadCell(lazy("Write a number, such as 1234.50."))
    return decimal_text(_fitting(column, number))


def _fitting(column: Column, number: Decimal) -> Decimal:
    if column.type is ColumnType.PERCENT and 0 < number < 1:
        raise BadCell(lazy("Write 13 for 13 percent, not 0.13."))
    if column.least is not None and number < column.least:
        raise BadCell(lazy("This is less than %(least)s.", least=column.least))
    if number > (column.most if column.most is not None else Decimal(10**13)):
        raise BadCell(lazy("This number is too large."))
    places = 8 if column.places is None else column.places
    if round(number, places) != number:
        raise BadCell(lazy("This has more than %(count)s decimals.", count=places))
    return number


def decimal_text(number: Decimal) -> str:
    """A number as plain text, without zeros that say nothing."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _whole(column: Column, cell: Cell) -> Scalar:
    text = str(_number(column, cell))
    if "." in text:
        raise BadCell(lazy("Write a whole number."))
    return int(text)


def _day(_column: Column, cell: Cell) -> Scalar:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = _narrow(cell)
    found = _DAY.fullmatch(text) or _SHORT_DAY.fullmatch(text)
    try:
        if found is not None:
            return date(*map(int, found.groups())).isoformat()
        serial = int(text)
    except ValueError as error:
        raise BadCell(lazy("Write a day as 2026-01-05.")) from error
    if not 10_000 <= serial <= _LAST_SERIAL:  # a year is no day
        raise BadCell(lazy("Write a day as 2026-01-05."))
    return (date(1899, 12, 30) + timedelta(days=serial)).isoformat()


def _yes_no(_column: Column, cell: Cell) -> Scalar:
    text = _narrow(cell).casefold()
    if text not in _YES | _NO:
        raise BadCell(lazy("Write yes or no."))
    return text in _YES


def _choice(column: Column, cell: Cell) -> Scalar:
    value = _answers(column).get(_narrow(cell).casefold())
    if value is None:
        among = Among(tuple(choice.label for choice in column.choices))
        raise BadCell(lazy("Choose one of: %(choices)s.", choices=among))
    return value


@cache
def _answers(column: Column) -> dict[str, str]:
    found: dict[str, str] = {}
    for choice in reversed(column.choices):
        names = [choice.value, *choice.aliases]
        for locale in LOCALES:
            with speaking(locale):
                names.append(str(choice.label))
        found |= {unicodedata.normalize("NFKC", name).casefold(): choice.value for name in names}
    return found


def write_cell(column: Column, value: Scalar, *, csv: bool = False) -> Cell:
    """A meaning as a cell: ``read_cell`` gives it back. A reference comes as its text."""
    if value is None or value == "":
        return None
    if column.type is ColumnType.CHOICE:
        return next((str(c.label) for c in column.choices if c.value == value), str(value))
    if column.type is ColumnType.YES_NO:
        return gettext("Yes") if value else gettext("No")
    if column.type is ColumnType.DAY:
        return date.fromisoformat(str(value))
    if column.type in (ColumnType.TEXT, ColumnType.CODE, ColumnType.PHONE, ColumnType.REFERENCE):
        return escape(str(value), tidy(column.type, str(value)), csv=csv)
    return value if isinstance(value, int) else str(value)


_READERS: Final = {
    ColumnType.TEXT: _text, ColumnType.CODE: _text, ColumnType.PHONE: _text,
    ColumnType.REFERENCE: _text, ColumnType.WHOLE: _whole, ColumnType.NUMBER: _number,
    ColumnType.PERCENT: _number, ColumnType.MONEY: _number, ColumnType.DAY: _day,
    ColumnType.YES_NO: _yes_no, ColumnType.CHOICE: _choice,
}  # fmt: skip
