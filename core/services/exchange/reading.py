"""From the rows of a file to entries: what each row says, and what of it cannot be."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from dougong.core.i18n import lazy
from dougong.core.services.exchange.cells import BadCell, clears, is_blank, is_mask, read_cell
from dougong.core.services.exchange.columns import Column, Scalar, Values
from dougong.core.services.exchange.files import Line
from dougong.core.services.exchange.sheets import LINES, Fault, Sheet


@dataclass(slots=True)
class Entry:
    """One record as the file tells it; ``lines`` are the rows it stands in."""

    lines: list[int]
    values: Values
    faults: list[Fault] = field(default_factory=list)

    def copy(self) -> "Entry":
        """The same, to be worked on."""
        values = dict(self.values)
        if LINES in values:
            values[LINES] = [dict(line) for line in values[LINES]]
        return Entry(self.lines, values, list(self.faults))

    @property
    def line(self) -> int:
        """The last of its rows."""
        return self.lines[-1]

    @property
    def first(self) -> int:
        """Where a person looks for it."""
        return self.lines[0]


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet, and which of its columns stands at each place of a row."""

    sheet: Sheet
    places: tuple[tuple[int, Column], ...]

    @classmethod
    def of(cls, sheet: Sheet, mapping: Sequence[str], clearance: int) -> "Layout":
        """The layout of a mapping; what is graded above the clearance is passed over (AR-06)."""
        known = {column.key: column for column in sheet.columns}
        chosen = [(at, known[key]) for at, key in enumerate(mapping) if key in known]
        return cls(sheet, tuple((at, c) for at, c in chosen if int(c.grade) <= clearance))


def entries(layout: Layout, lines: Iterable[Line]) -> Iterator[Entry]:
    """One entry a row; where several rows make a record, one entry for them all.

    The template's own example is no entry.
    """
    rows: Iterator[Entry] = (
        read_line(layout, line) for line in lines if not is_example(layout, line)
    )
    if any(column.of_line for column in layout.sheet.columns):
        rows = _gathered(layout.sheet, rows)
    yield from _once(layout.sheet, rows)


def read_line(layout: Layout, line: Line) -> Entry:
    """What one row says."""
    entry = Entry([line.number], {})
    for at, column in layout.places:
        cell = line.cells[at] if at < len(line.cells) else None
        if is_blank(cell) or is_mask(cell):
            continue
        try:
            entry.values[column.key] = _emptied(layout.sheet, column) if clears(cell) else (
                read_cell(column, cell)
            )  # fmt: skip
        except BadCell as bad:
            entry.faults.append(Fault(column.key, bad.reason))
    return entry


def _emptied(sheet: Sheet, column: Column) -> Scalar:
    if column.required:
        raise BadCell(lazy("This cannot be empty."))
    return sheet.cleared(column)


def is_example(layout: Layout, line: Line) -> bool:
    """Whether the row is the template's, left as it was."""
    shown = {at: cell for at, cell in enumerate(line.cells) if not is_blank(cell)}
    examples = {at: example_of(column) for at, column in layout.places if column.example}
    return len(examples) > 1 and {a: str(c) for a, c in shown.items()} == examples


def example_of(column: Column) -> str:
    """What the template shows in the column."""
    words = (str(choice.label) for choice in column.choices if choice.value == column.example)
    return next(words, column.example)


def _gathered(sheet: Sheet, rows: Iterable[Entry]) -> Iterator[Entry]:
    """Rows that follow each other under one name, or under none, made one record."""
    of_line = {column.key for column in sheet.columns if column.of_line}
    open_entry: Entry | None = None
    for row in rows:
        line = {key: row.values.pop(key) for key in of_line & row.values.keys()}
        name = _name(sheet, row)
        if open_entry is not None and name in ((), _name(sheet, open_entry)):
            open_entry.values[LINES].append(line)
            open_entry.lines += row.lines
            open_entry.faults += row.faults + _contradictions(open_entry, row)
            continue
        if open_entry is not None:
            yield open_entry
        open_entry = row
        open_entry.values[LINES] = [line] if line else []
    if open_entry is not None:
        yield open_entry


def _contradictions(entry: Entry, row: Entry) -> list[Fault]:
    """What a later row of a record says of it otherwise; what only it says counts."""
    reason = lazy("Row %(line)s says something else of the same record.", line=row.first)
    return [
        Fault(key, reason)
        for key, value in row.values.items()
        if entry.values.setdefault(key, value) != value
    ]


def _once(sheet: Sheet, rows: Iterable[Entry]) -> Iterator[Entry]:
    """The entries; a name that came before is a fault of the second."""
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        name = _name(sheet, row)
        before = seen.setdefault(name, row.first) if name else row.first
        if before != row.first:
            reason = lazy("Row %(line)s has the same key.", line=before)
            row.faults.append(Fault(sheet.identity[0][0], reason))
        yield row


def _name(sheet: Sheet, row: Entry) -> tuple[object, ...]:
    """What names the row, with the columns it is named by; empty where nothing does."""
    for keys in sheet.identity:
        named = tuple(row.values.get(key) for key in keys)
        if all(part not in (None, "") for part in named):
            return (*keys, *named)
    return ()
