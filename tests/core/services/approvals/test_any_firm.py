"""Random policies, absences, stand-ins: whoever tries, nobody decides his own request (XX-03)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from dougong.core.entities.absence import Absence
from dougong.core.errors import Refusal
from dougong.core.services.approvals import api
from dougong.core.services.approvals.api import (
    Approval,
    ApprovalEntry,
    ApprovalState,
    Approver,
    Step,
    Verdict,
)
from dougong.core.services.approvals.rules import DECISIONS
from dougong.core.session import Session
from dougong.core.testing import World
from tests.core.services.approvals.conftest import (
    PEOPLE,
    Firm,
    Office,
    above,
    person,
    request,
    role,
)

TODAY = date(2026, 3, 2)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A firm's day: the policy by logins, who is away, who asks for whom, who tries to decide."""

    steps: tuple[tuple[tuple[str, ...], int], ...]
    away: dict[str, str]
    asker: str
    subject: str
    tries: tuple[str, ...]


logins = st.sampled_from(PEOPLE)
approvers = st.one_of(
    logins, st.sampled_from(("role:boss", "role:audit", "role:seller", "above:1", "above:2"))
)
places = st.lists(approvers, min_size=1, max_size=3).map(tuple)
steps = st.lists(
    places.flatmap(lambda p: st.tuples(st.just(p), st.integers(0, len(p)))), min_size=1, max_size=3
).map(tuple)
days = st.builds(
    Drawn, steps, st.dictionaries(logins, logins, max_size=4), logins, logins,
    st.lists(logins, min_size=4, max_size=14).map(tuple),
)  # fmt: skip


def approver(firm: Firm, word: str) -> Approver:
    """``role:boss``, ``above:2``, or a login."""
    what, _, value = word.partition(":")
    if what == "role":
        return role(value)
    return above(int(value)) if what == "above" else person(firm.ids[word])


@contextmanager
def rolled_back(world: World) -> Iterator[None]:
    """Nothing of one example is left for the next."""
    point = world.connection.begin_nested()
    try:
        yield
    finally:
        point.rollback()


def play(world: World, firm: Firm, day: Drawn) -> int | None:
    """Ask, and let everybody try; the request's key, None where it could not be asked."""
    policy = tuple(Step(tuple(approver(firm, w) for w in words), n) for words, n in day.steps)
    with world.at(firm.branch_id) as session:
        api.write_policy(session, firm.branch_id, "demo.discount", policy)
        session.add_all(
            Absence(user_id=firm.ids[a], stand_in_id=firm.ids[b], first_day=TODAY, last_day=TODAY)
            for a, b in day.away.items()
            if a != b
        )
        session.commit()
    asking = request(asked_for=firm.ids[day.subject])
    with world.session(firm.scope(day.asker)) as session:
        try:
            key = api.ask(session, firm.branch_id, asking).id
        except Refusal:
            return None
        session.commit()
    for login in day.tries:
        _try(world, firm, login, key)
    return key


def _try(world: World, firm: Firm, login: str, key: int) -> None:
    with world.session(firm.scope(login)) as session:
        mine = [row.id for row in api.waiting_for(session, firm.branch_id, firm.ids[login])]
        try:
            api.decide(session, key, Verdict.APPROVE)
        except Refusal:
            assert mine == []  # what is shown as waiting for somebody he may decide
            return
        assert mine == [key]
        session.commit()


def judge(session: Session, firm: Firm, day: Drawn, key: int) -> None:
    """What must hold whatever happened."""
    own = {firm.ids[day.asker], firm.ids[day.subject]}
    row = session.get_one(Approval, key)
    decided = session.scalars(
        select(ApprovalEntry).where(
            ApprovalEntry.approval_id == key, ApprovalEntry.kind.in_(DECISIONS)
        )
    ).all()
    counted = [{entry.user_id, entry.for_id} for entry in decided]
    assert all(own.isdisjoint(people) for people in counted)
    assert sum(map(len, counted)) == len(set().union(*counted))  # everybody counts once
    needed = [step.count for step in api.steps_from(row.steps)]
    if row.state is ApprovalState.APPROVED:
        assert len(decided) >= sum(needed)
        for number, count in enumerate(needed, start=1):
            assert sum(entry.step == number for entry in decided) >= count


@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(day=days)
def test_nobody_decides_his_own_request_on_any_day(office: Office, day: Drawn) -> None:
    world, firm = office.world, office.firm
    with rolled_back(world):
        key = play(world, firm, day)
        if key is not None:
            with world.at(firm.branch_id) as session:
                judge(session, firm, day, key)
