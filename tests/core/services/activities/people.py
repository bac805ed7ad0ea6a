"""Who tests of activities are about: a branch with people, and what they have to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import select

from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.event_log import EventRecord
from dougong.core.entities.people import Membership, Role, User
from dougong.core.scope import Grant, Scope
from dougong.core.services.activities import api
from dougong.core.services.activities.api import Activity, ActivityStepKind, NewActivity
from dougong.core.session import Session
from dougong.core.testing import World

TODAY = date(2026, 3, 2)


def hire(session: Session, branch_id: int, login: str, above: User | None = None) -> User:
    """Somebody who works at the branch."""
    role = session.scalars(select(Role).where(Role.code == "staff")).one_or_none()
    if role is None:
        role = Role(code="staff", name="staff", clearance=0, seeded=[], permissions=[])
    person = User(login=login, name=login, active=True, supervisor_id=above.id if above else None)
    person.memberships.append(Membership(branch_id=branch_id, role=role))
    session.add(person)
    session.flush()
    return person


def buyer(session: Session, code: str, manager: User | None = None) -> Customer:
    """A customer of the session's branch."""
    customer = Customer(
        code=code, kind=CustomerKind.INDIVIDUAL, name=f"客户{code}",
        manager_id=manager.id if manager else None,
    )  # fmt: skip
    session.add(customer)
    session.flush()
    return customer


def todo(session: Session, owner: User | None = None, **more: object) -> Activity:
    """Something to do, due today."""
    given = {"kind": api.TASK, "due": TODAY, "title": "回访", **more}
    asked = NewActivity(owner_id=owner.id if owner else None, **given)  # type: ignore[arg-type]
    return api.plan(session, session.scope.home or 0, asked)


def steps(session: Session, row: Activity) -> list[ActivityStepKind]:
    """What happened to it."""
    return [step.kind for step in api.steps_of(session, row)]


def told(session: Session, name: str) -> list[dict[str, object]]:
    """What was recorded under that name."""
    found = select(EventRecord.payload).where(EventRecord.name == name).order_by(EventRecord.id)
    return list(session.scalars(found).all())


@contextmanager
def as_person(world: World, person: User, *operations: str) -> Iterator[Session]:
    """His own session at 东区: he may settle what is his, and what ``operations`` add."""
    granted = [Grant(world.east, "core.activity", name) for name in ("update", *operations)]
    scope = Scope(
        person.login, frozenset({world.east}), world.east, person.id, grants=frozenset(granted)
    )
    with world.session(scope) as session:
        yield session
