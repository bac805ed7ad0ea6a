"""The demo's after-sales shows something true on every page (register_demos)."""

from random import Random
from typing import Any, cast

from sqlalchemy import select

from dougong.core.demo import DemoContext
from dougong.core.entities.branch import Branch
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.people import User
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.testing import NOON, World
from dougong.plugins.aftersales.models import ContractRenewal, ServiceCall, Technician
from dougong.plugins.aftersales.rules import CallAlarm, CallState, RenewalState
from tests.plugins.aftersales.desk import Desk


def parts(world: World) -> list[Any]:
    """What the plugin registered."""
    found = world.registry.contributions("register_demos")
    return [c.item for c in found if c.source == "aftersales"]


def load(world: World, session: Session, desk: Desk) -> None:
    """Thirty customers, one technician, then the plugin's part."""
    for n in range(30):
        session.add(
            Customer(
                branch_id=world.east, code=f"D{n}", kind=CustomerKind.ENTERPRISE, name=f"客户{n}"
            )
        )
    session.flush()
    worker = session.get_one(User, desk.technician.user_id)
    session.delete(session.get_one(Technician, desk.technician.id))
    session.flush()
    context = DemoContext(
        session, session.get_one(Branch, world.east), Random(7), cast("Any", None), NOON.date(),
        {"technician": (worker,)},
    )  # fmt: skip
    for part in parts(world):
        part.load(context)


def test_demo_has_calls_of_every_urgency_and_renewals_to_win(world: World, desk: Desk) -> None:
    """AF-04, AF-11."""
    with world.session(Scope.kernel("demo")) as session:
        load(world, session, desk)
        calls = session.scalars(select(ServiceCall)).all()
        assert {c.alarm for c in calls} == set(CallAlarm)
        assert {CallState.OPEN, CallState.DISPATCHED, CallState.ARRIVED, CallState.CLOSED} <= {
            c.state for c in calls
        }
        assert all(c.called_at <= NOON for c in calls)
        states = set(session.scalars(select(ContractRenewal.state)))
        assert states == {RenewalState.NOTICED, RenewalState.RENEWED, RenewalState.LOST}
