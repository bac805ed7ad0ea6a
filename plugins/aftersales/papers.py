"""The papers of after-sales: the service voucher 服务凭证 and the notice 保养到期通知书."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from dougong.core.branches import zone_of
from dougong.core.entities.customer import Customer
from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.services.printing.api import Paper, Party, Sheet, party_of
from dougong.core.values import Money
from dougong.plugins.aftersales.models import (
    ContractRenewal,
    ServiceCall,
    ServiceContract,
    Technician,
)
from dougong.plugins.aftersales.rules import RenewalState, next_term


@dataclass(frozen=True, slots=True)
class NoticeDoc:
    """What a notice tells the customer (AF-11)."""

    party: Party
    contract: str
    machines: str
    starts_on: date
    ends_on: date
    next_until: date
    price: Money
    owner: str
    owner_phone: str
    noticed_on: date


@dataclass(frozen=True, slots=True)
class VoucherDoc:
    """The proof of one service at the customer's (AF-02)."""

    party: Party
    address: str
    phone: str
    model: str
    serial: str
    fault: str
    called_at: datetime
    due_at: datetime
    arrived_at: datetime | None
    closed_at: datetime | None
    technician: str
    result: str


def load_notices(reader: Reader, keys: Sequence[int]) -> list[Sheet]:
    """Notices of terms that end."""
    rows = reader.all(
        select(ContractRenewal)
        .where(ContractRenewal.id.in_(keys))
        .options(
            joinedload(ContractRenewal.owner),
            *_customer(joinedload(ContractRenewal.contract), ServiceContract.customer),
        )
    )
    return [
        Sheet(
            subject_id=row.id, branch_id=row.branch_id, content=_notice(row),
            subject=str(row.contract), customer_id=row.contract.customer_id,
        )
        for row in rows
    ]  # fmt: skip


def load_vouchers(reader: Reader, keys: Sequence[int]) -> list[Sheet]:
    """Service vouchers of calls."""
    rows = reader.all(
        select(ServiceCall)
        .where(ServiceCall.id.in_(keys))
        .options(
            joinedload(ServiceCall.address),
            joinedload(ServiceCall.technician).joinedload(Technician.user),
            joinedload(ServiceCall.customer).selectinload(Customer.addresses),
            joinedload(ServiceCall.customer).selectinload(Customer.contacts),
        )
    )
    return [
        Sheet(
            subject_id=row.id, branch_id=row.branch_id,
            content=_voucher(row, zone_of(reader, row.branch_id)), subject=str(row),
            number=row.number or "", customer_id=row.customer_id,
        )
        for row in rows
    ]  # fmt: skip


def _customer(start: Any, relation: Any) -> tuple[Any, ...]:
    return (
        start.joinedload(relation).selectinload(Customer.addresses),
        start.joinedload(relation).selectinload(Customer.contacts),
    )


def _notice(row: ContractRenewal) -> NoticeDoc:
    contract = row.contract
    _, until = next_term(contract.starts_on, row.term_end)
    owner = row.owner
    return NoticeDoc(
        party_of(contract.customer), contract.number, contract.machines, contract.starts_on,
        row.term_end, until, contract.price, owner.name if owner else "",
        owner.phone if owner else "", row.noticed_on,
    )  # fmt: skip


def _voucher(row: ServiceCall, zone: ZoneInfo) -> VoucherDoc:
    def local(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment.astimezone(zone)

    return VoucherDoc(
        party_of(row.customer), str(row.address or ""), row.phone, row.model, row.serial,
        row.fault, row.called_at.astimezone(zone), row.due_at.astimezone(zone),
        local(row.arrived_at), local(row.closed_at), str(row.technician or ""), row.result,
    )  # fmt: skip


PAPERS: Final = (
    Paper(
        code="aftersales.renewal_notice", title=lazy("Notice of the end of maintenance"),
        model=ContractRenewal, entity="aftersales.renewal",
        template="aftersales/renewal_notice.html", load=load_notices, series="RN",
        offered=lambda row: row.state is RenewalState.NOTICED,
    ),
    Paper(
        code="aftersales.voucher", title=lazy("Service voucher"), model=ServiceCall,
        entity="aftersales.call", template="aftersales/voucher.html", load=load_vouchers,
        copies=(lazy("Copy of the house"), lazy("Copy of the customer")),
    ),
)  # fmt: skip
