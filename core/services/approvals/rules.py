"""What an approval is made of: its states, its steps, and the content that is frozen. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Final, TypeAlias

from dougong.core.values import Money

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
"""What content is made of; no floats, since two machines may write them differently."""
MOST_STEPS: Final = 8
MOST_APPROVERS: Final = 3


class ApprovalState(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    """Approved and not used yet."""
    USED = "used"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOIDED = "voided"
    """What was asked about has changed since."""


class EntryKind(StrEnum):
    """What happened to a request."""

    ASKED = "asked"
    APPROVED = "approved"
    """One person's yes."""
    REFUSED = "refused"
    """One person's no; it ends the request."""
    PASSED = "passed"
    """A step has every yes it needs."""
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOIDED = "voided"
    USED = "used"
    REMINDED = "reminded"
    ESCALATED = "escalated"


class Verdict(StrEnum):
    """What an approver answers."""

    APPROVE = "approve"
    REFUSE = "refuse"


class ApproverKind(StrEnum):
    """How a step names who decides."""

    ROLE = "role"
    PERSON = "person"
    SUPERVISOR = "supervisor"


OPEN: Final = frozenset({ApprovalState.WAITING, ApprovalState.APPROVED})
"""The states in which something can still come of a request."""
DECISIONS: Final = frozenset({EntryKind.APPROVED, EntryKind.REFUSED})


@dataclass(frozen=True, slots=True)
class Approver:
    """One place of a step: any holder of a role, one person, or the n-th above the asker."""

    kind: ApproverKind
    role: str = ""
    user_id: int = 0
    level: int = 1
    """Of a supervisor: 1 is the asker's own, 2 that one's, and so on; a short line ends it."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a policy: its places are decided side by side, the steps one after another.

    Hours count round the clock from the beginning of the step; 0 means never.
    """

    approvers: tuple[Approver, ...]
    needed: int = 0
    """How many of the places must say yes; 0 means all of them."""
    from_amount: Money | None = None
    """The smallest amount for which the step is needed; None means every one."""
    remind_hours: int = 24
    due_hours: int = 0
    """After so long it goes up: the supervisors of those who have not decided may do so too."""
    expire_hours: int = 0

    @property
    def count(self) -> int:
        """How many different people must say yes."""
        return min(self.needed or len(self.approvers), len(self.approvers))

    def covers(self, amount: Money | None) -> bool:
        """Whether the step is needed for that amount; what cannot be compared needs it."""
        if self.from_amount is None or amount is None:
            return True
        if self.from_amount.currency != amount.currency:
            return True
        return amount >= self.from_amount


class Flaw(StrEnum):
    """What is wrong with a policy."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOBODY = "nobody"
    TOO_MANY = "too_many"
    NEEDED = "needed"
    FIRST_FROM = "first_from"
    """The first step holds for every amount: nothing is approved by asking alone."""
    HOURS = "hours"


def steps_for(steps: Sequence[Step], amount: Money | None) -> tuple[Step, ...]:
    """The steps that a request of that amount takes, in order."""
    return tuple(step for step in steps if step.covers(amount))


def flaw_of(steps: Sequence[Step]) -> tuple[int, Flaw] | None:
    """The first thing wrong with a policy: the number of the step and what; None if sound."""
    if not steps:
        return 1, Flaw.EMPTY
    if len(steps) > MOST_STEPS:
        return MOST_STEPS + 1, Flaw.TOO_LONG
    if steps[0].from_amount is not None and steps[0].from_amount.minor > 0:
        return 1, Flaw.FIRST_FROM
    found = ((number, _flaw(step)) for number, step in enumerate(steps, start=1))
    return next(((number, flaw) for number, flaw in found if flaw is not None), None)


def _flaw(step: Step) -> Flaw | None:
    if not step.approvers:
        return Flaw.NOBODY
    if len(step.approvers) > MOST_APPROVERS:
        return Flaw.TOO_MANY
    if not 0 <= step.needed <= len(step.approvers):
        return Flaw.NEEDED
    hours = (step.remind_hours, step.due_hours, step.expire_hours)
    return Flaw.HOURS if min(hours) < 0 else None


def in_currency(steps: Sequence[Step], currency: str) -> tuple[Step, ...]:
    """The steps with their amounts read in that currency: a kind's own name none."""
    return tuple(
        replace(step, from_amount=Money(step.from_amount.minor, currency))
        if step.from_amount is not None
        else step
        for step in steps
    )


def canonical(content: Mapping[str, Json]) -> str:
    """The one way to write the content: keys in order, no spaces; floats raise ``TypeError``."""
    _refuse_floats(content)
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(content: Mapping[str, Json]) -> str:
    """SHA-256 of the content as ``canonical`` writes it, in 64 hexadecimal digits."""
    return sha256(canonical(content).encode()).hexdigest()


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("Content holds no floats: write whole minor units or text.")
    if isinstance(value, Mapping):
        for key, part in value.items():
            if not isinstance(key, str):
                raise TypeError("The keys of content are texts.")
            _refuse_floats(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_floats(part)
    elif value is not None and not isinstance(value, bool | int | str):
        raise TypeError(f"Content does not hold {type(value).__name__}.")
