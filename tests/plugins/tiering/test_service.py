"""Grading a branch on a real database, against an independent computation (TI-01..TI-04)."""

from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import func, select

from dougong.core.entities.branch import BranchPlugin
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.entities.event_log import EventRecord
from dougong.core.entities.sales import OrderState
from dougong.core.services.activities.api import audiences_at
from dougong.core.session import Session
from dougong.core.switches import enable
from dougong.core.testing import World
from dougong.plugins.tiering.api import level_of, levels_of, policy_of
from dougong.plugins.tiering.models import (
    CustomerLevel,
    Evaluation,
    EvaluationState,
    LevelHistory,
    PendingScore,
)
from dougong.plugins.tiering.rules import Level
from dougong.plugins.tiering.service import (
    MixedCurrencies,
    evaluate_branch,
    finish_evaluation,
    start_evaluation,
    take_over,
)
from tests.plugins.tiering.sample import (
    AS_OF,
    WINDOW_START,
    Bought,
    add_credit_note,
    add_customer,
    add_order,
    make_up_branch,
)


def numpy_fifths(values: list[int]) -> dict[int, int]:
    """Score by value, computed another way: how many quarter bounds of the count it passes."""
    ordered = np.sort(np.array(values))
    before = np.searchsorted(ordered, ordered, side="left")
    bounds = len(ordered) * np.arange(1, 5)
    scores = 1 + (5 * before[:, None] >= bounds[None, :]).sum(axis=1)
    return dict(zip(ordered.tolist(), scores.tolist(), strict=True))


def expected(bought: dict[int, Bought]) -> dict[int, tuple[int | None, str]]:
    """Total and level of each customer by NumPy."""
    buyers = {key: b for key, b in bought.items() if b.days}
    recency = numpy_fifths([max(b.days).toordinal() for b in buyers.values()])
    frequency = numpy_fifths([len(b.days) for b in buyers.values()])
    monetary = numpy_fifths([b.spend for b in buyers.values()])
    answer: dict[int, tuple[int | None, str]] = dict.fromkeys(bought, (None, "C"))
    for key, b in buyers.items():
        total = recency[max(b.days).toordinal()] + frequency[len(b.days)] + monetary[b.spend]
        answer[key] = (total, "A" if total >= 12 else "B" if total >= 8 else "C")
    return answer


def graded(session: Session) -> dict[int, tuple[int | None, str]]:
    rows = select(CustomerLevel.customer_id, CustomerLevel.score, CustomerLevel.level)
    return {key: (score, level.value) for key, score, level in session.execute(rows)}


def test_levels_equal_an_independent_computation(session: Session, world: World) -> None:
    bought = make_up_branch(session, world.east, 400)
    evaluation = evaluate_branch(session, world.east, AS_OF)
    assert graded(session) == expected(bought)
    assert evaluation.customers == evaluation.changed == len(bought)
    assert evaluation.state is EvaluationState.DONE
    assert session.scalar(select(func.count(PendingScore.customer_id))) == 0
    assert {level for _, level in graded(session).values()} == {"A", "B", "C"}


def test_without_ties_each_score_has_a_fifth_of_the_customers(
    session: Session, world: World
) -> None:
    for number in range(25):
        customer = add_customer(session, world.east, f"N{number:02}")
        add_order(session, customer, AS_OF - timedelta(days=number), 1000 + number)
    evaluate_branch(session, world.east, AS_OF)
    rows = session.scalars(select(CustomerLevel).order_by(CustomerLevel.customer_id)).all()
    groups = np.array_split(np.arange(25), 5)
    assert [row.monetary_score for row in rows] == [
        1 + score for score, group in enumerate(groups) for _ in group
    ]
    assert [row.recency_score for row in rows] == [
        5 - score for score, group in enumerate(groups) for _ in group
    ]
    assert {row.frequency_score for row in rows} == {1}


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (WINDOW_START, False),
        (WINDOW_START + timedelta(days=1), True),
        (AS_OF, True),
        (AS_OF + timedelta(days=1), False),
    ],
)
def test_window_holds_its_last_day_and_not_its_start(
    session: Session, world: World, day: date, counts: bool
) -> None:
    customer = add_customer(session, world.east, "EDGE")
    add_order(session, customer, day, 1000)
    evaluate_branch(session, world.east, AS_OF)
    row = session.get_one(CustomerLevel, customer.id)
    assert (row.order_count, row.spend_minor) == ((1, 1000) if counts else (None, None))


def test_credited_goods_are_not_spend(session: Session, world: World) -> None:
    customer = add_customer(session, world.east, "RETURN")
    add_order(session, customer, AS_OF, 5000)
    add_credit_note(session, customer, AS_OF, 1200)
    evaluate_branch(session, world.east, AS_OF)
    assert session.get_one(CustomerLevel, customer.id).spend_minor == 3800


