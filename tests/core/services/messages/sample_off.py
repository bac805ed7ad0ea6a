"""A kind of message of a plugin that is off everywhere."""

from dougong.core.hookspecs import hookimpl
from dougong.core.i18n import lazy
from dougong.core.services.messages.api import MessageKind, Purpose
from tests.core.services.messages.sample_kinds import TEXTS, WHAT


@hookimpl
def register_message_kinds() -> list[MessageKind]:
    """One that nobody may send."""
    return [
        MessageKind(
            code="demo.off", title=lazy("Kind"), purpose=Purpose.SERVICE, variables=(WHAT,),
            texts=TEXTS,
        )
    ]  # fmt: skip
