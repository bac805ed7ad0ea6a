"""Customers become one on the screens, and two again (AR-05)."""

import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.scope import Scope
from dougong.core.services.archive.api import CustomerMerge, MergeState
from dougong.core.session import Session
from tests.admin.conftest import Furnished


@pytest.fixture
def client(furnished: Furnished) -> FlaskClient:
    """The administrator of 东区."""
    return furnished.client("east_admin")


@pytest.fixture
def pair(furnished: Furnished) -> tuple[int, int]:
    """Two archives of one firm at 东区, the second with a phone and a contact."""

    def work(session: Session) -> tuple[int, int]:
        rows = [
            Customer(code=f"M{uuid4().hex[:8]}", kind=CustomerKind.ENTERPRISE, name=name, phone=p)
            for name, p in (("远山公司", ""), ("远山有限公司", "13800138000"))
        ]
        session.add_all(rows)
        session.flush()
        session.add(Contact(customer_id=rows[1].id, name="赵敏"))
        return rows[0].id, rows[1].id

    return furnished.house.database.write(Scope.at(furnished.east, "test"), work)


def merged_by(client: FlaskClient, pair: tuple[int, int]) -> None:
    """The pair is merged, the phone taken over."""
    sent = {
        "survivor": str(pair[0]), "merged": str(pair[1]), "take.phone": "theirs",
        "take.name": "ours", "note": "同一家",
    }  # fmt: skip
    answer = client.post("/admin/merging/merge/", data=sent)
    assert answer.status_code == 303
    assert f"id={pair[0]}" in answer.headers["Location"]


def test_both_are_seen_side_by_side_first(
    furnished: Furnished, client: FlaskClient, pair: tuple[int, int]
) -> None:
    asked = client.get(f"/admin/merging/?survivor={pair[0]}").get_data(as_text=True)
    assert "Code of the other customer" in asked
    read = select(Customer.code).where(Customer.id == pair[1])
    code = furnished.read(lambda session: session.scalars(read).one())
    text = client.get(f"/admin/merging/?survivor={pair[0]}&code={code}").get_data(as_text=True)
    phone = re.search(r'name="take.phone" value="theirs"( checked)?', text)
    assert phone is not None, "the other's phone is suggested where ours is empty"
    assert phone[1] == " checked"
    assert re.search(r"<td>Contacts</td><td class=\"num\">1</td>", text)
    still = select(CustomerMerge.id).where(CustomerMerge.merged_id == pair[1])
    assert furnished.read(lambda session: session.scalars(still).all()) == []


def test_merged_and_the_old_page_leads_on(
    furnished: Furnished, client: FlaskClient, pair: tuple[int, int]
) -> None:
    merged_by(client, pair)
    row = furnished.read(lambda session: session.get(Customer, pair[0]))
    assert row is not None
    assert (row.phone, row.name) == ("13800138000", "远山公司")
    old = client.get(f"/admin/customers/details/?id={pair[1]}", follow_redirects=True)
    assert f"id={pair[0]}" in old.request.url
    assert "was merged into this customer" in old.get_data(as_text=True)


def test_merge_is_listed_and_undone(
    furnished: Furnished, client: FlaskClient, pair: tuple[int, int]
) -> None:
    merged_by(client, pair)
    wanted = select(CustomerMerge.id).where(CustomerMerge.merged_id == pair[1])
    key = furnished.read(lambda session: session.scalars(wanted).one())
    assert "远山有限公司" in client.get("/admin/merges/").get_data(as_text=True)
    text = client.get(f"/admin/merges/details/?id={key}").get_data(as_text=True)
    assert "What moved" in text
    assert client.post(f"/admin/merges/act/undo/?id={key}").status_code == 303
    row = furnished.read(lambda session: session.get(CustomerMerge, key))
    assert row is not None
    assert row.state is MergeState.UNDONE
    assert client.get(f"/admin/customers/details/?id={pair[1]}").status_code == 200


def test_who_may_not_merge_is_not_offered_it(furnished: Furnished, pair: tuple[int, int]) -> None:
    client = furnished.client("technician")
    page = client.get(f"/admin/customers/details/?id={pair[0]}").get_data(as_text=True)
    assert "/admin/merging/" not in page
    assert client.get(f"/admin/merging/?survivor={pair[0]}").status_code == 403
    sent = {"survivor": str(pair[0]), "merged": str(pair[1])}
    assert client.post("/admin/merging/merge/", data=sent).status_code == 403


def test_customers_of_another_branch_are_not_there(
    furnished: Furnished, pair: tuple[int, int]
) -> None:
    """XX-05"""
    client = furnished.client("west_admin")
    assert client.get(f"/admin/merging/?survivor={pair[0]}").status_code == 404
    mine = furnished.rows["west"].customers
    read = select(Customer.code).where(Customer.id == pair[0])
    code = furnished.read(lambda session: session.scalars(read).one())
    text = client.get(f"/admin/merging/?survivor={mine}&code={code}").get_data(as_text=True)
    assert "There is no other customer with this code here." in text
    sent = {"survivor": str(mine), "merged": str(pair[0])}
    assert client.post("/admin/merging/merge/", data=sent).status_code == 404
