"""The admin's own tables: credentials beside ``core_user``, and attempts to log in."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.people import User
from dougong.core.orm import Base, BigKey, Keyed, Stamped, UtcDateTime


class Account(Stamped, Base):
    """The credentials of one user; without a row he cannot log in."""

    __tablename__ = "admin_account"

    user_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("core_user.id", ondelete="CASCADE"), primary_key=True
    )
    password: Mapped[str] = mapped_column(String(255))
    """An argon2id hash."""
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    """What a session is bound to: a new one ends every session of the user."""
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    """The second factor's secret, encrypted."""

    user: Mapped[User] = relationship()


class LoginAttempt(Keyed, Base):
    """One try to log in: counted in the database, so it holds on many hosts."""

    __tablename__ = "admin_login_attempt"
    __table_args__ = (Index(None, "login", "at"), Index(None, "at"))

    login: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    succeeded: Mapped[bool] = mapped_column(Boolean, default=False)
