"""The whole demo on a database of its own: complete, true and the same each time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, func, select

from dougong.core.clock import FixedClock
from dougong.core.database import Database, open_engine
from dougong.core.doctor import Check, Severity
from dougong.core.entities.address import Address, Area
from dougong.core.entities.billing import Invoice, InvoiceKind, InvoiceState
from dougong.core.entities.branch import Branch
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.interaction import Interaction, InteractionState
from dougong.core.entities.numbering import take_number
from dougong.core.entities.people import Membership, Role, User
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.core.errors import Refusal
from dougong.core.house import House, load_registry
from dougong.core.queue import Queue
from dougong.core.scope import Scope
from dougong.core.services.demo import load
from dougong.core.services.demo.api import BRANCHES, LOGINS, is_loaded, load_demo
from dougong.core.services.demo.cast import STAFF
from dougong.core.services.search.api import find
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.switchboard import REGISTRY, switchboard
from dougong.core.testing import NOON, make_branches
from dougong.core.values.lunar import LunarDate
from tests.conftest import migrated_copy

KERNEL = Scope.kernel("test")
TODAY = NOON.date()


def house_at(url: str, folder: Path) -> House:
    settings = Settings(data_dir=folder, database_url=url)
    registry = load_registry()
    clock = FixedClock(NOON)
    database = Database(open_engine(url), clock, {REGISTRY: registry})
    return House(settings, database, registry, clock, Queue(settings))


@pytest.fixture(scope="module")
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The demo, loaded once for this module: on SQLite, as ``dougong demo`` does."""
    folder = tmp_path_factory.mktemp("demo")
    for url in migrated_copy(request, "sqlite", folder):
        house = house_at(url, folder)
        load_demo(house)
        yield house
        house.database.engine.dispose()


@pytest.fixture
def everywhere(demo: House) -> Iterator[Session]:
    with demo.database.reading(KERNEL) as session:
        yield session


def branches() -> Select[int]:
    return select(Branch.id).where(Branch.parent_id.is_not(None))


def numbers(session: Session, *columns: Any) -> dict[Any, int]:
    rows = session.execute(select(*columns, func.count()).group_by(*columns)).all()
    return {row[:-1] if len(row) > 2 else row[0]: row[-1] for row in rows}


def test_every_branch_has_customers_of_every_kind(everywhere: Session) -> None:
    found = numbers(everywhere, Customer.branch_id, Customer.kind)
    assert set(found) == {
        (key, kind) for key in everywhere.scalars(branches()) for kind in CustomerKind
    }
    assert sum(found.values()) == 2000 + 3 * DOUBLES


def test_everyone_who_may_log_in_is_there_with_the_role(everywhere: Session) -> None:
    rows = everywhere.execute(
        select(User.login, Role.code).join(Membership, Membership.user_id == User.id)
        .join(Role, Role.id == Membership.role_id)
    ).all()  # fmt: skip
    assert {(login.login, login.role) for login in LOGINS} <= {tuple(row) for row in rows}


def test_staff_of_each_role_work_at_each_branch(everywhere: Session) -> None:
    rows = everywhere.execute(
        select(Branch.code, Role.code, func.count())
        .join(Membership, Membership.branch_id == Branch.id)
        .join(Role, Role.id == Membership.role_id)
        .group_by(Branch.code, Role.code)
    ).all()
    for planned in BRANCHES:
        mine = {role: count for code, role, count in rows if code == planned.code}
        assert mine == {role: count for role, (_, count) in STAFF.items()}


def test_branches_have_different_plugins_on(demo: House, everywhere: Session) -> None:
    board = switchboard(everywhere)
    loaded = set(demo.registry.plugins)
    for planned in BRANCHES:
        key = everywhere.scalars(select(Branch.id).filter_by(code=planned.code)).one()
        assert board.on(key) == set(planned.plugins) & loaded
    assert len({planned.plugins for planned in BRANCHES}) == len(BRANCHES)


DOUBLES = 3
"""Customers of each branch that stand there twice, for the page of possible duplicates."""
SERVICES = {"archive", "calendars", "core.activities", "core.messages", "ownership"}
"""Always on, so their parts run at every branch."""


def test_parts_from_register_demos_run_where_their_plugin_is_on(
    demo: House, everywhere: Session
) -> None:
    offered = {c.item.name for c in demo.registry.contributions("register_demos")}
    assert offered
    for planned in BRANCHES:
        parts = load._parts(load._context(everywhere, planned))
        assert {part.name for part in parts} == offered & {*planned.plugins, *SERVICES}
        assert parts == sorted(parts, key=lambda part: (part.order, part.name))


def test_birthdays_fall_within_this_week_solar_and_lunar(everywhere: Session) -> None:
    week = [TODAY + timedelta(days=ahead) for ahead in range(7)]
    solar = {(day.month, day.day) for day in week}
    lunar = {(moon.month, moon.day) for moon in map(LunarDate.on, week)}
    rows = everywhere.execute(
        select(Contact.birth_lunar, Contact.birth_month, Contact.birth_day)
    ).all()
    assert sum((m, d) in solar for moon, m, d in rows if not moon) >= 10
    assert sum((m, d) in lunar for moon, m, d in rows if moon) >= 5


