"""Document numbers without gaps, one series per kind of paper and branch."""

from typing import Final

from sqlalchemy import CheckConstraint, String, UniqueConstraint, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from dougong.core.orm import Base, BigKey, BranchOwned, Keyed, Untracked, owned
from dougong.core.session import Session

_DIGITS: Final = 6


class DocumentNumber(Keyed, BranchOwned, Untracked, Base):
    """The next number of one series at one branch."""

    __tablename__ = "core_document_number"
    __table_args__ = owned(
        UniqueConstraint("branch_id", "series"), CheckConstraint("next >= 1", name="next")
    )

    series: Mapped[str] = mapped_column(String(20))
    next: Mapped[int] = mapped_column(BigKey, default=1)


def take_number(session: Session, branch_id: int, series: str) -> str:
    """The next number of the series (``SO-000123``), without gaps.

    Its row stays locked until the commit, so take numbers last of all in a transaction.
    """
    taken = _advance(session, branch_id, series)
    if taken is None:
        _open_series(session, branch_id, series)
        taken = _advance(session, branch_id, series)
    return f"{series}-{taken:0{_DIGITS}d}"


def _advance(session: Session, branch_id: int, series: str) -> int | None:
    session.flush()
    row = session.scalars(
        update(DocumentNumber)
        .where(DocumentNumber.branch_id == branch_id, DocumentNumber.series == series)
        .values(next=DocumentNumber.next + 1)
        .returning(DocumentNumber.next)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if row is None else row - 1


def _open_series(session: Session, branch_id: int, series: str) -> None:
    try:
        with session.begin_nested():
            session.add(DocumentNumber(branch_id=branch_id, series=series, next=1))
    except IntegrityError:
        pass  # another transaction opened it first; its row is there now
