"""What care promises to other plugins; nothing else of it is theirs to import."""

from dougong.plugins.care.events import CareActivityDone, CareActivityPlanned, CareActivitySkipped
from dougong.plugins.care.rules import ActivityKind, Means
from dougong.plugins.care.service import NewActivity, plan

__all__ = [
    "ActivityKind",
    "CareActivityDone",
    "CareActivityPlanned",
    "CareActivitySkipped",
    "Means",
    "NewActivity",
    "plan",
]
