"""Customers that may be there twice are told at the form and judged on a page (AR-05)."""

import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.scope import Scope
from dougong.core.services.archive.api import DuplicatePair
from dougong.core.session import Session
from tests.admin.conftest import Furnished


@pytest.fixture
def client(furnished: Furnished) -> FlaskClient:
    """The administrator of 东区."""
    return furnished.client("east_admin")


@pytest.fixture
def double(furnished: Furnished) -> tuple[Customer, Customer]:
    """Two archives at 东区 with one phone and one name."""
    phone = f"139{uuid4().int % 10**8:08d}"

    def work(session: Session) -> tuple[Customer, Customer]:
        one, other = (
            Customer(code=f"D{uuid4().hex[:8]}", kind=CustomerKind.ENTERPRISE, name=name,
                     phone=phone)
            for name in (f"云岭{phone}有限公司", f"云岭{phone}公司")
        )  # fmt: skip
        session.add_all((one, other))
        session.flush()
        return one, other

    return furnished.house.database.write(Scope.at(furnished.east, "test"), work)


def pair_of(furnished: Furnished, double: tuple[Customer, Customer]) -> DuplicatePair:
    """The row of the two."""
    wanted = select(DuplicatePair).where(DuplicatePair.low_id == double[0].id)
    return furnished.read(lambda session: session.scalars(wanted).one())


def test_pair_is_listed_with_reasons_and_judged_once(
    furnished: Furnished, client: FlaskClient, double: tuple[Customer, Customer]
) -> None:
    key = pair_of(furnished, double).id
    text = client.get("/admin/duplicates/").get_data(as_text=True)
    row = next(row for row in text.split("<tr>") if double[0].code in row)
    assert double[1].code in row
    assert {"same phone", "same name"} <= set(re.findall(r"same \w+", row))
    assert f"survivor={double[0].id}&amp;merged={double[1].id}" in row
    assert client.post(f"/admin/duplicates/dismiss/{key}/").status_code == 303
    assert double[0].code not in client.get("/admin/duplicates/").get_data(as_text=True)
    judged = pair_of(furnished, double)
    assert judged.dismissed_at is not None
    assert judged.dismissed_by is not None


def test_customer_who_may_be_there_is_told_before_saving(
    furnished: Furnished, client: FlaskClient, double: tuple[Customer, Customer]
) -> None:
    code = f"N{uuid4().hex[:8]}"
    sent = {"code": code, "name": double[0].name, "phone": double[0].phone, "status": "active"}
    url = "/admin/customers/new/?kind=enterprise"
    assert 'name="anyway"' not in client.get(url).get_data(as_text=True)
    text = client.post(url, data=sent).get_data(as_text=True)
    assert f"{double[0].name} ({double[0].code})" in text
    assert 'name="anyway"' in text
    there = select(Customer.id).where(Customer.code == code)
    assert furnished.read(lambda session: session.scalars(there).all()) == []
    assert client.post(url, data={**sent, "anyway": "y"}).status_code in (302, 303)
    assert len(furnished.read(lambda session: session.scalars(there).all())) == 1


def test_other_branches_neither_see_nor_judge(
    furnished: Furnished, double: tuple[Customer, Customer]
) -> None:
    """XX-05"""
    key = pair_of(furnished, double).id
    client = furnished.client("west_admin")
    assert double[0].code not in client.get("/admin/duplicates/").get_data(as_text=True)
    client.post(f"/admin/duplicates/dismiss/{key}/")
    assert pair_of(furnished, double).dismissed_at is None
    sent = {
        "code": f"W{uuid4().hex[:8]}", "name": double[0].name, "phone": double[0].phone,
        "status": "active",
    }  # fmt: skip
    url = "/admin/customers/new/?kind=enterprise"
    assert client.post(url, data=sent).status_code in (302, 303), "nothing is told of 东区"


def test_who_only_reads_does_not_judge(
    furnished: Furnished, double: tuple[Customer, Customer]
) -> None:
    key = pair_of(furnished, double).id
    client = furnished.client("technician")
    assert client.get("/admin/duplicates/").status_code == 403
    assert client.post(f"/admin/duplicates/dismiss/{key}/").status_code == 403
