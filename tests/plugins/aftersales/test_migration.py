"""Open calls get their arrival clock when the register moves onto deadlines (AF-04, XX-02)."""

from datetime import timedelta

from dougong.core.clock import FixedClock
from dougong.core.database import Database
from dougong.core.migrate import downgrade, upgrade
from dougong.core.plugins import Registry
from dougong.core.scope import Scope
from dougong.core.services.deadlines.api import (
    Deadline,
    DeadlineAlarm,
    DeadlineState,
    StepKind,
    deadlines_of,
    steps_of,
    sweep,
)
from dougong.core.session import Session
from dougong.core.testing import NOON, make_branches
from dougong.plugins.aftersales.service import CLOCKED, NewCall, arrive, dispatch, open_call
from tests.plugins.aftersales.desk import furnish

HOUR = timedelta(hours=1)


def register(session: Session) -> tuple[int, list[int]]:
    """The branch, and a call that was missed, one that waits and one that was reached."""
    branch_id = make_branches(session)[1]
    desk = furnish(session, branch_id)
    ago = (5 * HOUR, HOUR, HOUR)
    calls = [
        open_call(
            session, NewCall(customer_id=desk.customer.id, fault="缺水", called_at=NOON - hours)
        )
        for hours in ago
    ]
    for call in calls[1:]:
        dispatch(session, call.id, desk.technician.id)
    arrive(session, calls[2].id)
    sweep(session, branch_id)
    return branch_id, [call.id for call in calls]


def test_open_calls_get_their_clocks(database: Database, plugin_registry: Registry) -> None:
    """Down they are withdrawn, up they run again: what was told of is not told again."""
    assert isinstance(database.clock, FixedClock)
    branch, (missed, waiting, reached) = database.write(Scope.kernel("test"), register)
    downgrade(database.engine, "aftersales", "aftersales_0001", plugin_registry)
    assert clocks(database, branch, missed)[-1].state is DeadlineState.CANCELLED
    upgrade(database.engine, plugin_registry, ["aftersales"])
    before, after = clocks(database, branch, waiting)
    for trait in ("warn_at", "due_at", "breach_at", "started_at", "owner_id", "subject", "alarm"):
        assert getattr(after, trait) == getattr(before, trait), trait
    assert after.rule.allowed == before.rule.allowed
    assert [row.state for row in clocks(database, branch, reached)] == [DeadlineState.STOPPED]
    again = clocks(database, branch, missed)[-1]
    assert (again.state, again.alarm) == (DeadlineState.RUNNING, DeadlineAlarm.BREACHED)
    with database.reading(Scope.at(branch, "test")) as session:
        assert [step.kind for step in steps_of(session, after)] == [StepKind.STARTED]
    database.clock.advance(5 * HOUR)
    told = database.write(Scope.at(branch, "job"), lambda session: sweep(session, branch))
    assert (told.warned, told.missed) == (0, 1)


def clocks(database: Database, branch_id: int, call_id: int) -> list[Deadline]:
    """The clocks of a call, the oldest first."""
    with database.reading(Scope.at(branch_id, "test")) as session:
        return list(deadlines_of(session, branch_id, CLOCKED, [call_id]))
