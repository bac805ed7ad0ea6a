"""What is written about people and companies is looked at where it is written (XX-07)."""

import html
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from dougong.admin.testing import visit
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.profiles import EnterpriseProfile
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.values.validity import is_dialable
from tests.admin.conftest import Furnished

PHONE = "Write one phone number"
MAIL = "Write an e-mail address"
CODE = "no unified social credit code"
PERSON = "no resident ID number"
CREDIT_CODE = "91110000600037341L"
ID_NUMBER = "11010519491231002X"


@pytest.fixture
def client(furnished: Furnished) -> FlaskClient:
    """The administrator of 东区, who reads every field."""
    return furnished.client("east_admin")


def form(**changes: str) -> dict[str, str]:
    """A customer form that is filled in well."""
    return {"code": f"V{uuid4().hex[:8]}", "name": "远山公司", "status": "active", **changes}


def imported(furnished: Furnished) -> Customer:
    """A customer who came with a phone number and a code that are none."""

    def work(session: Session) -> Customer:
        customer = Customer(
            code=f"V{uuid4().hex[:8]}", kind=CustomerKind.ENTERPRISE, name="旧档公司", phone="不详"
        )
        customer.enterprise = EnterpriseProfile(credit_code="123", branch_id=furnished.east)
        session.add(customer)
        session.flush()
        return customer

    return furnished.house.database.write(Scope.at(furnished.east, "test"), work)


def known(furnished: Furnished, code: str) -> Customer | None:
    """The customer with that code."""
    found = select(Customer).where(Customer.code == code)
    return furnished.read(lambda session: session.scalars(found).one_or_none())


@pytest.mark.parametrize(
    "text",
    [
        "13800138000", "138 0013 8000", "010-62345678", "(023)67891234", "021-62345678转801",
        "400-800-1234", "95588", "+86 13800138000", "+1 650 253 0000",
    ],
)  # fmt: skip
def test_numbers_that_exist_are_dialable(text: str) -> None:
    assert is_dialable(text, "CN")


@pytest.mark.parametrize(
    "text", ["1380013800", "138001380001", "62345678", "不详", "13800138000/13900139000", "1"]
)
def test_numbers_that_cannot_be_are_not(text: str) -> None:
    assert not is_dialable(text, "CN")


@pytest.mark.parametrize(
    ("kind", "field", "value", "told"),
    [
        ("enterprise", "phone", "1380013800", PHONE),
        ("enterprise", "email", "wang@", MAIL),
        ("enterprise", "enterprise__credit_code", "91110000600037341M", CODE),
        ("institution", "institution__organisation_code", "91110000600037341M", CODE),
        ("individual", "individual__id_number", "110105194912310021", PERSON),
    ],
)
def test_customer_is_told_at_the_field(
    furnished: Furnished, client: FlaskClient, kind: str, field: str, value: str, told: str
) -> None:
    sent = form(**{field: value})
    page = client.post(f"/admin/customers/new/?kind={kind}", data=sent)
    assert page.status_code == 200
    text = html.unescape(page.get_data(as_text=True))
    assert told in text[text.index(f'id="{field}-errors"') :][:300]
    assert known(furnished, sent["code"]) is None


def test_well_written_customer_is_kept_one_way(furnished: Furnished, client: FlaskClient) -> None:
    sent = form(
        phone=" １３８００１３８０００", email="wang@example.com",
        enterprise__credit_code="9111 0000 6000 37341l",
    )  # fmt: skip
    assert client.post("/admin/customers/new/?kind=enterprise", data=sent).status_code == 302
    customer = known(furnished, sent["code"])
    assert customer is not None
    assert customer.phone == "13800138000"
    code = furnished.read(
        lambda s: s.scalar(
            select(EnterpriseProfile.credit_code).filter_by(customer_id=customer.id)
        )
    )  # fmt: skip
    assert code == CREDIT_CODE


def test_old_organisation_code_is_left(furnished: Furnished, client: FlaskClient) -> None:
    sent = form(institution__organisation_code="40000123-4", anyway="y")
    assert client.post("/admin/customers/new/?kind=institution", data=sent).status_code == 302


def test_id_number_may_end_in_x(furnished: Furnished, client: FlaskClient) -> None:
    sent = form(individual__id_number=ID_NUMBER.lower())
    assert client.post("/admin/customers/new/?kind=individual", data=sent).status_code == 302


def test_imported_value_stays_through_another_change(
    furnished: Furnished, client: FlaskClient
) -> None:
    """And only who changes it is asked to write it well."""
    row = imported(furnished)
    url, kept = f"/admin/customers/edit/?id={row.id}", {"enterprise__credit_code": "123"}
    sent = form(code=row.code, phone="不详", name="新名公司", **kept)
    assert client.post(url, data=sent).status_code == 302
    after = known(furnished, row.code)
    assert after is not None
    assert after.name == "新名公司"
    page = client.post(url, data={**sent, "enterprise__credit_code": "124"})
    assert CODE in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("address", "more"),
    [
        ("/admin/contacts/new/", {"name": "李四"}),
        ("/admin/aftersales/calls/new/", {"fault": "漏水", "channel": "phone"}),
    ],
)
def test_other_forms_look_at_phones_too(
    furnished: Furnished, client: FlaskClient, address: str, more: dict[str, str]
) -> None:
    sent = {"customer": str(furnished.rows["east"].customers), "phone": "12", **more}
    assert PHONE in client.post(address, data=sent).get_data(as_text=True)


def test_users_are_told_in_chinese(furnished: Furnished) -> None:
    client = visit(furnished.house, furnished.hq, "administrator")
    sent = {"login": "newcomer", "name": "新员工", "phone": "12", "email": "x", "active": "y"}
    text = client.post("/admin/users/new/", data=sent).get_data(as_text=True)
    assert "座机须带区号" in text
    assert "请填写有效的电子邮箱" in text
