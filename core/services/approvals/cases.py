"""Requests as cases: who may decide them now, read for many requests in a few queries."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from dougong.core.branches import today_at
from dougong.core.entities.people import Membership, Role
from dougong.core.services.activities.api import stands_in_for
from dougong.core.services.approvals.models import Approval, ApprovalEntry, ApprovalPlace
from dougong.core.services.approvals.people import Staff, reaches, staff_at
from dougong.core.services.approvals.rules import DECISIONS, ApprovalState, EntryKind
from dougong.core.services.approvals.seats import Case, Seat, authority
from dougong.core.session import Session


def case_of(session: Session, row: Approval) -> Case:
    """The present step of one request."""
    return cases_of(session, row.branch_id, [row])[row.id]


def cases_of(session: Session, branch_id: int, rows: Sequence[Approval]) -> dict[int, Case]:
    """The present steps of requests at one branch, by request."""
    places = _places(session, rows)
    spent = _spent(session, [row.id for row in rows])
    flat = [place for found in places.values() for place in found]
    persons = {place.user_id for place in flat if place.user_id is not None}
    persons |= {person for row in rows for person in (row.asked_by_id, row.asked_for_id)}
    staff = staff_at(session, branch_id, {place.role for place in flat if place.role}, persons)
    return {row.id: _case(row, places[row.id], spent[row.id], staff) for row in rows}


def waiting_for(session: Session, branch_id: int, user_id: int) -> list[Approval]:
    """The requests at the branch that this person may decide now, the oldest first."""
    today = today_at(session, branch_id)
    whom = {user_id, *stands_in_for(session, user_id, today)}
    roles = session.scalars(
        select(Role.code)
        .join(Membership, Membership.role_id == Role.id)
        .where(Membership.user_id.in_(whom), reaches(session, branch_id))
        .distinct()
    ).all()
    at_step = and_(ApprovalPlace.approval_id == Approval.id, ApprovalPlace.step == Approval.step)
    mine = or_(ApprovalPlace.role.in_(roles), ApprovalPlace.user_id.in_(whom))
    rows = session.scalars(
        select(Approval)
        .where(Approval.branch_id == branch_id, Approval.state == ApprovalState.WAITING)
        .where(Approval.expires_at > session.now)
        .options(joinedload(Approval.asked_by), joinedload(Approval.asked_for))
        .where(select(ApprovalPlace.id).where(at_step, mine).correlate(Approval).exists())
        .order_by(Approval.asked_at, Approval.id)
    ).all()
    cases = cases_of(session, branch_id, rows)
    return [row for row in rows if authority(cases[row.id], user_id) is not None]


def yes_of(session: Session, row: Approval) -> list[frozenset[int]]:
    """The seats that each yes to the present step can take."""
    found = session.scalars(
        select(ApprovalEntry.seats)
        .where(ApprovalEntry.approval_id == row.id, ApprovalEntry.step == row.step)
        .where(ApprovalEntry.kind == EntryKind.APPROVED)
        .order_by(ApprovalEntry.id)
    ).all()
    return [frozenset(seats) for seats in found]


def _places(session: Session, rows: Sequence[Approval]) -> dict[int, list[ApprovalPlace]]:
    found: dict[int, list[ApprovalPlace]] = {row.id: [] for row in rows}
    steps = {row.id: row.step for row in rows}
    for place in session.scalars(
        select(ApprovalPlace).where(ApprovalPlace.approval_id.in_(list(found)))
    ):
        if place.step == steps[place.approval_id]:
            found[place.approval_id].append(place)
    return found


def _spent(session: Session, approval_ids: Collection[int]) -> dict[int, set[int]]:
    """Who has decided in each request, and for whom: both count once in all its steps."""
    spent: defaultdict[int, set[int]] = defaultdict(set)
    decided = session.execute(
        select(ApprovalEntry.approval_id, ApprovalEntry.user_id, ApprovalEntry.for_id).where(
            ApprovalEntry.approval_id.in_(approval_ids), ApprovalEntry.kind.in_(DECISIONS)
        )
    )
    for approval_id, user_id, for_id in decided:
        spent[approval_id] |= {person for person in (user_id, for_id) if person is not None}
    return spent


def _case(
    row: Approval, places: Sequence[ApprovalPlace], spent: Collection[int], staff: Staff
) -> Case:
    seats = tuple(Seat(place.seat, staff.people(place.role, place.user_id)) for place in places)
    return Case(row.asked_by_id, row.asked_for_id, seats, frozenset(spent), staff.stand_ins)
