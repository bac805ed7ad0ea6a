"""A branch with two account managers, customers and open work."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.interaction import (
    Direction,
    Interaction,
    InteractionKind,
    InteractionState,
)
from dougong.core.entities.people import Membership, Role, User
from dougong.core.permissions import seed_roles
from dougong.core.services.deadlines.api import Deadline, DeadlineRule, Promise, start
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works at the branch: 陈 leaves, 李 takes over, 王 is a dispatcher."""

    branch_id: int
    leaves: int
    takes: int
    dispatcher: int


def hire(session: Session, branch_id: int, login: str, role: str) -> User:
    """Somebody with a role at the branch."""
    if not session.scalars(select(Role).where(Role.code == role)).one_or_none():
        seed_roles(session, session.info[REGISTRY])
    held = session.scalars(select(Role).where(Role.code == role)).one()
    user = User(login=login, name=login, active=True)
    user.memberships.append(Membership(branch_id=branch_id, role=held))
    session.add(user)
    session.flush()
    return user


def staff_at(session: Session, branch_id: int) -> Staff:
    """The people of a branch."""
    roles = {"陈": "account_manager", "李": "account_manager", "王": "dispatcher"}
    ids = [hire(session, branch_id, f"{n}{branch_id}", role).id for n, role in roles.items()]
    return Staff(branch_id, *ids)


def customer_of(session: Session, branch_id: int, manager_id: int | None, code: str) -> Customer:
    """A customer of that account manager."""
    row = Customer(
        branch_id=branch_id, code=code, kind=CustomerKind.ENTERPRISE, name=f"客户{code}",
        manager_id=manager_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def request_of(session: Session, customer: Customer, user_id: int | None) -> Interaction:
    """A service request that somebody took and nobody answered yet."""
    row = Interaction(
        branch_id=customer.branch_id, customer_id=customer.id, user_id=user_id, at=session.now,
        kind=InteractionKind.SERVICE_REQUEST, direction=Direction.INCOMING,
        state=InteractionState.OPEN, content="报修",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def clock_of(session: Session, customer: Customer, owner_id: int, subject_id: int) -> Deadline:
    """A promise to the customer that runs."""
    rule = DeadlineRule(
        code="test.respond", version=1, target="respond", allowed=DAY, warn_after=DAY / 2,
        working=False,
    )  # fmt: skip
    promise = Promise(
        subject_kind="test.case", subject_id=subject_id, customer_id=customer.id, owner_id=owner_id
    )
    return start(session, customer.branch_id, promise, rule)
