"""Printing on a real database: counted, numbered, logged, and within the walls."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from dougong.core.database import Database
from dougong.core.entities.customer import Customer
from dougong.core.errors import Forbidden, NotFound, Refusal
from dougong.core.hookspecs import hookimpl
from dougong.core.orm import Grade
from dougong.core.plugins import Registry, Unit
from dougong.core.scope import Grant, Scope
from dougong.core.services.printing import api
from dougong.core.services.printing.api import Paper, PrintEntry
from dougong.core.services.printing.plugin import register_permissions
from dougong.core.services.printing.service import FRESH
from dougong.core.services.sales.api import Payment, refund
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY
from dougong.core.testing import World, make_branches
from dougong.core.values import Money
from tests.core.services.printing.conftest import Traded, trade

HANDS = 4


def entries(session: Session) -> list[PrintEntry]:
    """The whole log."""
    return list(session.scalars(select(PrintEntry).order_by(PrintEntry.id)))


def test_a_print_is_logged_with_who_when_and_which(session: Session, traded: Traded) -> None:
    """XX-06"""
    run = api.print_papers(session, "core.order_confirmation", [traded.order])
    (entry,) = entries(session)
    assert (entry.run, entry.paper, entry.subject_kind) == (
        run, "core.order_confirmation", "core.order",
    )  # fmt: skip
    assert (entry.number, entry.turn, entry.actor) == ("SO-2026-000001", 1, "test")
    assert (entry.at, entry.customer_id) == (session.now, traded.customer)


def test_the_second_print_is_a_reprint(session: Session, traded: Traded) -> None:
    for _ in range(3):
        run = api.print_papers(session, "core.receipt", [traded.receipt])
    assert [entry.turn for entry in entries(session)] == [1, 2, 3]
    (printout,) = api.printed(session, run)
    assert printout.turn == 3


def test_papers_are_counted_apart(session: Session, traded: Traded) -> None:
    api.print_papers(session, "core.archive_sheet", [traded.customer])
    api.print_papers(session, "core.statement", [traded.customer])
    assert [entry.turn for entry in entries(session)] == [1, 1]


def test_a_paper_without_a_number_of_its_own_takes_one_and_keeps_it(
    session: Session, traded: Traded
) -> None:
    for _ in range(2):
        api.print_papers(session, "core.statement", [traded.customer])
    assert [entry.number for entry in entries(session)] == ["ST-2026-000001"] * 2


def test_a_statement_of_another_day_is_another_paper(session: Session, traded: Traded) -> None:
    api.print_papers(session, "core.statement", [traded.customer])
    session.now += timedelta(days=1)
    api.print_papers(session, "core.statement", [traded.customer])
    numbers = [(entry.number, entry.turn) for entry in entries(session)]
    assert numbers == [("ST-2026-000001", 1), ("ST-2026-000002", 1)]


def test_the_log_only_grows(session: Session, traded: Traded) -> None:
    api.print_papers(session, "core.receipt", [traded.receipt])
    for statement in (update(PrintEntry).values(turn=9), delete(PrintEntry)):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(statement)
    assert [entry.turn for entry in entries(session)] == [1]


def test_a_record_behind_the_wall_is_not_there(world: World, traded: Traded) -> None:
    """XX-05"""
    with world.at(world.west) as west, pytest.raises(NotFound):
        api.print_papers(west, "core.order_confirmation", [traded.order])


def test_one_missing_record_prints_nothing(session: Session, traded: Traded) -> None:
    with pytest.raises(NotFound):
        api.print_papers(session, "core.order_confirmation", [traded.order, 987_654])
    assert entries(session) == []


@pytest.mark.parametrize(
    "held",
    [
        [("core.order", "read")],  # but not printing
        [("core.paper", "create")],  # but not the record
        [("core.paper", "create"), ("core.invoice", "read")],
    ],
)
def test_without_the_permission_nothing_is_printed(
    world: World, session: Session, traded: Traded, held: list[tuple[str, str]]
) -> None:
    scope = Scope("clerk", frozenset({world.east}), world.east, clearance=Grade.INTERNAL,
                  grants=frozenset(Grant(world.east, *pair) for pair in held))  # fmt: skip
    with world.session(scope) as his, pytest.raises(Forbidden):
        api.print_papers(his, "core.order_confirmation", [traded.order])
    assert entries(session) == []


def test_a_statement_asks_for_invoices_and_receipts_too(world: World, traded: Traded) -> None:
    names = ("core.paper", "core.customer", "core.invoice")
    grants = frozenset(Grant(world.east, name, "*") for name in names)
    scope = Scope("clerk", frozenset({world.east}), world.east, grants=grants)
    with world.session(scope) as his:
        offered = [paper.code for paper in api.papers_of(his, Customer, world.east)]
        assert offered == ["core.archive_sheet"]
        with pytest.raises(Forbidden):
            api.print_papers(his, "core.statement", [traded.customer])


@pytest.mark.parametrize("keys", [[], list(range(1, api.AT_ONCE + 2))], ids=["none", "too many"])
def test_nothing_and_too_much_are_refused(
    session: Session, traded: Traded, keys: list[int]
) -> None:
    with pytest.raises(Refusal):
        api.print_papers(session, "core.order_confirmation", keys)


def test_papers_of_a_plugin_are_there_where_it_is_on(
    session: Session, world: World, traded: Traded
) -> None:
    """XX-04: what ``register_papers`` brings counts at branches where the plugin is on."""
    made: Any = ModuleType("vouchers")
    paper = api.paper_named(session, "core.archive_sheet")
    assert paper is not None

    @hookimpl
    def register_papers() -> list[Paper]:
        return [replace(paper, code="gift.voucher")]

    made.register_papers = register_papers
    session.info[REGISTRY] = Registry(
        specs=world.registry.specs, always=(Unit(made, frozenset({"gift"})),)
    )
    assert api.has_papers(session, Customer)
    assert api.papers_of(session, Customer, world.east) == []
    with pytest.raises(Forbidden):
        api.print_papers(session, "gift.voucher", [traded.customer])
    session.info[REGISTRY] = Registry(specs=world.registry.specs, always=(Unit(made, frozenset()),))
    assert [p.code for p in api.papers_of(session, Customer, world.east)] == ["gift.voucher"]


def test_an_unknown_paper_is_not_there(session: Session, traded: Traded) -> None:
    with pytest.raises(NotFound):
        api.print_papers(session, "core.nothing", [traded.order])


def test_money_paid_back_has_no_receipt(session: Session, traded: Traded) -> None:
    paid_back = refund(session, traded.receipt, Payment(Money.of("0.30", "CNY")))
    with pytest.raises(Refusal):
        api.print_papers(session, "core.receipt", [paid_back.id])


def test_a_run_is_shown_to_whom_printed_it_for_a_while(
    world: World, session: Session, traded: Traded
) -> None:
    run = api.print_papers(session, "core.receipt", [traded.receipt])
    assert len(api.printed(session, run)) == 1
    with world.session(replace(session.scope, user_id=traded.person)) as other:
        assert api.printed(other, run) == []
    session.now += FRESH
    assert api.printed(session, run) == []
    assert api.printed(session, "nonsense") == []


def test_a_branch_without_a_letterhead_shows_its_name(session: Session, world: World) -> None:
    assert api.head_of(session, world.east).company == "东区"


@pytest.mark.usefixtures("letterhead")
def test_the_letterhead_stands_at_the_head(session: Session, world: World) -> None:
    head = api.head_of(session, world.east)
    assert (head.company, head.logo) == ("清泉饮用水有限公司东区分公司", "")


def test_papers_at_once_are_counted_exactly(database: Database, plugin_registry: Registry) -> None:
    """Each print has its own turn, and the paper one number, whoever is first."""
    _, east, _ = database.write(Scope.kernel("test"), make_branches)
    scope = Scope.at(east, "test")
    traded = database.write(scope, trade)
    act: Callable[[Session], str] = lambda s: api.print_papers(  # noqa: E731
        s, "core.statement", [traded.customer]
    )
    with ThreadPoolExecutor(HANDS) as pool:
        runs = list(pool.map(lambda _: database.write(scope, act, attempts=20), range(HANDS)))
    assert len(set(runs)) == HANDS
    with database.reading(scope) as session:
        assert sorted(entry.turn for entry in entries(session)) == [1, 2, 3, 4]
        assert {entry.number for entry in entries(session)} == {"ST-2026-000001"}


def test_whoever_leads_a_branch_writes_its_letterhead() -> None:
    given = {p.operation for p in register_permissions()
             if p.entity == "core.letterhead" and "manager" in p.roles}  # fmt: skip
    assert given == {"read", "create", "update"}
