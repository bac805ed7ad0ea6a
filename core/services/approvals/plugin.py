"""Where approvals touch the world: who sees them and writes policies, and the sweep."""

from dougong.core.doctor import Check
from dougong.core.events import Subscriber
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.permissions import Permit
from dougong.core.services.approvals import telling
from dougong.core.services.approvals.checks import CHECKS
from dougong.core.services.approvals.jobs import JOBS
from dougong.core.services.messages.api import MessageKind

_STAFF = (
    "headquarters", "manager", "account_manager", "credit", "dispatcher", "technician", "care",
    "deployer",
)  # fmt: skip


@hookimpl
def register_permissions() -> list[Permit]:
    """Everybody sees what he asked and what waits for him; managers see all of the branch.

    Who may decide is no permission: the policy of the branch names them.
    """
    return [
        Permit("core.approval", "read", _STAFF),
        Permit("core.approval", "oversee", ("manager", "headquarters")),
        Permit("core.approval_policy", "read", ("manager", "headquarters", "deployer")),
        Permit("core.approval_policy", "update", ("manager", "deployer")),
    ]


@hookimpl
def register_jobs() -> list[JobKind]:
    """The sweep."""
    return list(JOBS)


@hookimpl
def register_checks() -> list[Check]:
    """Content is what was frozen; no used or approved request lacks its yeses."""
    return list(CHECKS)


@hookimpl
def register_subscribers() -> list[Subscriber]:
    """Whom it concerns is written to."""
    return telling.subscribers()


@hookimpl
def register_message_kinds() -> list[MessageKind]:
    """What waits, reminders, and answers."""
    return list(telling.KINDS)
