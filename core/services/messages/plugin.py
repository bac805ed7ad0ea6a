"""Where messages touch the world: who may see and settle them, what is sent by itself."""

from dougong.core.demo import DemoPart
from dougong.core.doctor import Check
from dougong.core.events import Subscriber
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.permissions import Permit
from dougong.core.services.messages.checks import CHECKS
from dougong.core.services.messages.demo import DEMO
from dougong.core.services.messages.digests import DIGESTS, SUBSCRIBERS
from dougong.core.services.messages.house import LETTER, TEST
from dougong.core.services.messages.jobs import JOBS
from dougong.core.services.messages.kinds import MessageKind

_READERS = ("headquarters", "manager", "account_manager", "dispatcher", "care", "deployer")


@hookimpl
def register_permissions() -> list[Permit]:
    """Managers and care specialists mind the messages and texts, deployers the channels."""
    return [
        Permit("core.message", "read", _READERS),
        Permit("core.message", "create", ("manager", "account_manager", "dispatcher", "care")),
        Permit("core.message", "update", ("manager", "care")),
        Permit("core.message_text", "read", _READERS),
        Permit("core.message_text", "update", ("manager", "care")),
        Permit("core.message_policy", "read", ("manager", "care", "deployer")),
        Permit("core.message_policy", "create", ("manager", "deployer")),
        Permit("core.message_policy", "update", ("manager", "deployer")),
        Permit("core.message_channel", "read", ("manager", "deployer")),
        Permit("core.message_channel", "create", ("deployer",)),
        Permit("core.message_channel", "update", ("deployer",)),
    ]


@hookimpl
def register_jobs() -> list[JobKind]:
    """What is due goes out every minute."""
    return list(JOBS)


@hookimpl
def register_checks() -> list[Check]:
    """Messages that were given up or wait too long."""
    return list(CHECKS)


@hookimpl
def register_subscribers() -> list[Subscriber]:
    """Staff are written to about their deadlines."""
    return list(SUBSCRIBERS)


@hookimpl
def register_demos() -> list[DemoPart]:
    """Paper channels, a text of the branch's own, and what went out lately."""
    return [DEMO]


@hookimpl
def register_message_kinds() -> list[MessageKind]:
    """The test of a channel, letters by hand, and what staff are reminded of."""
    return [TEST, LETTER, *DIGESTS]
