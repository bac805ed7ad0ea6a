"""What the sample's jobs and subscribers leave behind: counted to see that nothing doubled."""

from dataclasses import dataclass
from typing import ClassVar

from dougong.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken(Event):
    """A job took a step; it is deliberately not idempotent."""

    name: ClassVar[str] = "sample.step_taken"
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard(Event):
    """The after-subscriber heard of a step."""

    name: ClassVar[str] = "sample.heard"
    step: int
