"""Carrying out runs: claim by lease, run, finish; or fail, wait and try again, or give up."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import structlog
from sqlalchemy import ColumnElement, and_, or_, select

from dougong.core.entities.job import JobRun, RunState
from dougong.core.failures import back_off, describe
from dougong.core.i18n import lazy
from dougong.core.jobs import (
    KIND_UNKNOWN,
    PLUGIN_OFF,
    JobContext,
    LeaseLost,
    Stopping,
    find_kind,
)
from dougong.core.plugins import Contribution
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY, switchboard

if TYPE_CHECKING:
    from dougong.core.house import House

KERNEL: Final = Scope.kernel("jobs")
DIED: Final = lazy("The worker ended in the middle of each attempt.")
_WAITING: Final = (PLUGIN_OFF.source, KIND_UNKNOWN.source)
_log = structlog.get_logger(__name__)


def never() -> bool:
    """The answer of who is never asked to stop."""
    return False


def is_due(now: datetime) -> ColumnElement[bool]:
    """The runs a worker may take: due ones, and those whose worker let the lease run out."""
    return or_(
        and_(JobRun.state.in_((RunState.QUEUED, RunState.FAILED)), JobRun.due_at <= now),
        and_(JobRun.state == RunState.RUNNING, JobRun.leased_until < now),
    )


def run_job(house: "House", run_id: int, stopping: Callable[[], bool] = never) -> bool:
    """Run the job if it is due and free; whether it was taken.

    Whatever becomes of it is in its row. Only what ends the process passes through.
    """
    context = house.database.write(KERNEL, lambda session: _claim(session, house, run_id, stopping))
    if context is None:
        return False
    with structlog.contextvars.bound_contextvars(
        job=context.kind.name, run=run_id, branch=context.branch_id
    ):
        _carry_out(context)
    return True


def _carry_out(context: JobContext) -> None:
    _log.info("job_started", resumed_at=context.cursor)
    try:
        context.kind.run(context)
        _settle(context, _finish)
        _log.info("job_done")
    except LeaseLost:
        _log.warning("job_lease_lost")
    except Stopping as why:
        reason = str(why)
        _settle(context, lambda run, now: _put_back(run, now, reason))
        _log.info("job_put_back", reason=reason)
    except Exception as error:  # noqa: BLE001 - kept in the row and tried again
        text = describe(error)
        _log.error("job_failed", reason=text, where=_where(error))
        _settle(context, lambda run, now: _fail(run, now, text, context.kind.max_attempts))
    except BaseException:
        _settle(context, lambda run, now: _put_back(run, now, ""))
        raise


def _claim(
    session: Session, house: "House", run_id: int, stopping: Callable[[], bool]
) -> JobContext | None:
    run = session.scalars(
        select(JobRun)
        .where(JobRun.id == run_id, is_due(session.now))
        .with_for_update(skip_locked=True)
    ).one_or_none()
    offer = None if run is None else _offer(session, run)
    if run is None or offer is None:
        return None
    if run.attempts >= offer.item.max_attempts:
        _fail(run, session.now, run.last_error or DIED.source, offer.item.max_attempts)
        return None
    _take(run, session.now, offer)
    return JobContext(
        house=house,
        offer=offer,
        run_id=run.id,
        branch_id=run.branch_id,
        args=run.args,
        cursor=run.cursor,
        done=run.done_count,
        scope=Scope.at(run.branch_id, run.actor, user_id=run.user_id),
        lease=run.lease or "",
        stopping=stopping,
    )


def _offer(session: Session, run: JobRun) -> Contribution | None:
    """Who carries the run out; None, and the reason in its row, where nobody does (XX-04)."""
    offer = find_kind(session.info[REGISTRY], run.kind)
    if offer is not None and switchboard(session).speaks(offer, run.branch_id):
        return offer
    run.state = RunState.QUEUED if run.state is RunState.RUNNING else run.state
    run.lease = run.leased_until = None
    run.message = (KIND_UNKNOWN if offer is None else PLUGIN_OFF).source
    return None


def _take(run: JobRun, now: datetime, offer: Contribution) -> None:
    run.state = RunState.RUNNING
    run.lease = uuid4().hex
    run.leased_until = now + offer.item.lease
    run.attempts += 1
    run.started_at = run.started_at or now
    run.finished_at = None
    if run.message in _WAITING:
        run.message = ""


def _settle(context: JobContext, settle: Callable[[JobRun, datetime], None]) -> None:
    """Write the outcome, if the run is still ours; else it is another worker's to write."""

    def unit(session: Session) -> None:
        run = session.scalars(
            select(JobRun)
            .where(JobRun.id == context.run_id, JobRun.lease == context.lease)
            .with_for_update()
        ).one_or_none()
        if run is None:
            _log.warning("job_lease_lost")
            return
        settle(run, session.now)
        run.lease = run.leased_until = None

    context.house.database.write(KERNEL, unit)


def _finish(run: JobRun, now: datetime) -> None:
    run.state = RunState.DONE
    run.finished_at = now
    run.last_error = ""


def _put_back(run: JobRun, now: datetime, message: str) -> None:
    run.state = RunState.QUEUED
    run.due_at = now
    run.attempts -= 1  # nothing was wrong with it
    run.message = message or run.message


def _fail(run: JobRun, now: datetime, text: str, max_attempts: int) -> None:
    dead = run.attempts >= max_attempts
    run.state = RunState.DEAD if dead else RunState.FAILED
    run.due_at = now if dead else now + back_off(run.attempts)
    run.last_error = text
    run.finished_at = now if dead else None
    run.lease = run.leased_until = None


def _where(error: BaseException) -> str:
    """The place in the code, without the values a traceback's message may show."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return "" if frame is None else f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}"
