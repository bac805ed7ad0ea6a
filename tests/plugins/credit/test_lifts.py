"""One order above the limit, approved by somebody else and used once (CR-04, CR-08, XX-03)."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from threading import Barrier

import pytest
from faker import Faker
from sqlalchemy import func, select

from dougong.admin.testing import seated
from dougong.core.database import Database
from dougong.core.demo import DemoContext
from dougong.core.entities.branch import Branch
from dougong.core.entities.customer import Customer
from dougong.core.entities.people import Membership, Role, User
from dougong.core.entities.product import Product
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.core.errors import Blocked, Refusal, StateRefused
from dougong.core.reader import Reader
from dougong.core.scope import Scope
from dougong.core.services.approvals.api import (
    Approval,
    ApprovalState,
    AskedAlready,
    MayNotDecide,
    Verdict,
    decide,
)
from dougong.core.services.sales.api import (
    cancel_order,
    change_order,
    confirm_order,
    create_delivery,
    release_delivery,
    reopen_order,
)
from dougong.core.session import Session
from dougong.core.testing import World, make_branches
from dougong.plugins.credit.api import LimitExceeded, ask_lift
from dougong.plugins.credit.checks import accounts_add_up
from dougong.plugins.credit.demo import ask_some
from dougong.plugins.credit.lifts import needs_lift
from dougong.plugins.credit.models import CreditAccount, CreditEntry
from dougong.plugins.credit.panels import order_panel
from tests.plugins.credit.shop import account_of, agree, draft, lines, open_shop, sell


@dataclass(frozen=True, slots=True)
class Store:
    """A branch with a seller, a credit controller, a manager, and a customer with a limit."""

    branch_id: int
    ids: dict[str, int]
    customer_id: int

    def scope(self, login: str) -> Scope:
        """That person at his desk."""
        return Scope.at(self.branch_id, login, user_id=self.ids[login])


def furnish(session: Session, branch_id: int, limit: int | None = 1000) -> Store:
    """Hire them; the customer may owe ``limit``."""
    ids: dict[str, int] = {}
    for code in ("seller", "credit", "manager"):
        user = User(login=code, name=code)
        role = Role(code=code, name=code)
        user.memberships.append(Membership(branch_id=branch_id, role=role))
        session.add(user)
        session.flush()
        ids[code] = user.id
    customer = open_shop(session, branch_id)
    if limit is not None:
        agree(session, customer, limit)
    return Store(branch_id, ids, customer.id)


@dataclass(frozen=True, slots=True)
class Desks:
    """The store in a transaction that is rolled back."""

    world: World
    store: Store

    def at(self, login: str) -> Session:
        """A session of that person's."""
        return self.world.session(self.store.scope(login))

    def draft(self, minor: int) -> int:
        """A draft order of so much; its key."""
        with self.at("seller") as session:
            customer = session.get_one(Customer, self.store.customer_id)
            key = draft(session, customer, minor).id
            session.commit()
            return key

    def ask(self, order_id: int) -> int:
        """Ask for its lift."""
        with self.at("seller") as session:
            key = ask_lift(session, order_id, "老客户，月底回款").id
            session.commit()
            return key

    def approve(self, key: int, login: str = "credit") -> Approval:
        """Say yes."""
        with self.at(login) as session:
            row = decide(session, key, Verdict.APPROVE)
            session.commit()
            return row

    def confirm(self, order_id: int) -> None:
        """Confirm the order."""
        with self.at("seller") as session:
            confirm_order(session, order_id)
            session.commit()

    def state(self, key: int) -> ApprovalState:
        """Where the request stands."""
        with self.at("seller") as session:
            return session.get_one(Approval, key).state

    def adds_up(self) -> bool:
        """Whether account, ledger and documents agree."""
        with self.world.session(Scope.kernel("doctor")) as session:
            return accounts_add_up(session) == []


@pytest.fixture
def desks(world: World) -> Desks:
    """A customer who may owe 10.00, and nothing owed yet."""
    with world.session(Scope.kernel("test")) as session:
        store = furnish(session, world.east)
        session.commit()
    return Desks(world, store)


