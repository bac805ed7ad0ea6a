"""The sample's hooks."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from dougong.core.errors import Refusal
from dougong.core.events import Subscriber, after, record
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import Daily, JobContext, JobKind
from dougong.core.session import Session
from tests.core.sample.events import Heard, StepTaken

SHORT_LEASE: Final = timedelta(seconds=1)
POISON: Final = -1
"""A step that the subscriber chokes on, after it has written."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How many steps to take, how long each lasts, and which one fails."""

    steps: int
    pause: float = 0.0
    fails_at: int | None = None


def count(context: JobContext) -> None:
    """Take the steps one by one, each with its checkpoint."""
    asked = context.arguments(Steps)
    reached = context.cursor if isinstance(context.cursor, int) else 0
    for number in range(reached + 1, asked.steps + 1):
        context.step(lambda s, n=number: take(s, context.branch_id, n, asked),  # type: ignore[misc]
                     cursor=number, done=number, total=asked.steps)  # fmt: skip


def take(session: Session, branch_id: int, number: int, asked: Steps) -> None:
    """Write first, so that what fails afterwards must be undone."""
    record(session, StepTaken(branch_id=branch_id, step=number))
    time.sleep(asked.pause)
    if number == asked.fails_at:
        raise Refusal("The step is refused; postgresql://user:sesame@host/x")


def nightly(context: JobContext) -> None:
    """Take one step."""
    context.step(lambda session: take(session, context.branch_id, 0, Steps(1)))


def hear(session: Session, event: StepTaken) -> None:
    """Leave an event for each step; one of them cannot be borne."""
    record(session, Heard(branch_id=event.branch_id, step=event.step))
    if event.step == POISON:
        raise ValueError("password=sesame")


@hookimpl
def register_jobs() -> list[JobKind]:
    """A long job and a nightly one."""
    return [
        JobKind("sample.count", count, max_attempts=3, lease=SHORT_LEASE),
        JobKind("sample.nightly", nightly, every=Daily(2)),
    ]


@hookimpl
def register_subscribers() -> list[Subscriber]:
    """One that is told after the commit."""
    return [after(StepTaken, "sample.hear", hear)]