def test_addresses_are_urban_and_suburban_with_coordinates(everywhere: Session) -> None:
    assert set(numbers(everywhere, Address.area)) == set(Area)
    assert not everywhere.scalar(
        select(func.count()).select_from(Address).where(Address.latitude.is_(None))
    )


def test_orders_stand_in_every_state(everywhere: Session) -> None:
    assert set(numbers(everywhere, SalesOrder.state)) == set(OrderState)
    last = everywhere.scalar(select(func.max(SalesOrder.ordered_on)))
    first = everywhere.scalar(select(func.min(SalesOrder.ordered_on)))
    assert last is not None
    assert first is not None
    assert TODAY - timedelta(days=2) <= last <= TODAY
    assert first < TODAY - timedelta(days=700)


def test_some_invoices_are_overdue_some_open_some_credited(everywhere: Session) -> None:
    late = select(func.count()).where(
        Invoice.state == InvoiceState.OPEN, Invoice.due_on < TODAY,
        Invoice.kind == InvoiceKind.INVOICE,
    )  # fmt: skip
    assert (everywhere.scalar(late) or 0) > 50
    assert set(numbers(everywhere, Invoice.kind)) == set(InvoiceKind)


def test_service_requests_wait_for_an_answer(everywhere: Session) -> None:
    waiting = select(func.count()).where(
        Interaction.state == InteractionState.OPEN,
        Interaction.respond_by > NOON,
        Interaction.respond_by < NOON + timedelta(days=1),
    )
    assert (everywhere.scalar(waiting) or 0) > 10


def test_nothing_lies_in_the_future(everywhere: Session) -> None:
    assert (everywhere.scalar(select(func.max(SalesOrder.confirmed_at))) or NOON) <= NOON
    assert (everywhere.scalar(select(func.max(Interaction.at))) or NOON) <= NOON
    assert (everywhere.scalar(select(func.max(Invoice.issued_on))) or TODAY) <= TODAY


def test_no_check_of_the_doctor_finds_an_error(demo: House, everywhere: Session) -> None:
    """Warnings are part of the story: messages that were given up, and no worker has run yet."""
    checks: list[Check] = [c.item for c in demo.registry.contributions("register_checks")]
    assert len(checks) >= 3
    findings = {str(check.title): check.run(everywhere) for check in checks}
    errors = {
        title: [finding for finding in found if finding.severity is Severity.ERROR]
        for title, found in findings.items()
    }
    assert {title: found for title, found in errors.items() if found} == {}


def test_next_number_follows_the_last_one(demo: House) -> None:
    with demo.database.reading(KERNEL) as session:
        key = session.scalars(select(Branch.id).filter_by(code="YZ")).one()
        last = session.scalar(select(func.max(SalesOrder.number)).filter_by(branch_id=key))
    with demo.database.writing(Scope.at(key, "test")) as session:
        taken = take_number(session, key, "SO")
    assert last is not None
    assert taken[:8] == last[:8] == f"SO-{TODAY.year}-"
    assert int(taken[8:]) == int(last[8:]) + 1


def test_customers_are_found_by_initials(everywhere: Session) -> None:
    row = everywhere.scalars(select(Customer).filter_by(code="YZ00001")).one()
    initials = row.search_key.split()[1][:4]
    assert row.id in {hit.entity_id for hit in find(everywhere, initials, 500)}


def test_second_load_changes_nothing(demo: House) -> None:
    assert is_loaded(demo.database)
    with demo.database.reading(KERNEL) as session:
        before = session.scalar(select(func.count()).select_from(Customer))
    load_demo(demo)
    with demo.database.reading(KERNEL) as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == before


def test_interrupted_load_is_completed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On both engines, with a small branch in place of the real ones."""
    first, second, third = BRANCHES
    small = tuple(
        type(planned)(planned.code, planned.name, planned.surname, 40, (), planned.districts)
        for planned in (first, second, third)
    )
    monkeypatch.setattr(load, "BRANCHES", small)
    house = house_at(database_url, tmp_path)
    fill = load._fill

    def die_at_the_second(session: Session, planned: Any) -> None:
        fill(session, planned)
        if planned.code == second.code:
            raise KeyboardInterrupt

    monkeypatch.setattr(load, "_fill", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        load_demo(house)
    assert not is_loaded(house.database)
    monkeypatch.setattr(load, "_fill", fill)
    load_demo(house)
    assert is_loaded(house.database)
    with house.database.reading(KERNEL) as session:
        assert set(numbers(session, Customer.branch_id).values()) == {40 + DOUBLES}
    house.database.engine.dispose()


def test_database_with_other_branches_is_refused(database: Database, tmp_path: Path) -> None:
    database.write(KERNEL, make_branches)
    settings = Settings(data_dir=tmp_path)
    registry = database.info[REGISTRY]
    house = House(settings, database, registry, database.clock, Queue(settings))
    with pytest.raises(Refusal) as refused:
        load_demo(house)
    assert refused.value.code == "demo.other_data"
    with database.reading(KERNEL) as session:
        assert not session.scalar(select(func.count()).select_from(User))
