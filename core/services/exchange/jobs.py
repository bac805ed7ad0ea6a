"""What runs behind an import: looking at every row, loading them, taking them back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Final

from sqlalchemy import select

from dougong.core.events import record
from dougong.core.i18n import lazy
from dougong.core.jobs import Daily, JobContext, JobKind
from dougong.core.services.exchange.events import FileImported
from dougong.core.services.exchange.files import open_table
from dougong.core.services.exchange.imports import (
    CHECK,
    RUN,
    UNDO,
    ImportTask,
    forget_old,
    import_named,
)
from dougong.core.services.exchange.judging import Rules
from dougong.core.services.exchange.loading import Outcome, check_rows, load_rows
from dougong.core.services.exchange.models import Import, ImportPart, ImportState, Phase
from dougong.core.services.exchange.reading import Entry, Layout, entries
from dougong.core.services.exchange.sheets import Sheet, sheet_named
from dougong.core.services.exchange.statistics import refresh_statistics
from dougong.core.services.exchange.undoing import undo_part
from dougong.core.session import Session

PART: Final = 1000
"""Rows of one transaction."""
COUNTED_UNTIL: Final = 10_000
"""While a table grows from nothing PostgreSQL is told how large it is."""


class _Superseded(Exception):
    """Another job works on this import now: the file is read another way since."""


class _Faulty(Exception):
    """All rows or none were asked for, and one is wrong."""

    def __init__(self, outcomes: Sequence[tuple[int, Outcome]]) -> None:
        super().__init__()
        self.outcomes = outcomes


@dataclass(frozen=True, slots=True)
class _Source:
    """What one run works with."""

    import_id: int
    sheet: Sheet
    layout: Layout
    rules: Rules
    whole: bool
    content: bytes

    @property
    def expected(self) -> int:
        """About how many rows there are."""
        return open_table(self.content).expected

    def parts(self, after: int) -> Iterator[list[Entry]]:
        """The file's entries in parts, but for those up to the row ``after``."""
        rows = entries(self.layout, open_table(self.content).lines)
        left = (row for row in rows if row.line > after)
        while part := list(islice(left, PART)):
            yield part


def check_import(context: JobContext) -> None:
    """Count what the file would do and list its faults; nothing of it is written."""
    source, total = _source(context), None
    try:
        for part in source.parts(_reached(context)):
            total = total or source.expected
            with context.reading() as session:
                outcome = check_rows(session, source.sheet, part, source.rules)
            context.step(
                partial(_keep, context, source, Phase.CHECK, part[-1].line, outcome),
                cursor=part[-1].line, done=context.done + _rows(part), total=total,
            )  # fmt: skip
        context.step(partial(_finish, context, source, Phase.CHECK, ImportState.CHECKED))
    except _Superseded:
        return


def run_import(context: JobContext) -> None:
    """Load the file part by part, each with its checkpoint; a killed run goes on where it was."""
    source = _source(context)
    if source.whole:
        _run_whole(context, source)
        return
    total = source.expected
    for part in source.parts(_reached(context)):
        context.step(
            partial(_load, context, source, part),
            cursor=part[-1].line, done=context.done + _rows(part), total=total,
        )  # fmt: skip
    context.step(partial(_finish, context, source, Phase.RUN, ImportState.DONE))


def undo_import(context: JobContext) -> None:
    """Take the parts back, the last first."""
    source = _source(context, reading=False)
    while True:
        with context.reading() as session:
            wanted = select(ImportPart.line).filter_by(import_id=source.import_id, phase=Phase.RUN)
            if context.cursor is not None:
                wanted = wanted.where(ImportPart.line < context.cursor)
            line = session.scalars(wanted.order_by(ImportPart.line.desc()).limit(1)).first()
        if line is None:
            break
        context.step(partial(_undo, context, source, line), cursor=line, done=context.done + 1)
    context.step(partial(_finish, context, source, Phase.UNDO, ImportState.UNDONE))


def forget_imports(context: JobContext) -> None:
    """Drop what is too old to be undone: files hold what people wrote about customers."""
    while context.step(lambda session: forget_old(session, context.branch_id)):
        pass


def _source(context: JobContext, *, reading: bool = True) -> _Source:
    import_id = context.arguments(ImportTask).import_id
    with context.reading() as session:
        row = import_named(session, import_id, content=reading)
        sheet = sheet_named(session, row.sheet)
        rules = Rules(row.mode, creates=row.creates, updates=row.updates)
        layout = Layout.of(sheet, row.mapping, row.clearance)
        content = (row.content or b"") if reading else b""
        return _Source(row.id, sheet, layout, rules, row.whole, content)


