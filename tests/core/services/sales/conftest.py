"""What tests of sales stand on: a customer at 东区, and a gate that speaks and listens."""

from dataclasses import dataclass, field
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.event_log import EventRecord
from dougong.core.entities.sales import SalesOrder
from dougong.core.errors import Blocker, Refusal
from dougong.core.events import Event, Subscriber, within
from dougong.core.hookspecs import hookimpl
from dougong.core.plugins import Registry, Unit
from dougong.core.reader import Reader
from dougong.core.services.sales.api import (
    DeliveryReleased,
    LineDraft,
    OrderChanged,
    OrderConfirmed,
    OrderDraft,
    create_order,
)
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY
from dougong.core.values import Money, Percentage


def yuan(amount: str | int) -> Money:
    """So many yuan."""
    return Money.of(amount, "CNY")


def line(quantity: str = "1", price: str = "100", tax: str = "13") -> LineDraft:
    """A line of water."""
    return LineDraft("桶装水", Decimal(quantity), yuan(price), Percentage.of(tax))


@dataclass(slots=True)
class Gate:
    """A plugin's part: what it says against an act, what it heard, what it refuses within."""

    against: list[Blocker] = field(default_factory=list)
    heard: list[Event] = field(default_factory=list)
    refuses: type[Event] | None = None

    def hear(self, session: Session, event: Event) -> None:
        """Note the event, or refuse the act it tells of."""
        self.heard.append(event)
        if self.refuses is type(event):
            raise Refusal("The limit is passed.", code="gate.limit")

    def module(self) -> ModuleType:
        """The gate as a module of hookimpls."""
        made: Any = ModuleType("gate")

        @hookimpl
        def order_blockers(order: SalesOrder, reader: Reader) -> list[Blocker]:
            return self.against

        @hookimpl
        def delivery_blockers(delivery: object, reader: Reader) -> list[Blocker]:
            return self.against

        @hookimpl
        def register_subscribers() -> list[Subscriber]:
            return [
                within(event, f"gate.{event.name}", self.hear)
                for event in (OrderConfirmed, OrderChanged, DeliveryReleased)
            ]

        made.order_blockers = order_blockers
        made.delivery_blockers = delivery_blockers
        made.register_subscribers = register_subscribers
        return made  # type: ignore[no-any-return]


@pytest.fixture
def gate(session: Session) -> Gate:
    """A gate in front of this session's acts, always on."""
    made = Gate()
    session.info[REGISTRY] = Registry(always=(Unit(made.module(), frozenset()),))
    return made


@pytest.fixture
def customer(session: Session) -> Customer:
    """An enterprise at 东区."""
    made = Customer(code="C1", kind=CustomerKind.ENTERPRISE, name="北京清泉饮品有限公司")
    session.add(made)
    session.flush()
    return made


@pytest.fixture
def order(session: Session, customer: Customer, gate: Gate) -> SalesOrder:
    """A draft of 226 yuan: two at 100 and 13 % tax."""
    return create_order(session, OrderDraft(customer.id, "CNY", (line("2"),)))


def told(session: Session, name: str) -> list[dict[str, Any]]:
    """The payloads recorded under an event's name."""
    rows = session.query(EventRecord).filter_by(name=name).order_by(EventRecord.id)
    return [row.payload for row in rows]
