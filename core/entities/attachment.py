"""Files that belong to a record; they lie in the database, so one backup holds them."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.people import User
from dougong.core.orm import Base, BigKey, BranchOwned, Keyed, Stamped, owned


class Attachment(Keyed, BranchOwned, Stamped, Base):
    """One file of one record; ``subject_kind`` is the record's permission name (``core.order``)."""

    __tablename__ = "core_attachment"
    __table_args__ = owned(
        CheckConstraint("size >= 0", name="size"),
        Index(None, "branch_id", "subject_kind", "subject_id"),
    )

    subject_kind: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[int] = mapped_column(BigKey)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100), default="application/octet-stream")
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))

    user: Mapped[User | None] = relationship()

    def __str__(self) -> str:
        return self.name
