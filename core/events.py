"""Events: facts in the past tense, recorded in the transaction that made them true.

Subscribers are of two kinds. *Within* ones run in that transaction, in a fixed order, and a
``Refusal`` of theirs undoes the whole act. *After* ones are delivered from the outbox once the
transaction is committed; they are retried, so they must be idempotent, and can undo nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeVar

from pydantic import TypeAdapter

from dougong.core.entities.event_log import DeliveryState, EventRecord, OutboxDelivery
from dougong.core.plugins import Registry
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY, switchboard
from dougong.core.wakeups import wake_deliveries

E = TypeVar("E", bound="Event")
_names: Final[dict[str, type["Event"]]] = {}
_adapters: Final[dict[type["Event"], TypeAdapter[Any]]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events. Subclasses are frozen dataclasses with a ``name`` like ``core.x_y``.

    ``branch_id`` says where it happened; only plugins that are on there hear of it.
    """

    name: ClassVar[str] = ""
    branch_id: int

    def __init_subclass__(cls, **options: Any) -> None:
        super(Event, cls).__init_subclass__(**options)
        if cls.name:
            known = _names.setdefault(cls.name, cls)
            if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
                raise TypeError(f"Two events are named {cls.name!r}.")
            _names[cls.name] = cls


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who hears an event: ``key`` names it for the outbox (``credit.reserve``)."""

    event: type[Event]
    key: str
    run: Callable[[Session, Any], None]
    within: bool
    order: int = 100
    """Within subscribers run by (order, key), lowest first."""


def within(
    event: type[E], key: str, run: Callable[[Session, E], None], *, order: int = 100
) -> Subscriber:
    """A subscriber in the transaction: loud, and able to refuse the act."""
    return Subscriber(event, key, run, within=True, order=order)


def after(event: type[E], key: str, run: Callable[[Session, E], None]) -> Subscriber:
    """A subscriber after the commit: retried until done, run once per success."""
    return Subscriber(event, key, run, within=False)


def record(session: Session, event: Event) -> None:
    """Write the event down, run its within subscribers, and queue its after subscribers."""
    session.flush()
    row = EventRecord(
        branch_id=event.branch_id,
        name=event.name,
        payload=to_json(event),
        at=session.now,
        actor=session.scope.actor,
        user_id=session.scope.user_id,
        request_id=session.info.get("request_id", ""),
    )
    session.add(row)
    session.flush()
    heard = subscribers(session, event)
    for subscriber in heard:
        if not subscriber.within:
            _queue(session, row, subscriber)
    for subscriber in heard:
        if subscriber.within:
            subscriber.run(session, event)
    session.flush()


def _queue(session: Session, row: EventRecord, subscriber: Subscriber) -> None:
    session.add(
        OutboxDelivery(
            branch_id=row.branch_id,
            event_id=row.id,
            subscriber=subscriber.key,
            state=DeliveryState.WAITING,
            due_at=session.now,
        )
    )
    wake_deliveries(session)


def subscribers(session: Session, event: Event) -> list[Subscriber]:
    """Who hears the event at its branch now, in running order."""
    board = switchboard(session)
    registry: Registry = session.info[REGISTRY]
    heard = [
        contribution.item
        for contribution in registry.contributions("register_subscribers")
        if contribution.item.event is type(event) and board.speaks(contribution, event.branch_id)
    ]
    return sorted(heard, key=lambda subscriber: (subscriber.order, subscriber.key))


def to_json(event: Event) -> dict[str, Any]:
    """The event's fields as JSON values."""
    dumped: dict[str, Any] = _adapter(type(event)).dump_python(event, mode="json")
    return dumped


def from_json(name: str, payload: dict[str, Any]) -> Event:
    """The event back from its record; an unknown name raises ``KeyError``."""
    event: Event = _adapter(_names[name]).validate_python(payload)
    return event


def _adapter(event: type[Event]) -> TypeAdapter[Any]:
    if event not in _adapters:
        _adapters[event] = TypeAdapter(event)
    return _adapters[event]
