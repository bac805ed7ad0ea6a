"""Kinds of approval: what plugins let staff ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from dougong.core.errors import Refusal
from dougong.core.i18n import LazyText, lazy
from dougong.core.reader import Reader
from dougong.core.services.approvals.rules import Json, Step
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY, switchboard


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalKind:
    """Something that can be asked for, as ``register_approval_kinds`` returns it.

    ``code`` carries the plugin (``credit.lift``). ``entity`` and ``operation`` are the permission
    to ask. ``steps`` hold at a branch that has written no policy of its own; amounts in them are
    read in the branch's currency. ``fields`` names the content's keys, in the order shown.
    ``current`` tells what the content of a record would be now: a request is void when somebody
    comes to decide it and it has changed.
    """

    code: str
    title: LazyText
    entity: str
    operation: str
    steps: tuple[Step, ...]
    fields: Mapping[str, LazyText] = field(default_factory=dict)
    current: Callable[[Reader, int], Mapping[str, Json]] | None = None
    valid: timedelta = timedelta(days=7)
    """How long a request holds where the asker names no end."""


class KindUnknown(Refusal):
    """Nobody here knows that kind of approval: its plugin is off, or gone."""

    code = "core.approval_kind"


def kinds_at(session: Session, branch_id: int) -> dict[str, ApprovalKind]:
    """The kinds that can be asked for at the branch, by code."""
    board = switchboard(session)
    brought = session.info[REGISTRY].contributions("register_approval_kinds")
    return {c.item.code: c.item for c in brought if board.speaks(c, branch_id)}


def kind_at(session: Session, branch_id: int, code: str) -> ApprovalKind:
    """The kind with that code; ``KindUnknown`` where it is not offered."""
    kind = kinds_at(session, branch_id).get(code)
    if kind is None:
        raise KindUnknown(
            lazy("This kind of approval is not offered at this branch."),
            next_step=lazy("A deployer can switch its plugin on under Plugins."),
        )
    return kind
