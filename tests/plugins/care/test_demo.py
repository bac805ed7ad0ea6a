"""The demo's care shows something true on every page (register_demos)."""

from datetime import timedelta
from random import Random
from typing import Any, cast

from dougong.core.demo import DemoContext
from dougong.core.entities.branch import Branch
from dougong.core.scope import Scope
from dougong.core.services.activities.api import ActivityState
from dougong.core.testing import NOON, World
from tests.plugins.care.people import People, activities, met


def test_demo_has_activities_done_left_out_and_to_do(world: World, people: People) -> None:
    """CA-01."""
    with world.session(Scope.kernel("demo")) as session:
        for n in range(30):
            day = NOON + timedelta(days=n % 10 - 3)
            met(session, people, birth_month=day.month, birth_day=day.day)
        context = DemoContext(
            session, session.get_one(Branch, world.east), Random(7), cast("Any", None),
            NOON.date(), {},
        )  # fmt: skip
        for found in world.registry.contributions("register_demos"):
            if found.source == "care":
                found.item.load(context)
        made = activities(session)
        assert {a.activity.state for a in made} == set(ActivityState) - {ActivityState.CANCELLED}
        assert all(
            a.activity.due_on >= NOON.date() for a in made if a.activity.occurrence_key is None
        )
