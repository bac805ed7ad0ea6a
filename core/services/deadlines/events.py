"""What deadlines tell: a warning and a breach, each once, and one digest a person and sweep."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from dougong.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineWarned(Event):
    """A promise is near and not kept yet (XX-02); told once for each due time."""

    name: ClassVar[str] = "core.deadline_warned"
    deadline_id: int
    subject_kind: str
    subject_id: int
    target: str
    owner_id: int | None
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineBreached(Event):
    """A promise is missed (XX-02); ``escalated_to`` are the people it goes up to."""

    name: ClassVar[str] = "core.deadline_breached"
    deadline_id: int
    subject_kind: str
    subject_id: int
    target: str
    owner_id: int | None
    due_at: datetime
    escalated_to: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineDigest(Event):
    """Everything one sweep has to tell one person: 500 breaches at once are one message.

    ``warned`` and ``missed`` are his own deadlines, ``escalated`` those that came up to him; all
    are ids. Reminders may wait for the end of quiet hours, ``escalated`` may not.
    """

    name: ClassVar[str] = "core.deadline_digest"
    user_id: int
    warned: tuple[int, ...]
    missed: tuple[int, ...]
    escalated: tuple[int, ...]
