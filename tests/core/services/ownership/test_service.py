"""Handing customers over, with everything that is open, on both databases (AR-07)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from dougong.core.database import Database
from dougong.core.entities.customer import Customer, CustomerKind, CustomerStatus
from dougong.core.entities.event_log import EventRecord
from dougong.core.entities.interaction import InteractionState
from dougong.core.entities.people import User
from dougong.core.errors import Forbidden, NotFound, Refusal, StateRefused
from dougong.core.scope import Scope
from dougong.core.services.deadlines.api import Deadline, StepKind, steps_of, stop
from dougong.core.services.ownership.api import (
    HandOver,
    Moving,
    OwnerChange,
    hand_over,
    hand_over_request,
    movings,
    owners,
    owners_of,
    preview,
    without_owner,
)
from dougong.core.services.ownership.checks import everybody_is_owned
from dougong.core.session import Session
from dougong.core.testing import NOON, World, make_branches
from tests.core.services.ownership.staff import (
    Staff,
    clock_of,
    customer_of,
    hire,
    request_of,
    staff_at,
)


@pytest.fixture
def staff(world: World, session: Session) -> Staff:
    """The people of 东区."""
    return staff_at(session, world.east)


def leaving(staff: Staff, *customers: Customer) -> Moving:
    """陈 gives 李 these customers, or everything."""
    ids = tuple(customer.id for customer in customers) or None
    return Moving(
        branch_id=staff.branch_id, from_id=staff.leaves, to_id=staff.takes, customer_ids=ids
    )


def counts(works: Sequence[object]) -> dict[str, int]:
    """The counts by source."""
    return {work.source: work.count for work in works}  # type: ignore[attr-defined]


def test_everything_of_a_person_goes_at_once(session: Session, staff: Staff) -> None:
    """AR-07: customers, deadlines and waiting contacts; what is done or another's stays."""
    mine = [customer_of(session, staff.branch_id, staff.leaves, f"C{n}") for n in range(3)]
    closed = customer_of(session, staff.branch_id, staff.leaves, "C8")
    closed.status = CustomerStatus.CLOSED
    other = customer_of(session, staff.branch_id, staff.takes, "C9")
    waits = request_of(session, mine[0], staff.leaves)
    done = request_of(session, mine[0], staff.leaves)
    done.state = InteractionState.HANDLED
    elsewhere = request_of(session, other, staff.leaves)
    colleagues = request_of(session, mine[1], staff.dispatcher)
    clock = clock_of(session, mine[0], staff.leaves, 1)
    ended = clock_of(session, mine[0], staff.leaves, 2)
    stop(session, ended.id)
    foretold = counts(preview(session, leaving(staff)))
    kept = hand_over(session, leaving(staff), " 离职 ")
    assert kept.moved == {
        "core.customer": 3, "core.deadline": 1, "core.interaction": 2, "core.activity": 0,
    }  # fmt: skip
    assert foretold == kept.moved
    assert {customer.manager_id for customer in mine} == {staff.takes}
    assert closed.manager_id == staff.leaves
    assert [row.user_id for row in (waits, elsewhere)] == [staff.takes] * 2
    assert [row.user_id for row in (done, colleagues)] == [staff.leaves, staff.dispatcher]
    assert [row.owner_id for row in (clock, ended)] == [staff.takes, staff.leaves]
    assert steps_of(session, clock)[-1].kind is StepKind.ASSIGNED
    assert (kept.reason, kept.from_id, kept.to_id) == ("离职", staff.leaves, staff.takes)
    assert (kept.everything, kept.at) == (True, NOON)


def test_chosen_customers_go_with_their_own_work_only(session: Session, staff: Staff) -> None:
    one, two = (customer_of(session, staff.branch_id, staff.leaves, f"C{n}") for n in range(2))
    first, second = (request_of(session, row, staff.leaves) for row in (one, two))
    hand_over(session, leaving(staff, one), "区域调整")
    assert [one.manager_id, two.manager_id] == [staff.takes, staff.leaves]
    assert [first.user_id, second.user_id] == [staff.takes, staff.leaves]


