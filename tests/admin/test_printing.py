"""Printing from the pages, as staff do it (XX-06)."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from dougong.core.services.printing.api import Letterhead, PrintEntry
from tests.admin.conftest import Furnished
from tests.core.services.printing.test_render import DOT


@pytest.fixture
def client(furnished: Furnished) -> FlaskClient:
    """The administrator of 东区."""
    return furnished.client("east_admin")


def log(furnished: Furnished) -> list[PrintEntry]:
    """Every print so far."""
    return list(
        furnished.read(lambda s: s.scalars(select(PrintEntry).order_by(PrintEntry.id)).all())
    )


def print_one(client: FlaskClient, paper: str, *keys: int) -> str:
    """Print it; the address of the result."""
    answer = client.post("/admin/print/", data={"paper": paper, "id": list(keys)})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"]


def test_the_page_of_an_order_prints_it(client: FlaskClient, furnished: Furnished) -> None:
    key = furnished.rows["east"].orders
    page = client.get(f"/admin/orders/details/?id={key}").get_data(as_text=True)
    assert f"/admin/print/?paper=core.order_confirmation&amp;id={key}" in page
    before = len(log(furnished))
    shown = client.get(print_one(client, "core.order_confirmation", key)).get_data(as_text=True)
    assert "Order confirmation" in shown
    assert "data-print" in shown
    assert len(log(furnished)) == before + 1
    page = client.get(f"/admin/orders/details/?id={key}").get_data(as_text=True)
    assert "Printed papers" in page


def test_looking_again_is_no_second_print(client: FlaskClient, furnished: Furnished) -> None:
    address = print_one(client, "core.order_confirmation", furnished.rows["east"].orders)
    before = len(log(furnished))
    for _ in range(2):
        assert client.get(address).status_code == 200
    assert len(log(furnished)) == before


def test_the_same_form_sent_twice_prints_once(client: FlaskClient, furnished: Furnished) -> None:
    form = {
        "paper": "core.statement", "id": furnished.rows["east"].customers,
        "request_key": "print-once",
    }  # fmt: skip
    before = len(log(furnished))
    answers = [client.post("/admin/print/", data=form).headers["Location"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(log(furnished)) == before + 1


def test_the_pdf_is_a_file_of_its_own(client: FlaskClient, furnished: Furnished) -> None:
    address = print_one(client, "core.archive_sheet", furnished.rows["east"].customers)
    answer = client.get(f"{address}paper.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(PdfReader(BytesIO(answer.data)).pages) >= 1


def test_a_customer_s_page_leads_to_the_choice_of_papers(
    client: FlaskClient, furnished: Furnished
) -> None:
    key = furnished.rows["east"].customers
    page = client.get(f"/admin/customers/details/?id={key}").get_data(as_text=True)
    assert f"/admin/print/?of=core_customer&amp;id={key}" in page
    choice = client.get(f"/admin/print/?of=core_customer&id={key}").get_data(as_text=True)
    assert "Customer archive sheet" in choice
    assert "Statement of open items" in choice


def test_a_selection_from_the_list_prints_together(
    client: FlaskClient, furnished: Furnished
) -> None:
    key = furnished.rows["east"].orders
    assert 'data-bulk-action="print"' in client.get("/admin/orders/").get_data(as_text=True)
    answer = client.post("/admin/orders/action/", data={"action": "print", "rowid": [key]})
    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_selection_with_several_papers_asks_which(
    client: FlaskClient, furnished: Furnished
) -> None:
    key = furnished.rows["east"].customers
    answer = client.post("/admin/customers/action/", data={"action": "print", "rowid": [key]})
    assert "of=core_customer" in answer.headers["Location"]


def test_lists_without_papers_offer_no_print(client: FlaskClient) -> None:
    assert 'data-bulk-action="print"' not in client.get("/admin/contacts/").get_data(as_text=True)


@pytest.mark.parametrize("paper", ["core.order_confirmation", "core.nothing", ""])
def test_what_is_not_there_is_not_printed(
    client: FlaskClient, furnished: Furnished, paper: str
) -> None:
    """XX-05: another branch's order is not there."""
    before = len(log(furnished))
    answer = client.post(
        "/admin/print/", data={"paper": paper, "id": furnished.rows["west"].orders}
    )
    assert answer.status_code == 303
    assert client.get("/admin/print/nonsense/").status_code == 404
    assert len(log(furnished)) == before


def test_the_log_of_prints_is_read(client: FlaskClient, furnished: Furnished) -> None:
    print_one(client, "core.order_confirmation", furnished.rows["east"].orders)
    page = client.get("/admin/prints/").get_data(as_text=True)
    assert "Order confirmation" in page
    assert "east_admin" in page


def test_the_letterhead_is_written_with_its_logo(client: FlaskClient, furnished: Furnished) -> None:
    form = {"company": "清泉东区分公司", "picture": (BytesIO(b"GIF89a"), "logo.gif")}
    refused = client.post("/admin/letterheads/new/", data=form)
    assert "PNG or JPEG picture" in refused.get_data(as_text=True)
    form["picture"] = (BytesIO(DOT), "logo.png")
    assert client.post("/admin/letterheads/new/", data=form).status_code == 302
    row = furnished.read(lambda s: s.scalars(select(Letterhead)).one())
    assert (row.company, row.logo, row.logo_type) == ("清泉东区分公司", DOT, "image/png")
    shown = client.get(print_one(client, "core.order_confirmation", furnished.rows["east"].orders))
    page = shown.get_data(as_text=True)
    assert "清泉东区分公司" in page
    assert "data:image/png;base64," in page
