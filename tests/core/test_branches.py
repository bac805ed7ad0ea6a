"""A branch counts its days in its own zone (XX-02)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dougong.core.branches import today_at, zone_of
from dougong.core.entities.branch import Branch
from dougong.core.errors import NotFound
from dougong.core.reader import Reader
from dougong.core.session import Session
from dougong.core.testing import World


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Asia/Shanghai", date(2026, 3, 3)), ("Europe/London", date(2026, 3, 2))],
)
def test_today_is_the_branchs_day(world: World, session: Session, zone: str, day: date) -> None:
    session.get_one(Branch, world.east).zone = zone
    session.now = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)
    assert zone_of(session, world.east) == ZoneInfo(zone)
    assert today_at(session, world.east) == today_at(Reader(session), world.east) == day


def test_no_branch_has_no_today(session: Session) -> None:
    with pytest.raises(NotFound):
        today_at(session, 999_999)
