"""The outbox: events told to their after-subscribers once the act is committed.

A delivery is leased first, so that one that ends its worker is counted, and then runs in a
transaction that also marks it done: what it writes to the database is written exactly once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import structlog
from sqlalchemy import Select, or_, select, update

from dougong.core.entities.event_log import DeliveryState, EventRecord, OutboxDelivery
from dougong.core.errors import NotFound, StateRefused
from dougong.core.events import from_json
from dougong.core.failures import back_off, describe
from dougong.core.i18n import lazy
from dougong.core.jobs import LeaseLost
from dougong.core.plugins import Contribution, Registry
from dougong.core.runs import DIED, KERNEL, never
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY, switchboard
from dougong.core.wakeups import wake_deliveries

if TYPE_CHECKING:
    from dougong.core.house import House

MAX_ATTEMPTS: Final = 8
LEASE: Final = timedelta(minutes=1)
"""How long a killed worker's deliveries wait; a slow batch that outlasts it is taken over."""
_log = structlog.get_logger(__name__)


def deliver_due(house: "House", limit: int = 50, stopping: Callable[[], bool] = never) -> int:
    """Run the subscribers of due deliveries, oldest first; how many were taken."""
    token = uuid4().hex
    held = house.database.write(KERNEL, partial(_claim, token, limit))
    for count, delivery_id in enumerate(held):
        if stopping():
            house.database.write(KERNEL, partial(_let_go, token))
            return count
        _deliver(house, delivery_id, token)
    return len(held)


def send_again(session: Session, delivery_id: int) -> None:
    """Put a dead delivery back; it is sent as soon as the transaction is committed."""
    row = session.scalars(
        select(OutboxDelivery).where(OutboxDelivery.id == delivery_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.state is not DeliveryState.DEAD:
        raise StateRefused(lazy("Only a delivery that was given up can be sent again."))
    row.state = DeliveryState.WAITING
    row.attempts = 0
    row.due_at = session.now
    wake_deliveries(session)


def has_due(house: "House") -> bool:
    """Whether any delivery could be made now; asked before taking the write lock."""
    with house.database.reading(KERNEL) as session:
        found = session.scalars(_due(session.now).limit(1)).one_or_none()
        return found is not None


def _due(now: datetime) -> Select[int]:
    return select(OutboxDelivery.id).where(
        OutboxDelivery.state == DeliveryState.WAITING,
        OutboxDelivery.due_at <= now,
        or_(OutboxDelivery.leased_until.is_(None), OutboxDelivery.leased_until < now),
    )


def _claim(token: str, limit: int, session: Session) -> list[int]:
    statement = _due(session.now).order_by(OutboxDelivery.id).limit(limit)
    ids = list(session.scalars(statement.with_for_update(skip_locked=True)).all())
    session.execute(
        update(OutboxDelivery)
        .where(OutboxDelivery.id.in_(ids))
        .values(
            lease=token,
            leased_until=session.now + LEASE,
            attempts=OutboxDelivery.attempts + 1,
        )
        .execution_options(synchronize_session=False)
    )
    return ids


def _let_go(token: str, session: Session) -> None:
    session.execute(
        update(OutboxDelivery)
        .where(OutboxDelivery.lease == token, OutboxDelivery.state == DeliveryState.WAITING)
        .values(lease=None, leased_until=None, attempts=OutboxDelivery.attempts - 1)
        .execution_options(synchronize_session=False)
    )


def _deliver(house: "House", delivery_id: int, token: str) -> None:
    with house.database.reading(KERNEL) as session:
        event = session.scalars(
            select(EventRecord)
            .join(OutboxDelivery, OutboxDelivery.event_id == EventRecord.id)
            .where(OutboxDelivery.id == delivery_id)
        ).one()
    scope = Scope.at(event.branch_id, event.actor, user_id=event.user_id)
    try:
        house.database.write(scope, partial(_run, event, delivery_id, token))
    except LeaseLost:
        _log.warning("delivery_lease_lost", delivery=delivery_id)
    except Exception as error:  # noqa: BLE001 - kept in the row and tried again
        text = describe(error)
        _log.error("delivery_failed", delivery=delivery_id, event_name=event.name, reason=text)
        house.database.write(KERNEL, partial(_fail, delivery_id, token, text))


def _run(event: EventRecord, delivery_id: int, token: str, session: Session) -> None:
    session.info["request_id"] = event.request_id
    row = _held(session, delivery_id, token)
    if row is None:
        raise LeaseLost(f"Delivery {delivery_id} is held by another worker.")
    if row.attempts > MAX_ATTEMPTS:
        _give_up(row, row.last_error or DIED.source)
        return
    offer = _offer(session.info[REGISTRY], row.subscriber)
    row.lease = row.leased_until = None
    row.done_at = session.now
    row.last_error = ""
    if not switchboard(session).speaks(offer, row.branch_id):
        row.state = DeliveryState.SKIPPED  # its plugin was switched off meanwhile (XX-04)
        return
    row.state = DeliveryState.DONE
    session.flush()
    offer.item.run(session, from_json(event.name, event.payload))


def _held(session: Session, delivery_id: int, token: str) -> OutboxDelivery | None:
    return session.scalars(
        select(OutboxDelivery)
        .where(
            OutboxDelivery.id == delivery_id,
            OutboxDelivery.lease == token,
            OutboxDelivery.state == DeliveryState.WAITING,
        )
        .with_for_update()
    ).one_or_none()


def _offer(registry: Registry, key: str) -> Contribution:
    for offer in registry.contributions("register_subscribers"):
        if offer.item.key == key and not offer.item.within:
            return offer
    raise LookupError(f"No loaded plugin has a subscriber {key!r}.")


def _fail(delivery_id: int, token: str, text: str, session: Session) -> None:
    row = _held(session, delivery_id, token)
    if row is None:
        return
    if row.attempts >= MAX_ATTEMPTS:
        _give_up(row, text)
        return
    row.last_error = text
    row.due_at = session.now + back_off(row.attempts)
    row.lease = row.leased_until = None


def _give_up(row: OutboxDelivery, text: str) -> None:
    row.state = DeliveryState.DEAD
    row.last_error = text
    row.lease = row.leased_until = None
