"""Files on pages of records, as staff use them: sent, shown, given out, removed."""

from collections.abc import Iterator
from io import BytesIO
from itertools import count

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from dougong.admin.pages import files as pages_files
from dougong.core.entities.attachment import Attachment
from dougong.core.services.files import service
from tests.admin.conftest import Furnished
from tests.core.services.printing.test_render import DOT

NUMBERS: Iterator[int] = count(1)


@pytest.fixture
def client(furnished: Furnished) -> FlaskClient:
    """The administrator of 东区."""
    return furnished.client("east_admin")


def paper() -> bytes:
    """A contract unlike every other."""
    return b"%%PDF-1.7 contract %d" % next(NUMBERS)


def send(client: FlaskClient, table: str, key: int, *sent: tuple[str, bytes]) -> int:
    """Send files for a record; the answer's status."""
    parts = [(BytesIO(content), name) for name, content in sent]
    return client.post(
        f"/admin/files/?of={table}&id={key}", data={"files": parts},
        content_type="multipart/form-data",
    ).status_code  # fmt: skip


def newest(furnished: Furnished) -> Attachment:
    """The file that was sent last."""
    return furnished.read(
        lambda s: s.scalars(select(Attachment).order_by(Attachment.id.desc()).limit(1)).one()
    )


@pytest.mark.parametrize(
    ("table", "path", "name"),
    [
        ("core_customer", "customers", "customers"), ("core_sales_order", "orders", "orders"),
        ("core_delivery", "deliveries", "deliveries"),
        ("core_receipt", "receipts", "receipts"),
    ],
)  # fmt: skip
def test_a_file_is_sent_shown_and_given_out(
    client: FlaskClient, furnished: Furnished, table: str, path: str, name: str
) -> None:
    key = getattr(furnished.rows["east"], name)
    content = paper()
    assert send(client, table, key, ("合同.pdf", content)) == 303
    row = newest(furnished)
    page = client.get(f"/admin/{path}/details/?id={key}").get_data(as_text=True)
    assert "合同.pdf" in page
    assert 'capture="environment"' in page
    answer = client.get(f"/admin/files/{row.id}/")
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/admin/files/{row.id}/picture").status_code == 404


def test_a_picture_is_shown_in_place(client: FlaskClient, furnished: Furnished) -> None:
    key = furnished.rows["east"].customers
    assert send(client, "core_customer", key, ("门店.png", DOT)) == 303
    row = newest(furnished)
    page = client.get(f"/admin/customers/details/?id={key}").get_data(as_text=True)
    assert f'src="/admin/files/{row.id}/picture"' in page
    answer = client.get(f"/admin/files/{row.id}/picture")
    assert (answer.mimetype, answer.data) == ("image/png", DOT)
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_all_of_what_is_sent_or_nothing(client: FlaskClient, furnished: Furnished) -> None:
    key = furnished.rows["east"].orders
    before = newest(furnished).id if furnished.read(lambda s: s.query(Attachment).count()) else 0
    send(client, "core_sales_order", key, ("a.pdf", paper()), ("b.svg", b"<svg/>"))
    page = client.get(f"/admin/orders/details/?id={key}").get_data(as_text=True)
    assert "b.svg is none of the kinds of file that are taken." in page
    after = furnished.read(lambda s: s.query(Attachment).filter(Attachment.id > before).count())
    assert after == 0


def test_a_file_too_large_is_refused(
    client: FlaskClient, furnished: Furnished, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (pages_files, service):  # a file of real size is spooled by the test's client
        monkeypatch.setattr(module, "_MEGABYTE", 1024)
    key = furnished.rows["east"].orders
    most = furnished.house.settings.largest_file_mb
    send(client, "core_sales_order", key, ("big.pdf", b"%PDF-" + b"x" * most * 1024))
    page = client.get(f"/admin/orders/details/?id={key}").get_data(as_text=True)
    assert f"big.pdf is larger than {most} MB." in page


def test_nothing_chosen_is_said(client: FlaskClient, furnished: Furnished) -> None:
    key = furnished.rows["east"].orders
    assert send(client, "core_sales_order", key) == 303
    page = client.get(f"/admin/orders/details/?id={key}").get_data(as_text=True)
    assert "Choose one to 10 files." in page


def test_a_file_is_removed_for_a_reason(client: FlaskClient, furnished: Furnished) -> None:
    key = furnished.rows["east"].customers
    send(client, "core_customer", key, ("错.pdf", paper()))
    row = newest(furnished)
    client.post(f"/admin/files/{row.id}/remove/", data={"reason": ""})
    assert client.get(f"/admin/files/{row.id}/").status_code == 200
    client.post(f"/admin/files/{row.id}/remove/", data={"reason": "放错了客户"})
    assert client.get(f"/admin/files/{row.id}/").status_code == 404
    kept = newest(furnished)
    assert (kept.removed_reason, kept.size > 0) == ("放错了客户", True)


def test_other_branches_have_no_way_to_a_file(client: FlaskClient, furnished: Furnished) -> None:
    """XX-05"""
    send(client, "core_customer", furnished.rows["east"].customers, ("合同.pdf", paper()))
    row = newest(furnished)
    west = furnished.client("west_admin")
    assert west.get(f"/admin/files/{row.id}/").status_code == 404
    assert west.post(f"/admin/files/{row.id}/remove/", data={"reason": "不行"}).status_code == 303
    assert newest(furnished).removed_at is None
    assert send(west, "core_customer", furnished.rows["east"].customers, ("a.pdf", paper())) == 404


@pytest.mark.parametrize("table", ["core_customer_no", "core_contact", ""])
def test_records_without_files_take_none(client: FlaskClient, table: str) -> None:
    assert send(client, table, 1, ("a.pdf", paper())) in (303, 404)
    assert client.get("/admin/files/999999/").status_code == 404
