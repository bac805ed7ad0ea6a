"""Who may decide: tables for the ways round, and random firms against a plain search (XX-03)."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.services.approvals.seats import (
    ANY_SEAT,
    Authority,
    Case,
    Seat,
    authority,
    can_be_filled,
    deciders,
    filled,
)

ASKER, SUBJECT, BOSS, DEPUTY, CLERK, GUEST = range(1, 7)


def case(
    *people: set[int], spent: set[int] | None = None, stand_ins: dict[int, int] | None = None
) -> Case:
    """A step with these seats."""
    seats = tuple(Seat(number, frozenset(p)) for number, p in enumerate(people, start=1))
    return Case(ASKER, SUBJECT, seats, frozenset(spent or ()), stand_ins or {})


@pytest.mark.parametrize(
    ("given_case", "person", "whom"),
    [
        (case({BOSS}), BOSS, BOSS),
        (case({BOSS}), CLERK, None),
        (case({BOSS, ASKER}), ASKER, None),
        (case({BOSS, SUBJECT}), SUBJECT, None),
        (case({ASKER}, {ASKER}), ASKER, None),  # not by two roles either
        (case({BOSS}, stand_ins={BOSS: DEPUTY}), DEPUTY, BOSS),
        (case({BOSS}, stand_ins={BOSS: ASKER}), ASKER, None),
        (case({BOSS}, stand_ins={BOSS: SUBJECT}), SUBJECT, None),
        (case({BOSS}, stand_ins={ASKER: BOSS}), BOSS, None),
        (case({BOSS}, stand_ins={SUBJECT: BOSS}), BOSS, None),
        (case({ASKER}, stand_ins={ASKER: DEPUTY}), DEPUTY, None),
        (case({BOSS}, stand_ins={ASKER: BOSS, BOSS: DEPUTY}), DEPUTY, None),
        (case({BOSS}, spent={BOSS}, stand_ins={BOSS: DEPUTY}), DEPUTY, None),
        (case({BOSS, DEPUTY}, spent={DEPUTY}, stand_ins={BOSS: DEPUTY}), DEPUTY, None),
        (case({BOSS, DEPUTY}, stand_ins={BOSS: DEPUTY}), DEPUTY, DEPUTY),
    ],
)
def test_who_decides_and_for_whom(given_case: Case, person: int, whom: int | None) -> None:
    """XX-03: nobody his own request, by no way round."""
    found = authority(given_case, person)
    assert (found and found.whom) == whom


def test_whom_it_went_up_to_takes_any_seat() -> None:
    seats = (
        Seat(1, frozenset({BOSS})),
        Seat(2, frozenset({CLERK})),
        Seat(ANY_SEAT, frozenset({GUEST})),
    )
    found = authority(Case(ASKER, ASKER, seats), GUEST)
    assert found == Authority(GUEST, frozenset({1, 2}))


def test_decisions_sit_as_well_as_can_be() -> None:
    """Who came first and could sit anywhere makes room for who can sit in one seat only."""
    assert filled([frozenset({1, 2}), frozenset({1})]) == 2
    assert filled([frozenset({1}), frozenset({1})]) == 1


def test_two_seats_for_one_person_cannot_be_filled() -> None:
    assert not can_be_filled([([frozenset({BOSS}), frozenset({BOSS})], 2)])
    assert can_be_filled([([frozenset({BOSS}), frozenset({BOSS})], 1)])
    assert not can_be_filled([([frozenset({BOSS})], 1), ([frozenset({BOSS})], 1)])
    assert can_be_filled([([frozenset({BOSS, CLERK})], 1), ([frozenset({BOSS})], 1)])


people = st.integers(1, 6)
crowds = st.frozensets(people, max_size=4)
cases = st.builds(
    lambda seats, spent, away, subject: Case(
        ASKER, subject,
        tuple(Seat(n, p) for n, p in enumerate(seats, start=1)), spent,
        {a: b for a, b in away.items() if a != b},
    ),
    st.lists(crowds, min_size=1, max_size=3), crowds, st.dictionaries(people, people, max_size=4),
    st.sampled_from((ASKER, SUBJECT)),
)  # fmt: skip


@given(cases, people)
def test_nobody_decides_his_own_request_in_any_firm(drawn: Case, one: int) -> None:
    """XX-03: whatever the roles, absences and stand-ins."""
    found = authority(drawn, one)
    if found is None:
        return
    own = {drawn.asked_by, drawn.asked_for}
    acting = {drawn.stand_ins.get(person) for person in own}
    assert one not in own | acting
    assert found.whom not in own | acting
    assert found.whom == one or drawn.stand_ins[found.whom] == one
    assert {one, found.whom}.isdisjoint(drawn.spent)
    assert found.seats
    assert all(found.whom in seat.people for seat in drawn.seats if seat.number in found.seats)


@given(cases)
def test_deciders_are_exactly_those_with_authority(drawn: Case) -> None:
    everybody = {one for one in range(1, 7) if authority(drawn, one) is not None}
    assert deciders(drawn) == everybody


wishes = st.lists(st.frozensets(st.integers(1, 4), max_size=4), max_size=4)


@given(wishes)
def test_filled_agrees_with_trying_every_order(taken: list[frozenset[int]]) -> None:
    """Against a search that is too slow to be wrong."""
    best = 0
    for order in permutations(range(1, 5), len(taken)):
        best = max(best, sum(seat in wish for seat, wish in zip(order, taken, strict=True)))
    assert filled(taken) == best
