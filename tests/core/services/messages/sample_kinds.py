"""Kinds of message for tests: one of each purpose."""

from types import MappingProxyType

from dougong.core.hookspecs import hookimpl
from dougong.core.i18n import lazy
from dougong.core.services.messages.api import Medium, MessageKind, Purpose, Variable, Wording

WHAT = Variable("what", lazy("Kind"), "样品")
TEXTS = MappingProxyType(
    {
        (Medium.MAIL, "zh_Hans_CN"): Wording("{{ name }}：{{ what }}", "关于{{ what }}"),
        (Medium.MAIL, "en"): Wording("{{ name }}: {{ what }}", "About {{ what }}"),
        (Medium.SMS, "zh_Hans_CN"): Wording("{{ name }}：{{ what }}"),
    }
)


@hookimpl
def register_message_kinds() -> list[MessageKind]:
    """A notice, an offer and a word to staff."""
    return [
        MessageKind(
            code=f"demo.{purpose.value}", title=lazy("Kind"), purpose=purpose,
            variables=(WHAT,), texts=TEXTS,
        )
        for purpose in Purpose
    ]  # fmt: skip
