"""Where customer levels are on too, level A goes ahead of the queue (AF-18)."""

from dougong.core.events import Subscriber, within
from dougong.core.hookspecs import hookimpl
from dougong.core.session import Session
from dougong.plugins.aftersales.events import CallOpened
from dougong.plugins.aftersales.service import mark_urgent
from dougong.plugins.tiering.api import Level, level_of


@hookimpl
def register_subscribers() -> list[Subscriber]:
    """Put calls of level A into the urgent channel in the transaction that opens them."""
    return [within(CallOpened, "aftersales.urgent_by_level", hasten)]


def hasten(session: Session, event: CallOpened) -> None:
    """The urgent channel 绿色通道 is open to level A."""
    if level_of(session, event.customer_id) is Level.A:
        mark_urgent(session, event.call_id)
