"""The relationship evaluation sheet 客户关系评估表 (TI-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from dougong.core.branches import zone_of
from dougong.core.entities.customer import Customer
from dougong.core.errors import Refusal
from dougong.core.i18n import LazyText, lazy
from dougong.core.reader import Reader
from dougong.core.services.printing.api import Paper, Party, Sheet, party_of
from dougong.core.values import Money
from dougong.plugins.tiering.models import CustomerLevel
from dougong.plugins.tiering.rules import (
    FIFTHS,
    HIGHEST_TOTAL,
    Advice,
    Level,
    advice_for,
    missing_to_next,
)
from dougong.plugins.tiering.settings import TieringSettings

ADVICE: Final = {
    Advice.MAINTAIN: lazy("Maintain the relationship: keep the service at its level."),
    Advice.IMPROVE: lazy("Improve the relationship: visit, find out what is needed, offer more."),
    Advice.END: lazy("Win back or end the relationship: there was no purchase in the window."),
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the sheet; every indicator weighs the same."""

    title: LazyText
    found: str | int | date | Money | None
    score: int | None


@dataclass(frozen=True, slots=True)
class EvaluationDoc:
    """What the evaluation of a customer found."""

    party: Party
    manager: str
    evaluated_on: date
    indicators: tuple[Indicator, ...]
    most: int
    total: int | None
    highest: int
    level: Level
    previous: Level | None
    missing: int
    advice: LazyText


def load_evaluations(reader: Reader, keys: Sequence[int]) -> list[Sheet]:
    """Evaluation sheets of customers, one edition an evaluation."""
    levels = {
        row.customer_id: row
        for row in reader.all(select(CustomerLevel).where(CustomerLevel.customer_id.in_(keys)))
    }
    customers = reader.all(
        select(Customer)
        .where(Customer.id.in_(keys))
        .options(
            selectinload(Customer.addresses),
            selectinload(Customer.contacts),
            selectinload(Customer.manager),
        )
    )
    return [_sheet(reader, customer, levels.get(customer.id)) for customer in customers]


def _sheet(reader: Reader, customer: Customer, level: CustomerLevel | None) -> Sheet:
    if level is None:
        raise Refusal(
            lazy("%(customer)s was not evaluated yet.", customer=customer.name),
            code="tiering.not_evaluated",
            next_step=lazy("Evaluate the branch first, under Graded customers."),
        )
    day = level.evaluated_at.astimezone(zone_of(reader, customer.branch_id)).date()
    return Sheet(
        subject_id=customer.id, branch_id=customer.branch_id, subject=customer.name,
        customer_id=customer.id, edition=day.isoformat(),
        content=_doc(reader, customer, level, day),
    )  # fmt: skip


def _doc(reader: Reader, customer: Customer, row: CustomerLevel, day: date) -> EvaluationDoc:
    settings = reader.settings(customer.branch_id, TieringSettings)
    spend = None if row.spend_minor is None else Money(row.spend_minor, row.currency)
    return EvaluationDoc(
        party_of(customer), customer.manager.name if customer.manager else "", day,
        (
            Indicator(lazy("Last purchase"), row.last_order_on, row.recency_score),
            Indicator(lazy("Number of purchases"), row.order_count, row.frequency_score),
            Indicator(lazy("Spend"), spend, row.monetary_score),
        ),
        FIFTHS, row.score, HIGHEST_TOTAL, row.level, row.previous_level,
        missing_to_next(row.score, settings.thresholds), ADVICE[advice_for(row.score, row.level)],
    )  # fmt: skip


PAPERS: Final = (
    Paper(
        code="tiering.evaluation_sheet", title=lazy("Relationship evaluation sheet"),
        model=Customer, entity="tiering.level", template="tiering/evaluation_sheet.html",
        load=load_evaluations, series="ES",
    ),
)  # fmt: skip
