"""Writing what was judged: a part of a file in one transaction, bad rows beside good ones."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import IntegrityError

from dougong.core.errors import Refusal
from dougong.core.i18n import LazyText, gettext, lazy
from dougong.core.services.exchange.cells import Among
from dougong.core.services.exchange.columns import Values
from dougong.core.services.exchange.judging import Judged, Rules, Verdict, counts, judge
from dougong.core.services.exchange.reading import Entry
from dougong.core.services.exchange.sheets import Change, Fault, Sheet
from dougong.core.session import Session


@dataclass(slots=True)
class Outcome:
    """What became of some rows, as it is kept for undoing and for the list of faults."""

    counts: dict[str, int]
    made: list[list[int]] = field(default_factory=list)
    changed: list[list[Any]] = field(default_factory=list)
    faults: list[list[Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """A fault as it is shown: the row of the file, the column's key, the sentence."""

    line: int
    column: str
    text: str
    last: int
    """The last row of the same record."""


def check_rows(session: Session, sheet: Sheet, rows: Sequence[Entry], rules: Rules) -> Outcome:
    """What loading the rows would do; nothing is written."""
    judged = judge(session, sheet, rows, rules)
    return Outcome(counts(judged), faults=_faults(judged))


def load_rows(session: Session, sheet: Sheet, rows: Sequence[Entry], rules: Rules) -> Outcome:
    """Make and change the records; a row that the database or a verb refuses becomes a fault."""
    judged = judge(session, sheet, rows, rules)
    made = _create(session, sheet, [one for one in judged if one.verdict is Verdict.CREATE])
    changed = _update(session, sheet, [one for one in judged if one.verdict is Verdict.UPDATE])
    return Outcome(Counter(counts(judged)), made, changed, _faults(judged))


def _create(session: Session, sheet: Sheet, new: Sequence[Judged]) -> list[list[int]]:
    made: list[list[int]] = []

    def insert(some: Sequence[Judged]) -> None:
        ids = sheet.insert(session, [one.values for one in some])
        made.extend([one.entry.first, key] for one, key in zip(some, ids, strict=True))

    _in_savepoints(session, new, insert)
    return made


def _update(session: Session, sheet: Sheet, new: Sequence[Judged]) -> list[list[Any]]:
    changed: list[list[Any]] = []

    def change(some: Sequence[Judged]) -> None:
        known = [(one, one.known) for one in some if one.known is not None]
        sheet.change(session, [Change(record.id, one.values) for one, record in known])
        changed.extend(
            [one.entry.first, record.id, _part(record.values, one.values), one.values]
            for one, record in known
        )

    _in_savepoints(session, new, change)
    return changed


def _part(values: Values, keys: Values) -> Values:
    return {key: values.get(key) for key in keys}


def _in_savepoints(
    session: Session, rows: Sequence[Judged], write: Callable[[Sequence[Judged]], None]
) -> None:
    """All at once; if that is refused, one by one, so that only the bad ones are left out."""
    if not rows:
        return
    try:
        with session.begin_nested():
            write(rows)
            session.flush()
    except (IntegrityError, Refusal) as error:
        if len(rows) == 1:
            rows[0].verdict = Verdict.FAULTY
            rows[0].entry.faults.append(_fault_of(error))
            return
        for one in rows:
            _in_savepoints(session, [one], write)


def _fault_of(error: IntegrityError | Refusal) -> Fault:
    if isinstance(error, Refusal):
        text = error.text if isinstance(error.text, LazyText) else LazyText(str(error.text), {})
        return Fault(error.field, text)
    return Fault("", lazy("This cannot be saved: another record has the same key."))


# --- faults as rows -----------------------------------------------------------------------------


def _faults(judged: Sequence[Judged]) -> list[list[Any]]:
    return [
        as_row(one.entry.first, fault, one.entry.line)
        for one in judged
        if one.verdict is Verdict.FAULTY
        for fault in one.entry.faults
    ]


def as_row(line: int, fault: Fault, last: int | None = None) -> list[Any]:
    """A fault as JSON keeps it: a source sentence and what is filled into it."""
    values = {name: _kept(value) for name, value in fault.reason.values.items()}
    return [line, fault.column, fault.reason.source, values, last or line]


def _kept(value: object) -> list[str] | str:
    """Words as their sources, so that each reader gets them in his language; else the text."""
    words = value.labels if isinstance(value, Among) else (value,)
    if isinstance(value, Among | LazyText):
        return [word.source if isinstance(word, LazyText) else str(word) for word in words]
    return str(value)


def told(row: Sequence[Any]) -> Told:
    """A kept fault in the reader's language."""
    line, column, source, values, last = row
    filled = {
        name: " / ".join(map(gettext, value)) if isinstance(value, list) else value
        for name, value in values.items()
    }
    return Told(line, column, gettext(source, **filled), last)
