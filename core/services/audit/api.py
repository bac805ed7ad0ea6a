"""What audit promises to other services, to admin and to plugins."""

from dougong.core.services.audit.models import AuditAction, AuditEntry, AuditSeal
from dougong.core.services.audit.service import (
    Question,
    ReasonMissing,
    asks_why,
    find_entries,
    record_access,
    record_bulk,
    reveal,
)
from dougong.core.services.audit.tracking import entity_of, tracked

__all__ = [
    "AuditAction",
    "AuditEntry",
    "AuditSeal",
    "Question",
    "ReasonMissing",
    "asks_why",
    "entity_of",
    "find_entries",
    "record_access",
    "record_bulk",
    "reveal",
    "tracked",
]
