"""What archive quality promises to other services, to admin and to plugins."""

from dougong.core.services.archive.models import (
    ArchiveFinding,
    ArchiveQuality,
    ArchiveStandard,
    CheckMeans,
    FieldCheck,
)
from dougong.core.services.archive.reports import (
    ByManager,
    Figures,
    Question,
    figures_of,
    find_findings,
    quality_of,
    scores_of,
    worst_of,
)
from dougong.core.services.archive.rules import (
    CONTACT,
    CUSTOMER,
    GREATEST_WEIGHT,
    LIMITS,
    LONGEST_LIMIT,
    WEIGHTS,
    Facet,
    FindingKind,
    Flaw,
    Standard,
)
from dougong.core.services.archive.service import (
    checks_of,
    look_at,
    set_standard,
    standard_at,
    verify,
)

__all__ = [
    "CONTACT",
    "CUSTOMER",
    "GREATEST_WEIGHT",
    "LIMITS",
    "LONGEST_LIMIT",
    "WEIGHTS",
    "ArchiveFinding",
    "ArchiveQuality",
    "ArchiveStandard",
    "ByManager",
    "CheckMeans",
    "Facet",
    "FieldCheck",
    "Figures",
    "FindingKind",
    "Flaw",
    "Question",
    "Standard",
    "checks_of",
    "figures_of",
    "find_findings",
    "look_at",
    "quality_of",
    "scores_of",
    "set_standard",
    "standard_at",
    "verify",
    "worst_of",
]
