"""Files as tests send them, and somebody at a branch who sends them through to their end."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any, TypeVar

import xlsxwriter
from sqlalchemy import select

from dougong.core.entities.job import JobRun, RunState
from dougong.core.house import House
from dougong.core.orm import Base, Grade
from dougong.core.runs import run_job
from dougong.core.scope import Grant, Scope
from dougong.core.services.exchange import api as exchange
from dougong.core.services.exchange.api import Import, ImportMode, Told
from dougong.core.session import Session

T = TypeVar("T")
M = TypeVar("M", bound=Base)
Rows = Sequence[Sequence[Any]]


def as_csv(rows: Rows, encoding: str = "utf-8-sig", separator: str = ",") -> bytes:
    text = StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Rows, **options: object) -> bytes:
    target = BytesIO()
    book = xlsxwriter.Workbook(target, options)
    page, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate(rows):
        for at, cell in enumerate(row):
            if isinstance(cell, date | datetime):
                page.write_datetime(number, at, cell, day)
            elif isinstance(cell, int | float):
                page.write_number(number, at, cell)
            elif cell not in (None, ""):
                page.write_string(number, at, str(cell))
    book.close()
    return target.getvalue()


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who sends files at a branch."""

    house: House
    scope: Scope

    @classmethod
    def at(cls, house: House, branch: int, user_id: int | None = None) -> "Sender":
        return cls(house, Scope.at(branch, "sender", user_id=user_id))

    def may(self, *grants: tuple[str, str], clearance: Grade = Grade.SECRET) -> "Sender":
        """The same person with these permissions alone."""
        branch = self.scope.home or 0
        held = frozenset(Grant(branch, entity, operation) for entity, operation in grants)
        narrow = Scope("narrow", frozenset({branch}), branch, clearance=clearance, grants=held)
        return Sender(self.house, narrow)

    def do(self, work: Callable[[Session], T]) -> T:
        return self.house.database.write(self.scope, work)

    def all(self, model: type[M]) -> list[M]:
        with self.house.database.reading(self.scope) as session:
            return list(session.scalars(select(model).order_by(model.id)))  # type: ignore[attr-defined]

    def check(
        self, sheet: str, content: bytes, mode: ImportMode = ImportMode.BOTH, *,
        whole: bool = False,
    ) -> Import:  # fmt: skip
        """Send the file and let every row be looked at."""
        sent = self.do(lambda s: exchange.receive(s, sheet, "a.xlsx", content))
        asked = exchange.Plan(tuple(sent.mapping), mode, whole)
        self.do(lambda s: exchange.plan(s, sent.id, asked))
        self.work_off()
        return self.again(sent)

    def load(self, sheet: str, content: bytes, mode: ImportMode = ImportMode.BOTH) -> Import:
        """Send the file and load it."""
        checked = self.check(sheet, content, mode)
        self.do(lambda s: exchange.start(s, checked.id))
        self.work_off()
        return self.again(checked)

    def undo(self, done: Import) -> Import:
        self.do(lambda s: exchange.undo(s, done.id))
        self.work_off()
        return self.again(done)

    def again(self, row: Import) -> Import:
        with self.house.database.reading(self.scope) as session:
            return exchange.import_named(session, row.id)

    def faults(self, row: Import) -> list[Told]:
        with self.house.database.reading(self.scope) as session:
            return exchange.faults_of(session, self.again(row))

    def export(
        self, sheet: str, kind: exchange.FileKind = exchange.FileKind.XLSX, reason: str = "",
    ) -> bytes:  # fmt: skip
        target = BytesIO()

        def write(session: Session) -> None:
            target.seek(0), target.truncate()
            asked = exchange.Asked(exchange.sheet_named(session, sheet), kind, reason=reason)
            exchange.export(session, asked, target)

        self.do(write)
        return target.getvalue()

    def work_off(self) -> None:
        """Let the worker do what waits; a job that fails fails the test."""
        with self.house.database.reading(Scope.kernel("test")) as session:
            waiting = session.scalars(select(JobRun.id).filter_by(state=RunState.QUEUED)).all()
        for run_id in waiting:
            run_job(self.house, run_id)
        with self.house.database.reading(Scope.kernel("test")) as session:
            for run in session.scalars(select(JobRun).where(JobRun.id.in_(waiting))):
                assert run.state is RunState.DONE, run.last_error


def counted(row: Import) -> tuple[int, int, int, int, int]:
    """Created, updated, unchanged, skipped, faulty."""
    return (
        row.created_count, row.updated_count, row.unchanged_count, row.skipped_count,
        row.faulty_count,
    )  # fmt: skip