def test_an_approved_order_passes_the_limit_once(desks: Desks) -> None:
    order = desks.draft(1500)
    with pytest.raises(LimitExceeded, match=r"approval|审批"):
        desks.confirm(order)
    key = desks.ask(order)
    with pytest.raises(LimitExceeded):  # asked is not approved
        desks.confirm(order)
    desks.approve(key)
    desks.confirm(order)
    assert desks.state(key) is ApprovalState.USED
    assert desks.adds_up()
    with desks.at("seller") as session:
        customer = session.get_one(Customer, desks.store.customer_id)
        assert account_of(session, customer).reserved_minor == 1500
        last = select(CreditEntry).order_by(CreditEntry.id.desc()).limit(1)
        assert str(key) in session.scalars(last).one().note
        cancel_order(session, order)
        reopen_order(session, order)
        session.commit()
    with pytest.raises(LimitExceeded):  # the same order again: it was used
        desks.confirm(order)


def test_another_order_does_not_pass_with_it(desks: Desks) -> None:
    first, second = desks.draft(1500), desks.draft(1500)
    desks.approve(desks.ask(first))
    with pytest.raises(LimitExceeded):
        desks.confirm(second)
    desks.confirm(first)


@pytest.mark.parametrize("approved", [True, False])
def test_any_change_of_the_order_voids_it(desks: Desks, approved: bool) -> None:
    order = desks.draft(1500)
    key = desks.ask(order)
    if approved:
        desks.approve(key)
    with desks.at("seller") as session:
        change_order(session, order, lines(1501))
        change_order(session, order, lines(1500))  # nor is it as before by being changed back
        session.commit()
    assert desks.state(key) is ApprovalState.VOIDED
    with pytest.raises(LimitExceeded):
        desks.confirm(order)


def test_writing_the_same_lines_again_changes_nothing(desks: Desks) -> None:
    order = desks.draft(1500)
    key = desks.approve(desks.ask(order)).id
    with desks.at("seller") as session:
        change_order(session, order, lines(1500))
        session.commit()
    assert desks.state(key) is ApprovalState.APPROVED
    desks.confirm(order)


def test_a_change_past_the_verbs_finds_no_approval(desks: Desks) -> None:
    order = desks.draft(1500)
    desks.approve(desks.ask(order))
    with desks.at("seller") as session:
        session.get_one(SalesOrder, order).lines[0].text = "other goods"
        session.commit()
    with pytest.raises(LimitExceeded):
        desks.confirm(order)


def test_what_was_paid_meanwhile_needs_no_lift_and_uses_none(desks: Desks) -> None:
    order = desks.draft(1500)
    key = desks.approve(desks.ask(order)).id
    with desks.at("seller") as session:
        agree(session, session.get_one(Customer, desks.store.customer_id), 5000)
        session.commit()
    desks.confirm(order)
    assert desks.state(key) is ApprovalState.APPROVED


def test_prepaid_only_passes_by_approval_too(world: World) -> None:
    """Where no limit is agreed the blocker speaks, and steps aside for exactly this order."""
    with world.session(Scope.kernel("test")) as session:
        store = furnish(session, world.east, limit=None)
        session.commit()
    desks = Desks(world, store)
    order = desks.draft(300)
    with pytest.raises(Blocked):
        desks.confirm(order)
    key = desks.ask(order)
    with pytest.raises(Blocked):
        desks.confirm(order)
    desks.approve(key, "manager")
    desks.confirm(order)
    assert desks.state(key) is ApprovalState.USED
    assert desks.adds_up()


def test_its_goods_leave_and_those_of_others_do_not(desks: Desks) -> None:
    """CR-08: only an approved exception ships."""
    with desks.at("seller") as session:
        customer = session.get_one(Customer, desks.store.customer_id)
        within = sell(session, customer, 900).id
        session.commit()
    lifted = desks.draft(1500)
    desks.approve(desks.ask(lifted))
    desks.confirm(lifted)
    with desks.at("seller") as session:
        release_delivery(session, create_delivery(session, lifted).id)
        other = create_delivery(session, within)
        with pytest.raises(Blocked):
            release_delivery(session, other.id)


