"""Files that belong to a record; they lie in the database, so one backup holds them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.people import User
from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    Stamped,
    UtcDateTime,
    owned,
    reference,
)


class Attachment(Keyed, BranchOwned, Stamped, Base):
    """One file of one record; ``subject_kind`` is the record's permission name (``core.order``)."""

    __tablename__ = "core_attachment"
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        CheckConstraint("size >= 0", name="size"),
        Index(None, "branch_id", "subject_kind", "subject_id"),
        Index(None, "branch_id", "customer_id", "created_at"),
    )

    subject_kind: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[int] = mapped_column(BigKey)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100), default="application/octet-stream")
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    customer_id: Mapped[int | None] = mapped_column(BigKey, sort_order=95)
    """The customer whom the record is about."""
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), sort_order=96)
    removed_reason: Mapped[str] = mapped_column(String(300), default="", sort_order=97)

    user: Mapped[User | None] = relationship()

    def __str__(self) -> str:
        return self.name
