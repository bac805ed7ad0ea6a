"""Who is away on a day, and who does his work meanwhile."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Select, select

from dougong.core.entities.absence import Absence
from dougong.core.entities.people import Membership, User
from dougong.core.errors import Forbidden, NotFound, Refusal
from dougong.core.i18n import lazy
from dougong.core.scope import Operation
from dougong.core.services.activities.lines import is_above
from dougong.core.session import Session

ENTITY: Final = "core.absence"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAbsence:
    """From the first to the last day, both included."""

    user_id: int
    first_day: date
    last_day: date
    stand_in_id: int | None = None
    remark: str = ""


def note_absence(session: Session, asked: NewAbsence) -> Absence:
    """Write down that somebody is away: he himself, who is above him, or who has the permission."""
    person = session.scalars(
        select(User).where(User.id == asked.user_id).with_for_update()
    ).one_or_none()
    if person is None:
        raise NotFound
    _refuse_strangers(session, person.id)
    _refuse_wrong(session, asked)
    row = Absence(
        user_id=person.id, first_day=asked.first_day, last_day=asked.last_day,
        stand_in_id=asked.stand_in_id, remark=asked.remark.strip(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def end_absence(session: Session, absence_id: int, last_day: date) -> None:
    """He is back: ``last_day`` was the last one away; one before the first calls it off."""
    row = session.get(Absence, absence_id, with_for_update=True)
    if row is None:
        raise NotFound
    _refuse_strangers(session, row.user_id)
    if last_day < row.first_day:
        session.delete(row)
    else:
        row.last_day = min(row.last_day, last_day)
    session.flush()


def stand_in_of(session: Session, user_id: int, day: date) -> int | None:
    """Who does the person's work on that day; None when he is there, or nobody stands in.

    A stand-in who is away himself has one in turn; a circle, or one who has left, is nobody.
    ``stand_ins`` tells the two kinds of None apart.
    """
    return stand_ins(session, (user_id,), day).get(user_id)


def stand_ins(session: Session, user_ids: Collection[int], day: date) -> Mapping[int, int | None]:
    """Those of the people who are away on that day, each with who stands in, None for nobody."""
    away: dict[int, int | None] = {}
    wanted = set(user_ids)
    while wanted:
        found = {row[0]: row[1] for row in session.execute(_away(wanted, day))}
        away |= found
        wanted = {stand_in for stand_in in found.values() if stand_in is not None} - away.keys()
    return {user_id: _follow(away, user_id) for user_id in user_ids if user_id in away}


def stands_in_for(session: Session, user_id: int, day: date) -> frozenset[int]:
    """Whose work the person does on that day beside his own; nobody's while he is away himself."""
    found: set[int] = set()
    wanted = set() if stand_ins(session, (user_id,), day) else {user_id}
    while wanted:
        asked = select(Absence.user_id).where(Absence.stand_in_id.in_(wanted), *_on(day))
        wanted = set(session.scalars(asked).all()) - found - {user_id}
        found |= wanted
    return frozenset(found)


def _on(day: date) -> tuple[ColumnElement[bool], ...]:
    return (Absence.first_day <= day, Absence.last_day >= day)


def _away(user_ids: Collection[int], day: date) -> Select[int, int | None]:
    """Who of them is away, with his stand-in if that one still works here."""
    return (
        select(Absence.user_id, User.id)
        .outerjoin(User, (User.id == Absence.stand_in_id) & User.active)
        .where(Absence.user_id.in_(user_ids), *_on(day))
    )


def _follow(away: Mapping[int, int | None], user_id: int) -> int | None:
    """Along the stand-ins to the first who is there."""
    seen = {user_id}
    there = away[user_id]
    while there is not None and there in away and there not in seen:
        seen.add(there)
        there = away[there]
    return None if there in seen else there


def _refuse_strangers(session: Session, person_id: int) -> None:
    """His own absence everybody enters; another's who is above him or manages where he works."""
    scope = session.scope
    if scope.user_id == person_id or scope.unlimited:
        return
    if scope.user_id is not None and is_above(session, scope.user_id, person_id):
        return
    places = session.scalars(
        select(Membership.branch_id).where(Membership.user_id == person_id)
    ).all()
    if not any(scope.allows(Operation.UPDATE, ENTITY, place) for place in places):
        raise Forbidden


def _refuse_wrong(session: Session, asked: NewAbsence) -> None:
    if asked.last_day < asked.first_day:
        raise Refusal(lazy("The last day lies before the first."), field="last_day")
    if asked.stand_in_id == asked.user_id:
        raise Refusal(lazy("Nobody stands in for himself."), field="stand_in")
    stand_in = session.get(User, asked.stand_in_id) if asked.stand_in_id else None
    if stand_in is not None and not stand_in.active:
        raise Refusal(lazy("%(name)s does not work here any more.", name=stand_in.name),
                      field="stand_in")  # fmt: skip
    known = select(Absence.id).where(
        Absence.user_id == asked.user_id,
        Absence.first_day <= asked.last_day,
        Absence.last_day >= asked.first_day,
    )
    if session.scalars(known.limit(1)).first() is not None:
        raise Refusal(
            lazy("Another absence covers some of these days."),
            next_step=lazy("End that one first."),
            field="first_day",
        )
