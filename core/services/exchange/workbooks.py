"""Writing tables for people: the empty one to fill in, records, and rows to mend."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from io import TextIOWrapper
from typing import Any, BinaryIO, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dougong.core.i18n import LazyText, gettext, lazy
from dougong.core.services.exchange.cells import EXACT, MASK, Cell, write_cell
from dougong.core.services.exchange.columns import Column, ColumnType, Values
from dougong.core.services.exchange.reading import example_of
from dougong.core.services.exchange.sheets import LINES, Sheet

HIDDEN: Final = object()
"""Stands in a row's values for what is masked: no text that somebody wrote is taken for it."""
DAY_FORMAT: Final = "yyyy-mm-dd"
TEXT_FORMAT: Final = "@"
FILLED: Final = 1000
"""Rows of the template that have drop-downs and formats."""
MOST_OFFERED: Final = 250
"""Characters of a drop-down list: Excel takes no more."""
_WIDTHS: Final = {
    ColumnType.TEXT: 24, ColumnType.CODE: 18, ColumnType.PHONE: 16, ColumnType.REFERENCE: 18,
}  # fmt: skip
_NUMBERS: Final = (ColumnType.NUMBER, ColumnType.MONEY, ColumnType.PERCENT, ColumnType.WHOLE)
_HINTS: Final[dict[ColumnType, LazyText]] = {
    ColumnType.TEXT: lazy("Text"),
    ColumnType.CODE: lazy("Text; zeros in front stay"),
    ColumnType.PHONE: lazy("One phone number"),
    ColumnType.WHOLE: lazy("Whole number"),
    ColumnType.NUMBER: lazy("Number, such as 12.5"),
    ColumnType.PERCENT: lazy("Percentage: 13 for 13 %%"),
    ColumnType.MONEY: lazy("Amount, such as 1234.50"),
    ColumnType.DAY: lazy("Day, such as 2026-01-05"),
    ColumnType.YES_NO: lazy("Yes or no"),
    ColumnType.CHOICE: lazy("One of the list"),
    ColumnType.REFERENCE: lazy("Key of a record that is there"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it is written: its cells, and which of them are marked."""

    cells: Sequence[Cell]
    marked: frozenset[int] = frozenset()


def rows_of(
    columns: Sequence[Column], values: Values, keys: Sequence[str], *, csv: bool
) -> Iterator[list[Cell]]:
    """A record as rows: one, or one a line, of which the later ones repeat its key alone."""
    for at, line in enumerate(values.get(LINES) or [{}]):
        told = values if at == 0 else {key: values.get(key) for key in keys}
        held = (line.get(c.key) if c.of_line else told.get(c.key) for c in columns)
        yield [
            MASK if value is HIDDEN else write_cell(column, value, csv=csv)
            for column, value in zip(columns, held, strict=True)
        ]


def write_csv(target: BinaryIO, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """The rows as CSV that a Chinese Excel opens rightly (UTF-8 with BOM); how many."""
    text = TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(headings)
    count = 0
    for row in rows:
        writer.writerow(["" if cell is None else cell for cell in row])
        count += 1
    text.detach()
    return count


def write_xlsx(target: BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
    """The rows as a workbook, row by row in constant memory; how many."""
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    page = book.add_worksheet()
    formats = _formats(book)
    for at, column in enumerate(columns):
        page.set_column(at, at, _WIDTHS.get(column.type, 12), _format(formats, column))
        page.write_string(0, at, str(column.label), formats["heading"])
    page.freeze_panes(1, 1)
    count = 0
    for count, row in enumerate(rows, start=1):
        for at, (column, cell) in enumerate(zip(columns, row, strict=True)):
            _write(page, count, at, cell, _format(formats, column), column)
    book.close()
    return count


def write_template(target: BinaryIO, sheet: Sheet) -> None:
    """The empty table: headings in the reader's language, notes, drop-downs and an example row."""
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet(str(sheet.title)[:31])
    formats = _formats(book)
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, _WIDTHS.get(column.type, 12), _format(formats, column))
        mark = formats["needed"] if column.required else formats["heading"]
        star = "*" if column.required else ""
        page.write_string(0, at, f"{column.label}{star}", mark)
        page.write_comment(0, at, _explained(column), {"x_scale": 1.6})
        _offer(page, at, column)
        page.write_string(1, at, example_of(column), formats["example"])
    page.freeze_panes(1, 1)
    _explain(book.add_worksheet(gettext("Notes")), sheet, formats)
    book.close()


def write_faulty(
    target: BinaryIO, headings: Sequence[str], rows: Iterable[tuple[Row, str]]
) -> None:
    """The rows that were not taken, the bad cells marked, why in the last column."""
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    page = book.add_worksheet()
    formats = _formats(book)
    for at, heading in enumerate((*headings, gettext("Reason"))):
        page.set_column(at, at, 18 if at < len(headings) else 60)
        page.write_string(0, at, heading, formats["heading"])
    page.freeze_panes(1, 0)
    for number, (row, reason) in enumerate(rows, start=1):
        for at, cell in enumerate(row.cells):
            is_day = isinstance(cell, date | datetime)
            name = f"{'bad' if at in row.marked else ''}{'day' if is_day else 'text'}"
            _write(page, number, at, cell, formats[name])
        page.write_string(number, len(headings), reason, formats["reason"])
    book.close()


def _write(  # noqa: PLR0913 - a cell's place, content and looks
    page: Worksheet, row: int, at: int, cell: Cell, looks: Format | None,
    column: Column | None = None,
) -> None:  # fmt: skip
    if cell is None:
        page.write_blank(row, at, None, looks)
    elif isinstance(cell, bool):
        page.write_boolean(row, at, cell, looks)
    elif isinstance(cell, date | datetime | time):
        page.write_datetime(row, at, cell, looks)
    elif (number := _number(cell, column)) is not None:
        page.write_number(row, at, number, looks)
    else:
        page.write_string(row, at, str(cell), looks)


def _number(cell: Cell, column: Column | None) -> float | int | None:
    """A number that Excel keeps to its last digit; None for what is written as text."""
    if isinstance(cell, int | float):
        return cell
    if column is None or column.type not in _NUMBERS:
        return None
    try:
        digits = Decimal(str(cell))
    except InvalidOperation:
        return None
    return float(digits) if len(digits.as_tuple().digits) <= EXACT else None


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    bad = {"bg_color": "#FFD9D9", "border": 1, "border_color": "#D64545"}
    looks: dict[str, dict[str, Any]] = {
        "heading": {"bold": True, "bg_color": "#E8EEF7", "bottom": 1},
        "needed": {"bold": True, "bg_color": "#FCE8D5", "bottom": 1},
        "example": {"italic": True, "font_color": "#7A7A7A", "num_format": TEXT_FORMAT},
        "text": {"num_format": TEXT_FORMAT},
        "day": {"num_format": DAY_FORMAT},
        "badtext": {**bad, "num_format": TEXT_FORMAT},
        "badday": {**bad, "num_format": DAY_FORMAT},
        "reason": {"text_wrap": True, "font_color": "#B3261E"},
        "wrapped": {"text_wrap": True, "valign": "top"},
    }
    return {name: book.add_format(look) for name, look in looks.items()}


def _format(formats: dict[str, Format], column: Column) -> Format | None:
    if column.type is ColumnType.DAY:
        return formats["day"]
    return None if column.type in _NUMBERS else formats["text"]


def _offer(page: Worksheet, at: int, column: Column) -> None:
    """A drop-down where the column takes certain answers only."""
    labels = [str(choice.label) for choice in column.choices]
    if column.type is ColumnType.YES_NO:
        labels = [gettext("Yes"), gettext("No")]
    if labels and len(",".join(labels)) <= MOST_OFFERED:
        rule = {"validate": "list", "source": labels, "ignore_blank": True}
        page.data_validation(1, at, FILLED, at, rule)


def _explained(column: Column) -> str:
    needed = gettext("Needed") if column.required else ""
    choices = " / ".join(str(choice.label) for choice in column.choices)
    parts = (needed, str(_HINTS[column.type]), choices, str(column.note))
    return "\n".join(part for part in parts if part)


def _explain(page: Worksheet, sheet: Sheet, formats: dict[str, Format]) -> None:
    page.set_column(0, 0, 26, formats["wrapped"])
    page.set_column(1, 1, 70, formats["wrapped"])
    told = (
        gettext("The grey row is an example; delete it or leave it, it is not loaded."),
        gettext("An empty cell leaves a field as it is; a single - empties it."),
        gettext("Columns that are not needed may be deleted, and columns may change places."),
    )
    for row, text in enumerate(told):
        page.write_string(row, 1, text)
    for row, column in enumerate(sheet.columns, start=len(told) + 1):
        page.write_string(row, 0, str(column.label), formats["heading"])
        page.write_string(row, 1, _explained(column).replace("\n", "; "))
