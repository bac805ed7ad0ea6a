"""Deciding: one yes or no by the person at the desk, never on his own request (XX-03)."""

from collections.abc import Mapping

from sqlalchemy import select

from dougong.core.errors import NotFound, Refusal
from dougong.core.i18n import LazyText, gettext, lazy
from dougong.core.reader import Reader
from dougong.core.services.approvals.asking import Matter, open_one
from dougong.core.services.approvals.cases import case_of, yes_of
from dougong.core.services.approvals.course import answer, begin_step, close, is_over, step_of
from dougong.core.services.approvals.history import note
from dougong.core.services.approvals.kinds import kind_at
from dougong.core.services.approvals.models import Approval
from dougong.core.services.approvals.refusals import MayNotDecide, NotOpen, PersonNeeded
from dougong.core.services.approvals.rules import (
    OPEN,
    ApprovalState,
    EntryKind,
    Json,
    Verdict,
    fingerprint,
)
from dougong.core.services.approvals.seats import Authority, Case, authority, filled
from dougong.core.session import Session


def decide(session: Session, approval_id: int, verdict: Verdict, reason: str = "") -> Approval:
    """Say yes or no to the present step, as the person whose session it is (XX-03).

    The step passes when enough different people said yes, the request when its last step does;
    one no ends it, and needs a reason. Whoever stands in for an approver decides for him.
    A request whose record has changed since is void instead: see the state of what is returned.
    """
    person = _person(session)
    row = locked(session, approval_id)
    if row.state is not ApprovalState.WAITING or is_over(session, row):
        raise NotOpen(row.state)
    case = case_of(session, row)
    found = authority(case, person)
    if found is None:
        raise MayNotDecide(why_not(case, person))
    if _has_changed(session, row):
        close(session, row, ApprovalState.VOIDED, gettext("The record has changed since."))
    elif verdict is Verdict.REFUSE:
        _refuse(session, row, found, reason)
    else:
        _approve(session, row, found, reason)
    return row


def withdraw(session: Session, approval_id: int, reason: str = "") -> Approval:
    """Take one's own request back, approved or not, while it is not used."""
    person = _person(session)
    row = locked(session, approval_id)
    if row.asked_by_id != person:
        raise MayNotDecide(lazy("Only who asked takes a request back."))
    if row.state not in OPEN:
        raise NotOpen(row.state)
    close(session, row, ApprovalState.WITHDRAWN, reason.strip())
    return row


def void(
    session: Session, branch_id: int, matter: Matter, reason: str, *,
    unless: Mapping[str, Json] | None = None,
) -> int:  # fmt: skip
    """End the open request of a record that has changed: it is not what was asked about any more.

    How many there were: none or one; ``unless`` is what it says now, if that is what was asked it
    stays. For the record's own verbs, in their transaction.
    """
    row = open_one(session, branch_id, matter)
    if row is None or (unless is not None and fingerprint(unless) == row.content_hash):
        return 0
    close(session, row, ApprovalState.VOIDED, reason)
    return 1


def locked(session: Session, approval_id: int) -> Approval:
    """The request as it is now, locked until the commit; ``NotFound`` behind another wall."""
    session.flush()
    row = session.scalars(
        select(Approval)
        .where(Approval.id == approval_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def why_not(case: Case, person: int) -> LazyText:
    """Why that person may not decide."""
    if person in (case.asked_by, case.asked_for):
        return lazy("Nobody decides his own request.")
    if person in case.barred:
        return lazy("You stand in for the person whose request it is; somebody else decides.")
    if person in case.spent:
        return lazy("You have decided in this request already, yourself or through a stand-in.")
    return lazy("This step is decided by somebody else.")


def _has_changed(session: Session, row: Approval) -> bool:
    current = kind_at(session, row.branch_id, row.kind).current
    if current is None:
        return False
    return fingerprint(current(Reader(session), row.subject_id)) != row.content_hash


def _person(session: Session) -> int:
    person = session.scope.user_id
    if person is None or session.scope.unlimited:
        raise PersonNeeded
    return person


def _refuse(session: Session, row: Approval, found: Authority, reason: str) -> None:
    if not reason.strip():
        raise Refusal(lazy("Say why it is refused."), code="core.approval_reason", field="reason")
    note(session, row, EntryKind.REFUSED, reason.strip(), found)
    answer(session, row, ApprovalState.REFUSED)


def _approve(session: Session, row: Approval, found: Authority, reason: str) -> None:
    note(session, row, EntryKind.APPROVED, reason.strip(), found)
    if filled(yes_of(session, row)) < step_of(row).count:
        return
    note(session, row, EntryKind.PASSED)
    if row.step < len(row.steps):
        begin_step(session, row, row.step + 1)
    else:
        answer(session, row, ApprovalState.APPROVED)
