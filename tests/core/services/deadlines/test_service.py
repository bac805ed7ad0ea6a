"""Deadlines on a real database: every verb, its step, and who may do what when (XX-02)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from dougong.core.errors import NotFound, Refusal, StateRefused, WallBreached
from dougong.core.scope import Scope
from dougong.core.services.calendars.api import Calendar, CalendarException
from dougong.core.services.deadlines import api
from dougong.core.services.deadlines.api import (
    Deadline,
    DeadlineAlarm,
    DeadlineRule,
    DeadlineState,
    DeadlineStep,
    PartKind,
    Promise,
    StepKind,
)
from dougong.core.session import Session
from dougong.core.testing import World

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=SHANGHAI)


def rule(**changes: object) -> DeadlineRule:
    """Eight working hours, warned after six, paused while parts are awaited."""
    values = {
        "code": "repair", "version": 1, "target": "resolve", "allowed": 8 * HOUR,
        "warn_after": 6 * HOUR, "pauses": ("parts",), **changes,
    }  # fmt: skip
    return DeadlineRule(**values)  # type: ignore[arg-type]


def started(session: Session, subject: int = 1, **changes: object) -> Deadline:
    """A clock that was started now, at noon of a Monday."""
    promise = Promise(subject_kind="demo.call", subject_id=subject, subject="CALL-000001")
    return api.start(session, session.scope.home or 0, promise, rule(**changes))


def later(session: Session, hours: float) -> None:
    """Let time pass."""
    session.now += timedelta(hours=hours)


def kinds(session: Session, row: Deadline) -> list[StepKind]:
    """What happened to it."""
    return [step.kind for step in api.steps_of(session, row)]


def test_a_clock_starts_in_working_time(session: Session) -> None:
    row = started(session)
    assert row.due_at == datetime(2026, 3, 3, 12, tzinfo=SHANGHAI)
    assert row.warn_at == datetime(2026, 3, 3, 10, tzinfo=SHANGHAI)
    assert row.breach_at == row.due_at
    assert row.state is DeadlineState.RUNNING
    (step,) = api.steps_of(session, row)
    assert (step.kind, step.actor, step.at) == (StepKind.STARTED, "test", NOON)


def test_a_clock_may_never_rest(session: Session) -> None:
    """AF-04"""
    assert started(session, working=False).due_at == NOON + 8 * HOUR


def test_a_clock_is_counted_in_its_teams_calendar(session: Session) -> None:
    session.add(Calendar(name="夜班", team="night", monday="22:00-06:00", region=""))
    session.flush()
    row = started(session, team="night", allowed=2 * HOUR, warn_after=HOUR)
    assert row.due_at == datetime(2026, 3, 3, 0, tzinfo=SHANGHAI)


def test_one_subject_has_several_targets_at_once(session: Session) -> None:
    one, two = started(session), started(session, target="respond")
    home = session.scope.home or 0
    assert list(api.deadlines_of(session, home, "demo.call", [1, 2])) == [one, two]


def test_the_same_target_does_not_run_twice(session: Session) -> None:
    row = started(session)
    with pytest.raises(StateRefused):
        started(session)
    api.stop(session, row.id)
    assert started(session).id != row.id


def test_the_schema_too_lets_a_target_run_once(session: Session) -> None:
    row = started(session)
    columns = {c.key: getattr(row, c.key) for c in Deadline.__table__.columns if c.key != "id"}
    session.add(Deadline(**columns))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_pause_costs_no_working_time(session: Session) -> None:
    row = started(session)  # noon
    later(session, 3)  # 15:00, two hours worked
    api.pause(session, row.id, "parts", "订了压缩机")
    later(session, 24)
    api.resume(session, row.id)
    assert row.due_at == datetime(2026, 3, 4, 12, tzinfo=SHANGHAI)
    assert row.warn_at == datetime(2026, 3, 4, 10, tzinfo=SHANGHAI)
    assert kinds(session, row) == [StepKind.STARTED, StepKind.PAUSED, StepKind.RESUMED]
    paused = api.steps_of(session, row)[1]
    assert (paused.reason, paused.note) == ("parts", "订了压缩机")


def test_only_the_rules_reasons_pause(session: Session) -> None:
    row = started(session)
    with pytest.raises(Refusal) as refused:
        api.pause(session, row.id, "lunch")
    assert refused.value.field == "reason"


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        (lambda s, key: api.resume(s, key), DeadlineState.RUNNING),
        (lambda s, key: api.pause(s, key, "parts"), DeadlineState.STOPPED),
        (lambda s, key: api.stop(s, key), DeadlineState.STOPPED),
        (lambda s, key: api.cancel(s, key, "x"), DeadlineState.STOPPED),
        (lambda s, key: api.rebase(s, key, rule(), "x"), DeadlineState.STOPPED),
        (lambda s, key: api.assign(s, key, None), DeadlineState.STOPPED),
    ],
)
def test_steps_out_of_turn_are_refused(
    session: Session, verb: Callable[[Session, int], object], state: DeadlineState
) -> None:
    row = started(session)
    if state is DeadlineState.STOPPED:
        api.stop(session, row.id)
    with pytest.raises(StateRefused):
        verb(session, row.id)


@pytest.mark.parametrize(("hours", "in_time"), [(24, True), (24.01, False)])
def test_on_the_second_itself_a_promise_is_kept(
    session: Session, hours: float, in_time: bool
) -> None:
    row = started(session)
    later(session, hours)
    api.stop(session, row.id)
    assert row.in_time is in_time
    assert (row.alarm is DeadlineAlarm.BREACHED) is not in_time


def test_a_promise_that_waits_is_kept_by_the_time_of_its_pause(session: Session) -> None:
    row = started(session)
    later(session, 1)
    api.pause(session, row.id, "parts")
    later(session, 200)
    api.stop(session, row.id)
    assert row.in_time


def test_a_withdrawn_promise_is_neither_kept_nor_missed(session: Session) -> None:
    row = started(session)
    with pytest.raises(Refusal):
        api.cancel(session, row.id, " ")
    session.expire(row)
    api.cancel(session, row.id, "客户撤回")
    assert (row.state, row.in_time) == (DeadlineState.CANCELLED, None)


def test_a_rebase_counts_from_the_start_and_keeps_pauses(session: Session) -> None:
    """Eight hours become four: two were used before the pause, two are left after it."""
    row = started(session)
    later(session, 3)
    api.pause(session, row.id, "parts")
    later(session, 24)
    api.resume(session, row.id)
    api.rebase(session, row.id, rule(version=2, allowed=4 * HOUR, warn_after=HOUR), "客户升为A级")
    assert row.due_at == datetime(2026, 3, 3, 17, tzinfo=SHANGHAI)
    assert row.warn_at == datetime(2026, 3, 2, 14, tzinfo=SHANGHAI)
    assert row.rule_version == 2
    step = api.steps_of(session, row)[-1]
    assert (step.kind, step.note, step.rule_version) == (StepKind.REBASED, "客户升为A级", 2)


def test_a_rebase_while_paused_holds_after_the_pause(session: Session) -> None:
    row = started(session)
    later(session, 3)
    api.pause(session, row.id, "parts")
    api.rebase(session, row.id, rule(version=2, allowed=4 * HOUR, warn_after=HOUR), "x")
    later(session, 24)
    api.resume(session, row.id)
    assert row.due_at == datetime(2026, 3, 3, 17, tzinfo=SHANGHAI)


def test_a_frozen_rule_does_not_follow_the_calendar_until_it_is_rebased(session: Session) -> None:
    row = started(session)
    was = row.due_at
    office = Calendar(name="本部")
    session.add(office)
    session.flush()
    session.add(CalendarException(calendar_id=office.id, day=was.date(), note="盘点"))
    session.flush()
    assert row.due_at == was
    assert not api.explain(session, row).holds
    api.rebase(session, row.id, row.rule, "新增盘点日")
    assert row.due_at == datetime(2026, 3, 4, 12, tzinfo=SHANGHAI)
    assert api.explain(session, row).holds


def test_a_change_of_settings_rebases_what_is_open_once(session: Session) -> None:
    open_one, ended = started(session), started(session, 2)
    api.stop(session, ended.id)
    changed = rule(version=2, allowed=4 * HOUR, warn_after=HOUR)
    home = session.scope.home or 0
    assert api.rebase_all(session, home, changed, "新标准") == 1
    assert api.rebase_all(session, home, changed, "新标准") == 0
    assert open_one.due_at == datetime(2026, 3, 2, 17, tzinfo=SHANGHAI)
    assert ended.rule_version == 1


def test_an_alarm_that_was_told_is_told_again_for_a_later_due_time(session: Session) -> None:
    row = started(session)
    row.alarm = DeadlineAlarm.BREACHED
    later(session, 30)
    api.rebase(session, row.id, rule(version=2, allowed=80 * HOUR), "放宽")
    assert row.alarm is DeadlineAlarm.WARNED


def test_a_rebase_is_for_the_same_target(session: Session) -> None:
    row = started(session)
    with pytest.raises(ValueError, match="same target"):
        api.rebase(session, row.id, rule(target="respond"), "x")


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_step_lies_neither_before_the_last_nor_ahead(session: Session, hours: int) -> None:
    row = started(session)
    with pytest.raises(Refusal) as refused:
        api.stop(session, row.id, at=session.now + hours * HOUR)
    assert refused.value.field == "at"


def test_steps_are_never_changed_nor_taken_away(session: Session) -> None:
    """Append-only: the database itself refuses."""
    started(session)
    for statement in (update(DeadlineStep).values(note="x"), delete(DeadlineStep)):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(statement.execution_options(synchronize_session=False))


def test_a_deadline_of_another_branch_is_not_there(world: World) -> None:
    """XX-05"""
    with world.at(world.west) as session:
        row = started(session)
        session.commit()
    with world.at(world.east) as session, pytest.raises(NotFound):
        api.stop(session, row.id)


def test_a_row_for_another_branch_is_refused(world: World) -> None:
    """XX-05"""
    with (
        world.session(Scope.at(world.east, "test")) as session,
        pytest.raises(WallBreached),
    ):
        api.start(session, world.west, Promise(subject_kind="x", subject_id=1), rule())


def test_the_due_time_explains_itself(session: Session) -> None:
    """Monday noon, eight hours: five on Monday, three on Tuesday."""
    row = started(session)
    told = api.explain(session, row)
    assert told.holds
    assert told.rule == rule()
    assert [(part.kind, part.counted // HOUR, part.total // HOUR) for part in told.parts] == [
        (PartKind.STARTED, 0, 0),
        (PartKind.CLOSED, 0, 0),
        (PartKind.COUNTED, 5, 5),
        (PartKind.CLOSED, 0, 5),
        (PartKind.COUNTED, 3, 8),
        (PartKind.DUE, 0, 8),
    ]
    for one, following in zip(told.parts, told.parts[1:], strict=False):
        assert one.end == following.start


def test_pauses_stand_in_the_explanation(session: Session) -> None:
    row = started(session)
    later(session, 3)
    api.pause(session, row.id, "parts")
    later(session, 24)
    api.resume(session, row.id)
    parts = api.explain(session, row).parts
    (paused,) = [part for part in parts if part.kind is PartKind.PAUSED]
    assert (paused.reason, paused.end - paused.start) == ("parts", 24 * HOUR)
    assert api.explain(session, row).holds
    assert sum((part.counted for part in parts), timedelta()) == 8 * HOUR


def test_a_long_explanation_is_summed_up_and_still_adds_up(session: Session) -> None:
    row = started(session, allowed=800 * HOUR)
    told = api.explain(session, row)
    assert told.holds
    assert len(told.parts) < 70
    assert sum((part.counted for part in told.parts), timedelta()) == 800 * HOUR
    assert PartKind.SUMMED in {part.kind for part in told.parts}


def test_a_clock_that_never_rests_explains_itself_in_one_line(session: Session) -> None:
    row = started(session, working=False, allowed=72 * HOUR)
    assert [part.kind for part in api.explain(session, row).parts] == [
        PartKind.STARTED, PartKind.COUNTED, PartKind.DUE,
    ]  # fmt: skip
