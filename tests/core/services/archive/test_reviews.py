"""Twice a year each owner is given his archives to mend (AR-05)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from dougong.core.entities.people import User
from dougong.core.scope import Scope
from dougong.core.services.activities.api import Activity
from dougong.core.services.archive.reviews import HalfYearly, plan_mending, to_be_mended
from dougong.core.testing import World
from tests.core.services.archive.conftest import add_customer, add_firm

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("now", "key"),
    [
        (datetime(2026, 6, 30, 19, tzinfo=UTC), "2026H2"),
        (datetime(2026, 6, 30, 18, tzinfo=UTC), "2026H1"),
        (datetime(2025, 12, 31, 18, tzinfo=UTC), "2025H2"),
        (datetime(2026, 3, 2, 4, tzinfo=UTC), "2026H1"),
    ],
)
def test_half_year_begins_at_night_in_the_branchs_zone(now: datetime, key: str) -> None:
    """XX-02"""
    occurrence = HalfYearly(3).latest(now, SHANGHAI)
    assert occurrence.key == key
    assert occurrence.at <= now


def test_each_owner_gets_one_thing_to_do_a_customer(world: World) -> None:
    with world.session(Scope.kernel("test")) as session:
        owner = User(login="li", name="李", active=True)
        session.add(owner)
        session.commit()
        owner_id = owner.id
    with world.at(world.east) as session:
        lacking = add_customer(session, name="清泉", manager_id=owner_id, phone="不详")
        full = add_firm(session, manager_id=owner_id)
        session.commit()
        keys = list(session.scalars(to_be_mended(world.east)))
        assert keys == [lacking.id]
        assert plan_mending(session, world.east, keys) == 1
        assert plan_mending(session, world.east, keys) == 0, "once a half-year"
        row = session.scalars(select(Activity)).one()
        assert (row.owner_id, row.customer_id) == (owner_id, lacking.id)
        assert full.id not in keys
