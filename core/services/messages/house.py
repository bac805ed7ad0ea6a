"""The kinds of message that need no plugin: the test of a channel, a letter by hand."""

from types import MappingProxyType
from typing import Final

from dougong.core.i18n import lazy
from dougong.core.services.messages.kinds import MessageKind, Variable, Wording
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
LETTER: Final = MessageKind(
    code="core.letter",
    title=lazy("Letter by hand"),
    purpose=Purpose.SERVICE,
    variables=(
        Variable("subject", lazy("Subject"), "上门服务时间确认"),
        Variable("text", lazy("Content"), "工程师明天上午上门，届时会先电话联系您。"),
    ),
    texts=MappingProxyType(
        {
            (Medium.MAIL, "zh_Hans_CN"): Wording(
                subject="{{ subject }}",
                body="{{ name }}，您好：\n\n{{ text }}\n\n{{ manager }}　{{ branch }}",
            ),
            (Medium.SMS, "zh_Hans_CN"): Wording("【{{ branch }}】{{ name }}，您好：{{ text }}"),
        }
    ),
)
