"""A writing request may run again, and may be sent again: it still books once and says so once."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from dougong.core.entities.product import Product
from tests.admin.conftest import Furnished


def form(**changes: str) -> dict[str, str]:
    """A product form with a key of its own."""
    return {
        "code": f"R{uuid4().hex[:8]}", "name": "鼠标", "price_minor": "10", "currency": "CNY",
        "tax_percent": "13", "warranty_months": "0", "unit": "只",
        "request_key": uuid4().hex, **changes,
    }  # fmt: skip


def how_many(furnished: Furnished, code: str) -> int:
    """How many products have that code."""
    count = select(func.count(Product.id)).where(Product.code == code)
    return furnished.read(lambda session: session.scalar(count)) or 0


def product_view(furnished: Furnished) -> Any:
    """The registered view of products."""
    views = furnished.app.extensions["admin"][0]._views
    return next(view for view in views if view.endpoint == "products")


def test_same_form_sent_twice_at_once_books_once(furnished: Furnished) -> None:
    sent, start = form(), Barrier(4)
    clients = [furnished.client("east_admin") for _ in range(4)]

    def send(client: Any) -> tuple[int, str]:
        start.wait()
        answer = client.post("/admin/products/new/", data=sent)
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(send, clients))
    assert {status for status, _ in answers} == {302}
    assert len({location for _, location in answers}) == 1
    assert how_many(furnished, sent["code"]) == 1


def test_work_that_is_run_again_is_told_once(
    furnished: Furnished, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, attempts = product_view(furnished), []
    create = view.create_row

    def busy_at_first(sent: Any) -> Any:
        row = create(sent)
        attempts.append(1)
        if len(attempts) == 1:
            raise OperationalError("", {}, sqlite3.OperationalError("database is locked"))
        return row

    monkeypatch.setattr(view, "create_row", busy_at_first)
    client, sent = furnished.client("east_admin"), form()
    page = client.post("/admin/products/new/", data=sent, follow_redirects=True)
    assert len(attempts) == 2
    assert how_many(furnished, sent["code"]) == 1
    assert page.get_data(as_text=True).count("Record was successfully created.") == 1


def test_bug_in_a_view_leaves_nothing_and_says_nothing_went_well(
    furnished: Furnished, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = product_view(furnished)

    def breaks(*rest: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(view, "get_save_return_url", breaks)
    client, sent = furnished.client("east_admin"), form()
    assert client.post("/admin/products/new/", data=sent).status_code == 500
    assert how_many(furnished, sent["code"]) == 0
    assert "successfully" not in client.get("/admin/").get_data(as_text=True)


def test_reading_request_cannot_write(
    furnished: Furnished, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, key = product_view(furnished), furnished.rows["east"].products
    find = view.get_one

    def meddles(key: Any) -> Any:
        row = find(key)
        row.name = "偷偷改名"
        view.session.flush()
        return row

    monkeypatch.setattr(view, "get_one", meddles)
    client = furnished.client("east_admin")
    assert client.get(f"/admin/products/details/?id={key}").status_code == 500
    stored = furnished.read(lambda session: session.get_one(Product, key))
    assert stored.name != "偷偷改名"
