"""The call register 叫修登记簿 and its arrival clock (AF-01, AF-04, AF-06)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from dougong.core.entities.address import Address, Area
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.entities.numbering import take_number
from dougong.core.errors import NotFound, Refusal, StateRefused
from dougong.core.events import Event, record
from dougong.core.i18n import lazy
from dougong.core.services.deadlines.api import (
    Deadline,
    DeadlineBreached,
    DeadlineWarned,
    Promise,
    assign,
    open_deadline,
    start,
    stop,
)
from dougong.core.services.deadlines.api import cancel as withdraw
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
    CallAlarm,
    CallChannel,
    CallState,
    may_move,
)
from dougong.plugins.aftersales.settings import AftersalesSettings
from dougong.plugins.aftersales.texts import CALL_STATES

SERIES: Final = "CALL"
CLOCKED: Final = "aftersales.call"
ARRIVE: Final = "arrive"
"""The subject and the target of the arrival clock."""
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
    called_at, rule = _called_at(session, asked), settings.arrival(area)
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
        called_at=called_at,
        warn_at=called_at + rule.warn_after,
        due_at=called_at + rule.allowed,
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
    start(session, call.branch_id, _promise(session, call, customer), rule)
    return call


def _promise(session: Session, call: ServiceCall, customer: Customer) -> Promise:
    """Until somebody is sent, whoever took the call is warned of it (AR-07)."""
    return Promise(
        subject_kind=CLOCKED, subject_id=call.id, customer_id=call.customer_id,
        subject=f"{call.number} {customer.short_name or customer.name}"[:200],
        owner_id=session.scope.user_id, at=call.called_at,
    )  # fmt: skip


def dispatch(session: Session, call_id: int, technician_id: int) -> ServiceCall:
    """Send a technician, or another one in his place (AF-05)."""
    call, clock = _clocked(session, call_id)
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
    if clock is not None:
        assign(session, clock.id, technician.user_id)
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
    call, clock = _clocked(session, call_id)
    _move(call, CallState.ARRIVED)
    call.arrived_at = session.now
    if clock is not None:
        stop(session, clock.id)
    _tell(
        session,
        call,
        TechnicianArrived,
        technician_id=call.technician_id,
        arrived_at=session.now,
        in_time=session.now <= call.due_at,
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
    call, clock = _clocked(session, call_id)
    _move(call, CallState.CANCELLED)
    call.result = _said(reason, lazy("Write down why the call is cancelled."), "reason")
    if clock is not None:
        withdraw(session, clock.id, call.result)
    _tell(session, call, CallCancelled, reason=call.result)
    return call


def mark_urgent(session: Session, call_id: int) -> None:
    """Put the call into the urgent channel 绿色通道, ahead of the queue (AF-18)."""
    _locked(session, call_id).urgent = True
    session.flush()


def arrival_near(session: Session, event: DeadlineWarned) -> None:
    """The promised arrival is near and nobody is on site (AF-04)."""
    if event.subject_kind == CLOCKED:
        call = _locked(session, event.subject_id)
        call.alarm = CallAlarm.WARNED
        _tell(session, call, CallWarned, due_at=call.due_at)


def arrival_missed(session: Session, event: DeadlineBreached) -> None:
    """The promised arrival was missed (AF-04)."""
    if event.subject_kind == CLOCKED:
        call = _locked(session, event.subject_id)
        call.alarm = CallAlarm.BREACHED
        _tell(session, call, CallBreached, due_at=call.due_at)


def _clocked(session: Session, call_id: int) -> tuple[ServiceCall, Deadline | None]:
    """The call and its arrival clock, locked in the order of the sweep: the clock first."""
    call = session.get(ServiceCall, call_id)
    if call is None:
        raise NotFound
    clock = open_deadline(session, call.branch_id, CLOCKED, call.id, ARRIVE)
    return _locked(session, call_id), clock


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
