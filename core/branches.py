"""A branch's place in time: its zone, and the day it is there (XX-02)."""

from datetime import date
from zoneinfo import ZoneInfo

from dougong.core.entities.branch import Branch
from dougong.core.errors import NotFound
from dougong.core.reader import Reader
from dougong.core.session import Session


def zone_of(asked: Session | Reader, branch_id: int) -> ZoneInfo:
    """The branch's time zone; ``NotFound`` where there is no such branch."""
    branch = asked.get(Branch, branch_id)
    if branch is None:
        raise NotFound
    return ZoneInfo(branch.zone)


def today_at(asked: Session | Reader, branch_id: int) -> date:
    """The day it is at the branch: days are counted in its zone, never in the machine's."""
    return asked.now.astimezone(zone_of(asked, branch_id)).date()
