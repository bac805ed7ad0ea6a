"""Who stands under whom: a supervisor's people, down to the last."""

from typing import Final

from sqlalchemy import select

from dougong.core.entities.people import User
from dougong.core.session import Session

_DEEPEST: Final = 20


def people_under(session: Session, user_id: int) -> frozenset[int]:
    """Everybody whose line of supervisors leads to the person; a query a level."""
    found: set[int] = set()
    wanted = {user_id}
    for _ in range(_DEEPEST):
        statement = select(User.id).where(User.supervisor_id.in_(wanted))
        wanted = set(session.scalars(statement).all()) - found - {user_id}
        found |= wanted
        if not wanted:
            break
    return frozenset(found)


def is_above(session: Session, user_id: int, person_id: int) -> bool:
    """Whether the first stands in the line of supervisors of the second."""
    return person_id in people_under(session, user_id)
