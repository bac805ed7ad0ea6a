"""What care does by itself: plan each day what is due and not planned."""

from typing import Final

from dougong.core.i18n import lazy
from dougong.core.jobs import Daily, JobContext, JobKind
from dougong.plugins.care.planning import contacts_in_question, plan_for

BATCH: Final = 200


def plan_activities(context: JobContext) -> None:
    """Plan the activities of every day that comes round (CA-01)."""
    with context.reading() as session:
        contacts = contacts_in_question(session, context.branch_id)
    context.walk(
        contacts, lambda session, ids: plan_for(session, context.branch_id, ids), size=BATCH
    )


JOBS: Final = (
    JobKind("care.plan", plan_activities, every=Daily(5), title=lazy("Plan care activities")),
)
