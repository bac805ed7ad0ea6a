"""Opening a table that somebody sends: .xlsx, .xls or CSV, within limits, its headings found."""

import csv
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from dougong.core.errors import Refusal
from dougong.core.i18n import LazyText, lazy
from dougong.core.services.exchange.cells import Cell, clean, is_blank, text_of

MEGABYTE: Final = 1024 * 1024
MOST_BYTES: Final = 20 * MEGABYTE
MOST_UNPACKED: Final = 400 * MEGABYTE
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 200
_SEPARATORS: Final = (",", "\t", ";", "|")
_QUOTED: Final = re.compile(r'"[^"]*"')
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_ENCODINGS: Final = ("utf-8-sig", "gb18030")
"""Excel on a Chinese Windows writes the second."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: its number as the spreadsheet shows it, and its cells."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table's headings, and its filled rows one after another; they are read once."""

    headings: tuple[str, ...]
    lines: Iterator[Line]
    expected: int
    """About how many rows there are; empty ones at the end may be counted."""


def open_table(content: bytes) -> Table:
    """The table in a file; ``Refusal`` says why there is none (XX-07)."""
    if len(content) > MOST_BYTES:
        size = MOST_BYTES // MEGABYTE
        raise _refusal(
            lazy("The file is larger than %(size)s MB.", size=size),
            lazy("Split it into several files."), "too_big",
        )  # fmt: skip
    rows, merged, expected = _workbook(content) if _is_workbook(content) else _csv(content)
    numbered = enumerate(rows, start=1)
    first, headings = _headings(numbered)
    _refuse_second_headings(merged, first)
    if expected > MOST_ROWS:
        raise _refusal(
            lazy("The file has more than %(count)s rows.", count=MOST_ROWS),
            lazy("Split it into several files."), "too_long",
        )  # fmt: skip
    return Table(headings, _filled(numbered, len(headings)), max(expected - first, 0))


def _is_workbook(content: bytes) -> bool:
    return content.startswith(_WORKBOOKS)


def _headings(rows: Iterator[tuple[int, list[Cell]]]) -> tuple[int, tuple[str, ...]]:
    for number, cells in rows:
        texts = [clean(text_of(cell)) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            _refuse_odd_headings(texts, len(cells))
            return number, tuple(texts)
    raise _refusal(lazy("The file is empty."), lazy("Download the template and fill it in."))


def _refuse_odd_headings(texts: list[str], width: int) -> None:
    if len(texts) > MOST_COLUMNS:
        raise _refusal(
            lazy("The file has more than %(count)s columns.", count=MOST_COLUMNS),
            lazy("Delete the columns that are not needed."), "too_wide",
        )  # fmt: skip
    if width > 1 and len([text for text in texts if text]) == 1:  # a title above the table
        raise _refusal(
            lazy("The first row holds no headings."),
            lazy("Put the headings, one a column, into the first row."),
        )


def _refuse_second_headings(merged: Iterable["Merged"], first: int) -> None:
    if any(area.first_row <= first <= area.last_row for area in merged):
        raise _refusal(
            lazy("The headings stand in merged cells or in two rows."),
            lazy("Leave one row of headings, one a column, and nothing above it."),
            "two_headings",
        )


def _filled(rows: Iterable[tuple[int, list[Cell]]], width: int) -> Iterator[Line]:
    for number, cells in rows:
        kept = tuple(cells[:width])
        if not all(is_blank(cell) for cell in kept):
            yield Line(number, kept)


# --- workbooks ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Merged:
    """An area of merged cells; rows count from 1 as the spreadsheet shows them, columns from 0."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


def _workbook(content: bytes) -> tuple[Iterator[list[Cell]], list[Merged], int]:
    if content.startswith(b"PK"):
        _refuse_bomb(content)
    try:
        sheet = _first_filled(CalamineWorkbook.from_filelike(BytesIO(content)))
        merged = _merged(sheet)
    except CalamineError as error:
        raise _unreadable() from error
    return _with_merged(_rows(sheet), merged), merged, sheet.total_height


def _rows(sheet: CalamineSheet) -> Iterator[list[Cell]]:
    lead: list[Cell] = [None] * (sheet.start[1] if sheet.start else 0)
    for cells in sheet.iter_rows():
        yield [*lead, *cells]


def _first_filled(book: CalamineWorkbook) -> CalamineSheet:
    """The first sheet that people see and that holds something."""
    for about in book.sheets_metadata:
        if about.visible == SheetVisibleEnum.Visible:
            sheet = book.get_sheet_by_name(about.name)
            if sheet.height:
                return sheet
    raise _refusal(lazy("The file is empty."), lazy("Download the template and fill it in."))


def _merged(sheet: CalamineSheet) -> list[Merged]:
    return [
        Merged(top + 1, bottom + 1, left, right)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    ]


def _with_merged(rows: Iterator[list[Cell]], merged: list[Merged]) -> Iterator[list[Cell]]:
    """The rows with each merged area's value in all of its cells: so a person reads it."""
    waiting = sorted(merged, key=lambda area: area.first_row, reverse=True)
    held: list[tuple[Merged, Cell]] = []
    for number, cells in enumerate(rows, start=1):
        held = [(area, value) for area, value in held if area.last_row >= number]
        while waiting and waiting[-1].first_row <= number:
            area = waiting.pop()
            inside = area.first_column < len(cells)
            held.append((area, cells[area.first_column] if inside else None))
        for area, value in held:
            for at in range(area.first_column, min(area.last_column + 1, len(cells))):
                cells[at] = value
        yield cells


def _refuse_bomb(content: bytes) -> None:
    """Unpack it once and throw it away: what an archive says of its size may be a lie."""
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for entry in archive.infolist():
                with archive.open(entry) as packed:
                    while piece := packed.read(MEGABYTE):
                        left -= len(piece)
                        if left < 0:
                            raise _refusal(
                                lazy("The file unpacks to more than anybody types."),
                                lazy("Save only the rows that are needed."), "bomb",
                            )  # fmt: skip
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _unreadable() from error


# --- text ---------------------------------------------------------------------------------------


def _csv(content: bytes) -> tuple[Iterator[list[Cell]], list[Merged], int]:
    text = _decoded(content)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    bare = _QUOTED.sub("", first)
    separator = max(_SEPARATORS, key=bare.count)
    csv.field_size_limit(MEGABYTE)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    return _records(reader), [], text.count("\n") + 1


def _records(reader: Iterable[list[str]]) -> Iterator[list[Cell]]:
    try:
        for record in reader:
            yield [*record]
    except csv.Error as error:
        raise _unreadable() from error


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else _ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _unreadable()


def _unreadable() -> Refusal:
    return _refusal(
        lazy("The file cannot be read as a table."),
        lazy("Save it as an Excel workbook (.xlsx) without a password, or as CSV (UTF-8)."),
        "unreadable",
    )


def _refusal(text: LazyText, next_step: LazyText, code: str = "table") -> Refusal:
    return Refusal(text, code=f"exchange.{code}", next_step=next_step, field="file")
