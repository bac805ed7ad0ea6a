"""People: users, their roles, and where they work."""

from sqlalchemy import JSON, Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.branch import Branch
from dougong.core.i18n import gettext
from dougong.core.orm import Base, BigKey, Grade, Keyed, Stamped


class User(Keyed, Stamped, Base):
    """A person who works with the system; the password lives in admin (``admin_account``)."""

    __tablename__ = "core_user"

    login: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    locale: Mapped[str] = mapped_column(String(20), default="")
    """Preferred language; empty means the browser's."""
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    supervisor_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", foreign_keys="Membership.user_id"
    )
    supervisor: Mapped["User | None"] = relationship(remote_side="User.id")

    def __str__(self) -> str:
        return self.name


class Role(Keyed, Stamped, Base):
    """A role: a set of permissions and a clearance for graded fields (AR-06)."""

    __tablename__ = "core_role"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    clearance: Mapped[int] = mapped_column(Integer, default=int(Grade.INTERNAL))
    seeded: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Permissions it was once given at set-up: what was taken away since is not given back."""

    permissions: Mapped[list["Permission"]] = relationship(
        back_populates="role", cascade="all, delete-orphan"
    )

    def __str__(self) -> str:
        return gettext(self.name)  # starter roles carry English names from the catalogue


class Permission(Keyed, Base):
    """One (role, entity, operation) row; ``*`` stands for all."""

    __tablename__ = "core_permission"
    __table_args__ = (UniqueConstraint("role_id", "entity", "operation"),)

    role_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_role.id", ondelete="CASCADE"))
    entity: Mapped[str] = mapped_column(String(80))
    operation: Mapped[str] = mapped_column(String(40))

    role: Mapped[Role] = relationship(back_populates="permissions")

    def __str__(self) -> str:
        return f"{self.entity} · {self.operation}"


class Membership(Keyed, Stamped, Base):
    """A user's role at a branch; ``below`` extends it to every branch under that one (XX-05)."""

    __tablename__ = "core_membership"
    __table_args__ = (UniqueConstraint("user_id", "branch_id", "role_id"),)

    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_user.id", ondelete="CASCADE"))
    branch_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_branch.id"))
    role_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_role.id"))
    below: Mapped[bool] = mapped_column(Boolean, default=False)

    user: Mapped[User] = relationship(back_populates="memberships", foreign_keys=[user_id])
    branch: Mapped[Branch] = relationship()
    role: Mapped[Role] = relationship()

    def __str__(self) -> str:
        return f"{self.role} · {self.branch}"
