"""Who holds which role at a branch, who is above whom, and who stands in for whom today."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, or_, select

from dougong.core.branches import today_at
from dougong.core.entities.branch import Branch
from dougong.core.entities.people import Membership, Role, User
from dougong.core.services.activities.api import stand_ins
from dougong.core.session import Session

_LONGEST: Final = 20


@dataclass(frozen=True, slots=True)
class Staff:
    """Those who count at a branch now."""

    by_role: Mapping[str, frozenset[int]]
    present: frozenset[int]
    """Of the people asked about, those who work at the branch."""
    stand_ins: Mapping[int, int]
    """Who of them is away, and who does his work."""

    def people(self, role: str, user_id: int | None) -> frozenset[int]:
        """Who takes a place in his own right: a role's holders, or that one person."""
        if role:
            return self.by_role.get(role, frozenset())
        return frozenset({user_id} & self.present) if user_id is not None else frozenset()


def staff_at(
    session: Session, branch_id: int, roles: Collection[str], persons: Collection[int]
) -> Staff:
    """The holders of these roles at the branch, and which of these people work there."""
    held = session.execute(
        select(Membership.user_id, Role.code)
        .join(Role, Role.id == Membership.role_id)
        .join(User, User.id == Membership.user_id)
        .where(User.active, reaches(session, branch_id))
        .where(or_(Role.code.in_(roles), Membership.user_id.in_(persons)))
    ).all()
    by_role = {role: frozenset(u for u, code in held if code == role) for role in roles}
    present = frozenset(user_id for user_id, _ in held)
    away = stand_ins(session, present | set(persons), today_at(session, branch_id))
    return Staff(by_role, present, {a: by for a, by in away.items() if by is not None})


def reaches(session: Session, branch_id: int) -> ColumnElement[bool]:
    """The condition that a membership holds at the branch: there, or above it with all below."""
    parents = dict(session.execute(select(Branch.id, Branch.parent_id)).all())
    above: list[int] = []
    step = parents.get(branch_id)
    while step is not None and step not in above:
        above.append(step)
        step = parents.get(step)
    wider = (Membership.branch_id.in_(above)) & Membership.below
    return or_(Membership.branch_id == branch_id, wider)


def line_above(session: Session, person: int) -> tuple[int, ...]:
    """The active supervisors of a person, the nearest first; a circle ends where it closes."""
    line: list[int] = []
    seen = {person}
    above = _above(session, person)
    while above is not None and above not in seen and len(seen) <= _LONGEST:
        seen.add(above)
        user = session.get(User, above)
        if user is not None and user.active:
            line.append(above)
        above = user.supervisor_id if user is not None else None
    return tuple(line)


def _above(session: Session, person: int) -> int | None:
    user = session.get(User, person)
    return None if user is None else user.supervisor_id


def members_of(session: Session, branch_id: int) -> list[tuple[int, str]]:
    """Everybody who works at the branch, by name: key and name."""
    found = session.execute(
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(User.active, reaches(session, branch_id))
        .distinct()
        .order_by(User.name, User.id)
    )
    return [(key, name) for key, name in found]


def names_of(session: Session, people: Collection[int]) -> dict[int, str]:
    """What these people are called."""
    found = session.execute(select(User.id, User.name).where(User.id.in_(people)))
    return dict(found.all())
