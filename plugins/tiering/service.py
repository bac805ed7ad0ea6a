"""The verbs of tiering: score a branch, take the scores over in steps, tell who moved (TI-04)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, and_, case, delete, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from dougong.core.branches import today_at
from dougong.core.errors import NotFound, Refusal
from dougong.core.events import record
from dougong.core.i18n import lazy
from dougong.core.orm import UtcDateTime
from dougong.core.session import UNWALLED, Session
from dougong.core.switchboard import settings_at
from dougong.plugins.tiering.events import CustomerLevelsChanged, LevelChange
from dougong.plugins.tiering.models import (
    CustomerLevel,
    Evaluation,
    EvaluationState,
    LevelHistory,
    PendingScore,
)
from dougong.plugins.tiering.rules import window_start
from dougong.plugins.tiering.scoring import buyers_statement, currencies_statement, others_statement
from dougong.plugins.tiering.settings import TieringSettings

CHUNK: Final = 5_000
_SET_BASED: Final = {UNWALLED: "set-based, every part filtered by the evaluation's branch"}
_TAKEN_OVER: Final = (
    "last_order_on",
    "order_count",
    "spend_minor",
    "recency_score",
    "frequency_score",
    "monetary_score",
    "score",
)
_PENDING: Final = ("evaluation_id", "customer_id", "branch_id", *_TAKEN_OVER, "level")
_UNSCORED: Final = ("evaluation_id", "customer_id", "branch_id", "level")
_HISTORY: Final = ("customer_id", "branch_id", "evaluation_id", "level", *_TAKEN_OVER[3:])
_SAME_CUSTOMER: Final = PendingScore.customer_id == CustomerLevel.customer_id
_MOVED: Final = CustomerLevel.level.is_distinct_from(PendingScore.level)


class MixedCurrencies(Refusal):
    """Money of several currencies cannot be ranked together."""

    code = "tiering.mixed_currencies"


@dataclass(frozen=True, slots=True)
class Taken:
    """How far taking over has come: the last customer, and how many were taken and moved."""

    last_customer_id: int
    customers: int
    changed: int


def evaluate_branch(session: Session, branch_id: int, as_of: date | None = None) -> Evaluation:
    """Grade every customer of the branch in this one transaction."""
    evaluation = start_evaluation(session, branch_id, as_of)
    after = 0
    while (taken := take_over(session, evaluation.id, after)).customers:
        after = taken.last_customer_id
    return finish_evaluation(session, evaluation.id)


def start_evaluation(session: Session, branch_id: int, as_of: date | None = None) -> Evaluation:
    """Score every customer; nobody's level changes yet.

    ``as_of``: the day to evaluate for; None: the settings' day, else today at the branch.
    """
    settings = settings_at(session, branch_id, TieringSettings)
    day = as_of or settings.as_of or today_at(session, branch_id)
    evaluation = Evaluation(
        branch_id=branch_id,
        as_of=day,
        window_start=window_start(day, settings.window_months),
        a_from=settings.thresholds.a_from,
        b_from=settings.thresholds.b_from,
        currency=settings.currency,
        state=EvaluationState.SCORED,
        started_at=session.now,
    )
    evaluation.currency = settings.currency or _only_currency(session, evaluation)
    session.add(evaluation)
    session.flush()
    _fill(session, _PENDING, buyers_statement(evaluation))
    _fill(session, _UNSCORED, others_statement(evaluation))
    evaluation.customers = _count_pending(session, evaluation.id)
    return evaluation


def take_over(session: Session, evaluation_id: int, after: int, size: int = CHUNK) -> Taken:
    """Make the next ``size`` scores the customers' levels and record who moved.

    ``after``: the last customer id taken so far. Whoever takes over at a branch is alone there.
    """
    evaluation = _alone(session, evaluation_id)
    ids = session.scalars(_pending(evaluation_id, after).limit(size)).all()
    if not ids:
        return Taken(after, 0, 0)
    changes = _changes(session, evaluation, after, ids[-1])
    _write_history(session, evaluation, after, ids[-1])
    _write_levels(session, evaluation, after, ids[-1])
    if changes:
        record(
            session,
            CustomerLevelsChanged(
                branch_id=evaluation.branch_id,
                changes=tuple(changes),
                evaluation_id=evaluation.id,
            ),
        )
    evaluation.changed += len(changes)
    return Taken(ids[-1], len(ids), len(changes))


def finish_evaluation(session: Session, evaluation_id: int) -> Evaluation:
    """Close the evaluation and drop the scores that were taken over."""
    evaluation = _alone(session, evaluation_id)
    session.execute(delete(PendingScore).where(PendingScore.evaluation_id == evaluation_id))
    evaluation.state, evaluation.finished_at = EvaluationState.DONE, session.now
    session.flush()
    return evaluation


def _only_currency(session: Session, evaluation: Evaluation) -> str:
    found = session.scalars(currencies_statement(evaluation)).all()
    if len(found) > 1:
        raise MixedCurrencies(
            lazy("The branch has orders in %(currencies)s.", currencies=", ".join(found)),
            next_step=lazy("Choose in the settings of the levels which currency counts."),
        )
    return found[0] if found else ""


def _fill(session: Session, columns: Sequence[str], rows: Select[*tuple[Any, ...]]) -> None:
    fill = insert(PendingScore).from_select(list(columns), rows)
    session.execute(fill, execution_options=_SET_BASED)


def _count_pending(session: Session, evaluation_id: int) -> int:
    counting = select(func.count(PendingScore.customer_id)).where(
        PendingScore.evaluation_id == evaluation_id
    )
    return session.scalars(counting).one()


def _alone(session: Session, evaluation_id: int) -> Evaluation:
    """The evaluation, with the branch's evaluations locked so that two never interleave."""
    evaluation = session.get(Evaluation, evaluation_id)
    if evaluation is None:
        raise NotFound
    first = select(Evaluation.id).where(Evaluation.branch_id == evaluation.branch_id)
    session.execute(first.order_by(Evaluation.id).limit(1).with_for_update())
    session.refresh(evaluation)
    return evaluation


