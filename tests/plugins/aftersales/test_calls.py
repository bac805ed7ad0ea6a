"""The call register on both databases (AF-01, AF-04, AF-06)."""

from datetime import timedelta

import pytest

from dougong.core.entities.address import Area
from dougong.core.entities.customer import Customer, CustomerKind, CustomerStatus
from dougong.core.entities.people import User
from dougong.core.errors import NotFound, Refusal, StateRefused
from dougong.core.services.deadlines.api import (
    Deadline,
    DeadlineBreached,
    DeadlineState,
    deadlines_of,
    sweep,
)
from dougong.core.services.deadlines.api import (
    cancel as withdraw,
)
from dougong.core.services.search.api import find
from dougong.core.session import Session
from dougong.core.switches import change_settings, enable
from dougong.core.testing import NOON, World
from dougong.plugins.aftersales.events import (
    CallBreached,
    CallClosed,
    CallDispatched,
    CallOpened,
    CallWarned,
    TechnicianArrived,
)
from dougong.plugins.aftersales.models import ServiceCall
from dougong.plugins.aftersales.rules import CallAlarm, CallState
from dougong.plugins.aftersales.service import (
    NewCall,
    accept,
    arrive,
    cancel,
    close,
    dispatch,
    employ,
    fix,
    open_call,
    set_active,
)
from dougong.plugins.tiering.models import CustomerLevel
from dougong.plugins.tiering.rules import Level
from tests.plugins.aftersales.desk import Desk, told


def taken(session: Session, desk: Desk, **more: object) -> ServiceCall:
    """A call of the desk's customer."""
    asked = NewCall(customer_id=desk.customer.id, fault="卡纸", **more)  # type: ignore[arg-type]
    return open_call(session, asked)


def swept(session: Session, branch_id: int) -> tuple[int, int]:
    """How many arrivals the sweep warned of, and how many it found missed."""
    told_of = sweep(session, branch_id)
    return told_of.warned, told_of.missed


def clock_of(session: Session, call: ServiceCall) -> Deadline:
    """The call's arrival clock."""
    (clock,) = deadlines_of(session, call.branch_id, "aftersales.call", [call.id])
    return clock


@pytest.mark.parametrize(("area", "hours"), [(Area.URBAN, 4), (Area.SUBURBAN, 6)])
def test_area_decides_the_promise(session: Session, desk: Desk, area: Area, hours: int) -> None:
    """AF-04: four hours in town, six outside, warned of after three quarters."""
    call = taken(session, desk, area=area)
    assert call.due_at == NOON + timedelta(hours=hours)
    assert call.warn_at == NOON + timedelta(hours=hours) * 0.75
    assert call.state is CallState.OPEN


def test_address_decides_the_area(session: Session, desk: Desk) -> None:
    assert taken(session, desk, address_id=desk.suburban.id).area is Area.SUBURBAN
    assert taken(session, desk, address_id=desk.urban.id).area is Area.URBAN
    assert taken(session, desk).area is Area.URBAN


def test_branch_sets_its_own_hours(world: World, session: Session, desk: Desk) -> None:
    """XX-04: the figures are the branch's; a call keeps those it was promised."""
    before = taken(session, desk)
    change_settings(session, world.east, "aftersales", {"urban_hours": "2", "warn_percent": "50"})
    after = taken(session, desk)
    assert after.due_at == NOON + timedelta(hours=2)
    assert after.warn_at == NOON + timedelta(hours=1)
    assert before.due_at == NOON + timedelta(hours=4)


def test_clock_runs_from_the_call_not_from_its_entry(session: Session, desk: Desk) -> None:
    call = taken(session, desk, called_at=NOON - timedelta(minutes=30))
    assert call.due_at == NOON + timedelta(hours=3, minutes=30)


def test_register_numbers_calls_and_tells_of_them(session: Session, desk: Desk) -> None:
    first, second = taken(session, desk), taken(session, desk)
    assert [first.number, second.number] == ["CALL-2026-000001", "CALL-2026-000002"]
    assert first.phone == "023-68880001"
    assert [e.call_id for e in told(session, CallOpened)] == [first.id, second.id]  # type: ignore[attr-defined]


@pytest.mark.parametrize("fault", ["", "  \n"])
def test_call_without_a_fault_is_refused_at_the_field(
    session: Session, desk: Desk, fault: str
) -> None:
    """XX-07."""
    with pytest.raises(Refusal) as refused:
        open_call(session, NewCall(customer_id=desk.customer.id, fault=fault))
    assert refused.value.field == "fault"
    assert told(session, CallOpened) == []


def test_call_from_the_future_is_refused(session: Session, desk: Desk) -> None:
    with pytest.raises(Refusal) as refused:
        taken(session, desk, called_at=NOON + timedelta(hours=1))
    assert refused.value.field == "called_at"


