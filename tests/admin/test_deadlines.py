"""The page of deadlines, used as staff use it (XX-02)."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from flask.testing import FlaskClient

from dougong.core.scope import Scope
from dougong.core.services.deadlines import api
from dougong.core.services.deadlines.api import Deadline, DeadlineRule, DeadlineState, Promise
from tests.admin.conftest import Furnished

HOUR = timedelta(hours=1)
RULE = DeadlineRule(
    code="demo.repair", version=3, target="resolve", allowed=8 * HOUR, warn_after=6 * HOUR,
    pauses=("parts",),
)  # fmt: skip
SUBJECTS = count(1)


@pytest.fixture
def client(furnished: Furnished) -> FlaskClient:
    """The administrator of 东区."""
    return furnished.client("east_admin")


@pytest.fixture
def key(furnished: Furnished) -> int:
    """A clock that was started at noon."""
    number = next(SUBJECTS)
    promise = Promise(subject_kind="demo.call", subject_id=number, subject=f"CALL-{number:06}")
    scope = Scope.at(furnished.east, "test")
    return furnished.house.database.write(
        scope, lambda session: api.start(session, furnished.east, promise, RULE).id
    )


def _started_later(furnished: Furnished) -> int:
    number = next(SUBJECTS)
    promise = Promise(subject_kind="demo.call", subject_id=number, subject=f"CALL-{number:06}")
    longer = replace(RULE, allowed=80 * HOUR)
    scope = Scope.at(furnished.east, "test")
    return furnished.house.database.write(
        scope, lambda session: api.start(session, furnished.east, promise, longer).id
    )


def stored(furnished: Furnished, key: int) -> Deadline:
    """The row as it is now."""
    row = furnished.read(lambda session: session.get(Deadline, key))
    assert row is not None
    return row


def test_the_list_names_the_promise(client: FlaskClient, key: int) -> None:
    page = client.get("/admin/deadlines/").get_data(as_text=True)
    assert "CALL-0000" in page
    assert "Resolve" in page


def test_what_is_still_to_be_kept_stands_before_what_was(
    furnished: Furnished, client: FlaskClient, key: int
) -> None:
    kept, open_one = key, _started_later(furnished)
    scope = Scope.at(furnished.east, "test")
    furnished.house.database.write(scope, lambda session: api.stop(session, kept))
    page = client.get("/admin/deadlines/?page_size=100").get_data(as_text=True)
    first, second = (page.index(f"details/?id={one}&amp;") for one in (open_one, kept))
    assert first < second


def test_the_page_explains_the_due_time(client: FlaskClient, key: int) -> None:
    page = client.get(f"/admin/deadlines/details/?id={key}").get_data(as_text=True)
    assert "Why this due time?" in page
    assert "Promised: 8:00 h in working time" in page
    assert "demo.repair" in page
    for line in ("2026-03-02 13:00", "5:00 h", "2026-03-03 12:00", "8:00 h"):
        assert line in page


def test_the_clock_is_paused_and_goes_on(
    furnished: Furnished, client: FlaskClient, key: int
) -> None:
    sent = {"reason": "parts", "note": "等压缩机"}
    assert client.post(f"/admin/deadlines/act/pause/?id={key}", data=sent).status_code == 303
    assert stored(furnished, key).state is DeadlineState.PAUSED
    assert "等压缩机" in client.get(f"/admin/deadlines/details/?id={key}").get_data(as_text=True)
    assert client.post(f"/admin/deadlines/act/resume/?id={key}").status_code == 303
    assert stored(furnished, key).state is DeadlineState.RUNNING


def test_another_reason_does_not_pause(furnished: Furnished, client: FlaskClient, key: int) -> None:
    answer = client.post(f"/admin/deadlines/act/pause/?id={key}", data={"reason": "lunch"})
    assert answer.status_code == 200
    assert stored(furnished, key).state is DeadlineState.RUNNING


def test_withdrawing_asks_why(furnished: Furnished, client: FlaskClient, key: int) -> None:
    address = f"/admin/deadlines/act/withdraw/?id={key}"
    assert client.post(address, data={"note": ""}).status_code == 200
    assert stored(furnished, key).state is DeadlineState.RUNNING
    assert client.post(address, data={"note": "客户撤回"}).status_code == 303
    assert stored(furnished, key).state is DeadlineState.CANCELLED


def test_who_may_only_read_pauses_nothing(furnished: Furnished, key: int) -> None:
    client = furnished.client("technician")
    assert client.get(f"/admin/deadlines/details/?id={key}").status_code == 403
    answer = client.post(f"/admin/deadlines/act/resume/?id={key}")
    assert answer.status_code == 403


def test_deadline_of_another_branch_is_not_there(furnished: Furnished, key: int) -> None:
    """XX-05"""
    client = furnished.client("west_admin")
    assert client.get(f"/admin/deadlines/details/?id={key}").status_code == 404
