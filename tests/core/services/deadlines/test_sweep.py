"""The sweep: alarms once each, up the line of supervisors, one digest a person (XX-02)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import func, select

from dougong.core.branches import today_at
from dougong.core.clock import FixedClock
from dougong.core.database import Database
from dougong.core.entities.absence import Absence
from dougong.core.entities.event_log import EventRecord
from dougong.core.entities.people import Membership, Role, User
from dougong.core.scope import Scope
from dougong.core.services.deadlines import api
from dougong.core.services.deadlines.api import Deadline, DeadlineAlarm, Promise, StepKind
from dougong.core.services.deadlines.checks import alarms_run
from dougong.core.session import Session
from dougong.core.switches import enable
from dougong.core.testing import World, make_branches
from tests.core.services.deadlines.test_service import HOUR, kinds, later, rule, started

T = TypeVar("T")


def person(session: Session, login: str, above: User | None = None, active: bool = True) -> User:
    """Somebody who works here."""
    user = User(login=login, name=login, supervisor_id=above.id if above else None, active=active)
    session.add(user)
    session.flush()
    return user


def owned(session: Session, subject: int, owner: User | None, **changes: object) -> Deadline:
    """A clock of that person."""
    promise = Promise(
        subject_kind="demo.call", subject_id=subject, owner_id=owner.id if owner else None
    )
    return api.start(session, session.scope.home or 0, promise, rule(**changes))


def told(session: Session, name: str) -> list[dict[str, object]]:
    """What was recorded under that name."""
    found = select(EventRecord.payload).where(EventRecord.name == name).order_by(EventRecord.id)
    return list(session.scalars(found).all())


def swept(session: Session) -> tuple[int, int]:
    """How many were warned of and how many missed."""
    result = api.sweep(session, session.scope.home or 0)
    return result.warned, result.missed


def test_warns_before_and_tells_at_breach_once_each(session: Session) -> None:
    row = started(session)
    assert swept(session) == (0, 0)
    later(session, 22)  # on the second of the warning
    assert [swept(session), swept(session)] == [(1, 0), (0, 0)]
    later(session, 2)  # on the second itself it is still kept
    assert swept(session) == (0, 0)
    later(session, 0.001)
    assert [swept(session), swept(session)] == [(0, 1), (0, 0)]
    (warned,) = told(session, "core.deadline_warned")
    (missed,) = told(session, "core.deadline_breached")
    assert warned["deadline_id"] == missed["deadline_id"] == row.id
    assert kinds(session, row) == [StepKind.STARTED, StepKind.WARNED, StepKind.BREACHED]


def test_a_late_sweep_tells_the_breach_and_not_the_warning(session: Session) -> None:
    started(session)
    later(session, 100)
    assert swept(session) == (0, 1)
    assert swept(session) == (0, 0)
    assert told(session, "core.deadline_warned") == []


@pytest.mark.parametrize("verb", ["stop", "cancel", "pause"])
def test_what_does_not_run_is_silent(session: Session, verb: str) -> None:
    row = started(session)
    words = {"stop": (), "cancel": ("x",), "pause": ("parts",)}[verb]
    getattr(api, verb)(session, row.id, *words)
    later(session, 100)
    assert swept(session) == (0, 0)


def test_a_breach_told_by_the_sweep_is_not_told_again_when_it_stops(session: Session) -> None:
    row = started(session)
    later(session, 100)
    swept(session)
    api.stop(session, row.id)
    assert len(told(session, "core.deadline_breached")) == 1
    assert row.in_time is False


def test_a_breach_nobody_swept_is_told_when_it_stops(session: Session) -> None:
    row = started(session)
    later(session, 100)
    api.stop(session, row.id)
    assert swept(session) == (0, 0)
    assert len(told(session, "core.deadline_breached")) == 1


def test_the_grace_passes_before_the_breach(session: Session) -> None:
    started(session, grace=HOUR)
    later(session, 24.5)
    assert swept(session) == (1, 0)
    later(session, 1.5)  # 14:00: the grace begins after lunch
    assert swept(session) == (0, 0)
    later(session, 0.001)
    assert swept(session) == (0, 1)


def test_a_breach_goes_up_to_the_nearest_who_is_still_there(session: Session) -> None:
    top = person(session, "top")
    left = person(session, "left", top, active=False)
    owner = person(session, "owner", left)
    owned(session, 1, owner)
    later(session, 100)
    swept(session)
    (missed,) = told(session, "core.deadline_breached")
    assert missed["escalated_to"] == [top.id]


@pytest.mark.parametrize(
    ("stand_in", "reached"), [("other", "other"), ("", "top"), ("owner", "top")]
)
def test_a_breach_goes_to_who_stands_in_for_a_supervisor_who_is_away(
    session: Session, stand_in: str, reached: str
) -> None:
    people = {"top": person(session, "top"), "other": person(session, "other")}
    boss = person(session, "boss", people["top"])
    people["owner"] = person(session, "owner", boss)
    owned(session, 1, people["owner"])
    later(session, 100)
    day = today_at(session, session.scope.home or 0)
    stand_in_id = people[stand_in].id if stand_in else None
    session.add(Absence(user_id=boss.id, first_day=day, last_day=day, stand_in_id=stand_in_id))
    session.flush()
    swept(session)
    (missed,) = told(session, "core.deadline_breached")
    assert missed["escalated_to"] == [people[reached].id]


def test_without_a_supervisor_it_goes_to_the_named_role(session: Session, world: World) -> None:
    role = Role(code="duty", name="值班经理", permissions=[])
    session.add(role)
    session.flush()
    here, gone, elsewhere = (
        person(session, name, active=name != "gone") for name in ("here", "gone", "elsewhere")
    )
    for user, branch in ((here, world.east), (gone, world.east), (elsewhere, world.west)):
        session.add(Membership(user_id=user.id, branch_id=branch, role_id=role.id))
    session.flush()
    owned(session, 1, person(session, "alone"), escalates_to="duty")
    owned(session, 2, None, escalates_to="duty")
    owned(session, 3, None)
    later(session, 100)
    swept(session)
    goes_to = [missed["escalated_to"] for missed in told(session, "core.deadline_breached")]
    assert goes_to == [[here.id], [here.id], []]


def test_supervisors_in_a_circle_are_asked_once(session: Session) -> None:
    one = person(session, "one")
    two = person(session, "two", one, active=False)
    one.supervisor_id = two.id
    session.flush()
    owned(session, 1, one)
    later(session, 100)
    assert swept(session) == (0, 1)
    assert told(session, "core.deadline_breached")[0]["escalated_to"] == []


def test_many_breaches_at_once_are_one_digest_a_person(session: Session) -> None:
    head = person(session, "head")
    owners = [person(session, f"o{n}", head) for n in range(3)]
    rows = [owned(session, n, owners[n % 3]) for n in range(60)]
    later(session, 100)
    assert swept(session) == (0, 60)
    digests = {d["user_id"]: d for d in told(session, "core.deadline_digest")}
    assert len(digests) == 4
    assert digests[head.id]["escalated"] == [row.id for row in rows]
    assert digests[owners[0].id]["missed"] == [row.id for row in rows[::3]]


def test_an_owner_who_was_changed_is_the_one_who_is_warned(session: Session) -> None:
    old, new = person(session, "old"), person(session, "new")
    row = owned(session, 1, old)
    api.assign(session, row.id, new.id, "换人")
    later(session, 23)
    swept(session)
    assert told(session, "core.deadline_warned")[0]["owner_id"] == new.id


def test_another_branch_is_not_swept(world: World) -> None:
    """XX-05"""
    with world.at(world.west) as session:
        started(session)
        session.commit()
    with world.at(world.east) as session:
        later(session, 100)
        assert swept(session) == (0, 0)


def _write(database: Database, scope: Scope, work: Callable[[Session], T]) -> T:
    return database.write(scope, work)


def test_of_sweeps_at_once_only_one_tells(database: Database) -> None:
    """Four at once over ten missed promises: ten breaches in all, one digest for the owner."""
    _, east, _ = database.write(Scope.kernel("test"), make_branches)
    scope = Scope.at(east, "test")

    def furnish(session: Session) -> None:
        owner = person(session, "owner")
        for subject in range(10):
            owned(session, subject, owner)

    database.write(scope, furnish)
    assert isinstance(database.clock, FixedClock)
    database.clock.advance(timedelta(days=9))
    with ThreadPoolExecutor(4) as pool:
        sweeps = [
            pool.submit(_write, database, scope, lambda s: api.sweep(s, east)) for _ in range(4)
        ]
        assert sum(done.result().missed for done in sweeps) == 10
    with database.reading(scope) as session:
        assert len(told(session, "core.deadline_breached")) == 10
        assert len(told(session, "core.deadline_digest")) == 1
        alarms = select(func.count(Deadline.id)).where(Deadline.alarm == DeadlineAlarm.BREACHED)
        assert session.scalars(alarms).one() == 10


def test_clocks_of_a_plugin_that_is_off_rest(world: World, session: Session) -> None:
    """XX-04: they are told of when it is on again."""
    promise = Promise(subject_kind="care.visit", subject_id=1)
    api.start(session, world.east, promise, rule())
    later(session, 100)
    assert swept(session) == (0, 0)
    assert alarms_run(session) == []
    enable(session, world.east, "care")
    assert len(alarms_run(session)) == 1
    assert swept(session) == (0, 1)
    assert alarms_run(session) == []
