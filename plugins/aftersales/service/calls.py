"""The call register 叫修登记簿 and its arrival clock (AF-01, AF-04, AF-06)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select, update

from dougong.core.entities.address import Address, Area
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.entities.numbering import take_number
from dougong.core.errors import NotFound, Refusal, StateRefused
from dougong.core.events import Event, record
from dougong.core.i18n import lazy
from dougong.core.session import Session
from dougong.core.switchboard import refuse_if_off, settings_at
from dougong.core.values import aware
from dougong.plugins.aftersales.events import (
    CallAccepted,
    CallBreached,
    CallCancelled,
    CallClosed,
    CallDispatched,
    CallFixed,
    CallOpened,
    CallWarned,
    TechnicianArrived,
)
from dougong.plugins.aftersales.models import ServiceCall, Technician
from dougong.plugins.aftersales.rules import (
    ON_THE_CLOCK,
    CallAlarm,
    CallChannel,
    CallState,
    arrival_clock,
    may_move,
)
from dougong.plugins.aftersales.settings import AftersalesSettings
from dougong.plugins.aftersales.texts import CALL_STATES

SERIES: Final = "CALL"
CLOCK_SKEW: Final = timedelta(minutes=5)
"""So far ahead a call's time may lie: the clocks of two desks differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """What the intake writes down of a call (AF-01)."""

    customer_id: int
    fault: str
    channel: CallChannel = CallChannel.PHONE
    contact_id: int | None = None
    address_id: int | None = None
    area: Area | None = None
    """Empty means the address's; without either it is urban, the stricter promise."""
    phone: str = ""
    product_id: int | None = None
    model: str = ""
    serial: str = ""
    urgent: bool = False
    called_at: datetime | None = None
    """When the customer called; empty means now."""


def open_call(session: Session, asked: NewCall) -> ServiceCall:
    """Take a call into the register and start its arrival clock (AF-01, AF-04)."""
    customer = _customer(session, asked.customer_id)
    refuse_if_off(session, customer.branch_id, "aftersales")
    if not asked.fault.strip():
        raise Refusal(
            lazy("Write down what is wrong with the machine."),
            code="aftersales.no_fault",
            field="fault",
        )
    contact, address = _reached(session, customer, asked)
    area = asked.area or (address.area if address else None) or Area.URBAN
    settings = settings_at(session, customer.branch_id, AftersalesSettings)
    clock = arrival_clock(_called_at(session, asked), settings.promised(area), settings.warn_at)
    call = ServiceCall(
        branch_id=customer.branch_id,
        customer_id=customer.id,
        contact_id=asked.contact_id,
        address_id=asked.address_id,
        product_id=asked.product_id,
        area=area,
        phone=asked.phone or (contact.phone if contact else "") or customer.phone or "",
        model=asked.model.strip(),
        serial=asked.serial.strip(),
        fault=asked.fault.strip(),
        channel=asked.channel,
        urgent=asked.urgent,
        state=CallState.OPEN,
        alarm=CallAlarm.NONE,
        called_at=clock.called_at,
        warn_at=clock.warn_at,
        due_at=clock.due_at,
        result="",
    )
    session.add(call)
    session.flush()
    record(
        session,
        CallOpened(
            branch_id=call.branch_id,
            call_id=call.id,
            customer_id=call.customer_id,
            due_at=call.due_at,
        ),
    )
    call.number = take_number(session, call.branch_id, SERIES)
    session.flush()
    return call


def dispatch(session: Session, call_id: int, technician_id: int) -> ServiceCall:
    """Send a technician, or another one in his place (AF-05)."""
    call = _locked(session, call_id)
    technician = session.get(Technician, technician_id)
    if technician is None or technician.branch_id != call.branch_id:
        raise NotFound(lazy("This technician does not work at this branch."))
    if not technician.active:
        raise Refusal(
            lazy("%(name)s takes no calls at present.", name=technician.user.name),
            code="aftersales.technician_inactive",
            next_step=lazy("Choose another technician."),
            field="technician_id",
        )
    _move(call, CallState.DISPATCHED)
    call.technician_id = technician.id
    call.dispatched_at = session.now
    _tell(session, call, CallDispatched, technician_id=technician.id)
    return call


def accept(session: Session, call_id: int) -> ServiceCall:
    """The technician takes the call and sets out (AF-06)."""
    call = _locked(session, call_id)
    _move(call, CallState.ACCEPTED)
    _tell(session, call, CallAccepted, technician_id=call.technician_id)
    return call


def arrive(session: Session, call_id: int) -> ServiceCall:
    """The technician is on site; a missed promise is told of here at the latest (AF-04)."""
    call = _locked(session, call_id)
    _move(call, CallState.ARRIVED)
    call.arrived_at = session.now
    in_time = session.now <= call.due_at
    if not in_time and call.alarm is not CallAlarm.BREACHED:
        call.alarm = CallAlarm.BREACHED
        _tell(session, call, CallBreached, due_at=call.due_at)
    _tell(
        session,
        call,
        TechnicianArrived,
        technician_id=call.technician_id,
        arrived_at=session.now,
        in_time=in_time,
    )
    return call


