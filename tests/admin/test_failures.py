"""What a person sees when the house is in trouble."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from dougong.admin.app import create_app
from dougong.core.house import open_house
from dougong.core.settings import Settings


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """An application whose database nobody has made."""
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'no such folder' / 'x.sqlite'}",
        data_dir=tmp_path, secret_key="for tests only",  # type: ignore[arg-type]
    )  # fmt: skip
    house = open_house(settings)
    (tmp_path / "no such folder").rmdir()
    app = create_app(house)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def test_silent_database_is_told_plainly(app: Flask) -> None:
    client = app.test_client()
    answer = client.post("/login", data={"username": "a", "password": "correct horse"})
    assert answer.status_code == 503
    page = answer.get_data(as_text=True)
    assert "系统繁忙" in page
    for word in ("sqlite", "SELECT", "INSERT", "Traceback", OperationalError.__name__):
        assert word not in page


def test_somebody_logged_in_gets_the_same_plain_page(app: Flask) -> None:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = "somebody", True
    assert client.get("/admin/customers/").status_code == 503


def test_probes_tell_the_database_apart_from_the_process(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_bug_shows_a_reference_and_no_trace(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    @app.get("/broken")
    def broken() -> str:
        raise ZeroDivisionError("secret detail")

    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    page = answer.get_data(as_text=True)
    assert answer.headers["X-Request-Id"] in page
    assert "secret detail" not in page


def test_unknown_address_and_method_have_pages_of_ours(app: Flask) -> None:
    client = app.test_client()
    assert "error-card" in client.get("/nothing").get_data(as_text=True)
    assert client.get("/nothing").status_code == 404
    assert client.delete("/login").status_code == 405
