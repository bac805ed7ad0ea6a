"""The list page: its pages, its count, its search, as a person meets them in the browser."""

import re
from collections.abc import Iterator
from html import unescape
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from dougong.admin.views import counting
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.product import Product
from dougong.core.entities.sales import SalesOrder
from dougong.core.scope import Scope
from dougong.core.session import Session
from tests.admin.conftest import Furnished, open_furnished
from tests.conftest import ENGINES

COUNT = 45


@pytest.fixture(scope="module", params=ENGINES)
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    """A house whose eastern branch has 45 products and 5 more customers."""
    for made in open_furnished(request, tmp_path_factory.mktemp("lists")):
        made.house.database.write(Scope.at(made.east, "test"), _fill)
        yield made


def _fill(session: Session) -> None:
    for n in range(COUNT - 1):
        session.add(Product(code=f"Q{n:03}", name=f"零件{n % 7}", price_minor=100 * n))
    for name in ("重庆长江电机厂", "重庆长江电缆厂", "江北长安贸易", "长沙橘子", "单于明"):
        session.add(Customer(code=uuid4().hex[:6], kind=CustomerKind.ENTERPRISE, name=name))


@pytest.fixture
def client(shop: Furnished) -> FlaskClient:
    """The administrator of 东区."""
    return shop.client("east_admin")


def page(client: FlaskClient, address: str) -> str:
    """The page at that address."""
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def body(client: FlaskClient, address: str) -> str:
    """The rows of the page at that address."""
    return page(client, address).partition("<tbody>")[2].partition("</tbody>")[0]


def codes(text: str) -> list[str]:
    """The product codes in the rows of a page."""
    return re.findall(r'<a href="[^"]*/products/details/[^"]*">(\w+)</a>', text)


def way(text: str, label: str) -> str:
    """The address of the pager's step, empty where it leads nowhere."""
    found = re.search(rf'href="([^"]+)" aria-label="{label}"', text)
    return unescape(found[1]) if found else ""


def test_next_and_previous_lead_through_the_list_and_back(client: FlaskClient) -> None:
    first = page(client, "/admin/products/")
    second = page(client, way(first, "Next page"))
    third = page(client, way(second, "Next page"))
    found = codes(first) + codes(second) + codes(third)
    assert found == sorted(found)
    assert len(set(found)) == COUNT
    assert way(third, "Next page") == ""
    assert codes(page(client, way(third, "Previous page"))) == codes(second)
    assert codes(page(client, way(third, "First page"))) == codes(first)
    assert codes(page(client, way(first, "Last page")))[-1] == found[-1]


def test_page_says_which_rows_of_how_many_it_shows(client: FlaskClient) -> None:
    first = page(client, "/admin/products/")
    second = page(client, way(first, "Next page"))
    assert "1–20 of 45" in first
    assert "21–40 of 45" in second
    assert "26–45 of 45" in page(client, way(first, "Last page"))
    assert "1–20 of 45" in page(client, way(second, "Previous page"))


def test_page_keeps_filter_sort_and_search(client: FlaskClient) -> None:
    asked = "/admin/products/?sort=price_minor&desc=1&search=零件&flt0_active-equal=1"
    second = page(client, way(page(client, asked), "Next page"))
    assert "21–40 of 44" in second
    assert codes(second)[0] == "Q023"


def test_row_deleted_meanwhile_skips_no_other(shop: Furnished, client: FlaskClient) -> None:
    first = page(client, "/admin/products/?sort=name")
    keys = re.findall(r'name="rowid"[^>]*value="(\d+)"', first)
    gone = {"action": "delete", "rowid": keys[3]}
    code = codes(first)[3]
    assert client.post("/admin/products/action/", data=gone).status_code == 302
    try:
        second = page(client, way(first, "Next page"))
        assert not set(codes(second)) & set(codes(first))
        assert "21–40 of 44" in second
    finally:
        again = Scope.at(shop.east, "test")
        shop.house.database.write(again, lambda s: s.add(Product(code=code, name="零件0")))


def test_place_beyond_the_last_row_shows_the_rows_that_are_left(client: FlaskClient) -> None:
    first = page(client, "/admin/products/?search=零件6&page_size=20")
    assert way(first, "Next page") == ""
    last = page(client, "/admin/products/?sort=code&end=1")
    beyond = re.search(r"before=([^&]+)", way(last, "Previous page"))
    assert beyond is not None
    assert codes(page(client, f"/admin/products/?sort=code&search=P1&after={beyond[1]}")) == ["P1"]


