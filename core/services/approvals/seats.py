"""Who may decide: nobody his own request by any way round, nobody twice. Pure (XX-03)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

ANY_SEAT: Final = 0
"""The number of the place of somebody it went up to: he may sit in any seat of the step."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One place of a step and the people who may take it in their own right."""

    number: int
    people: frozenset[int]


@dataclass(frozen=True, slots=True)
class Authority:
    """How somebody may decide: for whom, and which seats he can take."""

    whom: int
    seats: frozenset[int]


@dataclass(frozen=True, slots=True)
class Case:
    """A step of a request, and who is who.

    ``spent`` are those who have decided in the request, and those for whom somebody has.
    ``stand_ins`` says of each person who is away who stands in for him.
    """

    asked_by: int
    asked_for: int
    seats: tuple[Seat, ...]
    spent: frozenset[int] = frozenset()
    stand_ins: Mapping[int, int] = field(default_factory=dict)

    @property
    def barred(self) -> frozenset[int]:
        """The asker, the person it is asked for, and those who act for them now."""
        own = {self.asked_by, self.asked_for}
        return frozenset(own | {self.stand_ins[one] for one in own if one in self.stand_ins})


def authority(case: Case, person: int) -> Authority | None:
    """How that person may decide, in his own right or for somebody who is away; None: not."""
    if person in case.barred | case.spent:
        return None
    away = sorted(whom for whom, by in case.stand_ins.items() if by == person)
    for whom in (person, *away):
        seats = _seats_of(case, whom)
        if whom not in case.barred | case.spent and seats:
            return Authority(whom, seats)
    return None


def deciders(case: Case) -> frozenset[int]:
    """Everybody who may decide now."""
    able = {person for seat in case.seats for person in seat.people}
    able |= {case.stand_ins[person] for person in able if person in case.stand_ins}
    return frozenset(person for person in able if authority(case, person) is not None)


def filled(taken: Sequence[frozenset[int]]) -> int:
    """How many seats these decisions fill, each one seat, seated as well as can be."""
    seated: dict[int, int] = {}
    return sum(_sit(taken, one, seated, set()) for one in range(len(taken)))


def can_be_filled(steps: Sequence[tuple[Sequence[frozenset[int]], int]]) -> bool:
    """Whether different people can fill what every step needs.

    Each step is the people of its seats and how many seats must be filled.
    """
    wishes: list[frozenset[int]] = []
    for number, (seats, needed) in enumerate(steps):
        # whoever is not needed is a guest of no name, who fits each seat of this step alone
        guests = frozenset(-1 - number * 100 - guest for guest in range(len(seats) - needed))
        wishes += [seat | guests for seat in seats]
    return filled(wishes) == len(wishes)


def _seats_of(case: Case, person: int) -> frozenset[int]:
    mine = {seat.number for seat in case.seats if person in seat.people}
    if ANY_SEAT in mine:
        return frozenset(seat.number for seat in case.seats) - {ANY_SEAT}
    return frozenset(mine)


def _sit(
    taken: Sequence[frozenset[int]], one: int, seated: dict[int, int], tried: set[int]
) -> bool:
    """Seat one more, letting those who sit move on: an augmenting path."""
    for seat in _untried(taken[one], tried):
        if seat not in seated or _sit(taken, seated[seat], seated, tried):
            seated[seat] = one
            return True
    return False


def _untried(seats: frozenset[int], tried: set[int]) -> Iterator[int]:
    for seat in sorted(seats):
        if seat not in tried:
            tried.add(seat)
            yield seat
