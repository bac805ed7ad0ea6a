"""Grading as a job: once a night, and whenever somebody asks (TI-04)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from pydantic import TypeAdapter

from dougong.core.i18n import lazy
from dougong.core.jobs import Daily, JobContext, JobKind
from dougong.core.session import Session
from dougong.plugins.tiering.service import finish_evaluation, start_evaluation, take_over


@dataclass(frozen=True, slots=True)
class EvaluateArguments:
    """``as_of``: the day to evaluate for; None: as the settings say, else today."""

    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a run came: its evaluation, the last customer taken over, and how many."""

    evaluation_id: int
    after: int
    done: int
    total: int
    finished: bool = False


Work = Callable[[Session], Checkpoint]
_CHECKPOINT: Final = TypeAdapter(Checkpoint)


def evaluate(context: JobContext) -> None:
    """Score the branch, take the scores over chunk by chunk, close; goes on where it was killed."""
    if context.cursor is None:
        reached = _step(context, lambda session: _start(session, context))
    else:
        reached = _CHECKPOINT.validate_python(context.cursor)
    while not reached.finished:
        reached = _step(context, _onward(reached), reached.total)


def _start(session: Session, context: JobContext) -> Checkpoint:
    asked = context.arguments(EvaluateArguments)
    evaluation = start_evaluation(session, context.branch_id, asked.as_of)
    return Checkpoint(evaluation.id, 0, 0, evaluation.customers)


def _onward(reached: Checkpoint) -> Work:
    def work(session: Session) -> Checkpoint:
        taken = take_over(session, reached.evaluation_id, reached.after)
        if not taken.customers:
            finish_evaluation(session, reached.evaluation_id)
        return Checkpoint(
            reached.evaluation_id,
            taken.last_customer_id,
            reached.done + taken.customers,
            reached.total,
            finished=not taken.customers,
        )

    return work


def _step(context: JobContext, work: Work, total: int | None = None) -> Checkpoint:
    return context.step(
        work, cursor=_CHECKPOINT.dump_python, done=lambda reached: reached.done, total=total
    )


EVALUATE: Final = JobKind(
    "tiering.evaluate", evaluate, every=Daily(2), title=lazy("Grade all customers")
)