def fix(session: Session, call_id: int, result: str) -> ServiceCall:
    """The fault is mended; what was done is written down (AF-06)."""
    call = _locked(session, call_id)
    _move(call, CallState.FIXED)
    call.result = _said(result, lazy("Write down what was done."), "result")
    _tell(session, call, CallFixed)
    return call


def close(session: Session, call_id: int, result: str = "") -> ServiceCall:
    """Finish the call; it needs a result, its own or the one the technician left (AF-06)."""
    call = _locked(session, call_id)
    _move(call, CallState.CLOSED)
    call.result = _said(result or call.result, lazy("Write down what was done."), "result")
    call.closed_at = session.now
    _tell(session, call, CallClosed)
    return call


def cancel(session: Session, call_id: int, reason: str) -> ServiceCall:
    """Withdraw a call before anyone is on site, with the reason."""
    call = _locked(session, call_id)
    _move(call, CallState.CANCELLED)
    call.result = _said(reason, lazy("Write down why the call is cancelled."), "reason")
    _tell(session, call, CallCancelled, reason=call.result)
    return call


def mark_urgent(session: Session, call_id: int) -> None:
    """Put the call into the urgent channel 绿色通道, ahead of the queue (AF-18)."""
    _locked(session, call_id).urgent = True
    session.flush()


def sweep_alarms(session: Session, branch_id: int) -> tuple[int, int]:
    """Warn before and tell at breach, each once a call however often it runs (AF-04).

    Returns how many calls were warned of and how many had been missed.
    """
    missed = _set_off(
        session, branch_id, CallAlarm.BREACHED,
        ServiceCall.alarm != CallAlarm.BREACHED, ServiceCall.due_at < session.now,
    )  # fmt: skip
    near = _set_off(
        session, branch_id, CallAlarm.WARNED,
        ServiceCall.alarm == CallAlarm.NONE, ServiceCall.warn_at <= session.now,
    )  # fmt: skip
    for call in missed:
        _tell(session, call, CallBreached, due_at=call.due_at)
    for call in near:
        _tell(session, call, CallWarned, due_at=call.due_at)
    return len(near), len(missed)


def _set_off(
    session: Session, branch_id: int, alarm: CallAlarm, *when: ColumnElement[bool]
) -> list[ServiceCall]:
    """One conditional UPDATE: of two sweeps at once only one gets the row."""
    statement = (
        update(ServiceCall)
        .where(ServiceCall.branch_id == branch_id, ServiceCall.state.in_(ON_THE_CLOCK), *when)
        .values(alarm=alarm, updated_at=session.now)
        .returning(ServiceCall)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return sorted(session.scalars(statement), key=lambda call: call.id)


def _locked(session: Session, call_id: int) -> ServiceCall:
    statement = select(ServiceCall).where(ServiceCall.id == call_id).with_for_update()
    call = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if call is None:
        raise NotFound
    return call


def _move(call: ServiceCall, to: CallState) -> None:
    if not may_move(call.state, to):
        raise StateRefused(
            lazy(
                "Call %(number)s is %(state)s; it cannot become %(to)s.",
                number=call.number,
                state=CALL_STATES[call.state],
                to=CALL_STATES[to],
            )
        )
    call.state = to


def _tell(session: Session, call: ServiceCall, event: type[Event], **more: object) -> None:
    facts = {"call_id": call.id, "customer_id": call.customer_id, **more}
    record(session, event(branch_id=call.branch_id, **facts))


def _said(text: str, otherwise: object, field: str) -> str:
    if not text.strip():
        raise Refusal(str(otherwise), code=f"aftersales.no_{field}", field=field)
    return text.strip()


def _customer(session: Session, customer_id: int) -> Customer:
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound(lazy("This customer does not exist or is not visible to you."))
    if customer.status is CustomerStatus.CLOSED:
        raise Refusal(
            lazy("%(name)s is closed as a customer.", name=customer.name),
            code="aftersales.customer_closed",
            field="customer_id",
        )
    return customer


def _reached(
    session: Session, customer: Customer, asked: NewCall
) -> tuple[Contact | None, Address | None]:
    contact = session.get(Contact, asked.contact_id) if asked.contact_id else None
    address = session.get(Address, asked.address_id) if asked.address_id else None
    for given, found, field in (
        (asked.contact_id, contact, "contact_id"),
        (asked.address_id, address, "address_id"),
    ):
        if given and (found is None or found.customer_id != customer.id):
            raise Refusal(
                lazy("This does not belong to %(name)s.", name=customer.name),
                code="aftersales.of_another_customer",
                field=field,
            )
    return contact, address


def _called_at(session: Session, asked: NewCall) -> datetime:
    called_at = aware(asked.called_at or session.now)
    if called_at > session.now + CLOCK_SKEW:
        raise Refusal(
            lazy("The call cannot lie in the future."),
            code="aftersales.called_in_future",
            field="called_at",
        )
    return called_at
