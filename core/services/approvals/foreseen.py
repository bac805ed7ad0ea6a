"""Who would have to approve: a policy tried on an asker and an amount, before anybody asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from dougong.core.services.approvals.asking import lay_out, refuse_stuck, staff_of
from dougong.core.services.approvals.people import names_of
from dougong.core.services.approvals.refusals import NobodyDecides
from dougong.core.services.approvals.rules import Step, steps_for
from dougong.core.session import Session
from dougong.core.values import Money


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One step as it would be: how many yeses of whom, seat by seat."""

    step: Step
    seats: tuple[tuple[str, ...], ...]
    """For each seat the names of those who could take it, the asker left out."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The steps that a request would take, and why it would be refused, if it would."""

    steps: tuple[Foreseen, ...]
    refusal: str = ""


def foresee(
    session: Session, branch_id: int, steps: Sequence[Step], asker: int, amount: Money | None
) -> Forecast:
    """What would happen if that person asked for that amount today (XX-03)."""
    needed = steps_for(steps, amount)
    places = lay_out(session, needed, asker, asker)
    staff = staff_of(session, branch_id, places)
    people = {place: staff.people(place.role, place.user_id) - {asker} for place in places}
    names = names_of(session, {one for found in people.values() for one in found})
    foreseen = tuple(
        Foreseen(step, tuple(
            tuple(names[one] for one in sorted(people[place]))
            for place in places if place.step == number
        ))
        for number, step in enumerate(needed, start=1)
    )  # fmt: skip
    try:
        refuse_stuck(session, branch_id, needed, places, {asker})
    except NobodyDecides as refusal:
        return Forecast(foreseen, str(refusal))
    return Forecast(foreseen)
