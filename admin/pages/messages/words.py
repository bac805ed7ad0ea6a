"""The words of messages: states, reasons, media, purposes."""

from dougong.admin.contributions import Tone
from dougong.admin.words import add_words
from dougong.core.i18n import lazy
from dougong.core.services.messages.api import Medium, MessageState, Outcome, Purpose, Reason

add_words(
    (
        (MessageState.QUEUED, lazy("Queued"), Tone.NEUTRAL),
        (MessageState.HELD, lazy("Held back"), Tone.INFO),
        (MessageState.SENDING, lazy("Being sent"), Tone.INFO),
        (MessageState.SENT, lazy("Sent"), Tone.SUCCESS),
        (MessageState.FAILED, lazy("Failed, will be tried again"), Tone.WARNING),
        (MessageState.DEAD, lazy("Could not be sent"), Tone.DANGER),
        (MessageState.DROPPED, lazy("Not sent"), Tone.NEUTRAL),
        (Reason.NONE, lazy("None"), None),
        (Reason.QUIET, lazy("Quiet hours"), None),
        (Reason.CAP_HELD, lazy("Waits for room under the limit on advertising"), None),
        (Reason.CAP, lazy("Over the limit on advertising"), None),
        (Reason.NO_CONSENT, lazy("The contact has not agreed to advertising"), None),
        (Reason.NO_ADDRESS, lazy("No usable e-mail address or mobile number"), None),
        (Reason.NO_CHANNEL, lazy("The branch has no channel for it"), None),
        (Reason.CLOSED, lazy("The customer's account is closed"), None),
        (Reason.LEFT, lazy("The person does not work here any more"), None),
        (Reason.PLUGIN_OFF, lazy("The plugin was switched off meanwhile"), None),
        (Reason.TOO_LATE, lazy("Too late to make sense"), None),
        (Reason.BAD_TEXT, lazy("The branch's text cannot be used"), None),
        (Reason.REFUSED, lazy("Refused by the other side"), None),
        (Reason.UNREACHABLE, lazy("The other side cannot be reached"), None),
        (Reason.WITHDRAWN, lazy("Withdrawn"), None),
        (Medium.MAIL, lazy("E-mail"), None),
        (Medium.SMS, lazy("Text message"), None),
        (Medium.CHAT, lazy("Chat group"), None),
        (Purpose.SERVICE, lazy("Service"), None),
        (Purpose.MARKETING, lazy("Advertising"), None),
        (Purpose.INTERNAL, lazy("Internal"), None),
        (Outcome.SENT, lazy("Sent"), Tone.SUCCESS),
        (Outcome.TEMPORARY, lazy("Not now"), Tone.WARNING),
        (Outcome.PERMANENT, lazy("Refused for good"), Tone.DANGER),
        (Outcome.UNKNOWN, lazy("Unknown whether it arrived"), Tone.WARNING),
    )
)
