"""What approvals do by themselves: every five minutes what has run out, is overdue or waits."""

from datetime import timedelta
from typing import Final

from dougong.core.i18n import lazy
from dougong.core.jobs import Every, JobContext, JobKind
from dougong.core.services.approvals.sweep import sweep


def sweep_branch(context: JobContext) -> None:
    """End, escalate and remind at one branch (XX-03)."""
    context.step(lambda session: sweep(session, context.branch_id))


JOBS: Final = (
    JobKind(
        "core.approvals.sweep",
        sweep_branch,
        every=Every(timedelta(minutes=5)),
        title=lazy("Watch the approvals"),
    ),
)
