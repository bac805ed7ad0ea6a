"""What becomes of each entry: made, changed, left, or refused with a reason; nothing is written."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dougong.core.entities.branch import Branch
from dougong.core.i18n import lazy
from dougong.core.services.exchange.columns import CURRENCY, Column, ColumnType, Values
from dougong.core.services.exchange.models import ImportMode
from dougong.core.services.exchange.reading import Entry
from dougong.core.services.exchange.sheets import (
    LINES,
    Fault,
    Known,
    Sheet,
    currency_here,
    named_by,
    stored,
)
from dougong.core.session import Session
from dougong.core.values.validity import region_of


class Verdict(StrEnum):
    """What an entry comes to."""

    CREATE = "created"
    UPDATE = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class Rules:
    """What this import may do: which mode was chosen, and what its sender is allowed."""

    mode: ImportMode = ImportMode.BOTH
    creates: bool = True
    updates: bool = True


@dataclass(slots=True)
class Judged:
    """An entry, the record it names, and what would be written of it."""

    entry: Entry
    verdict: Verdict
    known: Known | None
    values: Values
    """All of a new record; of one that is there, what is new."""


def judge(session: Session, sheet: Sheet, rows: Sequence[Entry], rules: Rules) -> list[Judged]:
    """The verdict on each entry, by a fixed number of queries whatever their count."""
    rows = [row.copy() for row in rows]  # a unit of work may come again with the same entries
    _resolve(session, sheet, rows)
    region = _region(session)
    told = [row.values for row in rows]
    found = sheet.find(session, told)
    sheet.complete(session, told, found)
    judged = []
    for row, known in zip(rows, found, strict=True):
        if len(known) > 1:
            reason = lazy("Several records have this name; it is not clear which is meant.")
            row.faults.append(Fault(sheet.identity[0][-1], reason))
        judged.append(_verdict(sheet, row, known[0] if known else None, rules, region))
    _check_money(session, sheet, judged)
    _refuse_same_record(sheet, judged)
    return judged


def counts(judged: Iterable[Judged]) -> dict[str, int]:
    """How many of each verdict."""
    return dict(Counter(one.verdict.value for one in judged))


def _verdict(sheet: Sheet, row: Entry, known: Known | None, rules: Rules, region: str) -> Judged:
    wanted = rules.mode in (ImportMode.BOTH, ImportMode.UPDATE if known else ImportMode.CREATE)
    if not wanted:
        return Judged(row, Verdict.SKIPPED, known, {})
    new = _new(row.values, known)
    _check(sheet, row, known, new, region)
    new = _new(new, known)  # a check may have written a text as it was kept before
    if known is not None and not new and not row.faults:
        return Judged(row, Verdict.UNCHANGED, known, {})
    if not (rules.updates if known else rules.creates):
        reason = lazy("You may not change these records.") if known else (
            lazy("You may not make such records.")
        )  # fmt: skip
        row.faults.append(Fault("", reason))
    verdict = Verdict.FAULTY if row.faults else Verdict.UPDATE if known else Verdict.CREATE
    return Judged(row, verdict, known, new)


def _new(values: Values, known: Known | None) -> Values:
    if known is None:
        return dict(values)
    return {key: value for key, value in values.items() if known.values.get(key) != value}


def _check(sheet: Sheet, row: Entry, known: Known | None, new: Values, region: str) -> None:
    for column in sheet.columns:
        for values in new.get(LINES, []) if column.of_line else [new]:
            if column.required or column.key in values:
                _check_column(row, column, known, values, region)
    bad = {fault.column for fault in row.faults}
    whole = sheet.check((known.values if known else {}) | row.values, known)
    row.faults += [fault for fault in whole if fault.column not in bad]


def _check_column(
    row: Entry, column: Column, known: Known | None, values: Values, region: str
) -> None:
    value = values.get(column.key)
    if any(fault.column == column.key for fault in row.faults):
        return
    if column.required and value in (None, "") and (known is None or column.of_line):
        row.faults.append(Fault(column.key, lazy("This is needed.")))
    elif known is not None and column.fixed and column.key in values:
        row.faults.append(Fault(column.key, lazy("This cannot be changed by an import.")))
    elif column.check is not None and value not in (None, ""):
        answer = column.check(str(value), region)
        if answer.wrong is not None:
            row.faults.append(Fault(column.key, answer.wrong))
        else:
            values[column.key] = answer.text


def _check_money(session: Session, sheet: Sheet, judged: Sequence[Judged]) -> None:
    """An amount has no more decimals than its currency."""
    amounts = [c for c in sheet.columns if c.type is ColumnType.MONEY]
    for one in judged if amounts else ():
        before = one.known.values if one.known else {}
        unit = one.values.get(CURRENCY) or before.get(CURRENCY) or currency_here(session)
        for column in amounts:
            told = one.values.get(LINES, []) if column.of_line else [one.values]
            try:
                for values in told:
                    stored(column, values.get(column.key) or None, unit)
            except ValueError:
                reason = lazy("This has more decimals than %(unit)s allows.", unit=unit)
                one.entry.faults.append(Fault(column.key, reason))
                one.verdict = Verdict.FAULTY


def _refuse_same_record(sheet: Sheet, judged: Sequence[Judged]) -> None:
    """Two rows may name one record by different keys; the second is refused."""
    seen: dict[int, int] = {}
    for one in judged:
        if one.known is None or one.verdict is Verdict.FAULTY:
            continue
        before = seen.setdefault(one.known.id, one.entry.first)
        if before != one.entry.first:
            reason = lazy("Row %(line)s has the same key.", line=before)
            one.entry.faults.append(Fault(sheet.identity[0][0], reason))
            one.verdict = Verdict.FAULTY


def _resolve(session: Session, sheet: Sheet, rows: Sequence[Entry]) -> None:
    """Put ids in place of the texts that name other records."""
    for column in sheet.columns:
        if column.reference is None:
            continue
        told = [(row, values) for row in rows for values in _places(row, column)
                if isinstance(values.get(column.key), str)]  # fmt: skip
        texts = {values[column.key] for _, values in told} - {""}
        ids = named_by(session, column.reference, texts) if texts else {}
        for row, values in told:
            _put(row, values, column, ids.get(values[column.key], []))


def _places(row: Entry, column: Column) -> list[Values]:
    return row.values.get(LINES, []) if column.of_line else [row.values]


def _put(row: Entry, values: Values, column: Column, ids: list[int]) -> None:
    text = values.pop(column.key)
    if len(ids) == 1:
        values[column.key] = ids[0]
        return
    one = column.reference.one if column.reference else column.label
    reason = (
        lazy("“%(text)s” names several of them; use the key.", text=text)
        if ids
        else lazy("There is no %(one)s “%(text)s” here.", one=one, text=text)
    )
    row.faults.append(Fault(column.key, reason))


def _region(session: Session) -> str:
    branch = session.get(Branch, session.scope.home)
    return region_of(branch.zone) if branch else region_of("")
