"""Branches and what is switched on at each."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.orm import Base, BigKey, Keyed, Stamped, UtcDateTime


class Branch(Keyed, Stamped, Base):
    """A branch of the company; headquarters stands at the top and has no parent."""

    __tablename__ = "core_branch"

    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    zone: Mapped[str] = mapped_column(String(50), default="Asia/Shanghai")
    """IANA time zone: deadlines and days are counted in it (XX-02)."""
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    parent_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_branch.id"))
    active: Mapped[bool] = mapped_column(Boolean, default=True)

    parent: Mapped["Branch | None"] = relationship(remote_side="Branch.id")
    switches: Mapped[list["BranchPlugin"]] = relationship(back_populates="branch")

    def __str__(self) -> str:
        return self.name


class BranchPlugin(Keyed, Stamped, Base):
    """A plugin's switch and settings at one branch (XX-04); read by the kernel for every branch."""

    __tablename__ = "core_branch_plugin"
    __table_args__ = (UniqueConstraint("branch_id", "plugin"),)

    branch_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_branch.id"))
    plugin: Mapped[str] = mapped_column(String(30))
    enabled: Mapped[bool] = mapped_column(Boolean, default=False)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    guards: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The acts it guarded when it was switched on: known even when its code is gone."""
    enabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    branch: Mapped[Branch] = relationship(back_populates="switches")
