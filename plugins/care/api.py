"""What care promises to other plugins; nothing else of it is theirs to import."""

from dougong.plugins.care.events import CareActivityPlanned
from dougong.plugins.care.rules import CareKind, Means
from dougong.plugins.care.service import NewCare, plan

__all__ = [
    "CareActivityPlanned",
    "CareKind",
    "Means",
    "NewCare",
    "plan",
]
