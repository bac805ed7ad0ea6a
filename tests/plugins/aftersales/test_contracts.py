"""Contracts and their renewal on both databases (AF-10, AF-11)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from dougong.core.errors import Refusal, StateRefused
from dougong.core.services.ownership.api import Moving, hand_over, preview
from dougong.core.session import Session
from dougong.core.switches import change_settings
from dougong.core.testing import NOON, World
from dougong.core.values import Money
from dougong.plugins.aftersales.events import ContractLost, ContractRenewed, RenewalNoticed
from dougong.plugins.aftersales.models import ContractRenewal, ServiceContract
from dougong.plugins.aftersales.rules import ContractKind, RenewalState
from dougong.plugins.aftersales.service import (
    NewContract,
    cancel_contract,
    change_term,
    due_contracts,
    issue_notice,
    lose,
    register_contract,
    renew,
)
from tests.core.services.ownership.staff import hire
from tests.plugins.aftersales.desk import Desk, told

TODAY = date(2026, 3, 2)


def signed(
    session: Session, desk: Desk, ends_on: date, kind: ContractKind = ContractKind.MAINTENANCE
) -> ServiceContract:
    """A contract of one year that ends on a day."""
    asked = NewContract(
        customer_id=desk.customer.id,
        kind=kind,
        starts_on=ends_on - timedelta(days=364),
        ends_on=ends_on,
        price=Money.of(3600, "CNY"),
        machines="复印机 3 台",
    )
    return register_contract(session, asked)


def run(session: Session, branch_id: int) -> list[int]:
    """The daily job's work in one transaction; the contracts that got a notice."""
    due = session.scalars(due_contracts(session, branch_id)).all()
    return [contract_id for contract_id in due if issue_notice(session, contract_id)]


def notices(session: Session) -> int:
    """How many notices there are."""
    return session.scalars(select(func.count(ContractRenewal.id))).one()


@pytest.mark.parametrize(
    ("kind", "days", "noticed"),
    [
        (ContractKind.MAINTENANCE, 31, False),
        (ContractKind.MAINTENANCE, 30, True),
        (ContractKind.MAINTENANCE, 0, True),
        (ContractKind.MAINTENANCE, -30, True),
        (ContractKind.MAINTENANCE, -31, False),
        (ContractKind.SUBSCRIPTION, 8, False),
        (ContractKind.SUBSCRIPTION, 7, True),
    ],
)
def test_notice_goes_out_ahead_of_the_end(
    session: Session, desk: Desk, kind: ContractKind, days: int, noticed: bool
) -> None:
    """AF-11: thirty days for contracts, seven for subscriptions, late ones too."""
    contract = signed(session, desk, TODAY + timedelta(days=days), kind)
    assert run(session, contract.branch_id) == ([contract.id] if noticed else [])


def test_notice_is_issued_once_however_often_the_job_runs(session: Session, desk: Desk) -> None:
    """AF-11."""
    contract = signed(session, desk, TODAY + timedelta(days=30))
    assert run(session, contract.branch_id) == [contract.id]
    assert run(session, contract.branch_id) == []
    assert issue_notice(session, contract.id) is None
    session.now = NOON + timedelta(days=3)
    assert run(session, contract.branch_id) == []
    assert notices(session) == 1
    [event] = told(session, RenewalNoticed)
    assert (event.contract_id, event.term_end) == (contract.id, contract.ends_on)  # type: ignore[attr-defined]


def test_job_that_was_down_that_day_still_gives_the_notice(session: Session, desk: Desk) -> None:
    """AF-11: due and not done, never "today is the day"."""
    contract = signed(session, desk, TODAY + timedelta(days=40))
    assert run(session, contract.branch_id) == []
    session.now = NOON + timedelta(days=15)  # the tenth day, when it fell due, was missed
    assert run(session, contract.branch_id) == [contract.id]


def test_branchs_day_decides_not_the_servers(session: Session, desk: Desk) -> None:
    """XX-02: at 17:00 UTC it is tomorrow in Shanghai."""
    contract = signed(session, desk, TODAY + timedelta(days=31))
    session.now = NOON.replace(hour=15)
    assert run(session, contract.branch_id) == []
    session.now = NOON.replace(hour=17)
    assert run(session, contract.branch_id) == [contract.id]


def test_notice_names_who_is_to_win_it(session: Session, desk: Desk) -> None:
    """AF-11: the contract's owner, else the customer's account manager."""
    plain = signed(session, desk, TODAY)
    owned = signed(session, desk, TODAY)
    owned.owner_id = desk.technician.user_id
    run(session, plain.branch_id)
    owners = {row.contract_id: row.owner_id for row in session.scalars(select(ContractRenewal))}
    assert owners == {plain.id: desk.owner.id, owned.id: desk.technician.user_id}


def test_branch_sets_its_own_days(world: World, session: Session, desk: Desk) -> None:
    """XX-04."""
    contract = signed(session, desk, TODAY + timedelta(days=60))
    change_settings(session, world.east, "aftersales", {"renewal_days": "60"})
    assert run(session, world.east) == [contract.id]


def test_cancelled_contract_gets_no_notice(session: Session, desk: Desk) -> None:
    contract = signed(session, desk, TODAY)
    cancel_contract(session, contract.id)
    assert run(session, contract.branch_id) == []


