"""Whom approvals write to: approvers what waits and what they are late with, askers the answer."""

from types import MappingProxyType
from typing import Final

from sqlalchemy import select

from dougong.core.entities.people import User
from dougong.core.events import Subscriber, within
from dougong.core.i18n import lazy
from dougong.core.services.approvals.events import (
    ApprovalAnswered,
    ApprovalEscalated,
    ApprovalReminded,
    ApprovalWaiting,
)
from dougong.core.services.approvals.models import Approval
from dougong.core.services.approvals.rules import ApprovalState
from dougong.core.services.messages.api import (
    Medium,
    Message,
    MessageKind,
    Purpose,
    Variable,
    Wording,
    channels_of,
    send,
)
from dougong.core.session import Session

_ABOUT: Final = Variable("about", lazy("What it is about"), "SO-000123 星辰科技有限公司")
_ASKER: Final = Variable("asker", lazy("Who asks"), "李雷")
_REASON: Final = Variable("reason", lazy("Why it is asked"), "月底回款")
WAITING: Final = MessageKind(
    code="core.approval_waiting",
    title=lazy("An approval waits"),
    purpose=Purpose.INTERNAL,
    variables=(_ABOUT, _ASKER, _REASON),
    texts=MappingProxyType({
        (Medium.MAIL, "zh_Hans_CN"): Wording(
            subject="待审批：{{ about }}",
            body="{{ name }}，您好：\n\n{{ asker }}提交的“{{ about }}”等待您审批。\n"
            "理由：{{ reason }}\n\n请在“审批”中处理。",
        ),
        (Medium.MAIL, "en"): Wording(
            subject="Waits for your approval: {{ about }}",
            body="Hello {{ name }},\n\n{{ asker }} asks for your approval of {{ about }}.\n"
            "Reason: {{ reason }}\n\nYou find it under Approvals.",
        ),
    }),
)  # fmt: skip
REMINDER: Final = MessageKind(
    code="core.approval_reminder",
    title=lazy("Reminder of approvals"),
    purpose=Purpose.INTERNAL,
    variables=(Variable("count", lazy("How many wait"), "3"),),
    texts=MappingProxyType({
        (Medium.MAIL, "zh_Hans_CN"): Wording(
            subject="您有 {{ count }} 件审批待处理",
            body="{{ name }}，您好：\n\n"
            "您在{{ branch }}有 {{ count }} 件审批待处理，请在“审批”中查看。",
        ),
        (Medium.MAIL, "en"): Wording(
            subject="Approvals that wait for you: {{ count }}",
            body="Hello {{ name }},\n\nat {{ branch }} approvals wait for you: {{ count }}. "
            "You find them under Approvals.",
        ),
    }),
)  # fmt: skip
GRANTED: Final = MessageKind(
    code="core.approval_granted",
    title=lazy("An approval is given"),
    purpose=Purpose.INTERNAL,
    variables=(_ABOUT,),
    texts=MappingProxyType({
        (Medium.MAIL, "zh_Hans_CN"): Wording(
            subject="审批已通过：{{ about }}",
            body="{{ name }}，您好：\n\n"
            "您提交的“{{ about }}”已通过审批。内容如有变更，审批即作废。",
        ),
        (Medium.MAIL, "en"): Wording(
            subject="Approved: {{ about }}",
            body="Hello {{ name }},\n\nwhat you asked is approved: {{ about }}. "
            "Any change of it makes the approval void.",
        ),
    }),
)  # fmt: skip
DENIED: Final = MessageKind(
    code="core.approval_denied",
    title=lazy("An approval is refused"),
    purpose=Purpose.INTERNAL,
    variables=(_ABOUT,),
    texts=MappingProxyType({
        (Medium.MAIL, "zh_Hans_CN"): Wording(
            subject="审批已拒绝：{{ about }}",
            body="{{ name }}，您好：\n\n您提交的“{{ about }}”未获通过，理由见“审批”。",
        ),
        (Medium.MAIL, "en"): Wording(
            subject="Refused: {{ about }}",
            body="Hello {{ name }},\n\nwhat you asked is refused: {{ about }}. "
            "The reason is under Approvals.",
        ),
    }),
)  # fmt: skip
KINDS: Final = (WAITING, REMINDER, GRANTED, DENIED)


def subscribers() -> list[Subscriber]:
    """Messages are queued with what they tell of; they go after the commit."""
    return [
        within(ApprovalWaiting, "core.approvals.tell_waiting", _tell_waiting),
        within(ApprovalEscalated, "core.approvals.tell_escalated", _tell_waiting),
        within(ApprovalReminded, "core.approvals.tell_reminded", _tell_reminded),
        within(ApprovalAnswered, "core.approvals.tell_answered", _tell_answered),
    ]


def _tell_waiting(session: Session, event: ApprovalWaiting | ApprovalEscalated) -> None:
    """Each once a step; where it goes up, those above as well."""
    if not channels_of(session, event.branch_id):
        return
    row = session.get_one(Approval, event.about.approval_id)
    asker = session.scalars(select(User.name).where(User.id == row.asked_by_id)).one()
    for person in event.people:
        message = Message(
            kind=WAITING.code, key=f"approval:{row.id}:{event.step}:{person}", user_id=person,
            values={"about": str(row), "asker": asker, "reason": row.reason},
            about_kind="core.approval", about_id=row.id, expires_at=row.expires_at,
        )  # fmt: skip
        send(session, event.branch_id, message)


def _tell_reminded(session: Session, event: ApprovalReminded) -> None:
    if channels_of(session, event.branch_id):
        key = f"approvals:{event.user_id}:{session.now.isoformat()}"
        values = {"count": str(len(event.approvals))}
        told = Message(kind=REMINDER.code, key=key, user_id=event.user_id, values=values)
        send(session, event.branch_id, told)


def _tell_answered(session: Session, event: ApprovalAnswered) -> None:
    if not channels_of(session, event.branch_id):
        return
    row = session.get_one(Approval, event.about.approval_id)
    kind = GRANTED if event.state is ApprovalState.APPROVED else DENIED
    message = Message(
        kind=kind.code, key=f"approval:{row.id}:answer", user_id=row.asked_by_id,
        values={"about": str(row)}, about_kind="core.approval", about_id=row.id,
    )  # fmt: skip
    send(session, event.branch_id, message)
