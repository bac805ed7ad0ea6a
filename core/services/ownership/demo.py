"""The demo's ownership: teams of key customers, and a hand-over with its reason."""

from itertools import cycle
from typing import Final

from dougong.core.demo import DemoContext, DemoPart
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.services.ownership.moving import Moving
from dougong.core.services.ownership.rules import TeamRole
from dougong.core.services.ownership.service import hand_over
from dougong.core.services.ownership.team import NewMember, join_team

KEY_CUSTOMERS: Final = 15
HANDED_OVER: Final = 4
HELPERS: Final = {
    TeamRole.TECHNICAL: "technician", TeamRole.FINANCE: "credit", TeamRole.SERVICE: "care",
    TeamRole.SALES: "account_manager",
}  # fmt: skip


def load(demo: DemoContext) -> None:
    """Fill one branch."""
    owned = [
        row for row in demo.customers()
        if row.manager_id is not None and row.status is CustomerStatus.ACTIVE
    ]  # fmt: skip
    _teams(demo, owned[:KEY_CUSTOMERS])
    _hand_over(demo, owned)


def _teams(demo: DemoContext, customers: list[Customer]) -> None:
    roles = [(role, user) for role, code in HELPERS.items() for user in demo.people(code)[:1]]
    turns = cycle(roles)
    for number, customer in enumerate(customers):
        for role, user in [next(turns) for _ in range(min(1 + number % 3, len(roles)))]:
            asked = NewMember(customer_id=customer.id, user_id=user.id, role=role)
            join_team(demo.session, asked)


def _hand_over(demo: DemoContext, owned: list[Customer]) -> None:
    managers = demo.people("account_manager")
    if len(managers) < 2:
        return
    giver, receiver = managers[:2]
    chosen = tuple(row.id for row in owned if row.manager_id == giver.id)[:HANDED_OVER]
    if chosen:
        moving = Moving(
            branch_id=demo.branch.id, from_id=giver.id, to_id=receiver.id, customer_ids=chosen
        )
        hand_over(demo.session, moving, "片区调整，客户按区域重新划分")


DEMO: Final = DemoPart("ownership", load, order=90)
