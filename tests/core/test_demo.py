"""The demo's seam: what a plugin's part is given."""

from datetime import date
from random import Random

from faker import Faker

from dougong.core.demo import DemoContext
from dougong.core.entities.branch import Branch
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.people import User
from dougong.core.session import Session
from dougong.core.testing import World


def context_at(session: Session, branch_id: int) -> DemoContext:
    branch = session.get_one(Branch, branch_id)
    boss = User(login="boss", name="渝一帆")
    return DemoContext(
        session, branch, Random(1), Faker("zh_CN"), date(2026, 3, 2), {"manager": (boss,)}
    )


def test_part_is_given_the_branchs_customers_in_order(session: Session, world: World) -> None:
    with world.at(world.west) as west:
        west.add(Customer(code="W", name="西", kind=CustomerKind.GROUP))
        west.commit()
    rows = [Customer(code=f"E{n}", name="东", kind=CustomerKind.GROUP) for n in range(3)]
    session.add_all(rows)
    session.flush()
    assert context_at(session, world.east).customers() == rows


def test_part_is_given_staff_by_role(session: Session, world: World) -> None:
    context = context_at(session, world.east)
    assert [user.login for user in context.people("manager")] == ["boss"]
    assert context.people("technician") == ()
    assert context.now == session.now
