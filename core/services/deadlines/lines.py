"""Up whom a breach goes: the line of supervisors; who left is skipped, who is away stood in for
(XX-02)."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Final

from sqlalchemy import select

from dougong.core.entities.people import Membership, Role, User
from dougong.core.services.activities.api import stand_ins
from dougong.core.session import Session

_LONGEST: Final = 20


class Lines:
    """The supervisors of some people; read level by level, so many people cost few queries."""

    def __init__(self, session: Session, people: Collection[int | None], day: date) -> None:
        self._above: dict[int, int | None] = {}
        self._active: set[int] = set()
        wanted = {person for person in people if person is not None}
        for _ in range(_LONGEST):
            wanted = self._load(session, wanted)
            if not wanted:
                break
        self._away = stand_ins(session, self._active, day)

    def _load(self, session: Session, wanted: set[int]) -> set[int]:
        found = session.execute(
            select(User.id, User.supervisor_id, User.active).where(User.id.in_(wanted))
        ).all()
        self._above.update({key: above for key, above, _ in found})
        self._active.update(key for key, _, active in found if active)
        return {above for _, above, _ in found if above is not None} - self._above.keys()

    def line(self, person: int | None) -> tuple[int, ...]:
        """The supervisors of a person who are there on that day, the nearest first.

        In the place of one who is away is his stand-in, unless that is the person himself; a
        circle ends where it closes.
        """
        active = (above for above in self._up(person) if above in self._active)
        there = (self._away.get(above, above) for above in active)
        return tuple(dict.fromkeys(p for p in there if p is not None and p != person))

    def _up(self, person: int | None) -> Iterator[int]:
        seen = {person}
        above = None if person is None else self._above.get(person)
        while above is not None and above not in seen:
            yield above
            seen.add(above)
            above = self._above.get(above)


def holders(session: Session, branch_id: int, role: str) -> tuple[int, ...]:
    """The active people who hold that role at the branch."""
    if not role:
        return ()
    statement = (
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .join(Role, Role.id == Membership.role_id)
        .where(Role.code == role, Membership.branch_id == branch_id, User.active)
        .distinct()
        .order_by(User.id)
    )
    return tuple(session.scalars(statement).all())
