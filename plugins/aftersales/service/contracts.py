"""Contracts and the renewal of their terms (AF-10, AF-11)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Select, and_, or_, select

from dougong.core.branches import today_at
from dougong.core.entities.customer import Customer
from dougong.core.entities.numbering import take_number
from dougong.core.errors import NotFound, Refusal, StateRefused
from dougong.core.events import record
from dougong.core.i18n import lazy
from dougong.core.session import Session
from dougong.core.switchboard import refuse_if_off, settings_at
from dougong.core.values import Money
from dougong.plugins.aftersales.events import ContractLost, ContractRenewed, RenewalNoticed
from dougong.plugins.aftersales.models import ContractRenewal, ServiceContract
from dougong.plugins.aftersales.notices import follow
from dougong.plugins.aftersales.rules import (
    ContractKind,
    ContractState,
    RenewalState,
    is_notice_due,
    may_renew,
    next_term,
    notice_window,
)
from dougong.plugins.aftersales.settings import AftersalesSettings
from dougong.plugins.aftersales.texts import RENEWAL_STATES

SERIES: Final = "MC"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContract:
    """A contract as it is entered; without a number it gets the branch's next one."""

    customer_id: int
    kind: ContractKind
    starts_on: date
    ends_on: date
    price: Money
    number: str = ""
    machines: str = ""
    owner_id: int | None = None


def register_contract(session: Session, asked: NewContract) -> ServiceContract:
    """Enter a contract (AF-10); one that ends soon gets its notice with the next run (AF-11)."""
    customer = session.get(Customer, asked.customer_id)
    if customer is None:
        raise NotFound(lazy("This customer does not exist or is not visible to you."))
    refuse_if_off(session, customer.branch_id, "aftersales")
    _refuse_backward(asked.starts_on, asked.ends_on)
    _refuse_taken(session, customer.branch_id, asked.number)
    contract = ServiceContract(
        branch_id=customer.branch_id,
        customer_id=customer.id,
        number=asked.number or take_number(session, customer.branch_id, SERIES),
        kind=asked.kind,
        machines=asked.machines.strip(),
        starts_on=asked.starts_on,
        ends_on=asked.ends_on,
        price_minor=asked.price.minor,
        currency=asked.price.currency,
        owner_id=asked.owner_id,
        state=ContractState.ACTIVE,
    )
    session.add(contract)
    session.flush()
    return contract


def change_term(
    session: Session, contract_id: int, starts_on: date, ends_on: date
) -> ServiceContract:
    """Correct the dates of the present term; a notice of the old end is withdrawn (AF-11).

    The new end gets a notice of its own when it is due; an end that returns gets its old one back.
    """
    contract = _locked(session, contract_id)
    _refuse_backward(starts_on, ends_on)
    if ends_on != contract.ends_on:
        _swap(session, contract, contract.ends_on, RenewalState.NOTICED, RenewalState.WITHDRAWN)
        _swap(session, contract, ends_on, RenewalState.WITHDRAWN, RenewalState.NOTICED)
    contract.starts_on, contract.ends_on = starts_on, ends_on
    session.flush()
    return contract


def cancel_contract(session: Session, contract_id: int) -> ServiceContract:
    """End a contract for good; an open notice is withdrawn with it."""
    contract = _locked(session, contract_id)
    _swap(session, contract, contract.ends_on, RenewalState.NOTICED, RenewalState.WITHDRAWN)
    contract.state = ContractState.CANCELLED
    session.flush()
    return contract


def due_contracts(session: Session, branch_id: int) -> Select[int]:
    """The ids of contracts whose present term wants a notice today and has none yet (AF-11)."""
    settings = settings_at(session, branch_id, AftersalesSettings)
    today = today_at(session, branch_id)
    windows = [
        and_(
            ServiceContract.kind == kind,
            ServiceContract.ends_on.between(*notice_window(today, settings.notice(kind))),
        )
        for kind in ContractKind
    ]
    noticed = select(ContractRenewal.id).where(
        ContractRenewal.contract_id == ServiceContract.id,
        ContractRenewal.term_end == ServiceContract.ends_on,
    )
    return select(ServiceContract.id).where(
        ServiceContract.branch_id == branch_id,
        ServiceContract.state == ContractState.ACTIVE,
        or_(*windows),
        ~noticed.exists(),
    )


