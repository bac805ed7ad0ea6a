"""What tiering promises to other plugins; nothing else of it is theirs to import."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from dougong.core.reader import Reader
from dougong.core.session import Session
from dougong.core.switchboard import settings_at
from dougong.plugins.tiering.events import CustomerLevelsChanged, LevelChange
from dougong.plugins.tiering.models import CustomerLevel
from dougong.plugins.tiering.rules import Level
from dougong.plugins.tiering.settings import LevelPolicy, TieringSettings

__all__ = [
    "CustomerLevelsChanged",
    "Level",
    "LevelChange",
    "LevelPolicy",
    "level_of",
    "levels_of",
    "policy_of",
]


def level_of(session: Session | Reader, customer_id: int) -> Level | None:
    """The customer's level, None before the first evaluation (TI-01)."""
    return levels_of(session, [customer_id]).get(customer_id)


def levels_of(
    session: Session | Reader, customer_ids: Collection[int] | None = None
) -> Mapping[int, Level]:
    """The levels of the customers (all in sight when None), those graded already, in one query."""
    asked = select(CustomerLevel.customer_id, CustomerLevel.level)
    if customer_ids is not None:
        asked = asked.where(CustomerLevel.customer_id.in_(customer_ids))
    rows = session.rows(asked) if isinstance(session, Reader) else session.execute(asked).all()
    return {row.customer_id: row.level for row in rows}


def policy_of(session: Session | Reader, branch_id: int, level: Level | None) -> LevelPolicy:
    """What the level is worth at the branch (TI-07); ungraded customers get the lowest level's."""
    if isinstance(session, Reader):
        settings = session.settings(branch_id, TieringSettings)
    else:
        settings = settings_at(session, branch_id, TieringSettings)
    return settings.policy(level or Level.C)