def test_a_large_order_takes_a_manager_as_well(desks: Desks) -> None:
    order = desks.draft(100_000_00)
    key = desks.ask(order)
    assert desks.approve(key).state is ApprovalState.WAITING
    with pytest.raises(MayNotDecide):
        desks.approve(key)
    assert desks.approve(key, "manager").state is ApprovalState.APPROVED
    desks.confirm(order)


def test_the_asker_does_not_approve_his_own_order(desks: Desks) -> None:
    """XX-03"""
    order = desks.draft(1500)
    with desks.at("manager") as session:
        key = ask_lift(session, order, "x").id
        session.commit()
    with pytest.raises(MayNotDecide):
        desks.approve(key, "manager")
    desks.approve(key, "credit")


def test_what_needs_no_lift_is_not_asked(desks: Desks) -> None:
    small, large = desks.draft(500), desks.draft(1500)
    with desks.at("seller") as session:
        assert [needs_lift(Reader(session), session.get_one(SalesOrder, key))
                for key in (small, large)] == [False, True]  # fmt: skip
        with pytest.raises(StateRefused):
            ask_lift(session, small, "x")
    desks.ask(large)
    with pytest.raises(AskedAlready):
        desks.ask(large)


def hurry(database: Database, store: Store, acts: Sequence[Callable[[Session], object]]) -> int:
    """Do them all at the same moment; how many were not refused."""
    start = Barrier(len(acts))

    def run(act: Callable[[Session], object]) -> bool:
        start.wait()
        try:
            database.write(store.scope("seller"), act, attempts=40)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(len(acts)) as hands:
        return sum(hands.map(run, acts))


def test_in_a_rush_only_the_approved_order_passes(database: Database) -> None:
    """Eight hands, one approved order among others too large: one goes through, to the cent."""

    def open_store(session: Session) -> tuple[Store, list[int]]:
        _, east, _ = make_branches(session)
        store = furnish(session, east)
        customer = session.get_one(Customer, store.customer_id)
        return store, [draft(session, customer, 1500).id for _ in range(4)]

    store, orders = database.write(Scope.kernel("test"), open_store)
    seller, credit = store.scope("seller"), store.scope("credit")
    key = database.write(seller, lambda s: ask_lift(s, orders[0], "x").id)
    database.write(credit, lambda s: decide(s, key, Verdict.APPROVE).id)
    acts = [lambda s, key=order: confirm_order(s, key).id for order in (*orders, *orders)]
    assert hurry(database, store, acts) == 1
    with database.reading(Scope.kernel("test")) as session:
        confirmed = select(SalesOrder.id).where(SalesOrder.state == OrderState.CONFIRMED)
        assert session.scalars(confirmed).all() == [orders[0]]
        assert session.get_one(CreditAccount, store.customer_id).reserved_minor == 1500
        used = select(func.count(Approval.id)).where(Approval.state == ApprovalState.USED)
        assert session.scalar(used) == 1
        assert accounts_add_up(session) == []


def test_order_panels_are_silent_where_nothing_is_in_the_way(desks: Desks, tmp_path: Path) -> None:
    """``order_panels``: an order within the limit shows nothing of credit."""
    small, large = desks.draft(500), desks.draft(1500)
    with seated(desks.world, tmp_path, desks.store.branch_id) as session:
        reader = Reader(session)
        shown = [order_panel(session.get_one(SalesOrder, key), reader) for key in (small, large)]
    assert [len(panels) for panels in shown] == [0, 1]
    assert shown[1][0].context["may_ask"] is True


def test_demo_has_requests_that_wait_and_some_that_are_answered(desks: Desks) -> None:
    """The credit part's tail: drafts above the limit, asked by sellers, answered by credit."""
    with desks.world.at(desks.store.branch_id) as session:
        people = {user.login: user for user in session.scalars(select(User))}
        staff = {"credit": (people["credit"],), "account_manager": (people["seller"],)}
        branch = session.get_one(Branch, desks.store.branch_id)
        session.add(Product(branch_id=branch.id, code="P", name="电脑", price_minor=10_000))
        session.flush()
        context = DemoContext(session, branch, Random(1), Faker(), date(2026, 3, 2), staff)
        ask_some(context)
        (row,) = session.scalars(select(Approval)).all()
        assert (row.state, row.asked_by_id) == (ApprovalState.WAITING, people["seller"].id)
