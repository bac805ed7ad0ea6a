"""What archive quality does by itself: nightly looks, and work for owners twice a year (AR-05)."""

from typing import Final

from dougong.core.i18n import lazy
from dougong.core.jobs import Daily, JobContext, JobKind
from dougong.core.services.archive.reviews import HalfYearly, plan_mending, to_be_mended
from dougong.core.services.archive.service import due_customers, look_at


def look_at_branch(context: JobContext) -> None:
    """Look at who was never looked at, came by an import, or has something that grew old."""
    with context.reading() as session:
        due = due_customers(session, context.branch_id)
    context.walk(due, lambda session, ids: look_at(session, context.branch_id, ids), size=500)


def review_branch(context: JobContext) -> None:
    """Give each owner what is to be mended, once a half-year (AR-05)."""
    branch_id = context.branch_id
    context.walk(
        to_be_mended(branch_id),
        lambda session, ids: plan_mending(session, branch_id, ids),
        size=500,
    )


REVIEW: Final = JobKind(
    "core.archive.review",
    review_branch,
    every=HalfYearly(hour=4),
    title=lazy("Hand out the archives to mend"),
)
LOOK: Final = JobKind(
    "core.archive.look", look_at_branch, every=Daily(2, 30), title=lazy("Look over the archives")
)
