"""Which activities care plans: one kind for each kind of day, and how it may end (CA-01)."""

from typing import Final

from dougong.core.services.activities.api import ActivityKind
from dougong.plugins.care.rules import CareKind
from dougong.plugins.care.texts import FESTIVAL_NAMES, KINDS


def code_of(kind: CareKind) -> str:
    """The kind of activity for that kind of day."""
    return f"care.{kind.value}"


ACTIVITY_KINDS: Final = tuple(
    ActivityKind(
        code=code_of(kind), title=title, icon="gift", needs_note=True, titles=FESTIVAL_NAMES,
        entity="care.activity", operation="settle",
    )
    for kind, title in KINDS.items()
)  # fmt: skip
