"""Kinds of message, as plugins declare them: what for, with which values, in which words at first.

A branch may write texts of its own for a kind; where it has none, the kind's own texts hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dougong.core.i18n import DEFAULT_LOCALE, LazyText, lazy
from dougong.core.plugins import Contribution, Registry
from dougong.core.services.messages.rules import Medium, Purpose


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that a text may name; ``sample`` stands in its place while the text is written."""

    name: str
    title: LazyText
    sample: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What a message says: a subject, for mail, and a body. Jinja writes the values in."""

    body: str
    subject: str = ""
    html: bool = False
    """Whether the body is HTML; values are then escaped. Mail only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKind:
    """A kind of message, as ``register_message_kinds`` returns it.

    ``code`` carries the plugin (``aftersales.renewal``). ``texts`` are the house's own, by medium
    and locale; a medium without one cannot carry the kind until a branch writes it.
    """

    code: str
    title: LazyText
    purpose: Purpose
    variables: tuple[Variable, ...] = ()
    texts: Mapping[tuple[Medium, str], Wording] = field(default_factory=dict)

    @property
    def known(self) -> tuple[Variable, ...]:
        """Every value its texts may name: its own, and those of every message."""
        return (*self.variables, *(STAFF if self.purpose is Purpose.INTERNAL else CUSTOMER))

    @property
    def samples(self) -> dict[str, str]:
        """A sample for each value."""
        return {variable.name: variable.sample for variable in self.known}

    def text(self, medium: Medium, locale: str) -> Wording | None:
        """The house's own text, in the default language where that one is missing."""
        return self.texts.get((medium, locale)) or self.texts.get((medium, DEFAULT_LOCALE))


_BRANCH: Final = Variable("branch", lazy("Branch"), "上海分公司")
CUSTOMER: Final = (
    Variable("name", lazy("Whom we write to"), "王芳"),
    Variable("customer", lazy("Customer"), "星辰科技有限公司"),
    Variable("manager", lazy("Account manager"), "陈晨"),
    Variable("manager_phone", lazy("Account manager's phone"), "13800138000"),
    _BRANCH,
)
"""What every message to a customer may name."""
STAFF: Final = (Variable("name", lazy("Whom we write to"), "陈晨"), _BRANCH)
"""What every message to staff may name."""


def kinds_of(registry: Registry) -> dict[str, Contribution]:
    """Every kind of the loaded plugins by its code; raises ``ValueError`` when two share one."""
    kinds: dict[str, Contribution] = {}
    for offer in registry.contributions("register_message_kinds"):
        if offer.item.code in kinds:
            raise ValueError(f"Two kinds of message have the code {offer.item.code!r}.")
        kinds[offer.item.code] = offer
    return kinds
