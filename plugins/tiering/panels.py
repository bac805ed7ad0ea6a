"""What tiering shows beside a customer: badge, columns, panel. Reads only."""

from collections.abc import Sequence
from typing import Final

from flask import url_for
from sqlalchemy import func, select

from dougong.admin.contributions import Badge, Card, Cell, Column, Panel
from dougong.admin.formats import money_text
from dougong.core.entities.customer import Customer
from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.values import Money
from dougong.plugins.tiering.models import CustomerLevel, LevelHistory
from dougong.plugins.tiering.rules import HIGHEST_TOTAL, Level, missing_to_next
from dougong.plugins.tiering.settings import TieringSettings
from dougong.plugins.tiering.views import TONES

TITLES: Final = {
    Level.A: lazy("Core customer"),
    Level.B: lazy("Important customer"),
    Level.C: lazy("Ordinary customer"),
}
SHOWN_CHANGES: Final = 5


def badges(customer_ids: Sequence[int], reader: Reader) -> list[Badge]:
    """The level beside each name, one query for all."""
    return [
        Badge(
            source="tiering",
            customer_id=row.customer_id,
            text=row.level.value,
            tone=TONES[row.level],
            hint=TITLES[row.level],
            order=10,
        )
        for row in _rows(customer_ids, reader)
    ]


def columns(customer_ids: Sequence[int], reader: Reader) -> list[Column]:
    """The total in the customer list, one query for all; the level is in the badge."""
    cells = {
        row.customer_id: Cell(
            text="–" if row.score is None else str(row.score), hint=TITLES[row.level], number=True
        )
        for row in _rows(customer_ids, reader)
    }
    title = lazy("Level score")
    return [Column(source="tiering", key="tiering.score", title=title, cells=cells, order=10)]


def panel(customer: Customer, reader: Reader) -> list[Panel]:
    """How the level came about and how it moved (TI-03, TI-04)."""
    row = reader.one(select(CustomerLevel).where(CustomerLevel.customer_id == customer.id))
    context: dict[str, object] = {"row": row}
    if row is not None:
        settings = reader.settings(customer.branch_id, TieringSettings)
        context |= {
            "title": TITLES[row.level],
            "tone": TONES[row.level].value,
            "highest": HIGHEST_TOTAL,
            "spend": None
            if row.spend_minor is None
            else money_text(Money(row.spend_minor, row.currency)),
            "missing": missing_to_next(row.score, settings.thresholds),
            "policy": settings.policy(row.level),
            "history": _history(customer, reader),
        }
    return [
        Panel(
            source="tiering",
            key="tiering.level",
            title=lazy("Customer level"),
            template="tiering/panel.html",
            icon="layers",
            context=context,
            order=10,
        )
    ]


def _rows(customer_ids: Sequence[int], reader: Reader) -> Sequence[CustomerLevel]:
    return reader.all(select(CustomerLevel).where(CustomerLevel.customer_id.in_(customer_ids)))


def _history(customer: Customer, reader: Reader) -> Sequence[LevelHistory]:
    newest = select(LevelHistory).where(LevelHistory.customer_id == customer.id)
    return reader.all(newest.order_by(LevelHistory.id.desc()).limit(SHOWN_CHANGES))


def card(branch_id: int, reader: Reader) -> list[Card]:
    """How many customers stand at each level (TI-11)."""
    counted = (
        select(CustomerLevel.level, func.count(CustomerLevel.customer_id))
        .where(CustomerLevel.branch_id == branch_id)
        .group_by(CustomerLevel.level)
    )
    counts = {row[0]: row[1] for row in reader.rows(counted)}
    shown = [(level.value, TITLES[level], counts.get(level, 0)) for level in Level]
    return [
        Card(
            source="tiering",
            key="tiering.levels",
            title=lazy("Customers by level"),
            template="tiering/card.html",
            icon="layers",
            url=url_for("tiering_levels.index_view"),
            context={"levels": shown if counts else []},
            order=30,
        )
    ]
