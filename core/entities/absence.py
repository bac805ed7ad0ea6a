"""Who is away and who stands in: of a person, so it holds at every branch where he works."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.people import User
from dougong.core.orm import Base, BigKey, Keyed, Stamped


class Absence(Keyed, Stamped, Base):
    """The days on which a person is away, both ends included; without a stand-in nobody has his
    work. What for is nobody's business but his: ``remark`` says how to reach him.
    """

    __tablename__ = "core_absence"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("stand_in_id <> user_id", name="stand_in"),
        Index(None, "user_id", "last_day"),
        Index(None, "stand_in_id", "last_day"),
    )

    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_user.id", ondelete="CASCADE"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    stand_in_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    remark: Mapped[str] = mapped_column(String(200), default="")

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    stand_in: Mapped[User | None] = relationship(foreign_keys=[stand_in_id])

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"
