"""The verbs of an import: receive a file, say how to read it, start it, take it back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import undefer

from dougong.core.entities.job import JobRun, RunState
from dougong.core.errors import Forbidden, NotFound, Refusal, StateRefused
from dougong.core.i18n import lazy
from dougong.core.jobs import enqueue
from dougong.core.scope import Operation
from dougong.core.services.exchange.cells import text_of
from dougong.core.services.exchange.files import open_table
from dougong.core.services.exchange.headings import digest, guess
from dougong.core.services.exchange.judging import Rules
from dougong.core.services.exchange.loading import Told, told
from dougong.core.services.exchange.models import (
    Import,
    ImportHabit,
    ImportMode,
    ImportPart,
    ImportState,
    Phase,
)
from dougong.core.services.exchange.sheets import Sheet, sheet_named
from dougong.core.session import Session

CHECK: Final = "core.exchange.check"
RUN: Final = "core.exchange.run"
UNDO: Final = "core.exchange.undo"
UNDO_WITHIN: Final = timedelta(days=30)
"""So long a file and what undoing needs are kept."""
MOST_WHOLE: Final = 10_000
"""More rows than this in one transaction keep everybody else from writing for too long."""
SHOWN: Final = 5
_READY: Final = (ImportState.RECEIVED, ImportState.CHECKING, ImportState.CHECKED,
                 ImportState.REFUSED)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportTask:
    """What a job of exchange is told."""

    import_id: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file is to be read: the column's key under each heading, the mode, all or nothing."""

    mapping: tuple[str, ...]
    mode: ImportMode = ImportMode.BOTH
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the job came: rows done, rows in all where that is known, and whether it goes on."""

    done: int
    total: int | None
    going_on: bool
    failed: bool


def receive(session: Session, sheet_key: str, name: str, content: bytes) -> Import:
    """Keep a file that somebody sent for a sheet; its columns are those chosen the last time.

    A file that is no table raises ``Refusal`` at the field ``file`` (XX-07).
    """
    sheet = sheet_named(session, sheet_key)
    rights(session, sheet)
    table = open_table(content)
    mapping = _habit(session, sheet, table.headings) or guess(table.headings, sheet.columns)
    received = Import(
        branch_id=session.scope.home,
        sheet=sheet.key,
        file_name=name[:255],
        content=content,
        headings=list(table.headings),
        mapping=list(mapping),
        mode=ImportMode.BOTH,
        clearance=int(session.scope.clearance),
        state=ImportState.RECEIVED,
        user_id=session.scope.user_id,
    )
    session.add(received)
    session.flush()
    return received


def plan(session: Session, import_id: int, asked: Plan) -> Import:
    """Say how the file is to be read; a job then looks at every row and writes nothing."""
    row = _locked(session, import_id, *_READY)
    sheet = sheet_named(session, row.sheet)
    row.mapping = _fitting(sheet, row, asked.mapping)
    row.mode, row.whole = asked.mode, asked.whole
    _sign(session, row, sheet)
    _remember(session, row)
    _forget_parts(session, row, Phase.CHECK)
    _begin(session, row, ImportState.CHECKING, CHECK)
    return row


def start(session: Session, import_id: int) -> Import:
    """Load the file by a job; asked for twice it runs once."""
    row = _locked(session, import_id, ImportState.CHECKED, ImportState.RUNNING, ImportState.DONE)
    if row.state is not ImportState.CHECKED:
        return row
    _sign(session, row, sheet_named(session, row.sheet))
    if row.whole and row.faulty_count:
        raise Refusal(
            lazy("Some rows cannot be taken, and this import takes all or none."),
            code="exchange.whole",
            next_step=lazy("Mend the rows and send the file again, or take the good rows only."),
        )
    _begin(session, row, ImportState.RUNNING, RUN)
    return row


def undo(session: Session, import_id: int) -> Import:
    """Take an import back by a job, as far as nobody built on it since."""
    row = _locked(session, import_id, ImportState.DONE, ImportState.UNDOING, ImportState.UNDONE)
    if row.state is not ImportState.DONE:
        return row
    may = rights(session, sheet_named(session, row.sheet))
    if (row.created_count and not may.creates) or (row.updated_count and not may.updates):
        raise Forbidden
    if not may_undo(row, session.now):
        raise StateRefused(lazy("An import can be undone for 30 days."))
    _begin(session, row, ImportState.UNDOING, UNDO)
    return row


def may_undo(row: Import, now: datetime) -> bool:
    """Whether the import is done, wrote something, and is not too old."""
    wrote = row.state is ImportState.DONE and row.created_count + row.updated_count > 0
    return wrote and row.finished_at is not None and row.finished_at > now - UNDO_WITHIN


def rights(session: Session, sheet: Sheet) -> Rules:
    """What the session's person may do with the sheet's records; ``Forbidden`` if nothing."""
    scope = session.scope
    creates = scope.allows(Operation.CREATE, sheet.entity, scope.home)
    updates = scope.allows(Operation.UPDATE, sheet.entity, scope.home)
    if scope.home is None or not (creates or updates):
        raise Forbidden
    return Rules(creates=creates, updates=updates)


def import_named(session: Session, import_id: int, *, content: bool = False) -> Import:
    """The import; ``NotFound`` behind the wall. ``content`` reads its file along."""
    wanted = select(Import).where(Import.id == import_id)
    if content:
        wanted = wanted.options(undefer(Import.content))
    row = session.scalars(wanted).one_or_none()
    if row is None:
        raise NotFound
    return row


def first_rows(session: Session, import_id: int) -> list[tuple[str, ...]]:
    """The first rows of the file as texts, to see what stands under each heading."""
    row = import_named(session, import_id, content=True)
    lines = open_table(row.content).lines if row.content else iter(())
    return [tuple(text_of(cell)[:80] for cell in line.cells) for line in islice(lines, SHOWN)]


def faults_of(session: Session, row: Import, limit: int = 200) -> list[Told]:
    """The rows not taken, in the file's order: of the check, the run, or the undoing."""
    return list(islice(all_faults(session, row), limit))


