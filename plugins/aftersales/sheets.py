"""Maintenance contracts as a sheet: they come in and go out as a table (AF-10)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from sqlalchemy import Select, select

from dougong.core.i18n import lazy
from dougong.core.services.exchange.api import (
    CUSTOMER,
    USER,
    Change,
    ColumnType,
    Fault,
    Known,
    Sheet,
    Values,
    check_currency,
    choices_of,
    column,
    currency_here,
    stored,
)
from dougong.core.session import Session
from dougong.core.values import Money
from dougong.plugins.aftersales.models import ServiceContract
from dougong.plugins.aftersales.rules import ContractKind, ContractState
from dougong.plugins.aftersales.service import NewContract, change_term, register_contract
from dougong.plugins.aftersales.texts import CONTRACT_KINDS


class ContractSheet(Sheet):
    """Contracts; made by their verb, their terms moved by theirs. Cancelled ones do not travel."""

    __slots__ = ()

    def stream(self, session: Session, chosen: Select[int] | None = None) -> Iterator[Known]:
        """Those in force: a cancelled one would come in as if it were."""
        active = select(ServiceContract.id).where(ServiceContract.state == ContractState.ACTIVE)
        if chosen is not None:
            active = active.where(ServiceContract.id.in_(chosen))
        return Sheet.stream(self, session, active)

    def check(self, values: Values, known: Known | None) -> list[Fault]:
        """A term ends after it starts."""
        starts, ends = values.get("starts_on"), values.get("ends_on")
        backward = starts and ends and ends < starts
        return [Fault("ends_on", lazy("A term cannot end before it starts."))] if backward else []

    def insert(self, session: Session, rows: Sequence[Values]) -> list[int]:
        """Entered one by one; one without a number gets the branch's next."""
        return [self._enter(session, row) for row in rows]

    def _enter(self, session: Session, row: Values) -> int:
        unit = str(row.get("currency") or currency_here(session))
        asked = NewContract(
            customer_id=row["customer"], kind=ContractKind(row["kind"]),
            starts_on=stored(self.column("starts_on"), row["starts_on"], unit),
            ends_on=stored(self.column("ends_on"), row["ends_on"], unit),
            price=Money.of(str(row.get("price") or 0), unit), number=row.get("number") or "",
            machines=row.get("machines") or "", owner_id=row.get("owner"),
        )  # fmt: skip
        return register_contract(session, asked).id

    def change(self, session: Session, changes: Sequence[Change]) -> None:
        """The fields; a term moved so that a notice of its old end is withdrawn (AF-11)."""
        term = ("starts_on", "ends_on")
        moved = [change for change in changes if any(name in change.values for name in term)]
        ids = [change.id for change in moved]
        known = {k.id: k.values for k in self.load(session, ServiceContract.id.in_(ids))}
        for change in moved:
            told = known[change.id] | change.values
            starts, ends = (stored(self.column(name), told[name], "") for name in term)
            change_term(session, change.id, starts, ends)
        Sheet.change(self, session, changes)


CONTRACTS: Final = ContractSheet(
    key="aftersales.contracts",
    title=lazy("Maintenance contracts"),
    entity="aftersales.contract",
    model=ServiceContract,
    identity=(("number",),),
    columns=(
        column(
            ServiceContract.number, lazy("Contract number"), type=ColumnType.CODE, fixed=True,
            example="MC-2026-0001", note=lazy("Empty takes the next number of the branch."),
            aliases=("合同号", "合同编码", "contract no"),
        ),
        column(
            ServiceContract.customer_id, lazy("Customer code"), type=ColumnType.REFERENCE,
            required=True, fixed=True, reference=CUSTOMER, example="C-000123",
            aliases=("客户编号", "客户", "customer", "customer no"),
        ),
        column(
            ServiceContract.kind, lazy("Kind"), required=True, example="maintenance",
            choices=choices_of(
                dict(CONTRACT_KINDS), maintenance=("保养", "维保", "maintenance"),
                subscription=("订阅", "subscription"),
            ),
            aliases=("合同类型", "合同类别"),
        ),
        column(
            ServiceContract.machines, lazy("Machines covered"), aliases=("设备", "机器", "机型"),
        ),
        column(
            ServiceContract.starts_on, lazy("Starts on"), required=True, example="2026-01-05",
            aliases=("开始日期", "起始日期", "生效日期"),
        ),
        column(
            ServiceContract.ends_on, lazy("Ends on"), required=True, example="2027-01-04",
            aliases=("到期日期", "结束日期", "截止日期"),
        ),
        column(
            ServiceContract.price_minor, lazy("Contract price"), least=Decimal(0),
            example="1200.00", aliases=("合同金额", "金额", "price"),
        ),
        column(
            ServiceContract.currency, lazy("Currency"), type=ColumnType.CODE, fixed=True,
            check=check_currency, aliases=("币别",),
        ),
        column(
            ServiceContract.owner_id, lazy("Responsible for renewal"), type=ColumnType.REFERENCE,
            reference=USER, note=lazy("Empty means the customer's account manager."),
            aliases=("负责人", "续签负责人"),
        ),
    ),
)  # fmt: skip