def test_address_of_another_customer_is_refused(session: Session, desk: Desk) -> None:
    other = Customer(code="C2", kind=CustomerKind.INDIVIDUAL, name="王芳")
    session.add(other)
    session.flush()
    with pytest.raises(Refusal) as refused:
        open_call(session, NewCall(customer_id=other.id, fault="漏水", address_id=desk.urban.id))
    assert refused.value.field == "address_id"


def test_closed_customer_gets_no_call(session: Session, desk: Desk) -> None:
    customer = session.get_one(Customer, desk.customer.id)
    customer.status = CustomerStatus.CLOSED
    with pytest.raises(Refusal) as refused:
        taken(session, desk)
    assert refused.value.code == "aftersales.customer_closed"


def test_customer_of_another_branch_is_not_there(world: World, desk: Desk) -> None:
    """XX-05."""
    with world.at(world.west) as elsewhere, pytest.raises(NotFound):
        taken(elsewhere, desk)


def test_call_is_refused_where_the_plugin_is_off(world: World, desk: Desk) -> None:
    """XX-04."""
    with world.at(world.west) as west:
        customer = Customer(code="W1", kind=CustomerKind.INDIVIDUAL, name="赵敏")
        west.add(customer)
        west.flush()
        with pytest.raises(Refusal) as refused:
            open_call(west, NewCall(customer_id=customer.id, fault="异响"))
    assert refused.value.code == "core.plugin_off"


def test_life_of_a_call(session: Session, desk: Desk) -> None:
    """AF-06: open, dispatched, accepted, arrived, fixed, closed, each told of."""
    call = taken(session, desk)
    dispatch(session, call.id, desk.technician.id)
    accept(session, call.id)
    session.now = NOON + timedelta(hours=3)
    arrive(session, call.id)
    fix(session, call.id, "更换搓纸轮")
    session.now = NOON + timedelta(hours=5)
    close(session, call.id)
    assert call.state is CallState.CLOSED
    assert call.dispatched_at == NOON
    assert call.arrived_at == NOON + timedelta(hours=3)
    assert call.closed_at == NOON + timedelta(hours=5)
    assert call.result == "更换搓纸轮"
    assert call.alarm is CallAlarm.NONE
    assert len(told(session, CallDispatched)) == 1
    assert [e.in_time for e in told(session, TechnicianArrived)] == [True]  # type: ignore[attr-defined]
    assert len(told(session, CallClosed)) == 1


def test_call_is_handed_to_another_technician(session: Session, desk: Desk) -> None:
    call = taken(session, desk)
    other = employ(session, desk.customer.branch_id, desk.owner.id)
    dispatch(session, call.id, desk.technician.id)
    dispatch(session, call.id, other.id)
    assert call.technician_id == other.id
    assert len(told(session, CallDispatched)) == 2


def test_inactive_technician_is_not_sent(session: Session, desk: Desk) -> None:
    """AF-05"""
    call = taken(session, desk)
    set_active(session, desk.technician.id, active=False)
    with pytest.raises(Refusal) as refused:
        dispatch(session, call.id, desk.technician.id)
    assert refused.value.field == "technician_id"
    assert call.state is CallState.OPEN


def test_technician_is_entered_once(session: Session, desk: Desk) -> None:
    with pytest.raises(Refusal) as refused:
        employ(session, desk.customer.branch_id, desk.technician.user_id)
    assert refused.value.code == "aftersales.technician_twice"


def test_nobody_arrives_who_was_not_sent(session: Session, desk: Desk) -> None:
    call = taken(session, desk)
    with pytest.raises(StateRefused):
        arrive(session, call.id)
    assert call.state is CallState.OPEN
    assert call.arrived_at is None


@pytest.mark.parametrize("result", ["", " "])
def test_call_closes_only_with_a_result(session: Session, desk: Desk, result: str) -> None:
    """AF-06: what was done is written down."""
    call = taken(session, desk)
    dispatch(session, call.id, desk.technician.id)
    arrive(session, call.id)
    with pytest.raises(Refusal) as refused:
        close(session, call.id, result)
    assert refused.value.field == "result"


def test_cancelled_call_keeps_the_reason_and_leaves_the_clock(session: Session, desk: Desk) -> None:
    call = taken(session, desk)
    cancel(session, call.id, "客户自行修复")
    session.now = NOON + timedelta(days=1)
    assert swept(session, call.branch_id) == (0, 0)
    assert call.result == "客户自行修复"
    assert call.state is CallState.CANCELLED


