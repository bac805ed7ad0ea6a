"""Asking: what is asked is frozen, the policy's steps are laid out, the first approvers called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from dougong.core.entities.people import Role
from dougong.core.errors import Forbidden, Refusal
from dougong.core.i18n import gettext, lazy
from dougong.core.services.approvals.course import begin_step, close, is_over
from dougong.core.services.approvals.history import note
from dougong.core.services.approvals.kinds import ApprovalKind, kind_at
from dougong.core.services.approvals.models import Approval, ApprovalPlace
from dougong.core.services.approvals.people import Staff, line_above, names_of, staff_at
from dougong.core.services.approvals.policies import policy_at, steps_as_json
from dougong.core.services.approvals.refusals import AskedAlready, NobodyDecides, PersonNeeded
from dougong.core.services.approvals.rules import (
    OPEN,
    ApprovalState,
    Approver,
    ApproverKind,
    EntryKind,
    Json,
    Step,
    canonical,
    fingerprint,
    steps_for,
)
from dougong.core.services.approvals.seats import can_be_filled
from dougong.core.session import Session
from dougong.core.values import Money, aware

LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What an approval is about: which kind, and which record (``core.order``, 17)."""

    kind: str
    subject_kind: str
    subject_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked: the matter, its content exactly, and why.

    ``content`` is what is approved and nothing else: whole numbers, texts, lists and mappings.
    ``asked_for`` is the person whose matter it is, where it is not the asker's own.
    """

    matter: Matter
    content: Mapping[str, Json]
    reason: str
    subject: str = ""
    amount: Money | None = None
    expires: datetime | None = None
    customer_id: int | None = None
    asked_for: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Who may take one seat of a step, as it is laid out when it is asked."""

    step: int
    seat: int
    role: str = ""
    user_id: int | None = None
    said: str = field(default="", compare=False)
    """How a person would call it."""


def ask(session: Session, branch_id: int, request: Request) -> Approval:
    """Ask for an approval; the content, the amount and the policy are frozen with it (XX-03).

    Refused without the kind's permission, without a reason, while the same is asked already, and
    where the policy names nobody who could decide. An open request of other content is void.
    """
    kind = kind_at(session, branch_id, request.matter.kind)
    asker = _asker(session)
    if not session.scope.allows(kind.operation, kind.entity, branch_id):
        raise Forbidden
    ends = _checked_end(session, request, kind)
    _make_way(session, branch_id, request)
    policy = policy_at(session, branch_id, kind)
    steps = steps_for(policy.steps, request.amount)
    asked_for = request.asked_for or asker
    places = lay_out(session, steps, asker, asked_for)
    refuse_stuck(session, branch_id, steps, places, {asker, asked_for})
    row = _row(session, branch_id, request, kind)
    row.asked_by_id, row.asked_for_id, row.expires_at = asker, asked_for, ends
    row.policy_version, row.steps = policy.version, steps_as_json(steps)
    _add(session, row)
    _add_places(session, row, places)
    note(session, row, EntryKind.ASKED, request.reason.strip())
    begin_step(session, row, 1)
    return row


def lay_out(session: Session, steps: Sequence[Step], asker: int, asked_for: int) -> list[Place]:
    """Every place of the steps; "the asker's supervisor" is a person from now on."""
    line = [person for person in line_above(session, asker) if person != asked_for]
    places: list[Place] = []
    for number, step in enumerate(steps, start=1):
        for seat, approver in enumerate(step.approvers, start=1):
            places.append(_place(session, (number, seat), approver, line))
    return places


def refuse_stuck(
    session: Session, branch_id: int, steps: Sequence[Step], places: Sequence[Place],
    barred: set[int],
) -> None:  # fmt: skip
    """Refuse what nobody could decide, naming the first step that lacks people."""
    staff = staff_of(session, branch_id, places)
    wanted: list[tuple[list[frozenset[int]], int]] = []
    for number, step in enumerate(steps, start=1):
        mine = [place for place in places if place.step == number]
        seats = [staff.people(place.role, place.user_id) - barred for place in mine]
        wanted.append((seats, step.count))
        if not can_be_filled(wanted):
            raise NobodyDecides(_spoken(session, mine))


