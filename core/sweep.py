"""The sweep, once a minute in every worker: what is due and not done is found here.

Nothing depends on a sweep being on time or alone: an occurrence has one key, a run one lease.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select, tuple_

from dougong.core.entities.branch import Branch
from dougong.core.entities.job import JobRun, RunState
from dougong.core.jobs import JobKind, enqueue, find_kind, unique_key
from dougong.core.runs import KERNEL, is_due
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY, switchboard

if TYPE_CHECKING:
    from dougong.core.house import House

SCHEDULE: Final = "schedule"
"""The actor of runs that nobody asked for."""
_OPEN: Final = (RunState.QUEUED, RunState.RUNNING, RunState.FAILED)


@dataclass(frozen=True, slots=True)
class _Planned:
    """A run that a schedule asks for."""

    kind: str
    branch_id: int
    key: str


def plan(house: "House") -> int:
    """Queue the latest occurrence of each schedule that is due and not done; how many.

    A kind whose scheduled run is still open at a branch waits for it: a worker that was away
    does not come back to a pile.
    """
    with house.database.reading(KERNEL) as session:
        planned = _missing(session)
    for one in planned:
        house.database.write(Scope.at(one.branch_id, SCHEDULE), partial(_queue, one))
    return len(planned)


def due_runs(house: "House", limit: int = 500) -> list[int]:
    """The runs a worker may take now, longest due first; none of a plugin that is off."""
    with house.database.reading(KERNEL) as session:
        due = is_due(session.now)
        pairs = session.execute(select(JobRun.branch_id, JobRun.kind).where(due).distinct()).all()
        able = [(branch, kind) for branch, kind in pairs if _speaks(session, branch, kind)]
        if not able:
            return []
        return list(
            session.scalars(
                select(JobRun.id)
                .where(due, tuple_(JobRun.branch_id, JobRun.kind).in_(able))
                .order_by(JobRun.due_at, JobRun.id)
                .limit(limit)
            ).all()
        )


def _speaks(session: Session, branch_id: int, kind: str) -> bool:
    offer = find_kind(session.info[REGISTRY], kind)
    return offer is not None and switchboard(session).speaks(offer, branch_id)


def _queue(planned: _Planned, session: Session) -> None:
    enqueue(session, planned.kind, planned.branch_id, key=planned.key)


def _missing(session: Session) -> list[_Planned]:
    wanted = _wanted(session)
    keys = [unique_key(one.kind, one.branch_id, one.key) for one in wanted]
    known = set(session.scalars(select(JobRun.unique_key).where(JobRun.unique_key.in_(keys))).all())
    open_ones = session.execute(
        select(JobRun.kind, JobRun.branch_id).where(
            JobRun.state.in_(_OPEN), JobRun.actor == SCHEDULE
        )
    ).all()
    busy = {(kind, branch_id) for kind, branch_id in open_ones}
    return [
        one
        for one, key in zip(wanted, keys, strict=True)
        if key not in known and (one.kind, one.branch_id) not in busy
    ]


def _wanted(session: Session) -> list[_Planned]:
    board = switchboard(session)
    branches = session.scalars(select(Branch).where(Branch.active).order_by(Branch.id)).all()
    offers = session.info[REGISTRY].contributions("register_jobs")
    return [
        _latest(offer.item, branch, session.now)
        for offer in offers
        if offer.item.every is not None
        for branch in branches
        if board.speaks(offer, branch.id)
    ]


def _latest(kind: JobKind, branch: Branch, now: datetime) -> _Planned:
    assert kind.every is not None
    return _Planned(kind.name, branch.id, kind.every.latest(now, ZoneInfo(branch.zone)).key)
