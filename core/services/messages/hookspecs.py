"""The hook of messages: plugins declare which kinds of message they send."""

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from dougong.core.services.messages.kinds import MessageKind

hookspec = pluggy.HookspecMarker("dougong")

# --- boot ---------------------------------------------------------------------------------------


@hookspec
def register_message_kinds() -> "list[MessageKind]":
    """Declare the kinds of message the plugin sends, with their values and first texts.

    Called once per process, at boot.
    Returns ``MessageKind`` rows; a branch where the plugin is off sends none of them.
    Example: the renewal notice of after-sales (AF-11).
    Since 0.1.
    """
    raise NotImplementedError
