"""What deadlines do by themselves: every minute the alarms that are due."""

from datetime import timedelta
from typing import Final

from dougong.core.i18n import lazy
from dougong.core.jobs import Every, JobContext, JobKind
from dougong.core.services.deadlines.sweep import sweep


def sweep_branch(context: JobContext) -> None:
    """Warn of what is near and tell of what is missed (XX-02)."""
    context.step(lambda session: sweep(session, context.branch_id))


JOBS: Final = (
    JobKind(
        "core.deadlines.sweep",
        sweep_branch,
        every=Every(timedelta(minutes=1)),
        title=lazy("Watch the deadlines"),
    ),
)