def _reached(context: JobContext) -> int:
    return context.cursor if isinstance(context.cursor, int) else 0


def _rows(part: Sequence[Entry]) -> int:
    return sum(len(entry.lines) for entry in part)


def _ours(session: Session, context: JobContext, source: _Source) -> Import:
    row = import_named(session, source.import_id)
    if row.run_id != context.run_id:
        raise _Superseded
    return row


def _keep(  # noqa: PLR0913 - a part's place and what became of it
    context: JobContext, source: _Source, phase: Phase, line: int, outcome: Outcome,
    session: Session,
) -> None:  # fmt: skip
    row = _ours(session, context, source)
    session.add(
        ImportPart(
            branch_id=row.branch_id,
            import_id=row.id,
            phase=phase,
            line=line,
            counts=dict(outcome.counts),
            made=outcome.made,
            changed=outcome.changed,
            faults=outcome.faults,
        )
    )
    session.flush()


def _load(context: JobContext, source: _Source, part: Sequence[Entry], session: Session) -> Outcome:
    outcome = load_rows(session, source.sheet, part, source.rules)
    if outcome.made and part[-1].line <= COUNTED_UNTIL:
        refresh_statistics(session, source.sheet.model)
    _keep(context, source, Phase.RUN, part[-1].line, outcome, session)
    return outcome


def _run_whole(context: JobContext, source: _Source) -> None:
    def work(session: Session) -> None:
        parts = source.parts(0)
        outcomes = [(part[-1].line, _load(context, source, part, session)) for part in parts]
        if any(outcome.faults for _, outcome in outcomes):
            raise _Faulty(outcomes)
        _finish(context, source, Phase.RUN, ImportState.DONE, session)

    try:
        context.step(work, done=source.expected, total=source.expected)
    except _Faulty as faulty:
        context.step(partial(_refuse, context, source, faulty.outcomes))


def _refuse(
    context: JobContext, source: _Source, outcomes: Iterable[tuple[int, Outcome]],
    session: Session,
) -> None:  # fmt: skip
    row = _ours(session, context, source)
    checked = select(ImportPart).filter_by(import_id=row.id, phase=Phase.CHECK)
    for part in session.scalars(checked):
        session.delete(part)
    session.flush()
    for line, outcome in outcomes:
        counted = {"faulty": outcome.counts.get("faulty", 0)}
        told = Outcome(counted, faults=outcome.faults)
        _keep(context, source, Phase.CHECK, line, told, session)
    _finish(context, source, Phase.CHECK, ImportState.REFUSED, session)


def _undo(context: JobContext, source: _Source, line: int, session: Session) -> None:
    wanted = select(ImportPart).filter_by(import_id=source.import_id, phase=Phase.RUN, line=line)
    outcome = undo_part(session, source.sheet, session.scalars(wanted).one())
    _keep(context, source, Phase.UNDO, line, outcome, session)


def _finish(
    context: JobContext, source: _Source, phase: Phase, state: ImportState, session: Session
) -> None:
    row = _ours(session, context, source)
    parts = select(ImportPart.counts).filter_by(import_id=row.id, phase=phase)
    summed: dict[str, int] = {}
    for counts in session.scalars(parts):
        for name, count in counts.items():
            summed[name] = summed.get(name, 0) + count
    row.state = state
    if phase is Phase.UNDO:
        row.undone_at, row.kept_count = session.now, summed.get("kept", 0)
        return
    for name in ("created", "updated", "unchanged", "skipped", "faulty"):
        setattr(row, f"{name}_count", summed.get(name, 0))
    if state is ImportState.DONE:
        row.finished_at = session.now
        record(
            session,
            FileImported(
                branch_id=row.branch_id, import_id=row.id, sheet=row.sheet,
                created_count=row.created_count, updated_count=row.updated_count,
            ),
        )  # fmt: skip


_LONG: Final = timedelta(minutes=10)
JOBS: Final = (
    JobKind(CHECK, check_import, title=lazy("Look at a file before it is loaded"), lease=_LONG),
    JobKind(RUN, run_import, title=lazy("Load a file"), lease=_LONG),
    JobKind(UNDO, undo_import, title=lazy("Undo an import"), lease=_LONG),
    JobKind(
        "core.exchange.forget", forget_imports, every=Daily(3, 40),
        title=lazy("Drop old import files"),
    ),
)  # fmt: skip
