"""Purchases as files tell them: one parser a format, each giving good rows and bad ones."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from dougong.core.errors import Refusal
from dougong.core.i18n import LazyText, lazy
from dougong.core.values import Money

LONGEST_CODE: Final = 30
MOST: Final = Decimal(10**11)
"""Quantities and amounts of this size and above are typing mistakes, not purchases."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase: who, when, how many, for how much; ``key`` names it for ever.

    Two equal rows of a file are two purchases: the key counts them (``…/1``, ``…/2``).
    """

    line: int
    customer: str
    on: date
    quantity: Decimal
    amount: Money
    key: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not taken over, and why."""

    line: int
    text: str
    reason: LazyText


@dataclass(frozen=True, slots=True)
class Fields:
    """The four texts of a row, wherever they stood in the file."""

    line: int
    text: str
    customer: str
    on: str
    quantity: str
    amount: str


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: how its rows are cut, and what its customers' codes begin with."""

    name: str
    title: LazyText
    cut: Callable[[str], Iterator[Fields | BadRow]]
    prefix: str = ""


class _BadText(ValueError):
    """Why a row's text is no purchase."""

    def __init__(self, reason: LazyText) -> None:
        super().__init__(reason.source)
        self.reason = reason


def read_purchases(
    path: Path, layout: Format, currency: str, today: date
) -> tuple[list[Purchase], list[BadRow]]:
    """The file's purchases and its bad rows, both in the file's order.

    A file that cannot be read at all, or is of another format, raises ``Refusal``.
    """
    good: list[Purchase] = []
    bad: list[BadRow] = []
    seen: Counter[str] = Counter()
    for row in layout.cut(_text_of(path)):
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        try:
            good.append(_purchase(row, layout.prefix, currency, today, seen))
        except _BadText as why:
            bad.append(BadRow(row.line, row.text, why.reason))
    if not good and not bad:
        raise Refusal(lazy("The file holds no purchases."), code="exchange.empty", field="file")
    return good, bad


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Refusal(
            lazy("The file %(path)s cannot be read.", path=path),
            code="exchange.unreadable",
            next_step=lazy("Check the path and your rights to it."),
            field="file",
        ) from error
    for encoding in ("utf-8-sig", "gb18030"):  # Excel on Chinese Windows writes the second
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refusal(
        lazy("The file is not a text file."),
        code="exchange.not_text",
        next_step=lazy("Save it as CSV (UTF-8) and try again."),
        field="file",
    )


def _purchase(row: Fields, prefix: str, currency: str, today: date, seen: Counter[str]) -> Purchase:
    customer, on = _customer(row.customer, prefix), _date(row.on, today)
    quantity, amount = _quantity(row.quantity), _amount(row.amount, currency)
    key = f"{customer}/{on:%Y%m%d}/{quantity.normalize():f}/{amount.minor}{currency}"
    seen[key] += 1
    return Purchase(row.line, customer, on, quantity, amount, f"{key}/{seen[key]}")


def _customer(text: str, prefix: str) -> str:
    code = text.strip()
    if not code:
        raise _BadText(lazy("The customer is missing."))
    if len(code) > LONGEST_CODE or not code.isprintable():
        raise _BadText(lazy("The customer code is longer than %(most)s characters or not "
                            "printable.", most=LONGEST_CODE))  # fmt: skip
    return prefix + code


def _date(text: str, today: date) -> date:
    for pattern in ("%Y%m%d", "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"):
        try:
            on = datetime.strptime(text.strip(), pattern).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        if on > today:
            raise _BadText(lazy("The date %(date)s lies in the future.", date=on))
        return on
    raise _BadText(lazy("“%(text)s” is not a date such as 1997-01-31.", text=text.strip()))


def _quantity(text: str) -> Decimal:
    quantity = _number(text, lazy("“%(text)s” is not a quantity.", text=text.strip()))
    if quantity <= 0:
        raise _BadText(lazy("The quantity must be more than zero."))
    if quantity != quantity.quantize(Decimal("0.001")):
        raise _BadText(lazy("A quantity has at most three decimals."))
    return quantity


