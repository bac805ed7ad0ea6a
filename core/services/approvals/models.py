"""The tables of approvals: policies, requests with what was frozen, who may decide, the history."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.people import User
from dougong.core.orm import (
    STAYS,
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    Stamped,
    StateType,
    Untracked,
    UtcDateTime,
    derived,
    one_of,
    owned,
    reference,
)
from dougong.core.services.approvals.rules import ApprovalState, EntryKind
from dougong.core.values import Money

_OPEN: Final = text("state IN ('waiting', 'approved')")
_DECIDED: Final = text("kind IN ('approved', 'refused')")
_WHOSE: Final = ("branch_id", "id", "asked_by_id", "asked_for_id")
_NEVER_HIS_OWN: Final = (
    "kind NOT IN ('approved', 'refused') OR (user_id IS NOT NULL AND for_id IS NOT NULL "
    "AND user_id <> asked_by_id AND user_id <> asked_for_id "
    "AND for_id <> asked_by_id AND for_id <> asked_for_id)"
)


class ApprovalPolicy(Keyed, BranchOwned, Stamped, Base):
    """A version of how a branch decides one kind of request; the highest version holds."""

    __tablename__ = "core_approval_policy"
    __table_args__ = owned(UniqueConstraint("branch_id", "kind", "version"))

    kind: Mapped[str] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(Integer)
    steps: Mapped[list[Any]] = mapped_column(JSON)
    author_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))


class Approval(Keyed, BranchOwned, Stamped, Base):
    """One request; what was asked is frozen with it, and so is the policy (XX-03)."""

    __tablename__ = "core_approval"
    __table_args__ = (*owned(
        UniqueConstraint(*_WHOSE, name="uq_core_approval_whose"),
        reference("customer_id", "core_customer"),
        Index(
            "uq_core_approval_open", "branch_id", "kind", "subject_kind", "subject_id",
            unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN,
        ),
        Index(None, "branch_id", "state", "wakes_at"),
        Index(None, "branch_id", "asked_by_id", "state"),
        Index(None, "branch_id", "subject_kind", "subject_id"),
        Index(None, "branch_id", "customer_id"),
        one_of("state", ApprovalState, "state"),
        CheckConstraint("length(content_hash) = 64", name="content_hash"),
        CheckConstraint("(amount_minor IS NULL) = (currency = '')", name="amount"),
        CheckConstraint("step >= 1", name="step"),
    ), {"info": {STAYS: True}})  # fmt: skip

    kind: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[int] = mapped_column(BigKey)
    subject: Mapped[str] = mapped_column(String(200), default="")
    """What staff call it, as it was when it was asked."""
    customer_id: Mapped[int | None] = mapped_column(BigKey)
    asked_by_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_user.id"))
    asked_for_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_user.id"))
    """The person whose matter it is: the asker himself, unless it is somebody else's."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime())
    amount_minor: Mapped[int | None] = mapped_column(BigKey)
    currency: Mapped[str] = mapped_column(String(3), default="")
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    policy_version: Mapped[int] = mapped_column(Integer)
    """The branch's version it was asked under; 0 means the kind's own steps."""
    steps: Mapped[list[Any]] = mapped_column(JSON)
    state: Mapped[ApprovalState] = mapped_column(StateType(ApprovalState))
    step: Mapped[int] = mapped_column(Integer, default=1)
    """The step that is being decided, from 1; the last one when it is answered."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())
    """Nothing is decided or used from then on."""
    lapses_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), info=derived())
    """When the present step runs out."""
    overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), info=derived())
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), info=derived())
    wakes_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), info=derived())
    """The earliest of these times: when the sweep looks at it again."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    asked_for: Mapped[User] = relationship(foreign_keys=[asked_for_id])

    @property
    def amount(self) -> Money | None:
        """How much it is about."""
        return None if self.amount_minor is None else Money(self.amount_minor, self.currency)

    def __str__(self) -> str:
        return self.subject or f"{self.subject_kind} {self.subject_id}"


class ApprovalPlace(Keyed, BranchOwned, Untracked, Base):
    """Who may decide a step of a request: the holders of a role, or one person."""

    __tablename__ = "core_approval_place"
    __table_args__ = owned(
        reference("approval_id", "core_approval"),
        Index(None, "branch_id", "approval_id"),
        Index(None, "branch_id", "user_id"),
        CheckConstraint("(user_id IS NULL) = (role <> '')", name="one"),
    )

    approval_id: Mapped[int] = mapped_column(BigKey)
    step: Mapped[int] = mapped_column(Integer)
    seat: Mapped[int] = mapped_column(Integer)
    """From 1; 0 is somebody it went up to, who may take any seat of the step."""
    role: Mapped[str] = mapped_column(String(40), default="")
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))


class ApprovalEntry(Keyed, BranchOwned, Untracked, Base):
    """What happened to a request, by whom, for whom and why; added, never changed.

    Asker and subject person stand in every row, tied to the request's own, so that the database
    itself lets nobody decide his own request (XX-03).
    """

    __tablename__ = "core_approval_entry"
    __table_args__ = owned(
        ForeignKeyConstraint(
            ["branch_id", "approval_id", "asked_by_id", "asked_for_id"],
            [f"core_approval.{name}" for name in _WHOSE],
            name="fk_core_approval_entry_whose",
        ),
        Index(None, "branch_id", "approval_id"),
        Index(
            "uq_core_approval_entry_user", "branch_id", "approval_id", "user_id",
            unique=True, postgresql_where=_DECIDED, sqlite_where=_DECIDED,
        ),
        Index(
            "uq_core_approval_entry_for", "branch_id", "approval_id", "for_id",
            unique=True, postgresql_where=_DECIDED, sqlite_where=_DECIDED,
        ),
        one_of("kind", EntryKind, "kind"),
        CheckConstraint(_NEVER_HIS_OWN, name="never_his_own"),
    )  # fmt: skip

    approval_id: Mapped[int] = mapped_column(BigKey)
    asked_by_id: Mapped[int] = mapped_column(BigKey)
    asked_for_id: Mapped[int] = mapped_column(BigKey)
    kind: Mapped[EntryKind] = mapped_column(StateType(EntryKind))
    step: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    actor: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    for_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    """Of a decision: in whose right it was made; his own, or of whom he stands in for."""
    seats: Mapped[list[int]] = mapped_column(JSON, default=list)
    """Of a decision: which seats of the step it can take."""
    note: Mapped[str] = mapped_column(Text, default="")

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    whom: Mapped[User | None] = relationship(foreign_keys=[for_id])
