"""What happened in after-sales; promised to every listener."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from dougong.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOpened(Event):
    """A customer's call was taken into the register (AF-01)."""

    name: ClassVar[str] = "aftersales.call_opened"
    call_id: int
    customer_id: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDispatched(Event):
    """A technician was sent, or another one in his place."""

    name: ClassVar[str] = "aftersales.call_dispatched"
    call_id: int
    customer_id: int
    technician_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAccepted(Event):
    """The technician said that he is on his way (AF-06)."""

    name: ClassVar[str] = "aftersales.call_accepted"
    call_id: int
    customer_id: int
    technician_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicianArrived(Event):
    """The technician is on site: the arrival clock stands (AF-04)."""

    name: ClassVar[str] = "aftersales.technician_arrived"
    call_id: int
    customer_id: int
    technician_id: int
    arrived_at: datetime
    in_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFixed(Event):
    """The fault is mended; the customer has yet to agree that the call is closed."""

    name: ClassVar[str] = "aftersales.call_fixed"
    call_id: int
    customer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallClosed(Event):
    """The call is finished, with its result."""

    name: ClassVar[str] = "aftersales.call_closed"
    call_id: int
    customer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCancelled(Event):
    """The call was withdrawn before anyone arrived."""

    name: ClassVar[str] = "aftersales.call_cancelled"
    call_id: int
    customer_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWarned(Event):
    """The promised arrival is near and nobody is on site (AF-04); once a call."""

    name: ClassVar[str] = "aftersales.call_warned"
    call_id: int
    customer_id: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBreached(Event):
    """The promised arrival was missed (AF-04); once a call."""

    name: ClassVar[str] = "aftersales.call_breached"
    call_id: int
    customer_id: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalNoticed(Event):
    """A term's renewal notice 保养到期通知书 was issued (AF-11); once a term."""

    name: ClassVar[str] = "aftersales.renewal_noticed"
    renewal_id: int
    contract_id: int
    customer_id: int
    term_end: date
    owner_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRenewed(Event):
    """The contract has a new term."""

    name: ClassVar[str] = "aftersales.contract_renewed"
    renewal_id: int
    contract_id: int
    customer_id: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLost(Event):
    """The customer does not renew, for this reason."""

    name: ClassVar[str] = "aftersales.contract_lost"
    renewal_id: int
    contract_id: int
    customer_id: int
    reason: str
