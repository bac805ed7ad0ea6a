"""What the customer's page shows of the card. Reads only."""

from sqlalchemy import func, select

from dougong.admin.contributions import Panel
from dougong.core.entities.customer import Customer
from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong_stampcard.models import Stamp
from dougong_stampcard.rules import StampState, is_full
from dougong_stampcard.settings import StampSettings


def card(customer: Customer, reader: Reader) -> list[Panel]:
    """How many stamps the customer has, and the button once the card is full."""
    size = reader.settings(customer.branch_id, StampSettings).card_size
    counted = select(func.count(Stamp.id)).where(
        Stamp.customer_id == customer.id, Stamp.state == StampState.OPEN
    )
    stamps = reader.one(counted) or 0
    may = reader.scope.allows("redeem", "stampcard.stamp", customer.branch_id)
    return [
        Panel(
            source="stampcard",
            key="card",
            title=lazy("Stamp card"),
            template="stampcard/card.html",
            context={
                "customer_id": customer.id,
                "stamps": stamps,
                "size": size,
                "redeemable": may and is_full(stamps, size),
            },
            icon="star",
            order=700,
        )
    ]
