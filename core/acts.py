"""Acts that plugins may speak against, and the one way to ask them."""

from enum import StrEnum
from typing import Any

from dougong.core.errors import Blocked, Blocker, Refusal
from dougong.core.i18n import lazy
from dougong.core.session import Session
from dougong.core.switchboard import hooks_at, switchboard


class Act(StrEnum):
    """What a plugin can guard; ``Manifest.guards`` names these."""

    CONFIRM_ORDER = "confirm_order"
    RELEASE_DELIVERY = "release_delivery"
    MERGE_CUSTOMERS = "merge_customers"


class GuardMissing(Refusal):
    """The act is guarded by a plugin that is on here but could not be loaded."""

    code = "core.guard_missing"


def refuse_if_unguarded(session: Session, branch_id: int, act: Act) -> None:
    """Refuse ``act`` where a plugin that guards it is on but not loaded: never fail open."""
    missing = switchboard(session).missing_guards(branch_id, act)
    if missing:
        raise GuardMissing(
            lazy("This is guarded by %(plugins)s, which could not be loaded.",
                 plugins=", ".join(sorted(missing))),
            next_step=lazy("Tell the person who runs the system; nothing was changed."),
        )  # fmt: skip


def refuse_if_blocked(
    session: Session, branch_id: int, act: Act, hook: str, **payload: Any
) -> None:
    """Ask the act's blockers hook and raise ``Blocked`` with every reason given."""
    refuse_if_unguarded(session, branch_id, act)
    session.flush()
    answers: list[list[Blocker]] = getattr(hooks_at(session, branch_id), hook)(**payload)
    blockers = sorted((b for answer in answers for b in answer), key=lambda b: (b.source, b.code))
    if blockers:
        raise Blocked(tuple(blockers))
