"""Messages: what went out and what did not, the words, the channels, when it is quiet."""

from dougong.admin.pages.messages.channels import ChannelView
from dougong.admin.pages.messages.log import MessageView
from dougong.admin.pages.messages.policy import QuietHoursPage
from dougong.admin.pages.messages.texts import TextPage

__all__ = ["ChannelView", "MessageView", "QuietHoursPage", "TextPage"]
