"""Sittings: a log-in ends where its owner ends it, whatever became of its cookie."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from dougong.admin.models import Sitting
from dougong.admin.pages.sittings import device_name
from dougong.core.entities.people import User
from tests.admin.conftest import PASSWORD, Furnished

WINDOWS_EDGE = (
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"


def log_in(furnished: Furnished, remember: bool = False) -> FlaskClient:
    """A browser of the manager's."""
    client = furnished.app.test_client()
    sent = {"username": "manager", "password": PASSWORD} | ({"remember": "y"} if remember else {})
    assert client.post("/login", data=sent).status_code == 302
    return client


def is_in(client: FlaskClient) -> bool:
    """Whether the browser is logged in."""
    return client.get("/admin/").status_code == 200


def stolen(furnished: Furnished, client: FlaskClient) -> FlaskClient:
    """Another browser that sends the same cookies."""
    thief = furnished.app.test_client()
    for name in ("dougong", "remember_token"):
        cookie = client.get_cookie(name)
        if cookie is not None:
            thief.set_cookie(name, cookie.value)
    return thief


def backdate(furnished: Furnished, span: timedelta) -> None:
    """Make the manager's latest sitting as old as that."""
    user_id = select(User.id).where(User.login == "manager").scalar_subquery()
    latest = select(Sitting.id).where(Sitting.user_id == user_id).order_by(Sitting.id.desc())
    seen = furnished.house.clock.now() - span
    aged = update(Sitting).where(Sitting.id == latest.limit(1).scalar_subquery())
    furnished.write(lambda session: session.execute(aged.values(seen_at=seen)))


@pytest.mark.parametrize("remember", [False, True])
def test_cookie_is_worth_nothing_after_log_out(
    furnished: Furnished, remember: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = log_in(furnished, remember)
    thief = stolen(furnished, client)
    assert is_in(thief)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/admin/").text)
    assert token is not None
    monkeypatch.setitem(furnished.app.config, "WTF_CSRF_ENABLED", True)
    assert client.post("/logout", data={"csrf_token": token[1]}).status_code == 302
    assert not is_in(thief)
    assert not is_in(client)


def test_cookie_without_a_sitting_is_nobodys(furnished: Furnished) -> None:
    client = log_in(furnished)
    with client.session_transaction() as cookie:
        del cookie["sitting"]
    assert not is_in(client)


def test_sitting_of_somebody_else_does_not_count(furnished: Furnished) -> None:
    other = furnished.client("east_admin")
    with other.session_transaction() as cookie:
        token = cookie["sitting"]
    client = log_in(furnished)
    with client.session_transaction() as cookie:
        cookie["sitting"] = token
    assert not is_in(client)


def test_idle_sitting_ends_and_a_remembered_one_lasts_longer(furnished: Furnished) -> None:
    settings = furnished.house.settings
    idle = timedelta(hours=settings.idle_hours, seconds=1)
    client = log_in(furnished)
    backdate(furnished, idle)
    assert not is_in(client)
    client = log_in(furnished, remember=True)
    backdate(furnished, idle)
    assert is_in(client)
    backdate(furnished, timedelta(days=settings.remember_days, seconds=1))
    assert not is_in(client)


def test_use_is_noted_so_that_who_works_stays_in(furnished: Furnished) -> None:
    client = log_in(furnished)
    backdate(furnished, timedelta(hours=1))
    assert is_in(client)
    latest = select(Sitting.seen_at).order_by(Sitting.id.desc()).limit(1)
    assert furnished.read(lambda s: s.scalars(latest).one()) == furnished.house.clock.now()


def test_remembered_log_in_outlives_the_browser_and_the_other_does_not(
    furnished: Furnished,
) -> None:
    def cookie_ends(remember: bool) -> bool:
        cookie = log_in(furnished, remember).get_cookie("dougong")
        assert cookie is not None
        return cookie.expires is None and cookie.max_age is None

    assert cookie_ends(remember=False)
    assert not cookie_ends(remember=True)


@pytest.fixture
def two(furnished: Furnished) -> tuple[FlaskClient, FlaskClient]:
    """Two browsers of one person, all his earlier log-ins ended."""
    ended = update(Sitting).values(ended_at=furnished.house.clock.now())
    furnished.write(lambda session: session.execute(ended))
    return log_in(furnished), log_in(furnished)


def open_ones(furnished: Furnished) -> list[int]:
    """The ids of the sittings that are open."""
    statement = select(Sitting.id).where(Sitting.ended_at.is_(None)).order_by(Sitting.id)
    return list(furnished.read(lambda session: session.scalars(statement).all()))


def test_page_lists_own_log_ins_and_ends_one(
    furnished: Furnished, two: tuple[FlaskClient, FlaskClient]
) -> None:
    here, there = two
    first, second = open_ones(furnished)
    page = here.get("/admin/log-ins/").get_data(as_text=True)
    assert f"/admin/log-ins/{second}/end/" in page
    assert f"/admin/log-ins/{first}/end/" not in page
    assert here.post(f"/admin/log-ins/{second}/end/").status_code == 303
    assert is_in(here)
    assert not is_in(there)


def test_all_others_are_ended_at_once(
    furnished: Furnished, two: tuple[FlaskClient, FlaskClient]
) -> None:
    here, there = two
    assert here.post("/admin/log-ins/end-others/").status_code == 303
    assert is_in(here)
    assert not is_in(there)


def test_nobody_ends_or_sees_the_log_ins_of_others(
    furnished: Furnished, two: tuple[FlaskClient, FlaskClient]
) -> None:
    here, _ = two
    first, _ = open_ones(furnished)
    other = furnished.client("east_admin")
    assert f"/admin/log-ins/{first}/" not in other.get("/admin/log-ins/").get_data(as_text=True)
    other.post(f"/admin/log-ins/{first}/end/")
    other.post("/admin/log-ins/end-others/")
    assert is_in(here)


@pytest.mark.parametrize(
    ("agent", "name"), [(WINDOWS_EDGE, "Edge · Windows"), (PHONE, "Safari · iPhone")]
)
def test_device_is_called_what_people_call_it(agent: str, name: str) -> None:
    assert device_name(agent) == name
