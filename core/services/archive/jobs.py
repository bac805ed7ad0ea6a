"""What archive quality does by itself: a look each night at what is due (AR-05)."""

from typing import Final

from dougong.core.i18n import lazy
from dougong.core.jobs import Daily, JobContext, JobKind
from dougong.core.services.archive.service import due_customers, look_at


def look_at_branch(context: JobContext) -> None:
    """Look at who was never looked at, came by an import, or has something that grew old."""
    with context.reading() as session:
        due = due_customers(session, context.branch_id)
    context.walk(due, lambda session, ids: look_at(session, context.branch_id, ids), size=500)


LOOK: Final = JobKind(
    "core.archive.look", look_at_branch, every=Daily(2, 30), title=lazy("Look over the archives")
)
