"""Which kinds of activity there are, and for whom duties may be: declared by their owners."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Select

from dougong.core.i18n import LazyText, lazy
from dougong.core.plugins import Registry
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY, switchboard

TASK: Final = "core.task"
CHECK: Final = "core.customer_check"
PASSED_UP: Final = "core.passed_up"
DUTY: Final = "core.duty"


@dataclass(frozen=True, slots=True)
class ResultCode:
    """How an activity of a kind may end; ``needs_note`` asks for words besides."""

    code: str
    title: LazyText
    needs_note: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityKind:
    """A kind of activity, as ``register_activity_kinds`` returns it.

    ``code`` carries the plugin (``care.birthday``). Without ``results`` the words are enough, and
    ``needs_note`` asks for them. ``titles`` translate stored titles. Who holds ``operation`` on
    ``entity`` at the branch may settle every activity of the kind, whoever owns it. ``by_hand``
    offers the kind to people who plan one.
    """

    code: str
    title: LazyText | str
    icon: str = "check-circle"
    results: tuple[ResultCode, ...] = ()
    needs_note: bool = False
    titles: Mapping[str, LazyText] = field(default_factory=dict)
    entity: str = ""
    operation: str = "settle"
    by_hand: bool = False

    def result(self, code: str) -> ResultCode | None:
        """The result with that code, None when the kind has none such."""
        return next((result for result in self.results if result.code == code), None)

    def words(self, title: str) -> str:
        """What an activity of the kind is called: its own title, else the kind's."""
        return str(self.titles.get(title, title) or self.title)


@dataclass(frozen=True, slots=True)
class Audience:
    """For which customers a duty may be, as ``register_audiences`` returns it.

    ``customers(session, branch_id)`` selects the ids of the branch's customers in it.
    """

    code: str
    title: LazyText
    customers: Callable[[Session, int], Select[int]]


OWN_KINDS: Final = (
    ActivityKind(
        code=TASK, title=lazy("To do"), by_hand=True,
        results=(
            ResultCode("settled", lazy("Settled as agreed")),
            ResultCode("not_reached", lazy("Not reached"), needs_note=True),
            ResultCode("no_need", lazy("Not needed any more"), needs_note=True),
        ),
    ),
    ActivityKind(code=CHECK, title=lazy("Go through my customers"), icon="users"),
    ActivityKind(code=DUTY, title=lazy("Duty"), icon="calendar", needs_note=True),
    ActivityKind(
        code=PASSED_UP, title=lazy("Passed up to me"), icon="chevron-right", needs_note=True
    ),
)  # fmt: skip


def known_kinds(session: Session) -> Mapping[str, ActivityKind]:
    """Every kind of the loaded plugins, by code."""
    return {c.item.code: c.item for c in _registry(session).contributions(_KINDS)}


def kind_of(session: Session, code: str) -> ActivityKind:
    """The kind with that code; one that is named by its code where no loaded plugin has it."""
    return known_kinds(session).get(code) or ActivityKind(code=code, title=code)


def silent_kinds(session: Session, branch_id: int) -> frozenset[str]:
    """Kinds whose plugin is off at the branch: what is planned stays, nobody is asked for it."""
    board = switchboard(session)
    offered = _registry(session).contributions(_KINDS)
    return frozenset(c.item.code for c in offered if not board.speaks(c, branch_id))


def audiences_at(session: Session, branch_id: int) -> Mapping[str, Audience]:
    """For which customers duties may be at the branch, by code."""
    board = switchboard(session)
    offered = _registry(session).contributions("register_audiences")
    return {c.item.code: c.item for c in offered if board.speaks(c, branch_id)}


_KINDS: Final = "register_activity_kinds"


def _registry(session: Session) -> Registry:
    registry: Registry = session.info[REGISTRY]
    return registry