def test_chosen_customers_of_several_go_from_each_of_them(session: Session, staff: Staff) -> None:
    """The receiver's own customers are left alone, nobody's become his."""
    owned = (staff.leaves, staff.dispatcher, None, staff.takes)
    rows = [customer_of(session, staff.branch_id, o, f"C{n}") for n, o in enumerate(owned)]
    made = movings(session, staff.branch_id, [row.id for row in rows], staff.takes)
    assert [moving.from_id for moving in made] == [None, *sorted(owned[:2])]
    for moving in made:
        hand_over(session, moving, "区域调整")
    assert {row.manager_id for row in rows} == {staff.takes}


def test_history_of_owners_is_whole_whatever_the_door(session: Session, staff: Staff) -> None:
    """AR-07: by the archive's form, and by a hand-over with its reason."""
    row = customer_of(session, staff.branch_id, None, "C1")
    row.manager_id = staff.leaves
    session.flush()
    row.name = "改名"
    session.flush()
    kept = hand_over(session, leaving(staff, row), "离职")
    latest, first = owners_of(session, row)
    assert (first.from_id, first.to_id, first.hand_over_id) == (None, staff.leaves, None)
    assert (latest.from_id, latest.to_id) == (staff.leaves, staff.takes)
    assert latest.hand_over is kept


def test_who_edits_the_archive_meanwhile_is_told(session: Session, staff: Staff) -> None:
    row = customer_of(session, staff.branch_id, staff.leaves, "C1")
    before = row.version
    hand_over(session, leaving(staff), "离职")
    assert row.version == before + 1


@pytest.mark.parametrize("why", ["inactive", "elsewhere", "dispatcher", "unknown"])
def test_receiver_must_be_able_to_own_customers_here(
    world: World, session: Session, staff: Staff, why: str
) -> None:
    """Active, at the branch, as account manager or manager."""
    row = customer_of(session, staff.branch_id, staff.leaves, "C1")
    session.get_one(User, staff.takes).active = why != "inactive"
    far = hire(session, world.west, "远", "account_manager").id
    to_id = {"inactive": staff.takes, "elsewhere": far, "dispatcher": staff.dispatcher}.get(why, 99)
    moving = Moving(branch_id=world.east, from_id=staff.leaves, to_id=to_id)
    with pytest.raises(Refusal) as refused:
        hand_over(session, moving, "离职")
    assert refused.value.field == "to_id"
    assert row.manager_id == staff.leaves


def test_who_stands_above_with_all_below_may_own(
    world: World, session: Session, staff: Staff
) -> None:
    boss = hire(session, world.headquarters, "总", "manager")
    assert boss not in owners(session, world.east)
    boss.memberships[0].below = True
    session.flush()
    assert boss in owners(session, world.east)


def test_without_the_permission_nothing_is_handed_over(
    world: World, session: Session, staff: Staff
) -> None:
    """XX-05: nor at another branch."""
    row = customer_of(session, staff.branch_id, staff.leaves, "C1")
    session.commit()
    bare = Scope("someone", frozenset({world.east}), world.east, staff.dispatcher)
    for scope in (bare, Scope.at(world.west, "west")):
        with world.session(scope) as other, pytest.raises(Forbidden):
            hand_over(other, leaving(staff), "离职")
    assert row.manager_id == staff.leaves


def test_nothing_to_hand_over_is_said(session: Session, staff: Staff) -> None:
    with pytest.raises(StateRefused):
        hand_over(session, leaving(staff), "离职")
    assert session.scalars(select(HandOver)).all() == []


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_record_of_a_hand_over_is_never_changed(session: Session, staff: Staff, verb: str) -> None:
    customer_of(session, staff.branch_id, staff.leaves, "C1")
    kept = hand_over(session, leaving(staff), "离职")
    if verb == "update":
        kept.reason = "别的"
    else:
        session.delete(kept)
    with pytest.raises(DBAPIError, match="append-only"):
        session.flush()


def test_request_stays_with_who_was_asked_first_until_it_is_given(
    session: Session, staff: Staff
) -> None:
    """AR-07 首问责任制: handing the customer over does not move a colleague's request."""
    row = customer_of(session, staff.branch_id, staff.leaves, "C1")
    request = request_of(session, row, staff.dispatcher)
    hand_over(session, leaving(staff, row), "离职")
    assert request.user_id == staff.dispatcher
    hand_over_request(session, request.id, staff.takes, "客户经理跟进")
    assert request.user_id == staff.takes
    kept = session.scalars(select(HandOver).order_by(HandOver.id.desc())).first()
    assert kept is not None
    assert (kept.interaction_id, kept.from_id, kept.to_id, kept.reason) == (
        request.id, staff.dispatcher, staff.takes, "客户经理跟进",
    )  # fmt: skip
    told = select(func.count(EventRecord.id)).where(EventRecord.name == "core.request_handed_over")
    assert session.scalar(told) == 1


