"""The team of a key customer (CA-10)."""

from datetime import timedelta

import pytest

from dougong.core.errors import Refusal
from dougong.core.services.ownership.api import (
    NewMember,
    TeamRole,
    join_team,
    leave_team,
    members_of,
)
from dougong.core.session import Session
from dougong.core.testing import NOON, World
from tests.core.services.ownership.staff import Staff, customer_of, hire, staff_at

TODAY = NOON.date()


@pytest.fixture
def staff(world: World, session: Session) -> Staff:
    """The people of 东区."""
    return staff_at(session, world.east)


def test_team_has_roles_from_a_day_to_a_day(session: Session, staff: Staff) -> None:
    """CA-10."""
    row = customer_of(session, staff.branch_id, staff.leaves, "C1")
    for role in (TeamRole.TECHNICAL, TeamRole.FINANCE):
        join_team(session, NewMember(customer_id=row.id, user_id=staff.takes, role=role))
    finance, technical = members_of(session, [row.id])
    assert (finance.role, technical.from_on) == (TeamRole.FINANCE, TODAY)
    leave_team(session, finance.id)
    assert members_of(session, [row.id]) == [technical]
    again = NewMember(customer_id=row.id, user_id=staff.takes, role=TeamRole.FINANCE)
    assert join_team(session, again).id != finance.id


def test_nobody_has_a_role_twice(session: Session, staff: Staff) -> None:
    row = customer_of(session, staff.branch_id, staff.leaves, "C1")
    asked = NewMember(customer_id=row.id, user_id=staff.takes, role=TeamRole.SALES)
    join_team(session, asked)
    with pytest.raises(Refusal) as refused:
        join_team(session, asked)
    assert refused.value.field == "role"


def test_stranger_joins_no_team(world: World, session: Session, staff: Staff) -> None:
    """XX-05."""
    row = customer_of(session, staff.branch_id, staff.leaves, "C1")
    far = hire(session, world.west, "远", "account_manager")
    with pytest.raises(Refusal) as refused:
        join_team(session, NewMember(customer_id=row.id, user_id=far.id, role=TeamRole.SALES))
    assert refused.value.field == "user"


def test_nobody_leaves_before_he_came(session: Session, staff: Staff) -> None:
    row = customer_of(session, staff.branch_id, staff.leaves, "C1")
    asked = NewMember(customer_id=row.id, user_id=staff.takes, role=TeamRole.SALES)
    member = join_team(session, asked)
    with pytest.raises(Refusal) as refused:
        leave_team(session, member.id, TODAY - timedelta(days=1))
    assert refused.value.field == "last_day"
