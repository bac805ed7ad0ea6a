"""Archive quality on the screens: the page of a branch, the panel of a customer (AR-05)."""

import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.scope import Scope
from dougong.core.services.archive.api import (
    ArchiveFinding,
    FieldCheck,
    FindingKind,
    look_at,
    standard_at,
)
from dougong.core.session import Session
from tests.admin.conftest import Furnished


@pytest.fixture
def client(furnished: Furnished) -> FlaskClient:
    """The administrator of 东区."""
    return furnished.client("east_admin")


@pytest.fixture
def customer(furnished: Furnished) -> int:
    """An enterprise of 东区 with a phone that is none, and a contact."""

    def work(session: Session) -> int:
        name = f"远山{uuid4().hex[:8]}"
        row = Customer(code=name, kind=CustomerKind.ENTERPRISE, name=name, phone="不详")
        session.add(row)
        session.flush()
        session.add(Contact(customer_id=row.id, name="赵敏", phone="1"))
        return row.id

    return furnished.house.database.write(Scope.at(furnished.east, "test"), work)


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def test_customer_page_says_what_to_mend_and_leads_there(
    client: FlaskClient, customer: int
) -> None:
    text = page(client, f"/admin/customers/details/?id={customer}")
    assert "Unified social credit code is missing" in text
    assert f"/admin/customers/edit/?id={customer}#enterprise__credit_code" in text
    assert "Phone is not valid" in text
    assert f"/admin/addresses/new/?customer={customer}" in text
    assert "Phone of the contact is not valid" in text


def test_verified_today_is_kept_with_who_did_it(
    furnished: Furnished, client: FlaskClient, customer: int
) -> None:
    address = f"/admin/customers/details/?id={customer}"
    assert "never verified" in page(client, address)
    answer = client.post(f"/admin/archive/verify/{customer}/phone/")
    assert answer.status_code == 303
    assert "verified today" in page(client, address)
    wanted = select(FieldCheck).where(FieldCheck.customer_id == customer)
    check = furnished.read(lambda session: session.scalars(wanted).one())
    assert check.user_id is not None
    assert f"verify/{customer}/phone/" not in page(client, address), "once a day is enough"


def test_customer_of_another_branch_is_not_verified(furnished: Furnished, customer: int) -> None:
    """XX-05"""
    client = furnished.client("west_admin")
    assert client.post(f"/admin/archive/verify/{customer}/phone/").status_code == 303
    wanted = select(FieldCheck).where(FieldCheck.customer_id == customer)
    assert furnished.read(lambda session: session.scalars(wanted).all()) == []


def test_list_tells_the_score(client: FlaskClient, customer: int) -> None:
    assert "Completeness" in page(client, "/admin/customers/")


def test_page_of_the_branch_finds_by_kind_and_field(client: FlaskClient, customer: int) -> None:
    text = page(client, "/admin/archive/")
    assert "By account manager" in text
    some = page(client, f"/admin/archive/?kind=invalid&field=phone&customer={customer}")
    assert "Phone is not valid" in some
    assert "is missing" not in some
    assert "Nothing to mend." in page(client, f"/admin/archive/?kind=stale&customer={customer}")


def test_findings_of_another_branch_are_not_there(furnished: Furnished, customer: int) -> None:
    """XX-05"""
    text = page(furnished.client("west_admin"), f"/admin/archive/?customer={customer}")
    assert "Nothing to mend." in text


def test_finding_is_gone_when_the_form_mends_it(
    furnished: Furnished, client: FlaskClient, customer: int
) -> None:
    before = page(client, f"/admin/customers/edit/?id={customer}")
    seen = re.search(r'name="row_seen"[^>]*value="([^"]*)"', before)
    assert seen is not None
    sent = {
        "code": f"N{uuid4().hex[:8]}", "name": "远山", "status": "active", "phone": "13800138000",
        "row_seen": seen[1],
    }  # fmt: skip
    assert client.post(f"/admin/customers/edit/?id={customer}", data=sent).status_code == 302
    wanted = select(ArchiveFinding.field).where(
        ArchiveFinding.customer_id == customer, ArchiveFinding.kind == FindingKind.INVALID,
        ArchiveFinding.subject_id == 0,
    )  # fmt: skip
    assert furnished.read(lambda session: session.scalars(wanted).all()) == []


def test_branch_says_what_it_expects(furnished: Furnished, client: FlaskClient) -> None:
    form = page(client, "/admin/archive/expected/")
    values = dict(re.findall(r'name="(\w+__\w+)"[^>]*value="(\d+)"', form))
    assert values["limit__phone"] == "365"
    values |= {"limit__phone": "180", "group__email": "0"}
    assert client.post("/admin/archive/expected/", data=values).status_code == 303
    standard = furnished.read(lambda session: standard_at(session, furnished.east))
    assert standard.limits["phone"] == 180
    assert "email" not in standard.expected("group")


def test_weight_beyond_ten_is_refused_at_its_field(client: FlaskClient) -> None:
    form = page(client, "/admin/archive/expected/")
    values = dict(re.findall(r'name="(\w+__\w+)"[^>]*value="(\d+)"', form)) | {"group__email": "11"}
    answer = client.post("/admin/archive/expected/", data=values)
    assert answer.status_code == 200
    assert "From 0 to 10." in answer.get_data(as_text=True)


def test_page_asks_as_often_for_many_customers(furnished: Furnished, client: FlaskClient) -> None:
    scope = Scope.at(furnished.east, "test")
    keys = furnished.read(lambda session: session.scalars(select(Customer.id)).all())
    furnished.house.database.write(scope, lambda s: look_at(s, furnished.east, keys))
    assert page(client, "/admin/archive/")
