"""What stands round every page: language, branches, headers, and plugins that fail softly."""

import re
from types import ModuleType

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from dougong.admin.app import create_app
from dougong.core.entities.people import Role, User
from dougong.core.hookspecs import hookimpl
from dougong.core.plugins import Unit
from dougong.core.session import Session
from tests.admin.conftest import Furnished


@pytest.fixture
def head(furnished: Furnished) -> FlaskClient:
    """The administrator of the whole house."""
    return furnished.client("admin")


def test_stranger_reads_chinese_unless_his_browser_says_otherwise(furnished: Furnished) -> None:
    client = furnished.client()
    assert "登录名" in client.get("/login").get_data(as_text=True)
    english = client.get("/login", headers={"Accept-Language": "en-GB,en;q=0.8"})
    assert "Log-in name" in english.get_data(as_text=True)
    assert 'lang="en"' in english.get_data(as_text=True)


def test_language_chosen_is_kept_for_the_person_on_every_device(furnished: Furnished) -> None:
    client = furnished.client("nothing")
    assert "Good day" in client.get("/admin/").get_data(as_text=True)
    try:
        client.post("/desk/language", data={"language": "zh_Hans_CN"})
        assert "您好" in client.get("/admin/").get_data(as_text=True)
        elsewhere = furnished.client("nothing")
        assert "您好" in elsewhere.get("/admin/").get_data(as_text=True)
    finally:
        client.post("/desk/language", data={"language": "en"})
    assert client.post("/desk/language", data={"language": "xx"}).status_code == 404


def test_flask_admins_and_wtforms_own_texts_speak_the_language_too(furnished: Furnished) -> None:
    client = furnished.client("east_admin")
    client.post("/desk/language", data={"language": "zh_Hans_CN"})
    try:
        page = client.post("/admin/products/new/", data={"code": ""}).get_data(as_text=True)
    finally:
        client.post("/desk/language", data={"language": "en"})
    main = re.sub(r"<[^>]+>", " ", page[page.index("<main") :])
    assert re.findall(r"[A-Za-z]{4,}", main.replace("CNY", "")) == []


def test_switching_the_branch_changes_what_is_seen(furnished: Furnished, head: FlaskClient) -> None:
    everywhere = head.get("/admin/customers/?search=星辰").get_data(as_text=True)
    assert f"星辰{furnished.east}公司" in everywhere
    assert f"星辰{furnished.west}公司" in everywhere
    assert head.post("/desk/branch", data={"branch": "EAST"}).status_code == 303
    east = head.get("/admin/customers/?search=星辰").get_data(as_text=True)
    assert f"星辰{furnished.east}公司" in east
    assert f"星辰{furnished.west}公司" not in east
    head.post("/desk/branch", data={"branch": "*"})
    assert f"星辰{furnished.west}公司" in head.get("/admin/customers/?search=星辰").get_data(
        as_text=True
    )


def test_nobody_switches_to_a_branch_he_does_not_work_at(furnished: Furnished) -> None:
    client = furnished.client("west_admin")
    for code in ("EAST", "HQ", "*", "", "x' OR 1=1"):
        assert client.post("/desk/branch", data={"branch": code}).status_code == 404
    page = client.get("/admin/customers/?search=星辰").get_data(as_text=True)
    assert f"星辰{furnished.east}公司" not in page


def test_at_several_branches_nothing_is_created(head: FlaskClient) -> None:
    head.post("/desk/branch", data={"branch": "*"})
    assert head.get("/admin/products/new/").status_code == 403
    assert "/admin/products/new/" not in head.get("/admin/products/").get_data(as_text=True)


def test_same_customer_page_shows_what_the_branch_has_switched_on(
    furnished: Furnished, head: FlaskClient
) -> None:
    east = head.get(f"/admin/customers/details/?id={furnished.rows['east'].customers}")
    west = head.get(f"/admin/customers/details/?id={furnished.rows['west'].customers}")
    assert 'id="panel-credit-' in east.get_data(as_text=True)
    for plugin in ("aftersales", "care", "credit", "tiering"):
        assert f'id="panel-{plugin}' not in west.get_data(as_text=True)


def test_switch_shows_without_a_restart(furnished: Furnished, head: FlaskClient) -> None:
    path = f"/admin/customers/details/?id={furnished.rows['west'].customers}"
    switch = f"/admin/plugins/switch/{furnished.west}/aftersales/"
    elsewhere = create_app(furnished.house)  # another process of the same house
    elsewhere.config["WTF_CSRF_ENABLED"] = False
    other = elsewhere.test_client()
    other.post("/login", data={"username": "west_admin", "password": "correct horse"})
    assert head.post(switch, data={"on": "1"}).status_code == 303
    try:
        assert 'id="panel-aftersales-' in other.get(path).get_data(as_text=True)
    finally:
        assert head.post(switch, data={"on": "0"}).status_code == 303
    assert 'id="panel-aftersales-' not in other.get(path).get_data(as_text=True)


