"""Document numbers without gaps, one series per branch, kind of paper and year."""

from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, Integer, String, UniqueConstraint, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from dougong.core.entities.branch import Branch
from dougong.core.orm import Base, BigKey, BranchOwned, Keyed, Untracked, owned
from dougong.core.session import Session

_DIGITS: Final = 6


class DocumentNumber(Keyed, BranchOwned, Untracked, Base):
    """The next number of one series at one branch in one year."""

    __tablename__ = "core_document_number"
    __table_args__ = owned(
        UniqueConstraint("branch_id", "series", "year"),
        CheckConstraint("next >= 1", name="next"),
    )

    series: Mapped[str] = mapped_column(String(20))
    next: Mapped[int] = mapped_column(BigKey, default=1)
    year: Mapped[int] = mapped_column(Integer)
    """The year at the branch; 0 for what was counted before years were."""


def number_text(series: str, year: int, counted: int) -> str:
    """A number as it stands on paper: ``SO-2026-000123``."""
    return f"{series}-{year}-{counted:0{_DIGITS}d}"


def take_number(session: Session, branch_id: int, series: str) -> str:
    """The next number of the series in the branch's present year (``SO-2026-000123``).

    There are no gaps: its row stays locked until the commit, so take numbers last of all in a
    transaction. The year is the one it is in the branch's zone (XX-02).
    """
    return take_numbers(session, branch_id, series, 1)[0]


def take_numbers(session: Session, branch_id: int, series: str, count: int) -> list[str]:
    """The next ``count`` numbers of the series at once, for many records that come together."""
    if count < 1:
        return []
    year = _year_at(session, branch_id)
    after = _advance(session, branch_id, series, year, count)
    if after is None:
        _open_series(session, branch_id, series, year)
        after = _advance(session, branch_id, series, year, count)
    assert after is not None
    return [number_text(series, year, counted) for counted in range(after - count, after)]


def _year_at(session: Session, branch_id: int) -> int:
    zone = ZoneInfo(session.get_one(Branch, branch_id).zone)
    return session.now.astimezone(zone).year


def _advance(session: Session, branch_id: int, series: str, year: int, count: int) -> int | None:
    """The number after those that are taken; None where nobody opened the series yet."""
    session.flush()
    return session.scalars(
        update(DocumentNumber)
        .where(
            DocumentNumber.branch_id == branch_id,
            DocumentNumber.series == series,
            DocumentNumber.year == year,
        )
        .values(next=DocumentNumber.next + count)
        .returning(DocumentNumber.next)
        .execution_options(synchronize_session=False)
    ).one_or_none()


def _open_series(session: Session, branch_id: int, series: str, year: int) -> None:
    try:
        with session.begin_nested():
            session.add(DocumentNumber(branch_id=branch_id, series=series, year=year, next=1))
    except IntegrityError:
        pass  # another transaction opened it first; its row is there now