def staff_of(session: Session, branch_id: int, places: Sequence[Place]) -> Staff:
    """Who counts for these places."""
    roles = {place.role for place in places if place.role}
    persons = {place.user_id for place in places if place.user_id is not None}
    return staff_at(session, branch_id, roles, persons)


def _place(session: Session, at: tuple[int, int], approver: Approver, line: Sequence[int]) -> Place:
    number, seat = at
    if approver.kind is ApproverKind.ROLE:
        return Place(number, seat, role=approver.role)
    if approver.kind is ApproverKind.PERSON:
        return Place(number, seat, user_id=approver.user_id)
    above = line[min(approver.level, len(line)) - 1] if line else None
    return Place(number, seat, user_id=above, said=gettext("the asker's supervisor"))


def _asker(session: Session) -> int:
    person = session.scope.user_id
    if person is None or session.scope.unlimited:
        raise PersonNeeded
    return person


def _checked_end(session: Session, request: Request, kind: ApprovalKind) -> datetime:
    if not request.reason.strip():
        raise Refusal(lazy("Say why it is needed."), code="core.approval_reason", field="reason")
    ends = session.now + kind.valid if request.expires is None else aware(request.expires)
    if not session.now < ends <= session.now + LONGEST:
        raise Refusal(
            lazy("The approval must end in the future, within a year."),
            code="core.approval_end", field="expires",
        )  # fmt: skip
    return ends


def _make_way(session: Session, branch_id: int, request: Request) -> None:
    """One open request a matter: the same again is refused, an outdated one ends here."""
    row = open_one(session, branch_id, request.matter)
    if row is None:
        return
    if is_over(session, row):
        close(session, row, ApprovalState.EXPIRED)
    elif row.content_hash == fingerprint(request.content):
        raise AskedAlready
    else:
        close(session, row, ApprovalState.VOIDED, gettext("It was asked anew with other content."))
    session.flush()


def open_one(session: Session, branch_id: int, matter: Matter) -> Approval | None:
    """The open request of the matter, locked; None where there is none."""
    return session.scalars(
        select(Approval)
        .where(
            Approval.branch_id == branch_id, Approval.kind == matter.kind,
            Approval.subject_kind == matter.subject_kind,
            Approval.subject_id == matter.subject_id, Approval.state.in_(OPEN),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip


def _row(session: Session, branch_id: int, request: Request, kind: ApprovalKind) -> Approval:
    matter, amount = request.matter, request.amount
    canonical(request.content)
    return Approval(
        branch_id=branch_id, kind=kind.code, subject_kind=matter.subject_kind,
        subject_id=matter.subject_id, subject=request.subject, customer_id=request.customer_id,
        asked_at=session.now, amount_minor=None if amount is None else amount.minor,
        currency="" if amount is None else amount.currency, content=dict(request.content),
        content_hash=fingerprint(request.content), reason=request.reason.strip(),
        state=ApprovalState.WAITING, step=1,
    )  # fmt: skip


def _add(session: Session, row: Approval) -> None:
    """Of two who ask the same at the same moment the second is told so."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise AskedAlready from error


def _add_places(session: Session, row: Approval, places: Sequence[Place]) -> None:
    session.add_all(
        ApprovalPlace(
            branch_id=row.branch_id, approval_id=row.id, step=place.step, seat=place.seat,
            role=place.role, user_id=place.user_id,
        )
        for place in places
        if place.role or place.user_id is not None
    )  # fmt: skip
    session.flush()


def _spoken(session: Session, places: Sequence[Place]) -> str:
    """The places in words: roles and people by name."""
    roles = {place.role for place in places if place.role}
    known = dict(session.execute(select(Role.code, Role.name).where(Role.code.in_(roles))).all())
    names = names_of(session, {place.user_id for place in places if place.user_id is not None})
    said = [
        gettext(known.get(place.role, place.role)) if place.role
        else names.get(place.user_id or 0) or place.said
        for place in places
    ]  # fmt: skip
    return ", ".join(said)
