"""A small firm: who asks, who decides, and a kind of approval to ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from dougong.core.entities.people import Membership, Role, User
from dougong.core.hookspecs import hookimpl
from dougong.core.house import load_registry
from dougong.core.i18n import lazy
from dougong.core.plugins import Registry, Unit
from dougong.core.scope import Scope
from dougong.core.services.approvals.api import (
    Approval,
    ApprovalKind,
    Approver,
    ApproverKind,
    Json,
    Matter,
    Request,
    Step,
    Verdict,
    ask,
    decide,
    write_policy,
)
from dougong.core.session import Session
from dougong.core.testing import World
from dougong.core.values import Money

HOUR = timedelta(hours=1)
KIND = ApprovalKind(
    code="demo.discount", title=lazy("Discount"), entity="core.order", operation="confirm",
    steps=(Step((Approver(ApproverKind.ROLE, role="boss"),)),),
    fields={"percent": lazy("Discount"), "lines": lazy("Lines")},
)  # fmt: skip
STATED: dict[int, Mapping[str, Json]] = {}
"""What the records of ``demo.checked`` say now."""
CHECKED = ApprovalKind(
    code="demo.checked", title=lazy("Checked"), entity="core.order", operation="confirm",
    steps=KIND.steps, current=lambda reader, key: STATED.get(key, {}),
)  # fmt: skip
PEOPLE = ("asker", "boss", "deputy", "clerk", "chief", "owner")
ROLES = {"boss": ("boss", "deputy"), "audit": ("clerk", "deputy"), "seller": ("asker",)}


def offering() -> ModuleType:
    """A room that offers the kinds, as a service's plugin.py does."""
    room = ModuleType("tests_offering")

    def register_approval_kinds() -> list[ApprovalKind]:
        return [KIND, CHECKED]

    room.register_approval_kinds = hookimpl(register_approval_kinds)  # type: ignore[attr-defined]
    return room


@pytest.fixture(scope="session")
def plugin_registry() -> Registry:
    """What is installed, and our kinds."""
    registry = load_registry()
    registry.always += (Unit(offering(), frozenset()),)
    return registry


@dataclass(frozen=True, slots=True)
class Firm:
    """People at one branch, by login; the chief is above the boss, the owner above all."""

    branch_id: int
    ids: Mapping[str, int]

    def scope(self, login: str) -> Scope:
        """That person at his desk."""
        return Scope.at(self.branch_id, login, user_id=self.ids[login])


def people(session: Session, branch_id: int) -> Firm:
    """Hire them all."""
    users = {login: User(login=login, name=login.title()) for login in PEOPLE}
    session.add_all(users.values())
    session.flush()
    for login, above in (("asker", "boss"), ("boss", "chief"), ("clerk", "chief"),
                         ("deputy", "chief"), ("chief", "owner")):  # fmt: skip
        users[login].supervisor_id = users[above].id
    staff = Role(code="staff", name="Staff")
    for user in users.values():
        user.memberships.append(Membership(branch_id=branch_id, role=staff))
    for code, holders in ROLES.items():
        role = Role(code=code, name=code.title())
        for login in holders:
            users[login].memberships.append(Membership(branch_id=branch_id, role=role))
    session.flush()
    return Firm(branch_id, {login: user.id for login, user in users.items()})


@dataclass(frozen=True, slots=True)
class Office:
    """The firm in a transaction that is rolled back, with a desk for everybody."""

    world: World
    firm: Firm

    def desk(self, login: str) -> Session:
        """A session of that person's, at the present time."""
        return self.world.session(self.firm.scope(login))

    def later(self, time: timedelta) -> None:
        """Let time pass."""
        self.world.clock.advance(time)

    def ask(self, login: str = "asker", **changes: Any) -> int:
        """Ask for a discount; the request's key."""
        with self.desk(login) as session:
            row = ask(session, self.firm.branch_id, request(**changes))
            session.commit()
            return row.id

    def decide(self, login: str, key: int, verdict: Verdict = Verdict.APPROVE,
               reason: str = "ok") -> Approval:  # fmt: skip
        """Decide as that person; the request as it then is."""
        with self.desk(login) as session:
            row = decide(session, key, verdict, reason)
            session.commit()
            return row

    def policy(self, *steps: Step, kind: str = "demo.discount") -> None:
        """Let the branch decide so from now on."""
        with self.world.at(self.firm.branch_id) as session:
            write_policy(session, self.firm.branch_id, kind, steps)
            session.commit()


@pytest.fixture
def office(world: World) -> Office:
    """Everybody hired, nothing asked yet."""
    with world.session(Scope.kernel("test")) as session:
        firm = people(session, world.east)
        session.commit()
    return Office(world, firm)


def matter(number: int = 1, kind: str = "demo.discount") -> Matter:
    """The discount of an order."""
    return Matter(kind=kind, subject_kind="demo.order", subject_id=number)


CONTENT: dict[str, Json] = {"percent": 12, "lines": [["电脑", "2"]]}


def request(
    number: int = 1, minor: int | None = 100_00, content: Mapping[str, Json] = CONTENT,
    kind: str = "demo.discount", **more: Any,
) -> Request:  # fmt: skip
    """A request for it."""
    amount = None if minor is None else Money(minor, "CNY")
    return Request(
        matter=matter(number, kind), content=content, amount=amount,
        **{"reason": "老客户", "subject": f"SO-{number}", **more},
    )  # fmt: skip


def role(code: str) -> Approver:
    """Any holder of the role."""
    return Approver(ApproverKind.ROLE, role=code)


def person(key: int) -> Approver:
    """That one."""
    return Approver(ApproverKind.PERSON, user_id=key)


def above(level: int = 1) -> Approver:
    """The n-th above the asker."""
    return Approver(ApproverKind.SUPERVISOR, level=level)
