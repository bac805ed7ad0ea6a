"""The demo's messages: channels that only record, one text of the branch's own, a history."""

from datetime import datetime, timedelta
from typing import Final

from dougong.core.branches import zone_of
from dougong.core.demo import DemoContext, DemoPart
from dougong.core.entities.customer import Customer
from dougong.core.services.messages.channels import PAPER
from dougong.core.services.messages.delivery import contact_made
from dougong.core.services.messages.digests import REMINDER
from dougong.core.services.messages.house import LETTER
from dougong.core.services.messages.models import (
    MessageAttempt,
    MessageChannel,
    MessageText,
    OutgoingMessage,
)
from dougong.core.services.messages.rules import Medium, MessageState, Outcome, Purpose, Reason

NAMES: Final = {Medium.MAIL: "客服邮箱（演示，只记录）", Medium.SMS: "短信平台（演示，只记录）"}
NOTICES: Final = (
    ("上门服务时间确认", "您预约的上门服务已安排，工程师将提前电话联系您。"),
    ("服务回访", "感谢您选择我们的服务，如有任何建议，请随时告诉您的客户经理。"),
    ("对账提醒", "本月对账单已备好，请您核对，如有疑问请联系客户经理。"),
)


def load(demo: DemoContext) -> None:
    """Make channels, a text and some fifty messages of the last month."""
    channels = {medium: _channel(demo, medium, name) for medium, name in NAMES.items()}
    _own_text(demo)
    customers = [customer for customer in demo.customers() if customer.contacts][:60]
    for number, customer in enumerate(customers):
        by_mail = customer.contacts[0].email or number % 9 == 4
        medium = Medium.MAIL if by_mail else Medium.SMS
        _write(demo, customer, number, channels[medium])


def _channel(demo: DemoContext, medium: Medium, name: str) -> MessageChannel:
    channel = MessageChannel(
        branch_id=demo.branch.id, name=name, medium=medium, shown=PAPER, entered_at=demo.now
    )
    demo.session.add(channel)
    demo.session.flush()
    return channel


def _own_text(demo: DemoContext) -> None:
    house = REMINDER.texts[Medium.MAIL, "zh_Hans_CN"]
    body = house.body + "\n\n请在系统“我的桌面”中处理。"
    text = MessageText(
        branch_id=demo.branch.id, kind=REMINDER.code, medium=Medium.MAIL, locale="zh_Hans_CN",
        subject=house.subject, body=body,
    )  # fmt: skip
    demo.session.add(text)


def _write(demo: DemoContext, customer: Customer, number: int, channel: MessageChannel) -> None:
    contact = customer.contacts[0]
    subject, body = NOTICES[number % len(NOTICES)]
    at = _at(demo, number)
    mail = channel.medium is Medium.MAIL
    row = OutgoingMessage(
        branch_id=demo.branch.id, kind=LETTER.code, purpose=Purpose.SERVICE,
        medium=channel.medium, key=f"demo:{number}", customer_id=customer.id,
        contact_id=contact.id, recipient=contact.name,
        address=(contact.email if mail else contact.phone), subject=subject if mail else "",
        body=f"{contact.name}，您好：\n\n{body}\n\n{demo.branch.name}",
        state=MessageState.SENT, due_at=at, sent_at=at, attempts=1, channel_id=channel.id,
        created_at=at, updated_at=at,
    )  # fmt: skip
    outcome, detail = _fate(number, row)
    demo.session.add(row)
    demo.session.flush()
    if row.state is MessageState.SENT:
        demo.session.add(contact_made(row))
    if outcome is not None:
        demo.session.add(_attempt(row, channel, outcome, detail))


def _at(demo: DemoContext, number: int) -> datetime:
    """Within working hours of the last thirty days."""
    zone = zone_of(demo.session, demo.branch.id)
    day = (demo.now - timedelta(days=1 + number // 2)).astimezone(zone)
    return day.replace(hour=9 + demo.rng.randrange(8), minute=demo.rng.randrange(60))


def _fate(number: int, row: OutgoingMessage) -> tuple[Outcome | None, str]:
    """Most arrived; some were refused, some could never go."""
    if not row.address:
        _not_sent(row, MessageState.DROPPED, Reason.NO_ADDRESS)
        return None, ""
    if number % 17 == 5 and number > 17:  # older than what the doctor complains of
        _not_sent(row, MessageState.DEAD, Reason.REFUSED)
        return Outcome.PERMANENT, "550 5.1.1 user unknown"
    if number % 17 == 11:
        _not_sent(row, MessageState.DROPPED, Reason.CLOSED)
        return None, ""
    return Outcome.SENT, ""


def _not_sent(row: OutgoingMessage, state: MessageState, reason: Reason) -> None:
    row.state, row.reason, row.sent_at = state, reason, None
    if state is MessageState.DROPPED:
        row.attempts, row.channel_id = 0, None


def _attempt(
    row: OutgoingMessage, channel: MessageChannel, outcome: Outcome, detail: str
) -> MessageAttempt:
    row.detail = detail
    return MessageAttempt(
        branch_id=row.branch_id, message_id=row.id, at=row.due_at, outcome=outcome,
        channel=channel.name, address=row.address, detail=detail,
    )  # fmt: skip


DEMO: Final = DemoPart("core.messages", load, order=10)
