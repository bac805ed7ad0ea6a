"""What deadlines promise to other services, to admin and to plugins.

A plugin states a ``DeadlineRule``, starts a clock with ``start`` and hears ``DeadlineWarned`` and
``DeadlineBreached``, each told once (XX-02).
"""

from dougong.core.services.deadlines.events import (
    DeadlineBreached,
    DeadlineDigest,
    DeadlineWarned,
)
from dougong.core.services.deadlines.explain import Explanation, Part, PartKind, explain
from dougong.core.services.deadlines.models import Deadline, DeadlineStep
from dougong.core.services.deadlines.rules import (
    DeadlineAlarm,
    DeadlineRule,
    DeadlineState,
    StepKind,
)
from dougong.core.services.deadlines.service import (
    Promise,
    assign,
    assign_all,
    cancel,
    deadlines_of,
    open_deadline,
    pause,
    rebase,
    rebase_all,
    resume,
    start,
    steps_of,
    stop,
)
from dougong.core.services.deadlines.sweep import Swept, sweep

__all__ = [
    "Deadline",
    "DeadlineAlarm",
    "DeadlineBreached",
    "DeadlineDigest",
    "DeadlineRule",
    "DeadlineState",
    "DeadlineStep",
    "DeadlineWarned",
    "Explanation",
    "Part",
    "PartKind",
    "Promise",
    "StepKind",
    "Swept",
    "assign",
    "assign_all",
    "cancel",
    "deadlines_of",
    "explain",
    "open_deadline",
    "pause",
    "rebase",
    "rebase_all",
    "resume",
    "start",
    "steps_of",
    "stop",
    "sweep",
]
