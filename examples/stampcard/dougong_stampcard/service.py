"""The verbs: lock, read, decide, write, tell. The caller commits."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from dougong.core.branches import today_at
from dougong.core.entities.customer import Customer
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.core.errors import NotFound, Refusal
from dougong.core.events import record
from dougong.core.i18n import lazy
from dougong.core.session import Session
from dougong.core.switchboard import settings_at
from dougong_stampcard.events import CardRedeemed
from dougong_stampcard.models import Stamp
from dougong_stampcard.rules import StampState, is_full, last_day
from dougong_stampcard.settings import StampSettings


class CardNotFull(Refusal):
    """There are too few open stamps for a gift."""

    code = "stampcard.card_not_full"


def give_stamp(session: Session, order_id: int) -> None:
    """Stamp the card for an order that still binds; told twice, it stamps once."""
    wanted = select(SalesOrder).where(SalesOrder.id == order_id).with_for_update()
    order = session.scalars(wanted).one_or_none()
    if order is None or order.state in (OrderState.DRAFT, OrderState.CANCELLED):
        return
    if session.scalars(select(Stamp.id).where(Stamp.order_id == order_id)).first():
        return
    settings = settings_at(session, order.branch_id, StampSettings)
    until = last_day(today_at(session, order.branch_id), settings.valid_days)
    session.add(
        Stamp(
            branch_id=order.branch_id,
            customer_id=order.customer_id,
            order_id=order_id,
            last_day=until,
        )
    )


def take_back(session: Session, order_id: int) -> None:
    """Take the stamp of a cancelled order back; what was redeemed stays redeemed."""
    session.execute(delete(Stamp).where(Stamp.order_id == order_id, Stamp.state == StampState.OPEN))


def redeem(session: Session, customer_id: int) -> None:
    """Hand in one full card, the stamps that end first; refused when it is not full."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound
    size = settings_at(session, customer.branch_id, StampSettings).card_size
    stamps = session.scalars(
        select(Stamp)
        .where(Stamp.customer_id == customer_id, Stamp.state == StampState.OPEN)
        .order_by(Stamp.last_day, Stamp.id)
        .limit(size)
        .with_for_update()
    ).all()
    if not is_full(len(stamps), size):
        raise CardNotFull(
            lazy("The card has %(stamps)s of %(size)s stamps.", stamps=len(stamps), size=size),
            next_step=lazy("Each further order earns one."),
        )
    for stamp in stamps:
        stamp.state = StampState.REDEEMED
    record(
        session,
        CardRedeemed(branch_id=customer.branch_id, customer_id=customer_id, stamps=size),
    )


def expire(session: Session, stamp_ids: Sequence[int]) -> None:
    """End these stamps, unless they were redeemed meanwhile."""
    session.execute(
        update(Stamp)
        .where(Stamp.id.in_(stamp_ids), Stamp.state == StampState.OPEN)
        .values(state=StampState.EXPIRED)
    )
