"""Where printing touches the world: the core's own papers, and who may print."""

import dougong.core.services.printing.models  # noqa: F401 - its tables are known from boot on
from dougong.core.doctor import Check
from dougong.core.hookspecs import hookimpl
from dougong.core.permissions import Permit
from dougong.core.services.printing.archive import ARCHIVE
from dougong.core.services.printing.checks import CHECKS
from dougong.core.services.printing.papers import Paper
from dougong.core.services.printing.trade import TRADE

_EVERYBODY = (
    "headquarters", "manager", "account_manager", "credit", "dispatcher", "technician", "care",
)  # fmt: skip


@hookimpl
def register_permissions() -> list[Permit]:
    """Everybody prints what he may read; managers see who printed what, and keep the letterhead."""
    return [
        Permit("core.paper", "read", _EVERYBODY),
        Permit("core.paper", "create", _EVERYBODY),
        Permit("core.print", "read", ("headquarters", "manager")),
        Permit("core.letterhead", "read", ("headquarters", "manager", "deployer")),
        Permit("core.letterhead", "create", ("manager", "deployer")),
        Permit("core.letterhead", "update", ("manager", "deployer")),
    ]


@hookimpl
def register_checks() -> list[Check]:
    """Whether PDFs can be made."""
    return list(CHECKS)


@hookimpl
def register_papers() -> list[Paper]:
    """Orders, deliveries, receipts, statements, archive sheets."""
    return [*TRADE, *ARCHIVE]