def test_evaluating_again_changes_nothing_and_tells_nobody(session: Session, world: World) -> None:
    make_up_branch(session, world.east, 60)
    evaluate_branch(session, world.east, AS_OF)
    before = graded(session)
    events = session.scalar(select(func.count(EventRecord.id)))
    again = evaluate_branch(session, world.east, AS_OF)
    assert again.changed == 0
    assert graded(session) == before
    assert session.scalar(select(func.count(EventRecord.id))) == events


def test_a_move_is_told_once_and_kept_in_the_history(session: Session, world: World) -> None:
    customers = [add_customer(session, world.east, f"M{number}") for number in range(5)]
    for place, customer in enumerate(customers):
        add_order(session, customer, AS_OF - timedelta(days=place), 1000 * (5 - place))
    evaluate_branch(session, world.east, AS_OF)
    last = customers[-1]
    assert level_of(session, last.id) is Level.C
    for _ in range(9):
        add_order(session, last, AS_OF, 9000)
    evaluate_branch(session, world.east, AS_OF)
    session.expire_all()
    row = session.get_one(CustomerLevel, last.id)
    assert (row.level, row.previous_level, row.score) == (Level.A, Level.C, 14)
    moves = session.execute(
        select(LevelHistory.previous_level, LevelHistory.level)
        .where(LevelHistory.customer_id == last.id)
        .order_by(LevelHistory.id)
    ).all()
    assert [tuple(move) for move in moves] == [(None, Level.C), (Level.C, Level.A)]
    told = session.scalars(select(EventRecord.payload).order_by(EventRecord.id.desc())).first()
    assert told is not None
    assert {"customer_id": last.id, "level": "A", "previous": "C"} in told["changes"]


def test_chunks_give_the_same_as_one_piece(session: Session, world: World) -> None:
    bought = make_up_branch(session, world.east, 90)
    evaluation = start_evaluation(session, world.east, AS_OF)
    after, sizes = 0, []
    while (taken := take_over(session, evaluation.id, after, size=40)).customers:
        after = taken.last_customer_id
        sizes.append(taken.customers)
    finish_evaluation(session, evaluation.id)
    assert len(sizes) == 3
    assert graded(session) == expected(bought)


def test_another_branch_is_neither_counted_nor_graded(session: Session, world: World) -> None:
    bought = make_up_branch(session, world.east, 30)
    with world.at(world.west) as western:
        stranger = add_customer(western, world.west, "WEST")
        add_order(western, stranger, AS_OF, 99_999_900)
        western.commit()
        evaluate_branch(session, world.east, AS_OF)
        assert graded(session) == expected(bought)
        assert level_of(western, stranger.id) is None


def test_orders_in_two_currencies_are_refused_until_one_is_chosen(
    session: Session, world: World
) -> None:
    customer = add_customer(session, world.east, "FX")
    add_order(session, customer, AS_OF, 1000)
    add_order(session, customer, AS_OF, 700, currency="USD")
    session.flush()
    with pytest.raises(MixedCurrencies, match="CNY, USD"):
        evaluate_branch(session, world.east, AS_OF)
    session.add(
        BranchPlugin(
            branch_id=world.east, plugin="tiering", enabled=True, settings={"currency": "USD"}
        )
    )
    session.flush()
    session.info.pop("switchboard")
    evaluate_branch(session, world.east, AS_OF)
    assert session.get_one(CustomerLevel, customer.id).spend_minor == 700


def test_closed_customer_keeps_the_last_level(session: Session, world: World) -> None:
    customer = add_customer(session, world.east, "BYE")
    add_order(session, customer, AS_OF, 1000, OrderState.CONFIRMED)
    evaluate_branch(session, world.east, AS_OF)
    session.get_one(Customer, customer.id).status = CustomerStatus.CLOSED
    session.flush()
    assert evaluate_branch(session, world.east, AS_OF).customers == 0
    assert level_of(session, customer.id) is Level.C


def test_today_is_the_branch_s_day(session: Session, world: World) -> None:
    session.now = session.now.replace(hour=17)  # 01:00 of the next day in Shanghai
    evaluation = evaluate_branch(session, world.east)
    assert evaluation.as_of == date(2026, 3, 3)
    assert session.get_one(Evaluation, evaluation.id).currency == ""


def test_policy_follows_the_level(session: Session, world: World) -> None:
    """TI-06, TI-07: first response in 24, 48 and 72 hours; who is not graded counts as C."""
    hours = [policy_of(session, world.east, level).response_hours for level in (*Level, None)]
    assert hours == [24, 48, 72, 72]
    assert levels_of(session, []) == {}
    assert policy_of(session, world.east, Level.A).dispatch_priority == 1


def test_duties_may_be_for_the_customers_of_a_level(session: Session, world: World) -> None:
    """TI-01"""
    enable(session, world.east, "tiering")
    bought = make_up_branch(session, world.east, 60)
    evaluate_branch(session, world.east, AS_OF)
    audiences = audiences_at(session, world.east)
    for level in Level:
        chosen = audiences[f"tiering.{level.value.lower()}"].customers(session, world.east)
        assert set(session.scalars(chosen)) == {
            key for key, (_, graded) in expected(bought).items() if graded == level.value
        }
    assert "tiering.a" not in audiences_at(session, world.west)
