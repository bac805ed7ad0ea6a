"""A walk through every registered view and endpoint, as each kind of person who must not pass."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from werkzeug.routing import Rule

from tests.admin.conftest import Furnished, open_furnished
from tests.conftest import ENGINES

OPEN = {"/healthz", "/readyz", "/", "/login", "/desk/branch", "/desk/language", "/logout"}
EVERYBODYS = {"admin", "search", "log-ins"}
"""Blueprints that anybody who works somewhere may open."""
BAD_KEYS = ("abc", "1,2", "-1", "99999999999999999999999", "1%00")


@pytest.fixture(scope="module", params=ENGINES)
def furnished(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    """A house of its own: an administrator who opens every door takes rows away."""
    yield from open_furnished(request, tmp_path_factory.mktemp("walk"))


class Door(NamedTuple):
    """One address and a method it takes."""

    method: str
    path: str
    blueprint: str
    endpoint: str


def doors(furnished: Furnished, key: object = 1) -> Iterator[Door]:
    """Every address of the admin's views, its parts filled in."""
    adapter = furnished.app.url_map.bind("localhost")
    for rule in furnished.app.url_map.iter_rules():
        blueprint, _, name = rule.endpoint.rpartition(".")
        if not blueprint or name == "static" or blueprint in ("security", "desk"):
            continue
        path = adapter.build(rule.endpoint, _filled(rule, key), append_unknown=False)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield Door(method, f"{path}?id={key}", blueprint, name)


def _filled(rule: Rule, key: object) -> dict[str, object]:
    known = {"export_type": "csv", "act": "confirm", "branch_id": 1, "plugin": "aftersales"}
    numbers = {a for a, c in rule._converters.items() if type(c).__name__ == "IntegerConverter"}
    return {a: known.get(a, 1 if a in numbers else "x") for a in rule.arguments}


def views(furnished: Furnished) -> dict[str, Any]:
    """The registered views by blueprint."""
    return {view.endpoint: view for view in furnished.app.extensions["admin"][0]._views}


def test_stranger_is_sent_to_the_log_in_from_every_door(furnished: Furnished) -> None:
    client = furnished.client()
    for door in doors(furnished):
        answer = client.open(door.path, method=door.method)
        if door.method == "GET":
            assert answer.status_code == 302, door
            assert answer.headers["Location"].startswith("/login?next="), door
        else:
            assert answer.status_code == 401, door


def test_person_without_permission_passes_no_door(furnished: Furnished) -> None:
    client = furnished.client("nothing")
    passed = [
        (door, status)
        for door in doors(furnished)
        if door.blueprint not in EVERYBODYS
        and (status := client.open(door.path, method=door.method).status_code) != 403
    ]
    assert passed == []


def test_administrator_of_the_branch_meets_no_error_behind_any_door(furnished: Furnished) -> None:
    client = furnished.client("east_admin")
    broken = [
        (door, status)
        for door in doors(furnished)
        if (status := client.open(door.path, method=door.method).status_code) >= 500
    ]
    assert broken == []


def test_plugins_doors_are_not_there_where_the_plugin_is_off(furnished: Furnished) -> None:
    client = furnished.client("west_admin")
    brought = {name for name, view in views(furnished).items() if view.needs}
    assert brought, "no plugin brought a view: the test would prove nothing"
    for door in doors(furnished):
        if door.blueprint in brought:
            assert client.open(door.path, method=door.method).status_code == 404, door


def test_plugins_views_stand_in_the_side_bar_only_where_the_plugin_is_on(
    furnished: Furnished,
) -> None:
    brought = [view for view in views(furnished).values() if view.needs]
    east = furnished.client("east_admin").get("/admin/").get_data(as_text=True)
    west = furnished.client("west_admin").get("/admin/").get_data(as_text=True)
    shown = [view.url for view in brought if f'href="{view.url}/"' in east]
    assert shown
    assert not [url for url in shown if f'href="{url}/"' in west]


@pytest.mark.parametrize("view", ["details", "edit"])
def test_rows_of_another_branch_are_not_there(furnished: Furnished, view: str) -> None:
    client = furnished.client("west_admin")
    for path, key in vars(furnished.rows["east"]).items():
        status = client.get(f"/admin/{path}/{view}/?id={key}").status_code
        assert status in (403, 404), path
        own = vars(furnished.rows["west"])[path]
        assert client.get(f"/admin/{path}/details/?id={own}").status_code == 200, path


def test_rows_of_another_branch_are_neither_deleted_nor_acted_on(furnished: Furnished) -> None:
    client, rows = furnished.client("west_admin"), furnished.rows["east"]
    posts = [
        ("/admin/customers/delete/", {"id": rows.customers}),
        ("/admin/customers/action/", {"action": "delete", "rowid": rows.customers}),
        ("/admin/products/delete/", {"id": rows.products}),
        (f"/admin/orders/act/cancel/?id={rows.orders}", {}),
        (f"/admin/deliveries/act/release/?id={rows.deliveries}", {}),
        (f"/admin/invoices/act/void/?id={rows.invoices}", {}),
    ]
    for path, sent in posts:
        assert client.post(path, data=sent).status_code == 404, path


def test_rows_of_another_branch_are_in_no_list_look_up_export_or_search(
    furnished: Furnished,
) -> None:
    client = furnished.client("west_admin")
    foreign = f"星辰{furnished.east}公司"
    for path in (
        "/admin/customers/", "/admin/customers/export/csv/", "/admin/customers/?search=星辰",
        "/admin/contacts/ajax/lookup/?name=customer&query=星辰", "/admin/search/?q=星辰",
        "/admin/orders/",
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert foreign not in answer.get_data(as_text=True), path


def test_bad_keys_are_told_and_never_an_error(furnished: Furnished) -> None:
    client = furnished.client("east_admin")
    keyed = ("details_view", "edit_view", "act_view", "permissions")
    for key in BAD_KEYS:
        for door in doors(furnished, key):
            if door.method == "GET" and door.endpoint in keyed:
                status = client.get(door.path).status_code
                assert status in (400, 403, 404), (door, status)


@pytest.mark.parametrize(
    "query",
    [
        "page=-1", "page=99999999999999999999", "page=abc", "sort=999", "sort=-99", "page_size=0",
        "page_size=99999999", "search=%00", "search=%25%5F%27", "flt0_0=nonsense",
        "flt0_0=99999999999999999999999", "flt1_4=2026-13-45", "flt0_4=0001-01-01",
    ],
)  # fmt: skip
def test_bad_list_addresses_are_no_error(furnished: Furnished, query: str) -> None:
    client = furnished.client("east_admin")
    for name, view in views(furnished).items():
        if hasattr(view, "get_list"):
            answer = client.get(f"{view.url}/?{query}")
            assert answer.status_code < 500, (name, query)
            assert "SELECT" not in answer.get_data(as_text=True)


def test_every_view_stands_on_the_kit(furnished: Furnished) -> None:
    from dougong.admin.views.guard import Guarded

    assert all(isinstance(view, Guarded) for view in views(furnished).values())
