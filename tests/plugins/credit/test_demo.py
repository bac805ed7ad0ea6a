"""The demo's limits: every kind, some passed, some nearly used."""

from datetime import date
from random import Random
from typing import Any, cast

from sqlalchemy import select

from dougong.core.demo import DemoContext
from dougong.core.entities.branch import Branch
from dougong.core.session import Session
from dougong.core.testing import World
from dougong.plugins.credit.checks import accounts_add_up
from dougong.plugins.credit.demo import DEMO
from dougong.plugins.credit.models import CreditAccount
from dougong.plugins.credit.rules import LimitKind
from tests.plugins.credit.shop import add_customer, open_shop, sell


def test_demo_has_customers_over_near_and_far_from_their_limits(
    session: Session, world: World
) -> None:
    for number in range(30):
        sell(session, add_customer(session, world.east, f"D{number}"), 100_000 + number)
    open_shop(session, world.east)
    branch = session.get_one(Branch, world.east)
    no_faker = cast("Any", None)
    DEMO.load(DemoContext(session, branch, Random(1), no_faker, date(2026, 3, 2)))
    accounts = session.scalars(select(CreditAccount)).all()
    assert {account.kind for account in accounts} >= {
        LimitKind.UNLIMITED,
        LimitKind.ZERO,
        LimitKind.AMOUNT,
    }
    used = [a.used_minor * 100 // a.limit_minor for a in accounts if a.kind is LimitKind.AMOUNT]
    assert any(percent > 100 for percent in used)
    assert any(80 <= percent <= 100 for percent in used)
    assert any(percent < 80 for percent in used)
    assert accounts_add_up(session) == []
