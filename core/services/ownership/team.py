"""The team of a key customer: who works for it beside the account manager (CA-10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from dougong.core.branches import today_at
from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.errors import NotFound, Refusal
from dougong.core.i18n import lazy
from dougong.core.scope import Operation
from dougong.core.services.ownership.models import TeamMember
from dougong.core.services.ownership.people import ENTITY, may
from dougong.core.services.ownership.rules import TeamRole
from dougong.core.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """Who is to work for the customer, in which role, from when on; empty means today."""

    customer_id: int
    user_id: int
    role: TeamRole
    from_on: date | None = None


def join_team(session: Session, asked: NewMember) -> TeamMember:
    """Put somebody who works here into the team, once in each role."""
    customer = session.get(Customer, asked.customer_id, with_for_update=True)
    if customer is None:
        raise NotFound
    person = session.get(User, asked.user_id)
    if not may(session, customer.branch_id, asked.user_id, ENTITY, Operation.READ):
        raise Refusal(
            lazy("%(name)s does not work at this branch.", name=person.name if person else "—"),
            field="user",
        )
    here = members_of(session, [customer.id])
    if any((row.user_id, row.role) == (asked.user_id, asked.role) for row in here):
        raise Refusal(lazy("This person has that role for the customer already."), field="role")
    row = TeamMember(
        branch_id=customer.branch_id, customer_id=customer.id, user_id=asked.user_id,
        role=asked.role, from_on=asked.from_on or today_at(session, customer.branch_id),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def leave_team(session: Session, member_id: int, last_day: date | None = None) -> TeamMember:
    """End somebody's part in the team; empty means that today is his last day."""
    row = session.get(TeamMember, member_id, with_for_update=True)
    if row is None:
        raise NotFound
    ends = last_day or today_at(session, row.branch_id)
    if ends < row.from_on:
        raise Refusal(lazy("The last day lies before the first."), field="last_day")
    row.to_on = ends
    session.flush()
    return row


def members_of(session: Session, customer_ids: Sequence[int]) -> Sequence[TeamMember]:
    """Who works for these customers now, by role; one query for a whole list."""
    today = session.now.date()
    mine = (
        select(TeamMember)
        .where(TeamMember.customer_id.in_(customer_ids))
        .where(or_(TeamMember.to_on.is_(None), TeamMember.to_on > today))
        .order_by(TeamMember.customer_id, TeamMember.role, TeamMember.id)
    )
    return session.scalars(mine).all()
