"""The kinds of message that the house itself sends."""

from types import MappingProxyType
from typing import Final

from dougong.core.i18n import lazy
from dougong.core.services.messages.kinds import MessageKind, Wording
from dougong.core.services.messages.rules import Medium, Purpose

TEST: Final = MessageKind(
    code="core.test",
    title=lazy("Test of a channel"),
    purpose=Purpose.INTERNAL,
    texts=MappingProxyType(
        {
            (Medium.MAIL, "zh_Hans_CN"): Wording(
                subject="{{ branch }}：消息渠道测试",
                body="{{ name }}，您好：\n\n收到这封邮件，说明{{ branch }}的邮件渠道可用。",
            ),
            (Medium.MAIL, "en"): Wording(
                subject="{{ branch }}: test of a channel",
                body="Hello {{ name }},\n\nthis mail shows that the mail channel of {{ branch }}"
                " works.",
            ),
            (Medium.SMS, "zh_Hans_CN"): Wording("【{{ branch }}】{{ name }}，短信渠道测试成功。"),
            (Medium.SMS, "en"): Wording("[{{ branch }}] {{ name }}, this text message arrived."),
            (Medium.CHAT, "zh_Hans_CN"): Wording("{{ branch }}：群机器人测试成功。"),
            (Medium.CHAT, "en"): Wording("{{ branch }}: the chat robot works."),
        }
    ),
)
KINDS: Final = (TEST,)