def test_switch_needs_the_permission_at_that_branch(furnished: Furnished) -> None:
    client = furnished.client("east_admin")
    path = f"/admin/plugins/switch/{furnished.west}/aftersales/"
    client.post(path, data={"on": "1"})
    page = furnished.client("west_admin").get("/admin/").get_data(as_text=True)
    assert "/admin/aftersales" not in page


def test_settings_refuse_bad_values_at_their_field(furnished: Furnished, head: FlaskClient) -> None:
    path = f"/admin/plugins/settings/{furnished.east}/aftersales/"
    page = head.get(path).get_data(as_text=True)
    field = re.search(r'name="(\w*urban_hours)"[^>]*value="(\d+)"', page)
    assert field is not None
    answer = head.post(path, data={field[1]: "-3"})
    assert answer.status_code == 200
    assert "has-error" in answer.get_data(as_text=True)
    assert f'value="{field[2]}"' in head.get(path).get_data(as_text=True)


def test_every_page_forbids_foreign_and_inline_script(
    furnished: Furnished, head: FlaskClient
) -> None:
    head.post("/desk/branch", data={"branch": "EAST"})
    key = furnished.rows["east"].customers
    for path in ("/login", "/admin/", "/admin/customers/", f"/admin/customers/edit/?id={key}",
                 f"/admin/customers/details/?id={key}", "/admin/orders/new/", "/admin/plugins/",
                 "/admin/nothing-here/"):  # fmt: skip
        answer = head.get(path)
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        page = answer.get_data(as_text=True)
        assert not re.search(r"<script(?![^>]*\bsrc=)", page), path
        assert not re.search(r"\son\w+=|\sstyle=|javascript:", page), path
        assert not re.search(r'(src|href)="(https?:)?//', page), path


def test_demo_says_so_on_every_page_and_only_demo_does(furnished: Furnished) -> None:
    demo = create_app(furnished.house, demo=True).test_client()
    assert "dougong-demo" in demo.get("/login").get_data(as_text=True)
    assert "demo-banner" in demo.get("/admin/x/").get_data(as_text=True)
    real = furnished.client("admin")
    assert "dougong-demo" not in furnished.client().get("/login").get_data(as_text=True)
    assert "demo-banner" not in real.get("/admin/").get_data(as_text=True)


def test_plugin_that_fails_leaves_a_notice_and_the_page_comes(furnished: Furnished) -> None:
    broken = ModuleType("dougong.plugins.aftersales.broken")

    @hookimpl
    def customer_panels(customer, reader):  # type: ignore[no-untyped-def]
        raise ZeroDivisionError("a bug of a stranger")

    broken.customer_panels = customer_panels  # type: ignore[attr-defined]
    registry = furnished.house.registry
    always = registry.always
    registry.always = (*always, Unit(broken, frozenset()))
    registry.forget()
    try:
        path = f"/admin/customers/details/?id={furnished.rows['east'].customers}"
        answer = furnished.client("east_admin").get(path)
    finally:
        registry.always = always
        registry.forget()
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "could not answer" in page
    assert 'id="panel-credit-' in page
    assert "ZeroDivisionError" not in page


def test_membership_that_moves_takes_the_old_branch_away_at_once(furnished: Furnished) -> None:
    def leave(session: Session) -> None:
        user = session.scalars(select(User).filter_by(login="technician")).one()
        user.memberships[0].branch_id = furnished.west

    client = furnished.client("technician")
    path = f"/admin/customers/details/?id={furnished.rows['east'].customers}"
    assert client.get(path).status_code == 200
    furnished.write(leave)
    try:
        assert client.get(path).status_code == 404
    finally:
        furnished.write(lambda session: _back(session, furnished.east))


def _back(session: Session, branch_id: int) -> None:
    user = session.scalars(select(User).filter_by(login="technician")).one()
    user.memberships[0].branch_id = branch_id


def test_probes_answer_without_a_person(furnished: Furnished) -> None:
    client = furnished.client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.get("/").headers["Location"] == "/admin/"


def test_search_finds_by_two_characters_and_leads_to_the_page(
    furnished: Furnished, head: FlaskClient
) -> None:
    head.post("/desk/branch", data={"branch": "*"})
    page = head.get("/admin/search/?q=星辰").get_data(as_text=True)
    for branch in ("east", "west"):
        assert f"/admin/customers/details/?id={furnished.rows[branch].customers}" in page
    assert 'class="dg-result"' not in head.get("/admin/search/?q=x").get_data(as_text=True)


def test_permissions_are_told_in_the_words_of_staff(furnished: Furnished) -> None:
    client = furnished.client("admin")
    client.post("/desk/language", data={"language": "zh_Hans_CN"})
    found = select(Role.id).where(Role.code == "manager")
    key = furnished.read(lambda session: session.scalars(found).one())
    try:
        page = client.get(f"/admin/roles/permissions/?id={key}").get_data(as_text=True)
    finally:
        client.post("/desk/language", data={"language": "en"})
    assert 'title="core.order">订单</th>' in page
    assert "放行" in page
