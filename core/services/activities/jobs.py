"""What activities do by themselves: plan the duties that come round, each day."""

from functools import partial
from typing import Final

from dougong.core.i18n import lazy
from dougong.core.jobs import Daily, JobContext, JobKind
from dougong.core.services.activities.duties import duties_due, generate


def plan_duties(context: JobContext) -> None:
    """Plan what is owed in the present period and not planned yet (AR-08).

    Interrupted it begins again: the keys of occurrences keep each of them one.
    """
    with context.reading() as session:
        duties = [duty.id for duty in duties_due(session, context.branch_id)]
    for duty_id in duties:
        after: int | None = 0
        while after is not None:
            _, after = context.step(partial(generate, duty_id=duty_id, after=after))


JOBS: Final = (
    JobKind(
        "core.activities.duties", plan_duties, every=Daily(4),
        title=lazy("Plan the recurring duties"),
    ),
)  # fmt: skip
