"""Who stands under whom, and who works together at a branch."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import and_, or_, select

from dougong.core.entities.branch import Branch
from dougong.core.entities.people import Membership, User
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


def supervisor_of(session: Session, user_id: int) -> int | None:
    """The nearest active person above him; None when there is nobody."""
    seen = {user_id}
    above = _above(session, user_id)
    while above is not None and above.id not in seen and not above.active:
        seen.add(above.id)
        above = _above(session, above.id)
    return above.id if above is not None and above.id not in seen else None


def _above(session: Session, user_id: int) -> User | None:
    person = session.get(User, user_id)
    if person is None or person.supervisor_id is None:
        return None
    return session.get(User, person.supervisor_id)


def colleagues(session: Session, branch_id: int) -> Sequence[User]:
    """The active people with a role at the branch, by name; from above it where that reaches."""
    reaching = or_(
        Membership.branch_id == branch_id,
        and_(Membership.branch_id.in_(_branches_above(session, branch_id)), Membership.below),
    )
    works_here = select(Membership.id).where(Membership.user_id == User.id, reaching).exists()
    statement = select(User).where(User.active, works_here).order_by(User.name, User.id)
    return session.scalars(statement).all()


def _branches_above(session: Session, branch_id: int) -> list[int]:
    line = [branch_id]
    while branch := session.get(Branch, line[-1]):
        if branch.parent_id is None or branch.parent_id in line:
            break
        line.append(branch.parent_id)
    return line[1:]
