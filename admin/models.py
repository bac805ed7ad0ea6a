"""The admin's own tables: credentials beside ``core_user``, open log-ins, and attempts."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.people import User
from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    Stamped,
    Untracked,
    UtcDateTime,
    derived,
    owned,
)


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
    tf_last_counter: Mapped[int | None] = mapped_column(BigKey, info=derived())
    """The time step of the last code that was used: no code is good twice."""

    user: Mapped[User] = relationship()


class Sitting(Keyed, Untracked, Base):
    """A log-in that is open, on one device; the cookie holds what ``token_hash`` is the hash of."""

    __tablename__ = "admin_sitting"
    __table_args__ = (Index(None, "user_id"), Index(None, "seen_at"))

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_user.id", ondelete="CASCADE"))
    kept: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether it lasts beyond the browser's closing and the idle hours."""
    device: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime())
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    user: Mapped[User] = relationship()


class LoginAttempt(Keyed, Base):
    """One try to log in: counted in the database, so it holds on many hosts."""

    __tablename__ = "admin_login_attempt"
    __table_args__ = (Index(None, "login", "at"), Index(None, "at"))

    login: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    succeeded: Mapped[bool] = mapped_column(Boolean, default=False)


class ListPreference(Keyed, Untracked, Base):
    """How one person keeps one list: his columns in his order, and where it starts."""

    __tablename__ = "admin_list_preference"
    __table_args__ = (UniqueConstraint("user_id", "view"),)

    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_user.id", ondelete="CASCADE"))
    view: Mapped[str] = mapped_column(String(80))
    """The list's endpoint."""
    shown: Mapped[list[str]] = mapped_column(JSON, default=list)
    hidden: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Columns he took away; one in neither list came later and is shown last."""
    start: Mapped[str] = mapped_column(String(2000), default="")
    """What a bare address of the list means to him: search, filters, order."""


class SavedList(Keyed, BranchOwned, Untracked, Base):
    """A list somebody filtered and gave a name; a shared one is everybody's at the branch."""

    __tablename__ = "admin_saved_list"
    __table_args__ = owned(
        UniqueConstraint("branch_id", "user_id", "view", "name"), Index(None, "branch_id", "view")
    )

    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_user.id", ondelete="CASCADE"))
    view: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(2000), default="")
    shared: Mapped[bool] = mapped_column(Boolean, default=False)

    user: Mapped[User] = relationship()