def phase_of(row: Import) -> Phase:
    """Which phase the import's faults are told of."""
    if row.state in (ImportState.UNDOING, ImportState.UNDONE):
        return Phase.UNDO
    return Phase.RUN if row.state in (ImportState.RUNNING, ImportState.DONE) else Phase.CHECK


def all_faults(session: Session, row: Import) -> Iterator[Told]:
    """Every row not taken, part by part."""
    parts = select(ImportPart.faults).where(
        ImportPart.import_id == row.id, ImportPart.phase == phase_of(row)
    )
    for faults in session.scalars(parts.order_by(ImportPart.line)):
        yield from map(told, faults)


def progress_of(session: Session, row: Import) -> Progress:
    """How far the job that works on the import came."""
    run = session.get(JobRun, row.run_id) if row.run_id else None
    if run is None:
        return Progress(0, None, going_on=False, failed=False)
    waiting = (RunState.QUEUED, RunState.RUNNING, RunState.FAILED)
    failed = run.state is RunState.DEAD
    return Progress(run.done_count, run.total_count, run.state in waiting, failed)


# --- inner --------------------------------------------------------------------------------------


def _locked(session: Session, import_id: int, *states: ImportState) -> Import:
    wanted = select(Import).where(Import.id == import_id).with_for_update()
    row = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    if row.state not in states:
        raise StateRefused(lazy("This import is past that step."))
    return row


def _sign(session: Session, row: Import, sheet: Sheet) -> None:
    """Keep what the person who asks may do: the job does no more."""
    may = rights(session, sheet)
    row.creates, row.updates = may.creates, may.updates
    row.clearance = int(session.scope.clearance)


def _begin(session: Session, row: Import, state: ImportState, kind: str) -> None:
    row.state = state
    run = enqueue(session, kind, row.branch_id, ImportTask(row.id))
    row.run_id = run.id
    session.flush()


def _fitting(sheet: Sheet, row: Import, mapping: Sequence[str]) -> list[str]:
    known = {column.key for column in sheet.columns}
    chosen = [key if key in known else "" for key in mapping][: len(row.headings)]
    used = [key for key in chosen if key]
    if len(used) != len(set(used)):
        raise Refusal(
            lazy("Two headings stand for the same column."),
            code="exchange.mapping",
            next_step=lazy("Choose each column once."),
        )
    if not used:
        raise Refusal(
            lazy("No heading stands for a column."),
            code="exchange.mapping",
            next_step=lazy("Choose a column for at least one heading."),
        )
    return chosen


def _habit(session: Session, sheet: Sheet, headings: Sequence[str]) -> tuple[str, ...]:
    known = _habit_row(session, sheet.key, headings)
    return tuple(known.mapping) if known is not None else ()


def _habit_row(session: Session, sheet: str, headings: Sequence[str]) -> ImportHabit | None:
    if session.scope.user_id is None:
        return None
    mine = select(ImportHabit).filter_by(
        branch_id=session.scope.home, user_id=session.scope.user_id, sheet=sheet,
        headings=digest(headings),
    )  # fmt: skip
    return session.scalars(mine).one_or_none()


def _remember(session: Session, row: Import) -> None:
    user_id = session.scope.user_id
    if user_id is None:
        return
    known = _habit_row(session, row.sheet, row.headings)
    if known is None:
        known = ImportHabit(
            branch_id=row.branch_id, user_id=user_id, sheet=row.sheet,
            headings=digest(row.headings),
        )  # fmt: skip
        session.add(known)
    known.mapping = list(row.mapping)


def _forget_parts(session: Session, row: Import, *phases: Phase) -> None:
    parts: Any = delete(ImportPart).where(
        ImportPart.import_id == row.id, ImportPart.phase.in_(phases)
    )
    session.execute(parts.execution_options(synchronize_session=False))


def forget_old(session: Session, branch_id: int) -> int:
    """Drop the files and what undoing needs of imports that are too old; how many."""
    old = select(Import).where(
        Import.branch_id == branch_id,
        Import.content.is_not(None),
        Import.created_at < session.now - UNDO_WITHIN,
        Import.state.not_in((ImportState.RUNNING, ImportState.UNDOING, ImportState.CHECKING)),
    )
    rows = session.scalars(old.limit(100)).all()
    for row in rows:
        row.content = None
        _forget_parts(session, row, Phase.CHECK, Phase.RUN)
    return len(rows)
