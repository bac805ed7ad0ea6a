"""The tables of tiering: one narrow level row per customer, its history, and the evaluations."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.customer import Customer
from dougong.core.orm import (
    STAYS,
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    StateType,
    Untracked,
    UtcDateTime,
    one_of,
    owned,
    reference,
)
from dougong.plugins.tiering.rules import Level


class EvaluationState(StrEnum):
    """How far an evaluation is; one that stays ``scored`` was given up."""

    SCORED = "scored"
    DONE = "done"


class Evaluation(Keyed, BranchOwned, Untracked, Base):
    """One grading of a branch: as of which day, by which bounds, with what outcome (TI-04)."""

    __tablename__ = "tiering_evaluation"
    __table_args__ = owned(one_of("state", EvaluationState, "state"))

    as_of: Mapped[date] = mapped_column(Date)
    window_start: Mapped[date] = mapped_column(Date)
    a_from: Mapped[int] = mapped_column(Integer)
    b_from: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[EvaluationState] = mapped_column(StateType(EvaluationState))
    customers: Mapped[int] = mapped_column(Integer, default=0)
    changed: Mapped[int] = mapped_column(Integer, default=0)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime())
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


class _Inputs:
    """What the level rests on; None where there is no purchase in the window."""

    last_order_on: Mapped[date | None] = mapped_column(Date, sort_order=20)
    order_count: Mapped[int | None] = mapped_column(Integer, sort_order=21)
    spend_minor: Mapped[int | None] = mapped_column(BigKey, sort_order=22)
    recency_score: Mapped[int | None] = mapped_column(Integer, sort_order=23)
    frequency_score: Mapped[int | None] = mapped_column(Integer, sort_order=24)
    monetary_score: Mapped[int | None] = mapped_column(Integer, sort_order=25)
    score: Mapped[int | None] = mapped_column(Integer, sort_order=26)


class PendingScore(_Inputs, BranchOwned, Untracked, Base):
    """A customer's fresh score, until it is taken over into ``tiering_level``."""

    __tablename__ = "tiering_pending_score"
    __table_args__ = (
        reference("evaluation_id", "tiering_evaluation", ondelete="CASCADE"),
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        {"info": {STAYS: True}},
    )

    evaluation_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    customer_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    level: Mapped[Level] = mapped_column(StateType(Level))


class CustomerLevel(_Inputs, BranchOwned, Untracked, Base):
    """The level a customer has now: 1:1 beside the customer (TI-01)."""

    __tablename__ = "tiering_level"
    __table_args__ = (
        UniqueConstraint("branch_id", "customer_id"),
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        Index(None, "branch_id", "level", "score"),
        one_of("level", Level, "level"),
        {"info": {STAYS: True}},  # the next evaluation grades the survivor by all he bought
    )

    customer_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    level: Mapped[Level] = mapped_column(StateType(Level))
    previous_level: Mapped[Level | None] = mapped_column(StateType(Level))
    currency: Mapped[str] = mapped_column(String(3), default="")
    since: Mapped[datetime] = mapped_column(UtcDateTime())
    evaluated_at: Mapped[datetime] = mapped_column(UtcDateTime())

    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(CustomerLevel.customer_id) == Customer.id", viewonly=True
    )

    def __str__(self) -> str:
        return str(self.customer)


class LevelHistory(Keyed, BranchOwned, Untracked, Base):
    """One change of level with what it rested on (TI-04)."""

    __tablename__ = "tiering_history"
    __table_args__ = (
        *owned(
            reference("customer_id", "core_customer", ondelete="CASCADE"),
            reference("evaluation_id", "tiering_evaluation"),
            Index(None, "branch_id", "customer_id", "id"),
            UniqueConstraint("evaluation_id", "customer_id"),
        ),
        {"info": {STAYS: True}},
    )

    customer_id: Mapped[int] = mapped_column(BigKey)
    evaluation_id: Mapped[int | None] = mapped_column(BigKey)
    level: Mapped[Level] = mapped_column(StateType(Level))
    previous_level: Mapped[Level | None] = mapped_column(StateType(Level))
    recency_score: Mapped[int | None] = mapped_column(Integer)
    frequency_score: Mapped[int | None] = mapped_column(Integer)
    monetary_score: Mapped[int | None] = mapped_column(Integer)
    score: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
