"""What messages promise to other services, to admin and to plugins.

A plugin declares its kinds by ``register_message_kinds``, queues by ``send`` in the transaction
that gives the occasion, and may hear ``MessageSent`` and ``MessageGivenUp``.
"""

from dougong.core.services.messages.channels import AddressRefused, Seal
from dougong.core.services.messages.delivery import Delivered, deliver
from dougong.core.services.messages.events import MessageGivenUp, MessageSent
from dougong.core.services.messages.house import LETTER
from dougong.core.services.messages.kinds import MessageKind, Variable, Wording, kinds_of
from dougong.core.services.messages.models import (
    MessageAttempt,
    MessageChannel,
    MessagePolicy,
    MessageText,
    OutgoingMessage,
)
from dougong.core.services.messages.rules import (
    Medium,
    MessageState,
    Outcome,
    Purpose,
    Reason,
    SmsSize,
    sms_size,
)
from dougong.core.services.messages.service import (
    Message,
    channels_of,
    kind_named,
    may,
    own_text,
    policy_of,
    resume_about,
    send,
    send_again,
    text_of,
    withdraw,
    withdraw_about,
)
from dougong.core.services.messages.setup import (
    ChannelDraft,
    Place,
    add_channel,
    change_channel,
    preview,
    restore_text,
    save_text,
    try_channel,
)
from dougong.core.services.messages.texts import TextRefused

__all__ = [
    "LETTER",
    "AddressRefused",
    "ChannelDraft",
    "Delivered",
    "Medium",
    "Message",
    "MessageAttempt",
    "MessageChannel",
    "MessageGivenUp",
    "MessageKind",
    "MessagePolicy",
    "MessageSent",
    "MessageState",
    "MessageText",
    "Outcome",
    "OutgoingMessage",
    "Place",
    "Purpose",
    "Reason",
    "Seal",
    "SmsSize",
    "TextRefused",
    "Variable",
    "Wording",
    "add_channel",
    "change_channel",
    "channels_of",
    "deliver",
    "kind_named",
    "kinds_of",
    "may",
    "own_text",
    "policy_of",
    "preview",
    "restore_text",
    "resume_about",
    "save_text",
    "send",
    "send_again",
    "sms_size",
    "text_of",
    "try_channel",
    "withdraw",
    "withdraw_about",
]