def issue_notice(session: Session, contract_id: int) -> ContractRenewal | None:
    """Issue the notice of the present term if it is due and not issued: once a term (AF-11).

    The contract's row is locked before looking, so that two hosts at once issue one.
    """
    contract = _locked(session, contract_id)
    settings = settings_at(session, contract.branch_id, AftersalesSettings)
    today = today_at(session, contract.branch_id)
    due = is_notice_due(contract.ends_on, today, settings.notice(contract.kind))
    if contract.state is not ContractState.ACTIVE or not due:
        return None
    if _renewal(session, contract, contract.ends_on) is not None:
        return None
    renewal = ContractRenewal(
        branch_id=contract.branch_id,
        contract_id=contract.id,
        term_end=contract.ends_on,
        noticed_on=today,
        owner_id=_owner(session, contract),
        state=RenewalState.NOTICED,
        lost_reason="",
    )
    session.add(renewal)
    session.flush()
    noticed = RenewalNoticed(
        branch_id=contract.branch_id,
        renewal_id=renewal.id,
        contract_id=contract.id,
        customer_id=contract.customer_id,
        term_end=renewal.term_end,
        owner_id=renewal.owner_id,
    )
    record(session, noticed)
    return renewal


def renew(
    session: Session, renewal_id: int, ends_on: date | None = None, price: Money | None = None
) -> ServiceContract:
    """The customer renews: the contract enters its next term, as long as the last by default."""
    renewal, contract = _pipeline(session, renewal_id)
    _move(renewal, RenewalState.RENEWED)
    if renewal.term_end != contract.ends_on:
        raise StateRefused(lazy("This term is over: the contract has another end by now."))
    starts, ends = next_term(contract.starts_on, renewal.term_end)
    ends = ends_on or ends
    _refuse_backward(starts, ends)
    contract.starts_on, contract.ends_on = starts, ends
    if price is not None:
        contract.price = price
    renewal.settled_at = session.now
    renewal.lost_reason = ""
    session.flush()
    renewed = ContractRenewed(
        branch_id=contract.branch_id,
        renewal_id=renewal.id,
        contract_id=contract.id,
        customer_id=contract.customer_id,
        starts_on=starts,
        ends_on=ends,
    )
    record(session, renewed)
    return contract


def lose(session: Session, renewal_id: int, reason: str) -> ContractRenewal:
    """The customer does not renew; the reason is kept (AF-11). The term itself runs to its end."""
    renewal, contract = _pipeline(session, renewal_id)
    if not reason.strip():
        raise Refusal(
            lazy("Write down why the customer does not renew."),
            code="aftersales.no_reason",
            field="reason",
        )
    _move(renewal, RenewalState.LOST)
    renewal.lost_reason = reason.strip()
    renewal.settled_at = session.now
    session.flush()
    lost = ContractLost(
        branch_id=contract.branch_id,
        renewal_id=renewal.id,
        contract_id=contract.id,
        customer_id=contract.customer_id,
        reason=renewal.lost_reason,
    )
    record(session, lost)
    return renewal


def _locked(session: Session, contract_id: int) -> ServiceContract:
    statement = select(ServiceContract).where(ServiceContract.id == contract_id).with_for_update()
    contract = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if contract is None:
        raise NotFound
    return contract


def _pipeline(session: Session, renewal_id: int) -> tuple[ContractRenewal, ServiceContract]:
    """The renewal and its contract, locked contract first as everywhere."""
    known = session.get(ContractRenewal, renewal_id)
    if known is None:
        raise NotFound
    contract = _locked(session, known.contract_id)
    statement = select(ContractRenewal).where(ContractRenewal.id == renewal_id).with_for_update()
    options = {"populate_existing": True}
    return session.scalars(statement.execution_options(**options)).one(), contract


def _renewal(session: Session, contract: ServiceContract, term_end: date) -> ContractRenewal | None:
    statement = select(ContractRenewal).filter_by(contract_id=contract.id, term_end=term_end)
    return session.scalars(statement).one_or_none()


def _swap(
    session: Session, contract: ServiceContract, term_end: date, now: RenewalState, to: RenewalState
) -> None:
    renewal = _renewal(session, contract, term_end)
    if renewal is None or renewal.state is not now:
        return
    renewal.state = to
    follow(session, renewal)


def _move(renewal: ContractRenewal, to: RenewalState) -> None:
    if not may_renew(renewal.state, to):
        raise StateRefused(
            lazy(
                "This renewal is %(state)s; it cannot become %(to)s.",
                state=RENEWAL_STATES[renewal.state],
                to=RENEWAL_STATES[to],
            )
        )
    renewal.state = to


def _owner(session: Session, contract: ServiceContract) -> int | None:
    if contract.owner_id is not None:
        return contract.owner_id
    customer = session.get(Customer, contract.customer_id)
    return customer.manager_id if customer else None


def _refuse_backward(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Refusal(
            lazy("A term cannot end before it starts."),
            code="aftersales.term_backward",
            field="ends_on",
        )


def _refuse_taken(session: Session, branch_id: int, number: str) -> None:
    taken = select(ServiceContract.id).filter_by(branch_id=branch_id, number=number)
    if number and session.scalars(taken).first() is not None:
        raise Refusal(
            lazy("A contract with the number %(number)s exists already.", number=number),
            code="aftersales.number_taken",
            field="number",
        )
