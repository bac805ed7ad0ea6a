"""What ``dougong doctor`` says of messages: some were given up, some wait too long."""

from datetime import timedelta
from typing import Final

from sqlalchemy import and_, func, or_, select

from dougong.core.doctor import Check, Finding, Severity
from dougong.core.i18n import LazyText, lazy
from dougong.core.services.messages.models import OutgoingMessage
from dougong.core.services.messages.rules import MessageState
from dougong.core.session import Session

_PATIENCE: Final = timedelta(minutes=30)
_LATELY: Final = timedelta(days=7)


def _go_out(session: Session) -> list[Finding]:
    dead = select(func.count(OutgoingMessage.id)).where(
        OutgoingMessage.state == MessageState.DEAD,
        OutgoingMessage.updated_at > session.now - _LATELY,
    )
    late = session.now - _PATIENCE
    stuck = select(func.count(OutgoingMessage.id)).where(
        or_(
            and_(OutgoingMessage.state == MessageState.QUEUED, OutgoingMessage.due_at < late),
            and_(
                OutgoingMessage.state == MessageState.SENDING, OutgoingMessage.leased_until < late
            ),
        )
    )
    return [
        *_counted(session.scalar(dead), lazy("messages were given up within a week; look at them")),
        *_counted(session.scalar(stuck), lazy("messages wait too long; does a worker run?")),
    ]


def _counted(number: int | None, what: LazyText) -> list[Finding]:
    return [Finding(f"{number} {what}", Severity.WARNING)] if number else []


CHECKS: Final = (Check("core", lazy("Messages go out"), _go_out),)
