"""What after-sales promises to other plugins (AF-03, AF-10)."""

from datetime import date, timedelta

import pytest

from dougong.core.reader import Reader
from dougong.core.session import Session
from dougong.core.testing import NOON
from dougong.core.values import Money
from dougong.plugins.aftersales.api import (
    ContractKind,
    NewCall,
    has_contract,
    open_call,
    open_calls,
)
from dougong.plugins.aftersales.service import (
    NewContract,
    cancel,
    cancel_contract,
    register_contract,
)
from tests.plugins.aftersales.desk import Desk

TODAY = NOON.date()


def test_open_calls_are_counted(session: Session, desk: Desk) -> None:
    first, _ = (
        open_call(session, NewCall(customer_id=desk.customer.id, fault="缺水")) for _ in range(2)
    )
    assert open_calls(session, [desk.customer.id, 0]) == {desk.customer.id: 2}
    cancel(session, first.id, "误报")
    assert open_calls(Reader(session), [desk.customer.id]) == {desk.customer.id: 1}


@pytest.mark.parametrize(
    ("on", "covered"),
    [
        (TODAY - timedelta(days=1), False),
        (TODAY, True),
        (TODAY + timedelta(days=9), True),
        (TODAY + timedelta(days=10), False),
    ],
)
def test_contract_covers_its_days(session: Session, desk: Desk, on: date, covered: bool) -> None:
    """AF-10: first and last day included."""
    for kind, days in ((ContractKind.MAINTENANCE, 9), (ContractKind.SUBSCRIPTION, 99)):
        asked = NewContract(
            customer_id=desk.customer.id, kind=kind, starts_on=TODAY,
            ends_on=TODAY + timedelta(days=days), price=Money.zero("CNY"),
        )  # fmt: skip
        contract = register_contract(session, asked)
        if kind is ContractKind.MAINTENANCE:
            first = contract
    assert has_contract(session, desk.customer.id, on) is covered
    assert has_contract(Reader(session), desk.customer.id, on) is covered
    cancel_contract(session, first.id)
    assert not has_contract(session, desk.customer.id, on)