@pytest.mark.parametrize("why", ["handled", "no_reason", "himself", "inactive", "unknown"])
def test_request_is_not_given_just_so(session: Session, staff: Staff, why: str) -> None:
    row = customer_of(session, staff.branch_id, staff.leaves, "C1")
    request = request_of(session, row, staff.dispatcher)
    if why == "handled":
        request.state = InteractionState.HANDLED
    session.get_one(User, staff.takes).active = why != "inactive"
    to_id = staff.dispatcher if why == "himself" else staff.takes
    key = 999 if why == "unknown" else request.id
    with pytest.raises(NotFound if why == "unknown" else Refusal):
        hand_over_request(session, key, to_id, "" if why == "no_reason" else "跟进")
    assert request.user_id == staff.dispatcher


def test_customers_of_who_left_are_found(session: Session, staff: Staff) -> None:
    """AR-07: by the page and by doctor."""
    customer_of(session, staff.branch_id, staff.leaves, "C1")
    customer_of(session, staff.branch_id, staff.takes, "C2")
    assert everybody_is_owned(session) == []
    person = session.get_one(User, staff.leaves)
    person.active = False
    session.flush()
    assert without_owner(session, staff.branch_id) == [(person, 1)]
    assert len(everybody_is_owned(session)) == 1


def test_thousands_go_in_one_transaction(session: Session, staff: Staff) -> None:
    """Set-based: the number of statements does not grow with the customers."""
    session.execute(
        insert(Customer),
        [
            {
                "branch_id": staff.branch_id, "code": f"B{n}", "name": f"批{n}",
                "kind": CustomerKind.ENTERPRISE, "status": CustomerStatus.ACTIVE, "version": 1,
                "manager_id": staff.leaves, "created_at": NOON, "updated_at": NOON,
            }
            for n in range(3000)
        ],
    )  # fmt: skip
    kept = hand_over(session, leaving(staff), "离职")
    assert kept.moved["core.customer"] == 3000
    noted = select(func.count(OwnerChange.id)).where(OwnerChange.hand_over_id == kept.id)
    assert session.scalar(noted) == 3000


def test_two_who_hand_over_at_once_give_each_customer_once(database: Database) -> None:
    """AR-07: the second finds nothing left, and nothing is lost between them."""

    def fill(session: Session) -> Staff:
        made = staff_at(session, make_branches(session)[1])
        for n in range(20):
            row = customer_of(session, made.branch_id, made.leaves, f"C{n}")
            clock_of(session, row, made.leaves, n)
        return made

    staff = database.write(Scope.kernel("test"), fill)
    start = Barrier(2)

    def give(_: int) -> bool:
        start.wait()
        try:
            database.write(
                Scope.at(staff.branch_id, "test"),
                lambda session: hand_over(session, leaving(staff), "离职").id,
            )
        except StateRefused:
            return False
        return True

    with ThreadPoolExecutor(2) as hosts:
        assert sorted(hosts.map(give, range(2))) == [False, True]
    with database.reading(Scope.at(staff.branch_id, "test")) as session:
        assert (
            session.scalar(
                select(func.count(OwnerChange.id)).where(OwnerChange.to_id == staff.takes)
            )
            == 20
        )
        assert set(session.scalars(select(Deadline.owner_id))) == {staff.takes}
        assert session.scalar(select(func.count(HandOver.id))) == 1


def test_breach_goes_up_the_line_of_the_receiver(session: Session, staff: Staff) -> None:
    """XX-02: a deadline that was handed over is the receiver's in all."""
    row = customer_of(session, staff.branch_id, staff.leaves, "C1")
    clock = clock_of(session, row, staff.leaves, 1)
    hand_over(session, leaving(staff), "离职")
    assert clock.due_at == NOON + timedelta(days=1)
    assert steps_of(session, clock)[-1].note == "离职"
