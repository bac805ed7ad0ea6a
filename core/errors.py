"""What the house says when it says no, and what it raises when it is used wrongly."""

from dataclasses import dataclass, field

from dougong.core.i18n import LazyText, lazy


class Refusal(Exception):
    """A "no" that a person reads: code, sentence, and what can be done next (XX-07).

    ``code`` is stable (``credit.limit_exceeded``); ``text`` and ``next_step`` are translated when
    shown. ``field`` names the form field the message belongs to, where there is one.
    """

    code = "core.refused"

    def __init__(
        self,
        text: LazyText | str,
        *,
        code: str | None = None,
        next_step: LazyText | str = "",
        field: str = "",
    ) -> None:
        super().__init__(text)
        self.text = text
        self.next_step = next_step
        self.field = field
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return sentences(self.text, self.next_step)


def sentences(*parts: LazyText | str) -> str:
    """The parts one after another; a Chinese full stop needs no space after it."""
    said = ""
    for part in map(str, parts):
        said += (
            ("" if not said or said.endswith(("。", "！", "？")) else " ") + part if part else ""
        )
    return said


class NotFound(Refusal):
    """The record does not exist, or stands behind another branch's wall (XX-05)."""

    code = "core.not_found"

    def __init__(self, text: LazyText | str = "") -> None:
        super().__init__(text or lazy("This record does not exist or is not visible to you."))


class Forbidden(Refusal):
    """The person lacks the permission for this operation."""

    code = "core.forbidden"

    def __init__(self, text: LazyText | str = "") -> None:
        super().__init__(
            text or lazy("You are not allowed to do this."),
            next_step=lazy("Ask your branch manager for the permission."),
        )


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason against an act, as a plugin's ``<act>_blockers`` hook returns it."""

    source: str
    code: str
    text: LazyText | str
    next_step: LazyText | str = field(default="")


class Blocked(Refusal):
    """An act refused by one or more blockers; ``blockers`` keeps them apart for the screen."""

    code = "core.blocked"

    def __init__(self, blockers: tuple[Blocker, ...]) -> None:
        super().__init__(sentences(*(blocker.text for blocker in blockers)))
        self.blockers = blockers
        self.next_step = sentences(*(blocker.next_step for blocker in blockers))


class StateRefused(Refusal):
    """A transition the table of transitions does not have."""

    code = "core.state"


class WallBreached(RuntimeError):
    """Code tried to pass the branch wall: a bug, never a person's mistake (XX-05)."""


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met."""


class NaiveTime(ValueError):
    """A time without a zone was given where an instant is needed."""
