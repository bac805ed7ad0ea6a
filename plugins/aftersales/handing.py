"""What of after-sales goes along when customers are handed over: contracts and renewals (AR-07)."""

from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.services.audit.api import record_bulk
from dougong.core.services.ownership.api import CustomersHandedOver, Moving, OwnedWork
from dougong.core.session import Session
from dougong.plugins.aftersales.models import ContractRenewal, ServiceContract
from dougong.plugins.aftersales.rules import ContractState, RenewalState

TITLES = {
    "aftersales.contract": lazy("Maintenance contracts"),
    "aftersales.renewal": lazy("Contracts to renew"),
}


def owned_works(moving: Moving, reader: Reader) -> list[OwnedWork]:
    """The contracts in force that are the person's, and the renewals he is to win."""
    return [
        OwnedWork(source, TITLES[source], reader.one(_count(entity, moving)) or 0)
        for source, entity in _MOVED.items()
    ]


def hand_over(session: Session, event: CustomersHandedOver) -> None:
    """Give them to the receiver, in the transaction of the hand-over."""
    for entity in _MOVED.values():
        moved = session.scalars(
            update(entity)
            .where(*_his(entity, event.moving))
            .values(owner_id=event.moving.to_id, updated_at=session.now)
            .returning(entity.id)
            .execution_options(synchronize_session=False)
        ).all()
        if moved:
            facts = {"owner_id": event.moving.to_id, "rows": len(moved)}
            record_bulk(session, entity, event.branch_id, facts, event.reason)


def _count(entity: Any, moving: Moving) -> Any:
    return select(func.count(entity.id)).where(*_his(entity, moving))


def _his(entity: Any, moving: Moving) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    customer, still_open = _OPEN[entity]
    return moving.covers(entity.branch_id, customer, entity.owner_id), still_open


_MOVED: dict[str, Any] = {
    "aftersales.contract": ServiceContract,
    "aftersales.renewal": ContractRenewal,
}
_OPEN: dict[Any, tuple[Any, ColumnElement[bool]]] = {
    ServiceContract: (ServiceContract.customer_id, ServiceContract.state == ContractState.ACTIVE),
    ContractRenewal: (
        select(ServiceContract.customer_id)
        .where(ServiceContract.id == ContractRenewal.contract_id)
        .scalar_subquery(),
        ContractRenewal.state == RenewalState.NOTICED,
    ),
}
