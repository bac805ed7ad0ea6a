"""The feed of a customer: everything once, newest first, as far as one may read it (AR-03)."""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from dougong.admin.views.feeding import FeedWindow, Place
from dougong.core.entities.billing import Invoice
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.interaction import Interaction, InteractionKind
from dougong.core.entities.profiles import IndividualProfile
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.switches import enable
from dougong.core.testing import NOON
from dougong.plugins.aftersales.service import NewCall, open_call
from tests.admin.conftest import Furnished

HOUR = timedelta(hours=1)


def busy(furnished: Furnished, branch: str, code: str) -> int:
    """A customer with thirty contacts, many at one instant, bills of whole days, and calls."""

    def work(session: Session) -> int:
        row = Customer(code=code, kind=CustomerKind.ENTERPRISE, name=f"忙{code}公司")
        session.add(row)
        session.flush()
        for number in range(30):
            at = NOON - HOUR * (number // 10)
            session.add(
                Interaction(customer_id=row.id, kind=InteractionKind.CALL, at=at,
                            content=f"contact {number}")
            )  # fmt: skip
        for number in range(6):
            day = date(2026, 3, 2) - timedelta(days=number // 3)
            session.add(
                Invoice(customer_id=row.id, number=f"{code}-{number}", issued_on=day, due_on=day,
                        net_minor=100, total_minor=100)
            )  # fmt: skip
        session.flush()
        return row.id

    scope = Scope.at(getattr(furnished, branch), "test")
    return furnished.house.database.write(scope, work)


def walked(client: FlaskClient, key: int, kind: str = "") -> list[str]:
    """The titles and texts of the whole feed, part by part."""
    address = f"/admin/feed/?customer={key}&kind={kind}"
    said: list[str] = []
    while address:
        page = client.get(address).get_data(as_text=True)
        said += re.findall(r'<p class="dg-timeline-text">(.*?)</p>', page)
        older = re.search(r'href="(/admin/feed/[^"]*before=[^"]*)"', page)
        address = older[1].replace("&amp;", "&") if older else ""
    return said


@pytest.fixture
def client(furnished: Furnished) -> FlaskClient:
    """The administrator of 东区."""
    return furnished.client("east_admin")


def test_every_entry_comes_once_however_many_share_an_instant(
    client: FlaskClient, furnished: Furnished
) -> None:
    key = busy(furnished, "east", "F1")
    said = walked(client, key)
    contacts = [text for text in said if text.startswith("contact ")]
    assert sorted(contacts) == sorted(f"contact {number}" for number in range(30))
    bills = [text for text in said if text.startswith("F1-")]
    assert len(bills) == len(set(bills)) == 6


def test_newest_come_first(client: FlaskClient, furnished: Furnished) -> None:
    key = busy(furnished, "east", "F2")
    said = walked(client, key, "contact")
    assert said[0] == "contact 9"
    assert said[-1] == "contact 20"


def test_chips_narrow_to_one_kind(client: FlaskClient, furnished: Furnished) -> None:
    key = busy(furnished, "east", "F3")
    page = client.get(f"/admin/feed/?customer={key}&kind=invoice").get_data(as_text=True)
    assert "F3-0" in page
    assert "contact 1" not in page
    assert 'aria-current="true">Invoices<' in page


def test_changes_are_for_those_who_may_read_the_log(furnished: Furnished) -> None:
    """AR-06"""
    key = busy(furnished, "east", "F4")
    admin = furnished.client("east_admin").get(f"/admin/feed/?customer={key}")
    assert "kind=change" in admin.get_data(as_text=True)
    nothing = furnished.client("nothing")
    assert nothing.get(f"/admin/feed/?customer={key}").status_code == 403


def test_another_branch_s_customer_has_no_feed_here(furnished: Furnished) -> None:
    """XX-05"""
    key = busy(furnished, "east", "F5")
    west = furnished.client("west_admin")
    assert west.get(f"/admin/feed/?customer={key}").status_code == 404
    assert west.get("/admin/feed/?customer=nonsense").status_code == 404


def test_masked_values_stay_out_of_the_feed(client: FlaskClient, furnished: Furnished) -> None:
    """AR-06: a change names its field, never what it holds."""
    key = busy(furnished, "east", "F6")
    secret = "11010519491231002X"

    def note(session: Session) -> None:
        session.add(IndividualProfile(customer_id=key, id_number=secret))

    furnished.house.database.write(Scope.at(furnished.east, "test"), note)
    page = client.get(f"/admin/feed/?customer={key}&kind=change").get_data(as_text=True)
    assert "ID number" in page
    assert secret not in page


def test_plugins_put_their_entries_in(client: FlaskClient, furnished: Furnished) -> None:
    """Calls of after-sales come by its ``customer_entries``."""
    key = busy(furnished, "east", "F7")

    def call(session: Session) -> None:
        enable(session, furnished.east, "aftersales")
        open_call(session, NewCall(customer_id=key, fault="不制冷"))

    furnished.house.database.write(Scope.at(furnished.east, "test"), call)
    page = client.get(f"/admin/feed/?customer={key}&kind=aftersales").get_data(as_text=True)
    assert "不制冷" in page
    assert "contact 1" not in page
    assert "不制冷" in walked(client, key)


def test_the_customer_s_page_shows_the_latest(client: FlaskClient, furnished: Furnished) -> None:
    key = busy(furnished, "east", "F8")
    page = client.get(f"/admin/customers/details/?id={key}").get_data(as_text=True)
    assert f"/admin/feed/?customer={key}" in page


@pytest.mark.parametrize("text", ["", "x", "2026-03-02T04:00:00_1_a", "_", "2026-03-02_9_a"])
def test_an_address_that_names_no_place_is_the_beginning(text: str) -> None:
    assert Place.read(text) is None


def test_a_place_survives_its_address() -> None:
    place = Place(NOON, "care.activity", 17)
    assert Place.read(str(place)) == place
    assert FeedWindow(1, ZoneInfo("Asia/Shanghai")).start_of(date(2026, 3, 2)) < NOON
