"""What approvals tell: who is asked, what was answered, what became of it, and reminders."""

from dataclasses import dataclass
from typing import ClassVar

from dougong.core.events import Event
from dougong.core.services.approvals.rules import ApprovalState


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Which request an event tells of: its kind, its record, and who asked."""

    approval_id: int
    kind: str
    subject_kind: str
    subject_id: int
    asked_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalWaiting(Event):
    """A step has begun: ``people`` may decide it (XX-03)."""

    name: ClassVar[str] = "core.approval_waiting"
    about: About
    step: int
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAnswered(Event):
    """The last step said yes, or somebody said no: ``state`` is approved or refused."""

    name: ClassVar[str] = "core.approval_answered"
    about: About
    state: ApprovalState


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalClosed(Event):
    """Nothing comes of it any more: ``state`` is withdrawn, expired or voided."""

    name: ClassVar[str] = "core.approval_closed"
    about: About
    state: ApprovalState


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalUsed(Event):
    """What was approved was done, the one time it may be."""

    name: ClassVar[str] = "core.approval_used"
    about: About


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalEscalated(Event):
    """A step is overdue: it went up to ``people``, who may decide it too."""

    name: ClassVar[str] = "core.approval_escalated"
    about: About
    step: int
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalReminded(Event):
    """What waits for one person: one message a person and sweep, however many requests."""

    name: ClassVar[str] = "core.approval_reminded"
    user_id: int
    approvals: tuple[int, ...]
