"""What messages do by themselves: every minute what is due goes out."""

from datetime import timedelta
from typing import Final

from dougong.core.i18n import lazy
from dougong.core.jobs import Every, JobContext, JobKind
from dougong.core.services.messages.delivery import deliver

_LONGEST: Final = timedelta(minutes=10)
"""Another worker may start beside one that is this slow: messages have leases of their own."""


def deliver_branch(context: JobContext) -> None:
    """Hand over the branch's messages that are due."""
    done = deliver(context.house, context.branch_id, context.stopping)
    context.step(lambda session: None, done=done.counts.total())


JOBS: Final = (
    JobKind(
        "core.messages.deliver",
        deliver_branch,
        every=Every(timedelta(minutes=1)),
        lease=_LONGEST,
        title=lazy("Send the messages that are due"),
    ),
)
