"""Using an approval: once, for exactly what was approved, in the caller's transaction (XX-03)."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, select, update

from dougong.core.events import record
from dougong.core.reader import Reader
from dougong.core.services.approvals.asking import Matter
from dougong.core.services.approvals.course import about
from dougong.core.services.approvals.events import ApprovalUsed
from dougong.core.services.approvals.history import note
from dougong.core.services.approvals.models import Approval
from dougong.core.services.approvals.refusals import NotApproved
from dougong.core.services.approvals.rules import ApprovalState, EntryKind, Json, fingerprint
from dougong.core.session import Session

Content = Mapping[str, Json]


def use(session: Session, branch_id: int, matter: Matter, content: Content) -> Approval:
    """Use the approval of exactly this content; ``NotApproved`` where there is none.

    One conditional UPDATE decides: of any number who try at once, one succeeds.
    """
    row = try_use(session, branch_id, matter, content)
    if row is None:
        raise NotApproved
    return row


def try_use(session: Session, branch_id: int, matter: Matter, content: Content) -> Approval | None:
    """The same, with None instead of a refusal: for callers with a "no" of their own."""
    session.flush()
    statement = (
        update(Approval)
        .where(*_usable(session, branch_id, matter, content))
        .values(
            state=ApprovalState.USED, ended_at=session.now, wakes_at=None, updated_at=session.now
        )
        .returning(Approval)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    row = session.scalars(statement).one_or_none()
    if row is None:
        return None
    note(session, row, EntryKind.USED)
    record(session, ApprovalUsed(branch_id=branch_id, about=about(row)))
    return row


def is_usable(reader: Reader, branch_id: int, matter: Matter, content: Content) -> bool:
    """Whether ``use`` would find an approval now; for blockers and screens, which only read."""
    found = select(Approval.id).where(*_usable(reader, branch_id, matter, content))
    return reader.one(found) is not None


def latest(reader: Reader, branch_id: int, matter: Matter) -> Approval | None:
    """The last request of the matter, whatever became of it."""
    found = reader.all(
        select(Approval)
        .where(
            Approval.branch_id == branch_id, Approval.kind == matter.kind,
            Approval.subject_kind == matter.subject_kind,
            Approval.subject_id == matter.subject_id,
        )
        .order_by(Approval.id.desc())
        .limit(1)
    )  # fmt: skip
    return found[0] if found else None


def _usable(
    asked: Session | Reader, branch_id: int, matter: Matter, content: Content
) -> tuple[ColumnElement[bool], ...]:
    return (
        Approval.branch_id == branch_id,
        Approval.kind == matter.kind,
        Approval.subject_kind == matter.subject_kind,
        Approval.subject_id == matter.subject_id,
        Approval.state == ApprovalState.APPROVED,
        Approval.content_hash == fingerprint(content),
        Approval.expires_at > asked.now,
    )
