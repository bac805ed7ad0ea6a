"""The history of a request: entries are added and never changed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from dougong.core.services.approvals.models import Approval, ApprovalEntry
from dougong.core.services.approvals.rules import EntryKind
from dougong.core.services.approvals.seats import Authority
from dougong.core.session import Session


def note(
    session: Session, row: Approval, kind: EntryKind, text: str = "",
    authority: Authority | None = None,
) -> None:  # fmt: skip
    """Add what happened now; of a decision also in whose right it was made."""
    session.add(
        ApprovalEntry(
            branch_id=row.branch_id, approval_id=row.id, asked_by_id=row.asked_by_id,
            asked_for_id=row.asked_for_id, kind=kind, step=row.step, at=session.now,
            actor=session.scope.actor, user_id=session.scope.user_id,
            for_id=None if authority is None else authority.whom,
            seats=[] if authority is None else sorted(authority.seats), note=text,
        )
    )  # fmt: skip
    session.flush()


def histories_of(session: Session, rows: Sequence[Approval]) -> dict[int, list[ApprovalEntry]]:
    """What happened to these requests, in order, with the people: one query for all."""
    found: dict[int, list[ApprovalEntry]] = {row.id: [] for row in rows}
    for entry in session.scalars(
        select(ApprovalEntry)
        .options(joinedload(ApprovalEntry.user), joinedload(ApprovalEntry.whom))
        .where(ApprovalEntry.approval_id.in_(list(found)))
        .order_by(ApprovalEntry.id)
    ):
        found[entry.approval_id].append(entry)
    return found


def entries_of(session: Session, row: Approval) -> list[ApprovalEntry]:
    """What happened to it, in order, with the people."""
    return histories_of(session, [row])[row.id]
