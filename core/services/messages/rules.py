"""What messages decide: whether one may go now, how long to wait, how long a text is. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Medium(StrEnum):
    """By what a message travels."""

    MAIL = "mail"
    SMS = "sms"
    CHAT = "chat"


class Purpose(StrEnum):
    """What a message is for: marketing asks for consent, service does not (CA-08)."""

    SERVICE = "service"
    MARKETING = "marketing"
    INTERNAL = "internal"


class MessageState(StrEnum):
    """Where a message stands; ``failed`` is tried again, ``dead`` waits for a person."""

    QUEUED = "queued"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"
    DROPPED = "dropped"


class Reason(StrEnum):
    """Why a message waits or was never sent."""

    NONE = ""
    QUIET = "quiet"
    CAP_HELD = "cap_held"
    CAP = "cap"
    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    NO_CHANNEL = "no_channel"
    CLOSED = "closed"
    LEFT = "left"
    PLUGIN_OFF = "plugin_off"
    TOO_LATE = "too_late"
    BAD_TEXT = "bad_text"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What became of one attempt; ``unknown`` is one whose worker ended in the middle."""

    SENT = "sent"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


WAITING: Final = (MessageState.QUEUED, MessageState.HELD, MessageState.FAILED)
"""The states out of which a message is taken when it is due."""
MOVES: Final[Mapping[str, frozenset[MessageState]]] = MappingProxyType(
    {
        "send_again": frozenset({MessageState.DEAD, MessageState.DROPPED}),
        "withdraw": frozenset(WAITING),
    }
)
"""The verbs of staff and the states in which each is offered."""
MAX_ATTEMPTS: Final = 8
_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Hours:
    """Quiet hours in local time; they may run over midnight, and the same twice means none."""

    start: time
    end: time

    def holds(self, moment: time) -> bool:
        """Whether it is quiet then."""
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end

    def end_after(self, local: datetime) -> datetime:
        """The next end of the quiet hours, in the zone of ``local``."""
        day = local.date()
        if local.time() >= self.end:
            day += timedelta(days=1)
        return datetime.combine(day, self.end, tzinfo=local.tzinfo)


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``count`` marketing messages to one contact in ``days``; 0 means no limit (CA-08)."""

    count: int
    days: int
    hold: bool
    """Whether one too many waits for room, or is dropped."""


HOUSE_QUIET: Final = Hours(time(21), time(8))
HOUSE_CAP: Final = Cap(count=2, days=7, hold=False)
"""What holds at a branch that never said otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """All that decides whether a message may go at the instant ``local``, in the branch's zone."""

    local: datetime
    purpose: Purpose
    urgent: bool = False
    address: str
    has_channel: bool = True
    consents: bool = False
    closed: bool = False
    left: bool = False
    plugin_on: bool = True
    quiet: Hours | None = None
    cap: Cap | None = None
    recent: tuple[datetime, ...] = ()
    """When marketing messages went to the same contact within the cap's days, oldest first."""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The message goes, waits until ``until``, or is dropped, with the reason."""

    state: MessageState
    reason: Reason = Reason.NONE
    until: datetime | None = None


GO: Final = Verdict(MessageState.SENDING)
_NO_CHANNEL_WAIT: Final = timedelta(hours=1)


def judge(asked: Circumstances) -> Verdict:
    """Whether the message may go now (CA-08): what forbids it for good first, what delays it last.

    What would wait beyond its expiry is dropped at once, so that staff see it while it matters.
    """
    forbidden = _forbidden(asked)
    if forbidden is not Reason.NONE:
        return Verdict(MessageState.DROPPED, forbidden)
    verdict = _delayed(asked)
    expires = asked.expires_at
    if expires is not None and verdict.until is not None and verdict.until >= expires:
        return Verdict(MessageState.DROPPED, verdict.reason)
    return verdict


def _forbidden(asked: Circumstances) -> Reason:
    marketing = asked.purpose is Purpose.MARKETING
    checks = (
        (asked.expires_at is not None and asked.local >= asked.expires_at, Reason.TOO_LATE),
        (not asked.plugin_on, Reason.PLUGIN_OFF),
        (asked.closed, Reason.CLOSED),
        (asked.left, Reason.LEFT),
        (marketing and not asked.consents, Reason.NO_CONSENT),
        (not asked.address, Reason.NO_ADDRESS),
    )
    return next((reason for holds, reason in checks if holds), Reason.NONE)


def _delayed(asked: Circumstances) -> Verdict:
    passes = asked.urgent and asked.purpose is not Purpose.MARKETING
    if asked.quiet is not None and not passes and asked.quiet.holds(asked.local.time()):
        return Verdict(MessageState.HELD, Reason.QUIET, asked.quiet.end_after(asked.local))
    if asked.purpose is Purpose.MARKETING and asked.cap is not None and asked.cap.count:
        over = len(asked.recent) - asked.cap.count
        if over >= 0:
            return _over_cap(asked.cap, asked.recent[over])
    if not asked.has_channel:
        return Verdict(MessageState.HELD, Reason.NO_CHANNEL, asked.local + _NO_CHANNEL_WAIT)
    return GO


def _over_cap(cap: Cap, makes_room: datetime) -> Verdict:
    if not cap.hold:
        return Verdict(MessageState.DROPPED, Reason.CAP)
    return Verdict(MessageState.HELD, Reason.CAP_HELD, makes_room + timedelta(days=cap.days))


def wait_after(attempts: int, chance: float) -> timedelta:
    """The wait after so many failed attempts: 1, 2, 4 … minutes, at most six hours.

    ``chance`` from 0 to 1 takes away up to half of it, so that a thousand messages that failed
    together do not come back together.
    """
    full = min(_LONGEST_WAIT, _FIRST_WAIT * int(2 ** min(attempts - 1, 20)))
    return full * (1 - chance / 2)


# GSM 03.38: each character one septet, those of the extension table two.
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE: Final = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class SmsSize:
    """How long a text message is: units used, how many it is billed as, units left in the last."""

    used: int
    parts: int
    left: int
    unicode: bool


def sms_size(text: str) -> SmsSize:
    """Chinese makes it UCS-2: 70 characters alone, 67 in each of several; else GSM-7: 160, 153."""
    unicode = any(c not in _GSM and c not in _GSM_TWICE for c in text)
    if unicode:
        used, alone, each = len(text.encode("utf-16-be")) // 2, 70, 67
    else:
        used, alone, each = sum(2 if c in _GSM_TWICE else 1 for c in text), 160, 153
    if used <= alone:
        return SmsSize(used, 1 if used else 0, alone - used, unicode)
    parts = -(-used // each)
    return SmsSize(used, parts, parts * each - used, unicode)
