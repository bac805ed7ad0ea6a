"""What the plugin does by itself."""

from sqlalchemy import select

from dougong.core.branches import today_at
from dougong.core.jobs import Daily, JobContext, JobKind
from dougong_stampcard.models import Stamp
from dougong_stampcard.rules import StampState
from dougong_stampcard.service import expire


def expire_stamps(context: JobContext) -> None:
    """End every stamp whose last day is over: due and not done, so a late run misses none."""
    with context.reading() as session:
        today = today_at(session, context.branch_id)
    over = select(Stamp.id).where(
        Stamp.branch_id == context.branch_id,
        Stamp.state == StampState.OPEN,
        Stamp.last_day < today,
    )
    context.walk(over, expire)


EXPIRE = JobKind("stampcard.expire", expire_stamps, every=Daily(3))