def test_place_that_nobody_wrote_shows_the_first_page(client: FlaskClient) -> None:
    first = codes(page(client, "/admin/products/"))
    for place in ("after=x", "before=W10", "after=" + "W" * 9999, "row=-5", "start=", "page=7"):
        assert codes(page(client, f"/admin/products/?{place}")) == first


def test_list_opens_where_one_types(client: FlaskClient) -> None:
    text = page(client, "/admin/products/?start=Q040")
    assert codes(text) == ["Q040", "Q041", "Q042", "Q043"]
    assert codes(page(client, way(text, "Previous page")))[-1] == "Q039"


def test_customers_are_sorted_and_opened_by_the_sound_of_their_names(client: FlaskClient) -> None:
    text = page(client, "/admin/customers/?sort=name&start=changs")
    found = re.findall(r"/customers/details/\?id=\d+\">([^<]+)<", text)
    assert found[:3] == ["长沙橘子", "单于明", "重庆长江电机厂"]
    assert 'aria-sort="ascending"' in text
    assert '<label for="list-start">Customer from</label>' in text


@pytest.mark.parametrize(
    ("words", "found"),
    [("长江", 2), ("cjdl", 1), ("changjiang", 2), ("长江 电缆", 1), ("长", 4), ("chanyu", 1),
     ("!", 0), ("%", 0), ("不存在", 0)],
)  # fmt: skip
def test_customers_are_found_by_the_index(client: FlaskClient, words: str, found: int) -> None:
    text = page(client, f"/admin/customers/?search={words}")
    assert len(set(re.findall(r"/customers/details/\?id=(\d+)", text))) == found


def test_search_keeps_to_the_branch_and_the_filters(shop: Furnished) -> None:
    assert "长江" not in body(shop.client("west_admin"), "/admin/customers/?search=长江")
    active = "/admin/customers/?search=长江&flt0_status-is="
    manager = shop.client("manager")
    assert "重庆长江电机厂" in body(manager, f"{active}active")
    assert "重庆长江电机厂" not in body(manager, f"{active}closed")


def test_orders_are_found_by_number_and_by_customer(shop: Furnished, client: FlaskClient) -> None:
    order = shop.rows["east"].orders
    number = str(shop.read(lambda session: session.get_one(SalesOrder, order).number))
    for words in (number, "星辰", "xingchen", f"星辰 {number}"):
        assert number in body(client, f"/admin/orders/?search={words}")
    assert number not in body(client, f"/admin/orders/?search={number} 长江")


def test_text_that_no_index_holds_is_found_too(client: FlaskClient) -> None:
    assert "人民路1号" in body(client, "/admin/addresses/?search=民路")
    assert "询价" in body(client, "/admin/interactions/?search=询价")


def test_beyond_the_cap_nobody_counts_to_the_end(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "CAP", 30)
    text = page(client, "/admin/products/?search=零件")
    assert '<span class="count">30+</span>' in text
    assert "1–20 of 30+" in text
    assert "20 rows of 30+" in page(client, way(text, "Last page"))


def test_size_of_a_large_table_is_estimated_from_a_sample(
    shop: Furnished, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeps_statistics = shop.house.database.engine.dialect.name == "postgresql"
    with shop.house.database.engine.connect().execution_options(
        isolation_level="AUTOCOMMIT"
    ) as connection:
        connection.exec_driver_sql("ANALYZE")
    monkeypatch.setattr(counting, "CAP", 30)
    expected = "about 45" if keeps_statistics else "30+"
    assert f"1–20 of {expected}" in page(client, "/admin/products/")


def test_filters_that_are_on_are_chips_with_a_way_off(client: FlaskClient) -> None:
    text = page(client, "/admin/products/?search=零件&flt0_active-equal=1&sort=name")
    off = re.findall(r'href="([^"]+)" aria-label="Remove', text)
    assert [unescape(url) for url in off] == [
        "/admin/products/?sort=name&flt0_active-equal=1",
        "/admin/products/?search=%E9%9B%B6%E4%BB%B6&sort=name",
    ]


def test_quick_filter_is_put_on_and_off_by_one_click(client: FlaskClient) -> None:
    def chip(text: str) -> tuple[str, str]:
        found = re.search(r'<a class="chip( is-on)?" href="([^"]+)"[^>]*>Time missed', text)
        assert found is not None
        return found[1] or "", unescape(found[2])

    look, url = chip(page(client, "/admin/deadlines/?flt0_state-is=running"))
    assert (look, url) == (
        "",
        "/admin/deadlines/?flt0_state-is=running&flt1_alarm-is=breached",
    )
    look, url = chip(page(client, url))
    assert (look, url) == (" is-on", "/admin/deadlines/?flt0_state-is=running")
