"""Mail to staff about their deadlines: one message a person and sweep (XX-02)."""

from collections.abc import Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from sqlalchemy import select

from dougong.core.branches import zone_of
from dougong.core.entities.people import User
from dougong.core.events import Subscriber, within
from dougong.core.i18n import DEFAULT_LOCALE, LOCALES, gettext, lazy, speaking
from dougong.core.services.deadlines.api import Deadline, DeadlineDigest
from dougong.core.services.messages.kinds import MessageKind, Variable, Wording
from dougong.core.services.messages.rules import Medium, Purpose
from dougong.core.services.messages.service import Message, channels_of, send
from dougong.core.session import Session

SHOWN: Final = 30
"""So many lines a message lists at most; the rest is counted."""
MEDIA: Final = (Medium.MAIL, Medium.CHAT)
_TARGETS: Final = {
    "respond": lazy("Respond"), "dispatch": lazy("Dispatch"), "arrive": lazy("Arrive"),
    "resolve": lazy("Resolve"), "feed_back": lazy("Feed back"),
}  # fmt: skip
_COUNT: Final = Variable("count", lazy("How many"), "3")
_LINES: Final = Variable(
    "lines", lazy("One line for each"), "SC-2026-000012 · 到场 · 2026-03-02 16:00"
)


def _texts(zh: tuple[str, str], en: tuple[str, str]) -> MappingProxyType[
    tuple[Medium, str], Wording
]:  # fmt: skip
    texts = {}
    for locale, (subject, lead) in (("zh_Hans_CN", zh), ("en", en)):
        hello = "{{ name }}，您好：\n\n" if locale == DEFAULT_LOCALE else "Hello {{ name }},\n\n"
        texts[Medium.MAIL, locale] = Wording(hello + lead + "\n\n{{ lines }}", subject)
        texts[Medium.CHAT, locale] = Wording("{{ name }}: " + lead + "\n{{ lines }}", subject)
    return MappingProxyType(texts)


REMINDER: Final = MessageKind(
    code="core.deadline_reminder", title=lazy("Reminder of deadlines"), purpose=Purpose.INTERNAL,
    variables=(_COUNT, _LINES),
    texts=_texts(
        ("{{ branch }}：{{ count }}个时限请留意", "下列时限即将到期或已经超时："),
        ("{{ branch }}: {{ count }} deadlines to look at", "These are near their time or late:"),
    ),
)  # fmt: skip
ESCALATION: Final = MessageKind(
    code="core.deadline_escalation", title=lazy("Missed deadlines that came up to you"),
    purpose=Purpose.INTERNAL, variables=(_COUNT, _LINES),
    texts=_texts(
        ("{{ branch }}：{{ count }}个超时事项升级", "下列事项已超时，现升级给您："),
        ("{{ branch }}: {{ count }} missed deadlines", "These were missed and come up to you:"),
    ),
)  # fmt: skip


def tell_of_deadlines(session: Session, digest: DeadlineDigest) -> None:
    """Remind the owner; what came up to somebody goes at once, whatever the hour."""
    _tell_deadlines(session, digest, (*digest.missed, *digest.warned), REMINDER)
    _tell_deadlines(session, digest, digest.escalated, ESCALATION)


def _tell_deadlines(
    session: Session, digest: DeadlineDigest, ids: Sequence[int], kind: MessageKind
) -> None:
    if not ids or not _reaches(session, digest.branch_id):
        return
    rows = session.scalars(
        select(Deadline).where(Deadline.id.in_(ids)).order_by(Deadline.due_at, Deadline.id)
    ).all()
    zone = zone_of(session, digest.branch_id)
    with speaking(_locale(session, digest.user_id)):
        lines = [
            f"{row} · {_TARGETS.get(row.target, row.target)} · "
            f"{row.due_at.astimezone(zone):%Y-%m-%d %H:%M}"
            for row in rows
        ]
        _send(session, digest.branch_id, digest.user_id, kind, lines)


def _reaches(session: Session, branch_id: int) -> bool:
    """Whether the branch writes to its staff at all: without a channel nothing piles up."""
    return not channels_of(session, branch_id).keys().isdisjoint(MEDIA)


def _locale(session: Session, user_id: int) -> str:
    user = session.get(User, user_id)
    return user.locale if user is not None and user.locale in LOCALES else DEFAULT_LOCALE


def _send(
    session: Session, branch_id: int, user_id: int, kind: MessageKind, lines: list[str]
) -> None:
    said = "\n".join(lines[:SHOWN])
    if len(lines) > SHOWN:
        said += "\n" + gettext("… and %(count)s more", count=len(lines) - SHOWN)
    # one sweep tells one person once: its instant and what it told name the occasion
    told = sha256(said.encode()).hexdigest()[:16]
    message = Message(
        kind=kind.code, key=f"{kind.code}:{user_id}:{session.now.isoformat()}:{told}",
        user_id=user_id, media=MEDIA, urgent=kind is ESCALATION,
        values={"count": len(lines), "lines": said},
    )  # fmt: skip
    send(session, branch_id, message)


SUBSCRIBERS: Final[tuple[Subscriber, ...]] = (
    within(DeadlineDigest, "core.messages.deadlines", tell_of_deadlines),
)
DIGESTS: Final = (REMINDER, ESCALATION)
