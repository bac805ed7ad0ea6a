"""Records as a file: by the sheet's columns, so that it can be loaded again and changes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import BinaryIO, Final

from sqlalchemy import Select

from dougong.core.errors import Forbidden
from dougong.core.i18n import lazy
from dougong.core.orm import Grade, Json
from dougong.core.scope import Operation
from dougong.core.services.audit.api import ReasonMissing, record_bulk
from dougong.core.services.exchange.cells import Cell
from dougong.core.services.exchange.columns import Column, ColumnType, Values
from dougong.core.services.exchange.sheets import LINES, Known, Sheet, names_of
from dougong.core.services.exchange.workbooks import HIDDEN, rows_of, write_csv, write_xlsx
from dougong.core.session import Session

EXPORTED: Final = lazy("Exported to a file")
BATCH: Final = 1000
SHORTEST_REASON: Final = 2


class FileKind(StrEnum):
    """The kinds of file that are written."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is taken out: of which sheet, which records (all without ``chosen``), as what file.

    With a ``reason`` what is confidential is written out too, for who may see it (AR-06).
    """

    sheet: Sheet
    kind: FileKind = FileKind.XLSX
    chosen: Select[int] | None = None
    reason: str = ""


def export(session: Session, asked: Asked, target: BinaryIO) -> int:
    """Write the records into ``target`` and keep who took how many (AR-06); how many rows.

    Raises ``Forbidden`` without the permission to export.
    """
    sheet, scope = asked.sheet, session.scope
    if scope.home is None or not scope.allows(Operation.EXPORT, sheet.entity, scope.home):
        raise Forbidden
    hidden = _hidden(session, asked)
    rows = _rows(session, asked, hidden)
    if asked.kind is FileKind.CSV:
        count = write_csv(target, [str(column.label) for column in sheet.columns], rows)
    else:
        count = write_xlsx(target, sheet.columns, rows)
    facts: dict[str, Json] = {"rows": count, "sheet": sheet.key}
    reason = asked.reason.strip()
    record_bulk(session, sheet.model, scope.home, facts, reason or EXPORTED.source)
    return count


def _hidden(session: Session, asked: Asked) -> set[str]:
    """The columns that are masked for this person and this reason."""
    scope = session.scope
    reason = asked.reason.strip()
    if reason and len(reason) < SHORTEST_REASON:
        raise ReasonMissing
    if reason and not scope.allows(Operation.REVEAL, asked.sheet.entity, scope.home):
        raise Forbidden
    return {
        column.key
        for column in asked.sheet.columns
        if not scope.clears(column.grade) or (column.grade >= Grade.CONFIDENTIAL and not reason)
    }


def _rows(session: Session, asked: Asked, hidden: set[str]) -> Iterator[list[Cell]]:
    sheet = asked.sheet
    records = sheet.stream(session, asked.chosen)
    csv = asked.kind is FileKind.CSV
    while batch := list(islice(records, BATCH)):
        _name(session, sheet.columns, batch)
        for record in batch:
            values = record.values
            values |= {key: HIDDEN for key in hidden if values.get(key) not in (None, "")}
            yield from rows_of(sheet.columns, values, sheet.identity[0], csv=csv)


def _name(session: Session, columns: Sequence[Column], batch: Sequence[Known]) -> None:
    """Put texts that name other records in place of their ids."""
    for column in columns:
        if column.type is not ColumnType.REFERENCE or column.reference is None:
            continue
        told = [values for record in batch for values in _places(record.values, column)
                if values.get(column.key)]  # fmt: skip
        names = names_of(session, column.reference, {values[column.key] for values in told})
        for values in told:
            values[column.key] = names.get(values[column.key], "")


def _places(values: Values, column: Column) -> list[Values]:
    return values.get(LINES, []) if column.of_line else [values]
