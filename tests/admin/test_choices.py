"""What a person makes of a list: his columns, saved lists, and where it starts."""

import re

import pytest
from flask.testing import FlaskClient

from dougong.admin.views.choices import harmless_query
from tests.admin.conftest import Furnished

LIST = "/admin/products/"


@pytest.fixture
def client(furnished: Furnished) -> FlaskClient:
    """The administrator of 东区."""
    return furnished.client("east_admin")


def heads(client: FlaskClient, address: str = LIST) -> list[str]:
    """The columns of the list."""
    text = client.get(address, follow_redirects=True).get_data(as_text=True)
    return re.findall(r'class="column-header col-([\w-]+)', text)


def test_columns_are_chosen_and_ordered_for_oneself(
    furnished: Furnished, client: FlaskClient
) -> None:
    before = heads(client)
    chosen = {"column": ["name", "code"], "rank-name": 1, "rank-code": 2}
    assert client.post(f"{LIST}columns/", data=chosen).status_code == 303
    assert heads(client) == ["name", "code"]
    assert heads(furnished.client("manager")) == before
    assert 'value="unit" checked' not in client.get(f"{LIST}columns/").get_data(as_text=True)
    assert client.post(f"{LIST}columns/", data={"column": "name", "usual": 1}).status_code == 303
    assert heads(client) == before


def test_export_has_its_own_columns_whatever_one_hides(client: FlaskClient) -> None:
    whole = client.get(f"{LIST}export/csv/").get_data(as_text=True).splitlines()[0]
    client.post(f"{LIST}columns/", data={"column": ["name"], "rank-name": 1})
    try:
        assert client.get(f"{LIST}export/csv/").get_data(as_text=True).splitlines()[0] == whole
    finally:
        client.post(f"{LIST}columns/", data={"usual": 1})


def test_saved_list_is_mine_until_it_is_shared(furnished: Furnished, client: FlaskClient) -> None:
    query = "sort=name&flt0_active-equal=1"
    client.post(f"{LIST}saved/", data={"name": "在售", "query": query})
    colleague = furnished.client("manager")
    other = furnished.client("west_admin")
    assert "在售" in client.get(f"{LIST}saved/").get_data(as_text=True)
    assert "在售" not in colleague.get(f"{LIST}saved/").get_data(as_text=True)
    client.post(f"{LIST}saved/", data={"name": "在售", "query": query, "shared": "y"})
    shown = colleague.get(f"{LIST}saved/").get_data(as_text=True)
    assert "?sort=name&amp;flt0_active-equal=1" in shown
    assert "在售" not in other.get(f"{LIST}saved/").get_data(as_text=True)


def test_saved_list_of_another_is_not_dropped(furnished: Furnished, client: FlaskClient) -> None:
    client.post(f"{LIST}saved/", data={"name": "大家的", "query": "sort=code", "shared": "y"})
    page = client.get(f"{LIST}saved/").get_data(as_text=True)
    row = page[page.index("大家的") :]
    found = re.search(r'name="id" value="(\d+)"', row)
    assert found is not None
    drop = {"do": "drop", "id": found[1]}
    assert furnished.client("manager").post(f"{LIST}saved/change/", data=drop).status_code == 404
    assert client.post(f"{LIST}saved/change/", data=drop).status_code == 303
    assert "大家的" not in client.get(f"{LIST}saved/").get_data(as_text=True)


def test_list_starts_as_one_saved_it_until_one_asks_for_all(client: FlaskClient) -> None:
    client.post(f"{LIST}saved/", data={"name": "先看", "query": "sort=name&desc=1", "start": "y"})
    try:
        assert client.get(LIST).headers["Location"].endswith(f"{LIST}?sort=name&desc=1")
        assert client.get(f"{LIST}?all=1").status_code == 200
    finally:
        client.post(f"{LIST}saved/change/", data={"do": "start"})
    assert client.get(LIST).status_code == 200


@pytest.mark.parametrize(
    ("text", "kept"),
    [("sort=name&after=xyz&row=21", "sort=name"), ("?search=a%26b", "search=a%26b"),
     ("//evil.example", ""), ("sort=" + "n" * 3000, ""), ("all=1", "")],
)  # fmt: skip
def test_saved_address_is_written_anew_without_its_page(text: str, kept: str) -> None:
    assert harmless_query(text) == kept
