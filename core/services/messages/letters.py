"""What passes between delivery and the carriers: a letter out, an answer back."""

from dataclasses import dataclass

from dougong.core.services.messages.kinds import Wording
from dougong.core.services.messages.rules import Outcome


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go: to which address, in which words, under which name of its own."""

    to: str
    recipient: str
    text: Wording
    name: str
    """The same at every attempt: a mail server that got it twice can tell."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it, and the other side's words."""

    outcome: Outcome
    detail: str = ""
