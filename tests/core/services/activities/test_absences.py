"""Who is away, who stands in, and who may say so."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from dougong.core.database import Database
from dougong.core.entities.absence import Absence
from dougong.core.entities.people import Membership, Role, User
from dougong.core.errors import Forbidden, NotFound, Refusal
from dougong.core.scope import Grant, Scope
from dougong.core.services.activities.api import (
    NewAbsence,
    end_absence,
    note_absence,
    people_under,
    stand_in_of,
    stand_ins,
    stands_in_for,
)
from dougong.core.services.audit.api import AuditEntry
from dougong.core.session import Session
from dougong.core.testing import World

DAY = date(2026, 3, 2)


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    """A session that may enter anybody's absence."""
    with world.session(Scope.kernel("test")) as session:
        yield session


def person(session: Session, login: str, above: User | None = None, active: bool = True) -> User:
    """Somebody who works here."""
    user = User(login=login, name=login, supervisor_id=above.id if above else None, active=active)
    session.add(user)
    session.flush()
    return user


def away(session: Session, who: User, stand_in: User | None = None, days: int = 1) -> Absence:
    """He is away from today on."""
    return note_absence(
        session,
        NewAbsence(
            user_id=who.id, first_day=DAY, last_day=DAY + timedelta(days=days - 1),
            stand_in_id=stand_in.id if stand_in else None,
        ),
    )  # fmt: skip


def test_a_stand_in_counts_on_the_days_of_the_absence_only(session: Session) -> None:
    one, two = person(session, "one"), person(session, "two")
    away(session, one, two, days=2)
    days = [DAY + timedelta(days=n) for n in (-1, 0, 1, 2)]
    assert [stand_in_of(session, one.id, day) for day in days] == [None, two.id, two.id, None]


def test_a_stand_in_who_is_away_has_one_in_turn(session: Session) -> None:
    one, two, three = (person(session, login) for login in ("one", "two", "three"))
    away(session, one, two)
    away(session, two, three)
    assert stand_ins(session, [one.id, two.id, three.id], DAY) == {
        one.id: three.id,
        two.id: three.id,
    }
    assert stands_in_for(session, three.id, DAY) == {one.id, two.id}
    assert stands_in_for(session, two.id, DAY) == frozenset()


def test_a_circle_stands_in_for_nobody(session: Session) -> None:
    one, two = person(session, "one"), person(session, "two")
    away(session, one, two)
    away(session, two, one)
    assert stand_ins(session, [one.id, two.id], DAY) == {one.id: None, two.id: None}


def test_away_without_a_stand_in_is_told_apart_from_being_there(session: Session) -> None:
    one, two = person(session, "one"), person(session, "two")
    away(session, one)
    assert stand_ins(session, [one.id, two.id], DAY) == {one.id: None}
    assert stand_in_of(session, one.id, DAY) is None


def test_a_stand_in_who_has_left_is_nobody(session: Session) -> None:
    one, two = person(session, "one"), person(session, "two")
    away(session, one, two)
    two.active = False
    session.flush()
    assert stand_in_of(session, one.id, DAY) is None


@pytest.mark.parametrize(
    ("first", "last", "stand_in", "field"),
    [
        (5, 4, None, "last_day"),
        (5, 6, "one", "stand_in"),
        (5, 6, "left", "stand_in"),
        (0, 0, None, "first_day"),
        (-3, 3, None, "first_day"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    session: Session, first: int, last: int, stand_in: str | None, field: str
) -> None:
    people = {login: person(session, login, active=login != "left") for login in ("one", "left")}
    away(session, people["one"])
    asked = NewAbsence(
        user_id=people["one"].id, first_day=DAY + timedelta(days=first),
        last_day=DAY + timedelta(days=last),
        stand_in_id=people[stand_in].id if stand_in else None,
    )  # fmt: skip
    with pytest.raises(Refusal) as refused:
        note_absence(session, asked)
    assert refused.value.field == field


@pytest.mark.parametrize("wrong", ["days", "stand_in"])
def test_the_schema_keeps_it_too(session: Session, wrong: str) -> None:
    one = person(session, "one")
    last = DAY - timedelta(days=1) if wrong == "days" else DAY
    session.add(
        Absence(user_id=one.id, first_day=DAY, last_day=last, stand_in_id=one.id
                if wrong == "stand_in" else None)
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.flush()


def test_he_is_back_early(session: Session) -> None:
    one, two = person(session, "one"), person(session, "two")
    row = away(session, one, two, days=5)
    end_absence(session, row.id, DAY)
    assert stand_in_of(session, one.id, DAY) == two.id
    assert stand_in_of(session, one.id, DAY + timedelta(days=1)) is None
    end_absence(session, row.id, DAY - timedelta(days=1))
    assert session.scalars(select(func.count(Absence.id))).one() == 0


def test_his_own_people_are_those_below_him_down_to_the_last(session: Session) -> None:
    top = person(session, "top")
    middle = person(session, "middle", top)
    bottom = person(session, "bottom", middle)
    top.supervisor_id = bottom.id  # a circle ends where it closes
    session.flush()
    assert people_under(session, top.id) == {middle.id, bottom.id}
    assert people_under(session, middle.id) == {bottom.id, top.id}


def test_who_may_say_that_somebody_is_away(world: World) -> None:
    """AR-06"""
    with world.session(Scope.kernel("test")) as session:
        boss = person(session, "boss")
        one, other = person(session, "one", boss), person(session, "other")
        role = Role(code="r", name="r", clearance=0, seeded=[], permissions=[])
        one.memberships.append(Membership(branch_id=world.east, role=role))
        session.flush()
        manage = frozenset({Grant(world.east, "core.absence", "update")})
        west = frozenset({Grant(world.west, "core.absence", "update")})

        def allowed(who: User, grants: frozenset[Grant], *branches: int) -> bool:
            scope = Scope("x", frozenset(branches), user_id=who.id, grants=grants)
            with world.session(scope) as his:
                try:
                    end_absence(his, away(his, one).id, DAY - timedelta(days=1))
                except Forbidden:
                    return False
                return True

        session.commit()
        assert allowed(one, frozenset(), world.east)
        assert allowed(boss, frozenset(), world.east)
        assert allowed(other, manage, world.east)
        assert not allowed(other, frozenset(), world.east)
        assert not allowed(other, west, world.west), "he does not work there"


def test_nobody_who_is_not_here_is_away(session: Session) -> None:
    with pytest.raises(NotFound):
        note_absence(session, NewAbsence(user_id=10**9, first_day=DAY, last_day=DAY))
    with pytest.raises(NotFound):
        end_absence(session, 10**9, DAY)


def test_the_log_keeps_who_entered_it(world: World) -> None:
    """AR-04"""
    with world.session(Scope.kernel("test")) as session:
        away(session, person(session, "one"))
        asked = select(AuditEntry.actor).where(AuditEntry.entity == "core_absence")
        assert session.scalars(asked).all() == ["test"]


def test_of_many_at_once_one_absence_is_entered(database: Database) -> None:
    kernel = Scope.kernel("test")
    key = database.write(kernel, lambda session: person(session, "one").id)
    start = Barrier(4)

    def enter(_: int) -> bool:
        start.wait()
        asked = NewAbsence(user_id=key, first_day=DAY, last_day=DAY)
        try:
            database.write(kernel, lambda session: note_absence(session, asked).id)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(enter, range(4))) == 1