def _pending(evaluation_id: int, after: int) -> Select[int]:
    return (
        select(PendingScore.customer_id)
        .where(PendingScore.evaluation_id == evaluation_id, PendingScore.customer_id > after)
        .order_by(PendingScore.customer_id)
    )


def _slice(evaluation: Evaluation, after: int, last: int) -> Any:
    return and_(
        PendingScore.branch_id == evaluation.branch_id,
        PendingScore.evaluation_id == evaluation.id,
        PendingScore.customer_id > after,
        PendingScore.customer_id <= last,
    )


def _changes(session: Session, evaluation: Evaluation, after: int, last: int) -> list[LevelChange]:
    moved = (
        select(PendingScore.customer_id, PendingScore.level, CustomerLevel.level)
        .join(CustomerLevel, _SAME_CUSTOMER, isouter=True)
        .where(_slice(evaluation, after, last), _MOVED)
        .order_by(PendingScore.customer_id)
    )
    return [LevelChange(*row) for row in session.execute(moved)]


def _write_history(session: Session, evaluation: Evaluation, after: int, last: int) -> None:
    moved = (
        select(
            *(getattr(PendingScore, name) for name in _HISTORY),
            CustomerLevel.level,
            literal(session.now, UtcDateTime()),
        )
        .join(CustomerLevel, _SAME_CUSTOMER, isouter=True)
        .where(_slice(evaluation, after, last), _MOVED)
    )
    fill = insert(LevelHistory).from_select([*_HISTORY, "previous_level", "at"], moved)
    session.execute(fill, execution_options=_SET_BASED)


def _write_levels(session: Session, evaluation: Evaluation, after: int, last: int) -> None:
    columns = ("customer_id", "branch_id", "level", *_TAKEN_OVER)
    fresh = select(
        *(getattr(PendingScore, name) for name in columns),
        literal(evaluation.currency),
        literal(session.now, UtcDateTime()),
        literal(session.now, UtcDateTime()),
    ).where(_slice(evaluation, after, last))
    upsert = _insert_of(session)(CustomerLevel).from_select(
        [*columns, "currency", "since", "evaluated_at"], fresh
    )
    session.execute(
        upsert.on_conflict_do_update(
            index_elements=[CustomerLevel.customer_id], set_=_replacing(upsert.excluded)
        ),
        execution_options=_SET_BASED,
    )


def _replacing(excluded: Any) -> dict[str, Any]:
    moved = CustomerLevel.level != excluded.level
    kept = {name: excluded[name] for name in ("level", "currency", "evaluated_at", *_TAKEN_OVER)}
    return {
        **kept,
        "previous_level": case((moved, CustomerLevel.level), else_=CustomerLevel.previous_level),
        "since": case((moved, excluded.since), else_=CustomerLevel.since),
    }


def _insert_of(session: Session) -> Any:
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert if on_postgresql else sqlite.insert
