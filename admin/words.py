"""The words of screens: labels of fields, names of states, and how each state looks."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from dougong.admin.contributions import Tone
from dougong.core.entities.address import AddressKind, Area
from dougong.core.entities.contact import DayKind, Sex
from dougong.core.entities.customer import CustomerKind, CustomerStatus
from dougong.core.entities.event_log import DeliveryState
from dougong.core.entities.interaction import Direction, InteractionKind, InteractionState
from dougong.core.entities.job import RunState
from dougong.core.entities.profiles import CompanySize, PartnerRole
from dougong.core.i18n import LazyText, lazy
from dougong.core.orm import Grade
from dougong.core.values.documents import (
    InvoiceKind,
    InvoiceState,
    OrderState,
    PaymentMethod,
    ReceiptKind,
    ReceiptState,
    ShipmentState,
)

LABELS: Final[dict[str, LazyText]] = {
    "active": lazy("Active"),
    "actor": lazy("Who"),
    "amount_minor": lazy("Amount"),
    "applied_minor": lazy("Applied"),
    "area": lazy("Area"),
    "at": lazy("Time"),
    "attempts": lazy("Attempts"),
    "below": lazy("Branches below too"),
    "best_time": lazy("Best time to call"),
    "birth_day": lazy("Birthday (day)"),
    "birth_leap": lazy("Leap month"),
    "birth_lunar": lazy("Lunar calendar"),
    "birth_month": lazy("Birthday (month)"),
    "birth_year": lazy("Year of birth"),
    "branch": lazy("Branch"),
    "branch_id": lazy("Branch"),
    "city": lazy("City"),
    "clearance": lazy("Clearance"),
    "code": lazy("Code"),
    "confirmed_at": lazy("Confirmed at"),
    "consent": lazy("Agreed to news and greetings"),
    "contact": lazy("Contact"),
    "content": lazy("Content"),
    "created_at": lazy("Created at"),
    "currency": lazy("Currency"),
    "customer": lazy("Customer"),
    "customer.name": lazy("Customer"),
    "customer.code": lazy("Customer code"),
    "delivered_at": lazy("Delivered at"),
    "department": lazy("Department"),
    "direction": lazy("Direction"),
    "district": lazy("District"),
    "due_at": lazy("Due at"),
    "due_on": lazy("Due on"),
    "email": lazy("E-mail"),
    "event.name": lazy("Event"),
    "finished_at": lazy("Finished at"),
    "group_code": lazy("Group code"),
    "invoiced_minor": lazy("Invoiced"),
    "is_default": lazy("Default address"),
    "is_primary": lazy("Main contact"),
    "issued_on": lazy("Issued on"),
    "kind": lazy("Kind"),
    "last_error": lazy("Last error"),
    "latitude": lazy("Latitude"),
    "line": lazy("Street and number"),
    "locale": lazy("Language"),
    "login": lazy("Log-in name"),
    "longitude": lazy("Longitude"),
    "manager": lazy("Account manager"),
    "manager.name": lazy("Account manager"),
    "message": lazy("Message"),
    "method": lazy("Means of payment"),
    "name": lazy("Name"),
    "need": lazy("Need"),
    "net_minor": lazy("Net"),
    "number": lazy("Number"),
    "order": lazy("Order"),
    "order.number": lazy("Order"),
    "ordered_on": lazy("Ordered on"),
    "outcome": lazy("What was done"),
    "parent": lazy("Belongs to"),
    "payload": lazy("Content"),
    "phone": lazy("Phone"),
    "place": lazy("Place"),
    "postcode": lazy("Postcode"),
    "price_minor": lazy("Price"),
    "quiet_from": lazy("Quiet from"),
    "quiet_to": lazy("Quiet until"),
    "received_on": lazy("Received on"),
    "relation": lazy("Family and relations"),
    "released_at": lazy("Released at"),
    "remark": lazy("Remark"),
    "respond_by": lazy("Answer by"),
    "role": lazy("Role"),
    "salesperson": lazy("Salesperson"),
    "salesperson.name": lazy("Salesperson"),
    "serial_tracked": lazy("Has serial numbers"),
    "settled_minor": lazy("Settled"),
    "sex": lazy("Sex"),
    "short_name": lazy("Short name"),
    "since": lazy("Customer since"),
    "source_ref": lazy("Key of the import"),
    "started_at": lazy("Started at"),
    "state": lazy("State"),
    "status": lazy("Status"),
    "subscriber": lazy("Subscriber"),
    "supervisor": lazy("Supervisor"),
    "tax_minor": lazy("Tax"),
    "tax_percent": lazy("Tax rate (%)"),
    "title": lazy("Position"),
    "total_minor": lazy("Total"),
    "unit": lazy("Unit"),
    "updated_at": lazy("Changed at"),
    "user": lazy("Handled by"),
    "user.name": lazy("Handled by"),
    "warranty_months": lazy("Warranty (months)"),
    "zone": lazy("Time zone"),
}

Word = tuple[StrEnum, LazyText, Tone | None]

WORDS: Final[tuple[Word, ...]] = (
    (CustomerKind.INDIVIDUAL, lazy("Individual"), None),
    (CustomerKind.ENTERPRISE, lazy("Enterprise"), None),
    (CustomerKind.INSTITUTION, lazy("Public institution"), None),
    (CustomerKind.SPECIAL, lazy("Special subscriber"), None),
    (CustomerKind.GROUP, lazy("Group"), None),
    (CustomerStatus.ACTIVE, lazy("Active customer"), Tone.SUCCESS),
    (CustomerStatus.DORMANT, lazy("Dormant"), Tone.WARNING),
    (CustomerStatus.CLOSED, lazy("Account closed"), Tone.NEUTRAL),
    (Sex.UNKNOWN, lazy("Unknown"), None),
    (Sex.MALE, lazy("Male"), None),
    (Sex.FEMALE, lazy("Female"), None),
    (DayKind.ANNIVERSARY, lazy("Anniversary"), None),
    (DayKind.RELATIVE_BIRTHDAY, lazy("Birthday of a relative"), None),
    (DayKind.OTHER, lazy("Other"), None),
    (Area.URBAN, lazy("Urban"), None),
    (Area.SUBURBAN, lazy("Suburban"), None),
    (AddressKind.OFFICE, lazy("Office"), None),
    (AddressKind.HOME, lazy("Home address"), None),
    (AddressKind.DELIVERY, lazy("Delivery address"), None),
    (AddressKind.BILLING, lazy("Billing address"), None),
    (AddressKind.SITE, lazy("Site"), None),
    (InteractionKind.CALL, lazy("Phone call"), None),
    (InteractionKind.VISIT, lazy("Visit"), None),
    (InteractionKind.MESSAGE, lazy("Text message"), None),
    (InteractionKind.MAIL, lazy("Mail"), None),
    (InteractionKind.MEETING, lazy("Meeting"), None),
    (InteractionKind.SERVICE_REQUEST, lazy("Service request"), Tone.INFO),
    (InteractionKind.NOTE, lazy("Note"), None),
    (Direction.INCOMING, lazy("Incoming"), None),
    (Direction.OUTGOING, lazy("Outgoing"), None),
    (Direction.INTERNAL, lazy("Internal"), None),
    (InteractionState.OPEN, lazy("Open"), Tone.WARNING),
    (InteractionState.HANDLED, lazy("Handled"), Tone.SUCCESS),
    (CompanySize.UNKNOWN, lazy("Unknown"), None),
    (CompanySize.MICRO, lazy("Micro"), None),
    (CompanySize.SMALL, lazy("Small"), None),
    (CompanySize.MEDIUM, lazy("Medium"), None),
    (CompanySize.LARGE, lazy("Large"), None),
    (PartnerRole.LEADER, lazy("Leader"), None),
    (PartnerRole.PARTNER, lazy("Partner"), None),
    (OrderState.DRAFT, lazy("Draft"), Tone.NEUTRAL),
    (OrderState.CONFIRMED, lazy("Confirmed"), Tone.INFO),
    (OrderState.SHIPPED, lazy("Shipped"), Tone.INFO),
    (OrderState.CLOSED, lazy("Completed"), Tone.SUCCESS),
    (OrderState.CANCELLED, lazy("Cancelled"), Tone.DANGER),
    (ShipmentState.DRAFT, lazy("Draft"), Tone.NEUTRAL),
    (ShipmentState.RELEASED, lazy("Released"), Tone.INFO),
    (ShipmentState.DELIVERED, lazy("Delivered"), Tone.SUCCESS),
    (ShipmentState.CANCELLED, lazy("Cancelled"), Tone.DANGER),
    (InvoiceKind.INVOICE, lazy("Invoice"), None),
    (InvoiceKind.CREDIT_NOTE, lazy("Credit note"), Tone.WARNING),
    (InvoiceState.OPEN, lazy("Unpaid"), Tone.WARNING),
    (InvoiceState.PAID, lazy("Paid"), Tone.SUCCESS),
    (InvoiceState.VOID, lazy("Void"), Tone.NEUTRAL),
    (ReceiptKind.RECEIPT, lazy("Receipt"), None),
    (ReceiptKind.REFUND, lazy("Refund"), Tone.WARNING),
    (ReceiptState.OPEN, lazy("Booked"), Tone.SUCCESS),
    (ReceiptState.VOID, lazy("Void"), Tone.NEUTRAL),
    (RunState.QUEUED, lazy("Queued"), Tone.NEUTRAL),
    (RunState.RUNNING, lazy("Running"), Tone.INFO),
    (RunState.DONE, lazy("Done"), Tone.SUCCESS),
    (RunState.FAILED, lazy("Failed, will be tried again"), Tone.WARNING),
    (RunState.DEAD, lazy("Given up"), Tone.DANGER),
    (DeliveryState.WAITING, lazy("Waiting"), Tone.NEUTRAL),
    (DeliveryState.DONE, lazy("Done"), Tone.SUCCESS),
    (DeliveryState.SKIPPED, lazy("Skipped"), Tone.NEUTRAL),
    (DeliveryState.DEAD, lazy("Given up"), Tone.DANGER),
    (PaymentMethod.TRANSFER, lazy("Bank transfer"), None),
    (PaymentMethod.CASH, lazy("Cash"), None),
    (PaymentMethod.CARD, lazy("Card"), None),
    (PaymentMethod.CHEQUE, lazy("Cheque"), None),
    (PaymentMethod.ALIPAY, lazy("Alipay"), None),
    (PaymentMethod.WECHAT, lazy("WeChat Pay"), None),
    (PaymentMethod.OTHER, lazy("Other"), None),
)

GRADES: Final = {
    Grade.PUBLIC: lazy("Public"),
    Grade.INTERNAL: lazy("Internal use"),
    Grade.CONFIDENTIAL: lazy("Confidential"),
    Grade.SECRET: lazy("Secret"),
}

# by type too: equal values of two state types are equal strings
_known: Final[dict[tuple[type[StrEnum], str], tuple[LazyText, Tone | None]]] = {}


def add_words(words: Iterable[Word]) -> None:
    """Let a plugin name the values of its own states, and say how each looks."""
    _known.update({(type(state), state.value): (text, tone) for state, text, tone in words})


add_words(WORDS)


def word_for(state: StrEnum) -> LazyText | str:
    """The state's name for staff; its value when nobody named it."""
    known = _known.get((type(state), state.value))
    return known[0] if known else state.value


def tone_of(state: StrEnum) -> Tone | None:
    """How the state looks; None for plain text."""
    known = _known.get((type(state), state.value))
    return known[1] if known else None
