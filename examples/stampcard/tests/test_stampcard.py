"""Stamps follow orders, a full card is worth a gift, and nothing happens where it is off."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from dougong_stampcard.models import Stamp
from dougong_stampcard.panels import card
from dougong_stampcard.rules import StampState, is_full, last_day
from dougong_stampcard.service import CardNotFull, redeem
from flask.testing import FlaskClient
from sqlalchemy import select

from dougong.admin.testing import ScreenContract, seated, visit
from dougong.core.clock import FixedClock
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.house import House, open_house
from dougong.core.jobs import enqueue
from dougong.core.reader import Reader
from dougong.core.scope import Scope
from dougong.core.services.sales.api import (
    LineDraft,
    OrderDraft,
    cancel_order,
    confirm_order,
    create_order,
)
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.switchboard import hooks_at
from dougong.core.switches import change_settings, enable
from dougong.core.testing import NOON, PluginContract, World, make_branches
from dougong.core.values import Money, Percentage
from dougong.core.worker import work_until_empty

KERNEL = Scope.kernel("test")


class TestStampcard(PluginContract):
    """What every plugin promises."""

    plugin = "stampcard"


class TestScreens(ScreenContract):
    """What every plugin with screens promises."""

    plugin = "stampcard"


@pytest.mark.parametrize(
    ("days", "until"),
    [(1, date(2026, 3, 2)), (2, date(2026, 3, 3)), (365, date(2027, 3, 1))],
)
def test_day_of_giving_counts(days: int, until: date) -> None:
    assert last_day(date(2026, 3, 2), days) == until


@pytest.mark.parametrize(("stamps", "full"), [(0, False), (1, False), (2, True), (3, True)])
def test_card_is_full_at_its_size(stamps: int, full: bool) -> None:
    assert is_full(stamps, 2) is full


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house that really commits: 东区 has cards of two stamps, 西区 has none."""
    settings = Settings(database_url=database_url, data_dir=tmp_path / "data", cheap_passwords=True)
    opened = open_house(settings, clock=FixedClock(NOON))
    opened.database.write(KERNEL, _settle)
    yield opened
    opened.database.engine.dispose()


def _settle(session: Session) -> None:
    _, east, west = make_branches(session)
    enable(session, east, "stampcard")
    change_settings(session, east, "stampcard", {"card_size": "2", "valid_days": "30"})
    for branch_id in (east, west):
        session.add(
            Customer(branch_id=branch_id, code="C1", kind=CustomerKind.INDIVIDUAL, name="王芳")
        )


def buy(house: House, customer_id: int) -> int:
    """Confirm an order of the customer and let the worker hear of it; the order's id."""

    def work(session: Session) -> int:
        line = LineDraft("桶装水", Decimal(1), Money.of(20, "CNY"), Percentage.of(0))
        order = create_order(session, OrderDraft(customer_id, "CNY", (line,)))
        return confirm_order(session, order.id).id

    order_id = house.database.write(KERNEL, work)
    work_until_empty(house)
    return order_id


def customers(house: House) -> tuple[Customer, Customer]:
    """The customer of 东区 and the one of 西区."""
    with house.database.reading(KERNEL) as session:
        east, west = session.scalars(select(Customer).order_by(Customer.id)).all()
        return east, west


def states(house: House) -> list[StampState]:
    """The states of all stamps, in the order they were given."""
    with house.database.reading(KERNEL) as session:
        return list(session.scalars(select(Stamp.state).order_by(Stamp.id)).all())


def test_order_earns_a_stamp_only_where_the_plugin_is_on(house: House) -> None:
    east, west = customers(house)
    buy(house, east.id)
    buy(house, west.id)
    with house.database.reading(KERNEL) as session:
        stamp = session.scalars(select(Stamp)).one()
    assert (stamp.customer_id, stamp.last_day) == (east.id, date(2026, 3, 31))


def test_cancelled_order_loses_its_stamp(house: House) -> None:
    east, _ = customers(house)
    order_id = buy(house, east.id)
    house.database.write(KERNEL, lambda session: cancel_order(session, order_id))
    work_until_empty(house)
    assert states(house) == []


def test_card_is_redeemed_once_it_is_full(house: House) -> None:
    east, _ = customers(house)
    buy(house, east.id)
    with pytest.raises(CardNotFull, match="1"):
        house.database.write(KERNEL, lambda session: redeem(session, east.id))
    buy(house, east.id)
    house.database.write(KERNEL, lambda session: redeem(session, east.id))
    assert states(house) == [StampState.REDEEMED] * 2


def test_job_ends_what_is_over_however_late_it_runs(house: House) -> None:
    east, _ = customers(house)
    buy(house, east.id)
    clock = house.clock
    assert isinstance(clock, FixedClock)
    clock.advance(timedelta(days=29))
    work_until_empty(house)
    assert states(house) == [StampState.OPEN]
    clock.advance(timedelta(days=100))
    house.database.write(KERNEL, lambda s: enqueue(s, "stampcard.expire", east.branch_id))
    work_until_empty(house)
    assert states(house) == [StampState.EXPIRED]


def test_panel_shows_the_card_and_no_panel_where_it_is_off(house: House) -> None:
    east, west = customers(house)
    buy(house, east.id)
    with house.database.reading(KERNEL) as session:
        (panel,) = hooks_at(session, east.branch_id).customer_panels(
            customer=east, reader=Reader(session)
        )[0]
        assert (panel.context["stamps"], panel.context["size"]) == (1, 2)
        elsewhere = hooks_at(session, west.branch_id)
        assert elsewhere.customer_panels(customer=west, reader=Reader(session)) == []


def test_new_customer_has_an_empty_card(world: World, tmp_path: Path) -> None:
    customer = Customer(branch_id=world.east, code="C9", kind=CustomerKind.INDIVIDUAL, name="李娜")
    with seated(world, tmp_path, world.east, "manager") as session:
        session.add(customer)
        session.flush()
        (panel,) = card(customer, Reader(session))
    assert (panel.context["stamps"], panel.context["redeemable"]) == (0, False)


def test_full_card_is_handed_in_on_the_customers_page(house: House) -> None:
    east, _ = customers(house)
    redeem_url = f"/admin/stampcard/stamps/redeem/{east.id}"
    client = visit(house, east.branch_id)
    buy(house, east.id)
    assert redeem_url not in customer_page(client, east.id)
    buy(house, east.id)
    assert redeem_url in customer_page(client, east.id)
    assert client.post(redeem_url).status_code in (302, 303)
    assert states(house) == [StampState.REDEEMED] * 2
    assert client.post(redeem_url).status_code == 303
    assert "集印花卡仅有 0 枚印花" in customer_page(client, east.id)


def customer_page(client: FlaskClient, customer_id: int) -> str:
    """What the customer's page says."""
    answer = client.get(f"/admin/customers/details/?id={customer_id}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("where", "role", "code"), [(0, "manager", 200), (0, "technician", 403), (1, "manager", 404)]
)
def test_register_is_for_some_people_where_it_is_on(
    house: House, where: int, role: str, code: int
) -> None:
    branch_id = customers(house)[where].branch_id
    client = visit(house, branch_id, role)
    assert client.get("/admin/stampcard/stamps/").status_code == code
    assert client.get("/admin/stampcard/stamps/export/csv/").status_code == code
