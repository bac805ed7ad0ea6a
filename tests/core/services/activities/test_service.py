"""Activities on a real database: every verb, its step, and whose it is (XX-01, AR-06)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from dougong.core.entities.absence import Absence
from dougong.core.errors import Forbidden, NotFound, Refusal, StateRefused
from dougong.core.services.activities import api
from dougong.core.services.activities.api import (
    Activity,
    ActivityState,
    ActivityStep,
    ActivityStepKind,
    NewActivity,
    NextStep,
    Outcome,
)
from dougong.core.session import Session
from dougong.core.testing import NOON, World
from tests.core.services.activities.people import (
    TODAY,
    as_person,
    buyer,
    hire,
    steps,
    todo,
    told,
)

DONE = Outcome(result="settled")
TOMORROW = TODAY + timedelta(days=1)


def test_what_is_planned_lies_on_its_owners_desk(session: Session, world: World) -> None:
    owner = hire(session, world.east, "owner")
    row = todo(session, owner)
    asked = api.OnDesk(owner_ids=[owner.id], until=TODAY)
    assert list(api.on_desk(session, asked)) == [row]
    (step,) = api.steps_of(session, row)
    assert (step.kind, step.actor, step.at) == (ActivityStepKind.PLANNED, "test", NOON)
    assert told(session, "core.activity_planned")[0]["activity_id"] == row.id


def test_an_instant_is_due_on_the_branchs_day(session: Session) -> None:
    """XX-02: at 17:00 UTC it is tomorrow in Shanghai."""
    late = datetime(2026, 3, 2, 17, tzinfo=ZoneInfo("UTC"))
    row = todo(session, due=late)
    assert (row.due_on, row.due_at) == (TOMORROW, late)


def test_an_activity_says_what_it_is(session: Session) -> None:
    with pytest.raises(Refusal) as refused:
        todo(session, title=" ")
    assert refused.value.field == "title"


def test_done_keeps_result_words_and_time(session: Session) -> None:
    row = api.complete(session, todo(session).id, Outcome(result="settled", note=" 已回访 "))
    assert (row.state, row.result_code, row.note) == (ActivityState.DONE, "settled", "已回访")
    assert (row.ended_at, row.ended_on, row.in_time) == (NOON, TODAY, True)
    assert steps(session, row) == [ActivityStepKind.PLANNED, ActivityStepKind.DONE]
    (event,) = told(session, "core.activity_completed")
    assert event["result_code"] == "settled"


@pytest.mark.parametrize(
    ("outcome", "field"),
    [
        (Outcome(), "result"),
        (Outcome(result="unheard_of"), "result"),
        (Outcome(result="not_reached", note=" "), "note"),
    ],
)
def test_a_result_is_one_of_the_kinds(session: Session, outcome: Outcome, field: str) -> None:
    row = todo(session)
    with pytest.raises(Refusal) as refused:
        api.complete(session, row.id, outcome)
    assert refused.value.field == field


def test_the_next_step_is_planned_with_the_result(session: Session, world: World) -> None:
    owner = hire(session, world.east, "owner")
    customer = buyer(session, "C1")
    row = todo(session, owner, customer_id=customer.id)
    following = NextStep(due=TOMORROW, title="送样品")
    api.complete(session, row.id, Outcome(result="settled", next_step=following))
    after = session.scalars(select(Activity).where(Activity.follows_id == row.id)).one()
    assert (after.title, after.due_on, after.owner_id) == ("送样品", TOMORROW, owner.id)
    assert after.customer_id == customer.id


@pytest.mark.parametrize("verb", ["skip", "cancel"])
def test_what_is_not_done_keeps_why(session: Session, verb: str) -> None:
    row = todo(session)
    with pytest.raises(Refusal):
        getattr(api, verb)(session, row.id, " ")
    getattr(api, verb)(session, row.id, "客户出国")
    assert row.note == "客户出国"
    assert row.ended_at == NOON
    assert row.in_time is False


def test_putting_off_does_not_make_it_in_time(session: Session) -> None:
    """AR-08"""
    row = todo(session)
    api.postpone(session, row.id, TOMORROW, "客户改期")
    session.now += timedelta(days=1)
    api.complete(session, row.id, DONE)
    assert (row.due_on, row.planned_on, row.in_time) == (TOMORROW, TODAY, False)
    (_, step, _) = api.steps_of(session, row)
    assert (step.kind, step.due_on, step.note) == (ActivityStepKind.POSTPONED, TOMORROW, "客户改期")


def test_nothing_is_put_off_to_a_day_that_has_passed(session: Session) -> None:
    row = todo(session)
    with pytest.raises(Refusal) as refused:
        api.postpone(session, row.id, TODAY - timedelta(days=1), "x")
    assert refused.value.field == "due_on"


def test_what_takes_place_another_day_was_never_due_on_the_old_one(session: Session) -> None:
    row = api.move(session, todo(session).id, TOMORROW)
    assert (row.due_on, row.planned_on) == (TOMORROW, TOMORROW)


def test_a_colleague_is_given_it(session: Session, world: World) -> None:
    one, two = hire(session, world.east, "one"), hire(session, world.east, "two")
    row = api.delegate(session, todo(session, one).id, two.id, "出差")
    assert row.owner_id == two.id
    (event,) = told(session, "core.activity_delegated")
    assert (event["from_user_id"], event["to_user_id"]) == (one.id, two.id)
    with pytest.raises(Refusal):
        api.delegate(session, row.id, two.id, "出差")


def test_who_works_elsewhere_or_not_any_more_is_given_nothing(
    session: Session, world: World
) -> None:
    elsewhere, left = hire(session, world.west, "elsewhere"), hire(session, world.east, "left")
    left.active = False
    session.flush()
    row = todo(session)
    for person in (elsewhere, left):
        with pytest.raises(Refusal) as refused:
            api.delegate(session, row.id, person.id, "出差")
        assert refused.value.field == "owner"


def test_headquarters_people_work_at_every_branch_below(session: Session, world: World) -> None:
    """XX-05"""
    above = hire(session, world.headquarters, "above")
    assert above not in api.colleagues(session, world.east)
    above.memberships[0].below = True
    session.flush()
    assert above in api.colleagues(session, world.east)


def test_opened_again_it_is_owed_and_its_history_stays(session: Session) -> None:
    row = api.complete(session, todo(session).id, Outcome(result="settled", note="已办"))
    api.reopen(session, row.id, "没有办成")
    assert (row.state, row.note, row.ended_at) == (ActivityState.PLANNED, "", None)
    notes = [(step.kind, step.note) for step in api.steps_of(session, row)]
    assert notes[1:] == [(ActivityStepKind.DONE, "已办"), (ActivityStepKind.REOPENED, "没有办成")]


def test_what_is_settled_stays_settled(session: Session) -> None:
    row = api.complete(session, todo(session).id, DONE)
    with pytest.raises(StateRefused):
        api.complete(session, row.id, DONE)
    with pytest.raises(StateRefused):
        api.skip(session, row.id, "x")
    with pytest.raises(StateRefused):
        api.postpone(session, row.id, TOMORROW, "x")
    with pytest.raises(StateRefused):
        api.reopen(session, todo(session).id, "x")


def test_another_branchs_activity_is_not_there(world: World) -> None:
    """XX-05"""
    with world.at(world.west) as west:
        row = todo(west)
        west.commit()
    with world.at(world.east) as east, pytest.raises(NotFound):
        api.complete(east, row.id, DONE)


def test_his_own_his_peoples_and_whom_he_stands_in_for(session: Session, world: World) -> None:
    """AR-06"""
    boss = hire(session, world.east, "boss")
    owner = hire(session, world.east, "owner", boss)
    stand_in, other = hire(session, world.east, "stand_in"), hire(session, world.east, "other")
    session.add(Absence(user_id=owner.id, first_day=TODAY, last_day=TODAY, stand_in_id=stand_in.id))
    rows = {person: todo(session, owner).id for person in (owner, boss, stand_in, other)}
    session.commit()
    for person in (owner, boss, stand_in):
        with as_person(world, person) as his:
            assert api.complete(his, rows[person], DONE).state is ActivityState.DONE
            his.commit()
    with as_person(world, other) as his, pytest.raises(Forbidden):
        api.complete(his, rows[other], DONE)
    with as_person(world, other, "settle_all") as his:
        assert api.complete(his, rows[other], DONE).state is ActivityState.DONE


def test_what_is_nobodys_whoever_has_a_desk_may_do(session: Session, world: World) -> None:
    other = hire(session, world.east, "other")
    row = todo(session)
    session.commit()
    with as_person(world, other) as his:
        assert api.complete(his, row.id, DONE).state is ActivityState.DONE


def test_a_kind_nobody_declares_is_called_by_its_code(session: Session) -> None:
    row = todo(session, kind="gone.greeting", title="老客户")
    kind = api.kind_of(session, row.kind)
    assert (str(kind.title), kind.words(row.title)) == ("gone.greeting", "老客户")
    assert api.complete(session, row.id, Outcome()).state is ActivityState.DONE


def test_kinds_are_declared(session: Session) -> None:
    """By ``register_activity_kinds``."""
    assert {api.TASK, api.CHECK} <= set(api.known_kinds(session))


def test_steps_are_never_changed_nor_taken_away(session: Session) -> None:
    row = todo(session)
    for statement in (
        update(ActivityStep).values(note="x").execution_options(synchronize_session=False),
        delete(ActivityStep).execution_options(synchronize_session=False),
    ):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(statement.where(ActivityStep.activity_id == row.id))


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": ActivityState.DONE},
        {"ended_at": NOON, "ended_on": TODAY},
        {"state": ActivityState.SKIPPED, "ended_at": NOON, "ended_on": TODAY, "note": ""},
    ],
)
def test_the_schema_keeps_states_whole(session: Session, wrong: dict[str, object]) -> None:
    row = todo(session)
    for name, value in wrong.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError):
        session.flush()


def test_by_hand_there_is_no_occurrence(session: Session) -> None:
    with pytest.raises(ValueError, match="plan_many"):
        todo(session, occurrence_key="x")
    with pytest.raises(ValueError, match="occurrence key"):
        api.plan_many(session, session.scope.home or 0, [NewActivity(kind="x", due=date.today())])  # noqa: DTZ011