def test_renewal_opens_the_next_term_and_arms_its_notice(session: Session, desk: Desk) -> None:
    """AF-11: one notice a term, so the next term gets its own."""
    contract = signed(session, desk, date(2026, 3, 31))
    run(session, contract.branch_id)
    renewal = session.scalars(select(ContractRenewal)).one()
    renew(session, renewal.id, price=Money.of(3800, "CNY"))
    assert (contract.starts_on, contract.ends_on) == (date(2026, 4, 1), date(2027, 3, 31))
    assert contract.price == Money.of(3800, "CNY")
    assert renewal.state is RenewalState.RENEWED
    assert run(session, contract.branch_id) == []
    session.now = NOON + timedelta(days=365)
    assert run(session, contract.branch_id) == [contract.id]
    assert notices(session) == 2
    assert len(told(session, ContractRenewed)) == 1


def test_renewed_twice_is_refused(session: Session, desk: Desk) -> None:
    contract = signed(session, desk, TODAY)
    run(session, contract.branch_id)
    renewal = session.scalars(select(ContractRenewal)).one()
    renew(session, renewal.id)
    with pytest.raises(StateRefused):
        renew(session, renewal.id)


def test_lost_renewal_keeps_its_reason(session: Session, desk: Desk) -> None:
    """AF-11: lost only with a reason; the term itself stands."""
    contract = signed(session, desk, TODAY + timedelta(days=10))
    run(session, contract.branch_id)
    renewal = session.scalars(select(ContractRenewal)).one()
    with pytest.raises(Refusal) as refused:
        lose(session, renewal.id, " ")
    assert refused.value.field == "reason"
    lose(session, renewal.id, "设备已更换")
    assert (renewal.state, renewal.lost_reason) == (RenewalState.LOST, "设备已更换")
    assert run(session, contract.branch_id) == []
    [event] = told(session, ContractLost)
    assert event.reason == "设备已更换"  # type: ignore[attr-defined]


def test_corrected_end_withdraws_its_notice_and_arms_another(session: Session, desk: Desk) -> None:
    """AF-11: a date that was edited makes a term of its own."""
    contract = signed(session, desk, TODAY + timedelta(days=10))
    run(session, contract.branch_id)
    change_term(session, contract.id, contract.starts_on, TODAY + timedelta(days=20))
    assert run(session, contract.branch_id) == [contract.id]
    states = select(ContractRenewal.state).order_by(ContractRenewal.term_end)
    assert session.scalars(states).all() == [RenewalState.WITHDRAWN, RenewalState.NOTICED]


def test_end_that_returns_finds_its_notice_again(session: Session, desk: Desk) -> None:
    """AF-11: no second notice of one term."""
    end = TODAY + timedelta(days=10)
    contract = signed(session, desk, end)
    run(session, contract.branch_id)
    change_term(session, contract.id, contract.starts_on, TODAY + timedelta(days=300))
    change_term(session, contract.id, contract.starts_on, end)
    assert run(session, contract.branch_id) == []
    assert session.scalars(select(ContractRenewal.state)).all() == [RenewalState.NOTICED]
    assert len(told(session, RenewalNoticed)) == 1


def test_term_cannot_end_before_it_starts(session: Session, desk: Desk) -> None:
    """XX-07."""
    contract = signed(session, desk, TODAY)
    with pytest.raises(Refusal) as refused:
        change_term(session, contract.id, TODAY, TODAY - timedelta(days=1))
    assert refused.value.field == "ends_on"


def test_number_is_taken_once(session: Session, desk: Desk) -> None:
    asked = NewContract(
        customer_id=desk.customer.id, kind=ContractKind.MAINTENANCE, starts_on=TODAY,
        ends_on=TODAY, price=Money.zero("CNY"), number="BY-2026-1",
    )  # fmt: skip
    assert register_contract(session, asked).number == "BY-2026-1"
    with pytest.raises(Refusal) as refused:
        register_contract(session, asked)
    assert refused.value.field == "number"


def test_contracts_and_renewals_go_along_with_a_hand_over(session: Session, desk: Desk) -> None:
    """AR-07: counted by owned_works, moved when CustomersHandedOver is told."""
    receiver = hire(session, desk.customer.branch_id, "接手人", "account_manager")
    ends = signed(session, desk, TODAY + timedelta(days=10))
    ends.owner_id = desk.owner.id
    nobodys = signed(session, desk, TODAY + timedelta(days=20))
    done = signed(session, desk, TODAY + timedelta(days=12))
    cancel_contract(session, done.id)
    done.owner_id = desk.owner.id
    notice = issue_notice(session, ends.id)
    assert notice is not None
    moving = Moving(branch_id=ends.branch_id, from_id=desk.owner.id, to_id=receiver.id)
    foretold = {work.source: work.count for work in preview(session, moving)}
    assert (foretold["aftersales.contract"], foretold["aftersales.renewal"]) == (1, 1)
    kept = hand_over(session, moving, "离职")
    assert kept.moved == foretold
    session.expire_all()
    assert [row.owner_id for row in (ends, notice)] == [receiver.id] * 2
    assert [row.owner_id for row in (nobodys, done)] == [None, desk.owner.id]
