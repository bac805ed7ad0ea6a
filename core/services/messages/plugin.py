"""Where messages touch the world: who may see and settle them, what is sent by itself."""

from dougong.core.doctor import Check
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.permissions import Permit
from dougong.core.services.messages.checks import CHECKS
from dougong.core.services.messages.jobs import JOBS
from dougong.core.services.messages.kinds import MessageKind
from dougong.core.services.messages.own import KINDS

_READERS = ("headquarters", "manager", "account_manager", "dispatcher", "care", "deployer")


@hookimpl
def register_permissions() -> list[Permit]:
    """Managers and care specialists mind the messages and texts, deployers the channels."""
    return [
        Permit("core.message", "read", _READERS),
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
def register_message_kinds() -> list[MessageKind]:
    """The test of a channel."""
    return list(KINDS)