def test_sweep_warns_before_and_tells_at_breach_once_each(session: Session, desk: Desk) -> None:
    """AF-04: however often it runs."""
    call, branch = taken(session, desk), desk.customer.branch_id
    assert swept(session, branch) == (0, 0)
    session.now = call.warn_at
    assert swept(session, branch) == (1, 0)
    assert swept(session, branch) == (0, 0)
    session.now = call.due_at
    assert swept(session, branch) == (0, 0)
    session.now = call.due_at + timedelta(seconds=1)
    assert swept(session, branch) == (0, 1)
    assert swept(session, branch) == (0, 0)
    assert call.alarm is CallAlarm.BREACHED
    assert len(told(session, CallWarned)) == 1
    assert len(told(session, CallBreached)) == 1


def test_sweep_that_was_down_tells_of_the_breach_alone(session: Session, desk: Desk) -> None:
    call = taken(session, desk)
    session.now = NOON + timedelta(days=2)
    assert swept(session, call.branch_id) == (0, 1)
    assert told(session, CallWarned) == []


def test_late_arrival_is_a_breach_also_without_a_sweep(session: Session, desk: Desk) -> None:
    """AF-04: told of once, by whoever is first."""
    call = taken(session, desk)
    dispatch(session, call.id, desk.technician.id)
    session.now = call.due_at + timedelta(minutes=1)
    arrive(session, call.id)
    assert call.alarm is CallAlarm.BREACHED
    assert swept(session, call.branch_id) == (0, 0)
    assert len(told(session, CallBreached)) == 1
    assert [e.in_time for e in told(session, TechnicianArrived)] == [False]  # type: ignore[attr-defined]


def test_sweep_of_one_branch_leaves_the_others(world: World, session: Session, desk: Desk) -> None:
    call = taken(session, desk)
    session.now = NOON + timedelta(days=1)
    assert swept(session, world.west) == (0, 0)
    assert call.alarm is CallAlarm.NONE


def test_arrival_is_a_deadline_with_its_reasons(session: Session, desk: Desk) -> None:
    """AF-04, XX-02: one truth; round the clock, up to the dispatchers, the technician's own."""
    call = taken(session, desk, area=Area.SUBURBAN)
    clock = clock_of(session, call)
    assert (clock.due_at, clock.warn_at) == (call.due_at, call.warn_at)
    assert (clock.working, clock.escalates_to) == (False, "dispatcher")
    assert clock.subject == f"{call.number} 重庆长江印务有限公司"
    dispatch(session, call.id, desk.technician.id)
    assert clock.owner_id == desk.technician.user_id
    session.now = NOON + timedelta(hours=1)
    arrive(session, call.id)
    assert (clock.state, clock.in_time) == (DeadlineState.STOPPED, True)


def test_breach_goes_up_to_the_technician_s_supervisor(session: Session, desk: Desk) -> None:
    """AF-04, XX-02."""
    call = taken(session, desk)
    dispatch(session, call.id, desk.technician.id)
    session.get_one(User, desk.technician.user_id).supervisor_id = desk.owner.id
    session.now = NOON + timedelta(hours=5)
    sweep(session, call.branch_id)
    (missed,) = told(session, DeadlineBreached)
    assert missed.escalated_to == (desk.owner.id,)  # type: ignore[attr-defined]


def test_cancelled_call_withdraws_its_clock(session: Session, desk: Desk) -> None:
    call = taken(session, desk)
    cancel(session, call.id, "客户自行修复")
    assert clock_of(session, call).state is DeadlineState.CANCELLED


def test_call_goes_on_when_its_clock_was_withdrawn(session: Session, desk: Desk) -> None:
    call = taken(session, desk)
    withdraw(session, clock_of(session, call).id, "客户改约")
    dispatch(session, call.id, desk.technician.id)
    arrive(session, call.id)
    assert call.state is CallState.ARRIVED


@pytest.mark.parametrize(
    ("level", "tiering_on", "urgent"),
    [(Level.A, True, True), (Level.B, True, False), (None, True, False), (Level.A, False, False)],
)
def test_level_a_goes_ahead_of_the_queue(
    world: World, session: Session, desk: Desk, level: Level | None, tiering_on: bool, urgent: bool
) -> None:
    """AF-18: where tiering is on."""
    if tiering_on:
        enable(session, world.east, "tiering")
    if level is not None:
        session.add(
            CustomerLevel(customer_id=desk.customer.id, level=level, since=NOON, evaluated_at=NOON)
        )
        session.flush()
    assert taken(session, desk).urgent is urgent


@pytest.mark.parametrize("words", ["sn0042", "SN-0042", "8888", "复印", "fyj"])
def test_call_is_found_by_the_one_box(session: Session, desk: Desk, words: str) -> None:
    """AF-01: by serial number, phone and machine, kept true by register_searchables."""
    call = taken(session, desk, serial="SN-0042", phone="13900008888", model="复印机")
    asked = ["aftersales.call"]
    assert [hit.entity_id for hit in find(session, words, entities=asked)] == [call.id]
    call.serial, call.phone, call.model = "", "", ""
    session.flush()
    assert find(session, words, entities=asked) == []
