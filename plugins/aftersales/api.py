"""What after-sales promises to other plugins; nothing else of it is theirs to import."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import func, select

from dougong.core.reader import Reader
from dougong.core.session import Session
from dougong.plugins.aftersales.events import (
    CallBreached,
    CallCancelled,
    CallClosed,
    CallDispatched,
    CallOpened,
    CallWarned,
    ContractLost,
    ContractRenewed,
    RenewalNoticed,
    TechnicianArrived,
)
from dougong.plugins.aftersales.models import ServiceCall, ServiceContract
from dougong.plugins.aftersales.rules import (
    UNDER_WAY,
    CallChannel,
    CallState,
    ContractKind,
    ContractState,
)
from dougong.plugins.aftersales.service import NewCall, open_call

__all__ = [
    "CallBreached",
    "CallCancelled",
    "CallChannel",
    "CallClosed",
    "CallDispatched",
    "CallOpened",
    "CallState",
    "CallWarned",
    "ContractKind",
    "ContractLost",
    "ContractRenewed",
    "NewCall",
    "RenewalNoticed",
    "TechnicianArrived",
    "has_contract",
    "open_call",
    "open_calls",
]


def open_calls(session: Session | Reader, customer_ids: Collection[int]) -> Mapping[int, int]:
    """How many calls of each customer are under way, those without one left out; one query."""
    asked = (
        select(ServiceCall.customer_id, func.count(ServiceCall.id))
        .where(ServiceCall.customer_id.in_(customer_ids), ServiceCall.state.in_(UNDER_WAY))
        .group_by(ServiceCall.customer_id)
    )
    rows = session.rows(asked) if isinstance(session, Reader) else session.execute(asked).all()
    return {row[0]: row[1] for row in rows}


def has_contract(session: Session | Reader, customer_id: int, on: date) -> bool:
    """Whether a maintenance contract of the customer is in force that day (AF-03, AF-10)."""
    asked = (
        select(ServiceContract.id)
        .where(
            ServiceContract.customer_id == customer_id,
            ServiceContract.kind == ContractKind.MAINTENANCE,
            ServiceContract.state == ContractState.ACTIVE,
            ServiceContract.starts_on <= on,
            ServiceContract.ends_on >= on,
        )
        .limit(1)
    )
    if isinstance(session, Reader):
        return session.one(asked) is not None
    return session.scalars(asked).one_or_none() is not None
