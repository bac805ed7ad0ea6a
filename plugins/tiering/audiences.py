"""For whom duties may be: the customers of a level (TI-01)."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Select, select

from dougong.core.i18n import lazy
from dougong.core.services.activities.api import Audience
from dougong.core.session import Session
from dougong.plugins.tiering.models import CustomerLevel
from dougong.plugins.tiering.rules import Level


def _of(level: Level) -> Callable[[Session, int], Select[int]]:
    def customers(_: Session, branch_id: int) -> Select[int]:
        return select(CustomerLevel.customer_id).where(
            CustomerLevel.branch_id == branch_id, CustomerLevel.level == level
        )

    return customers


AUDIENCES: Final = (
    Audience("tiering.a", lazy("Customers of level A"), _of(Level.A)),
    Audience("tiering.b", lazy("Customers of level B"), _of(Level.B)),
    Audience("tiering.c", lazy("Customers of level C"), _of(Level.C)),
)
