"""Many hands at once: one use, one passing of a step, one open request (XX-03)."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from dougong.core.database import Database
from dougong.core.errors import Refusal
from dougong.core.scope import Scope
from dougong.core.services.approvals import api
from dougong.core.services.approvals.api import (
    Approval,
    ApprovalEntry,
    ApprovalState,
    EntryKind,
    Step,
    Verdict,
)
from dougong.core.session import Session
from dougong.core.testing import make_branches
from tests.core.services.approvals.conftest import CONTENT, Firm, matter, people, request, role

HANDS = 8
ATTEMPTS = 40


@pytest.fixture
def firm(database: Database) -> Firm:
    """Everybody hired at 东区."""

    def work(session: Session) -> Firm:
        _, east, _ = make_branches(session)
        return people(session, east)

    return database.write(Scope.kernel("test"), work)


def at_once(database: Database, acts: Sequence[tuple[Scope, Callable[[Session], object]]]) -> int:
    """Do them all at the same moment; how many were not refused."""
    start = Barrier(len(acts))

    def run(act: tuple[Scope, Callable[[Session], object]]) -> bool:
        start.wait()
        try:
            database.write(*act, attempts=ATTEMPTS)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(len(acts)) as hands:
        return sum(hands.map(run, acts))


def asked(database: Database, firm: Firm) -> int:
    """A request that waits."""
    return database.write(
        firm.scope("asker"), lambda session: api.ask(session, firm.branch_id, request()).id
    )


def count(database: Database, kind: EntryKind) -> int:
    """How often that happened."""
    with database.reading(Scope.kernel("test")) as session:
        counting = select(func.count(ApprovalEntry.id)).where(ApprovalEntry.kind == kind)
        return session.scalar(counting) or 0


def test_eight_who_use_it_at_once_use_it_once(database: Database, firm: Firm) -> None:
    key = asked(database, firm)
    database.write(firm.scope("boss"), lambda s: api.decide(s, key, Verdict.APPROVE))
    act = (
        firm.scope("asker"),
        lambda s: api.use(s, firm.branch_id, matter(), CONTENT).id,
    )
    assert at_once(database, [act] * HANDS) == 1
    assert count(database, EntryKind.USED) == 1


def test_two_who_decide_at_once_pass_the_step_once(database: Database, firm: Firm) -> None:
    steps = (Step((role("boss"), role("boss"))),)
    database.write(
        Scope.at(firm.branch_id, "test"),
        lambda s: api.write_policy(s, firm.branch_id, "demo.discount", steps).version,
    )
    key = asked(database, firm)
    acts = [
        (firm.scope(login), lambda s: api.decide(s, key, Verdict.APPROVE).id)
        for login in ("boss", "deputy", "boss", "deputy")
    ]
    assert at_once(database, acts) == 2
    assert count(database, EntryKind.PASSED) == 1
    with database.reading(firm.scope("asker")) as session:
        assert session.get_one(Approval, key).state is ApprovalState.APPROVED


def test_of_many_who_ask_the_same_one_does(database: Database, firm: Firm) -> None:
    act = (
        firm.scope("asker"), lambda s: api.ask(s, firm.branch_id, request()).id
    )  # fmt: skip
    assert at_once(database, [act] * 4) == 1
    assert count(database, EntryKind.ASKED) == 1


def test_a_use_and_a_change_of_the_record_do_not_both_happen(
    database: Database, firm: Firm
) -> None:
    key = asked(database, firm)
    database.write(firm.scope("boss"), lambda s: api.decide(s, key, Verdict.APPROVE))
    scope = firm.scope("asker")
    at_once(database, [
        (scope, lambda s: api.try_use(s, firm.branch_id, matter(), CONTENT)),
        (scope, lambda s: api.void(s, firm.branch_id, matter(), "改单")),
    ])  # fmt: skip
    assert count(database, EntryKind.USED) + count(database, EntryKind.VOIDED) == 1