def _amount(text: str, currency: str) -> Money:
    amount = _number(text, lazy("“%(text)s” is not an amount.", text=text.strip()))
    if amount < 0:
        raise _BadText(lazy("The amount is negative; enter returns as credit notes."))
    try:
        return Money.of(amount, currency)
    except ValueError as error:
        reason = lazy("The amount has more decimals than %(currency)s allows.", currency=currency)
        raise _BadText(reason) from error


def _number(text: str, reason: LazyText) -> Decimal:
    bare = text.strip().lstrip("¥￥$").replace(",", "")
    if not re.fullmatch(r"[+-]?\d+(\.\d*)?|[+-]?\.\d+", bare, re.ASCII):
        raise _BadText(reason)
    try:
        number = Decimal(bare)
    except InvalidOperation as error:
        raise _BadText(reason) from error
    if abs(number) >= MOST:
        raise _BadText(reason)
    return number


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines and their numbers, whatever their ends; blank ones are left out."""
    for at, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if line.strip():
            yield at, line


def _cut_cdnow(text: str) -> Iterator[Fields | BadRow]:
    """Four columns apart by spaces; a header may stand above."""
    for at, line in _lines(text):
        cells = line.split()
        if at == 1 and "date" in cells:
            continue
        if len(cells) == 4:
            yield Fields(at, line, *cells)
        else:
            yield BadRow(at, line, _columns(4, len(cells)))


_COLUMNS: Final = {
    "customer": ("customer", "customer_id", "客户", "客户编号", "客户代码"),
    "on": ("date", "日期", "购买日期"),
    "quantity": ("quantity", "number_of_cds", "数量"),
    "amount": ("amount", "dollar_value", "金额"),
}


def _cut_csv(text: str) -> Iterator[Fields | BadRow]:
    """A header in any order of columns, then rows; comma, semicolon or tab apart.

    Each line is read alone, so that a stray quotation mark costs its own row and no other.
    """
    lines = _lines(text)
    _, head = next(lines, (0, ""))
    delimiter = max(",;\t", key=head.count)
    header = next(csv.reader([head], delimiter=delimiter), [])
    places = _places(header)
    for at, line in lines:
        try:
            cells = next(csv.reader([line], delimiter=delimiter, strict=True))
        except csv.Error as error:
            yield BadRow(at, line, lazy("The row is not CSV: %(error)s.", error=error))
            continue
        if len(cells) == len(header):
            yield Fields(at, line, **{field: cells[place] for field, place in places.items()})
        else:
            yield BadRow(at, line, _columns(len(header), len(cells)))


def _places(header: Sequence[str]) -> dict[str, int]:
    names = [cell.strip().lower() for cell in header]
    places = {
        field: at
        for field, known in _COLUMNS.items()
        for at, name in enumerate(names)
        if name in known
    }
    missing = [known[0] for field, known in _COLUMNS.items() if field not in places]
    if missing:
        raise Refusal(
            lazy("The header lacks: %(columns)s.", columns=", ".join(missing)),
            code="exchange.header",
            next_step=lazy("The first row names the columns customer, date, quantity, amount."),
            field="file",
        )
    return places


def _columns(wanted: int, found: int) -> LazyText:
    return lazy("The row has %(found)s columns, not %(wanted)s.", found=found, wanted=wanted)


FORMATS: Final[dict[str, Format]] = {
    layout.name: layout
    for layout in (
        Format("cdnow", lazy("CDNOW purchase log"), _cut_cdnow, prefix="CDNOW-"),
        Format("csv", lazy("CSV: customer, date, quantity, amount"), _cut_csv),
    )
}
"""Further formats are added here: a name and a function that cuts the text into fields."""


def format_named(name: str) -> Format:
    """The format with that name, refused with the names there are."""
    if name not in FORMATS:
        raise Refusal(
            lazy("The format “%(name)s” is unknown.", name=name),
            code="exchange.format",
            next_step=lazy("Known formats: %(names)s.", names=", ".join(sorted(FORMATS))),
            field="format",
        )
    return FORMATS[name]
