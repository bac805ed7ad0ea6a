"""The pages on which customers, teams and contacts are handed over (AR-07, CA-10)."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from dougong.core.entities.customer import Customer
from dougong.core.entities.interaction import Interaction, InteractionState
from dougong.core.entities.people import User
from dougong.core.scope import Scope
from dougong.core.services.ownership.api import HandOver, TeamMember, owners
from dougong.core.session import Session
from dougong.core.testing import NOON
from tests.admin.conftest import Furnished
from tests.core.services.ownership.staff import hire, request_of

PAGE = "/admin/hand-over/"


def people(house: Furnished) -> tuple[int, int]:
    """Who owns 东区's customer, and who can take it over."""

    def work(session: Session) -> tuple[int, int]:
        logins = (f"{name}{uuid4().hex[:6]}" for name in "甲乙")
        giver, receiver = (hire(session, house.east, n, "account_manager") for n in logins)
        session.get_one(Customer, house.rows["east"].customers).manager_id = giver.id
        return giver.id, receiver.id

    return house.house.database.write(Scope.at(house.east, "test"), work)


def manager_of(house: Furnished) -> int | None:
    """Who owns 东区's customer now."""
    return house.read(lambda s: s.get_one(Customer, house.rows["east"].customers).manager_id)


def records_of(house: Furnished, receiver: int) -> list[int]:
    """The hand-overs to that person."""
    return house.read(
        lambda s: list(s.scalars(select(HandOver.id).where(HandOver.to_id == receiver)))
    )


def test_look_beforehand_then_everything_goes(furnished: Furnished) -> None:
    """AR-07."""
    giver, receiver = people(furnished)
    client = furnished.client("manager")
    assert "乙" in client.get(f"{PAGE}?giver={giver}").get_data(as_text=True)
    asked = {"giver": str(giver), "receiver": str(receiver), "reason": "离职"}
    look = client.get(PAGE, query_string=asked).get_data(as_text=True)
    assert "Hand over now" in look
    assert manager_of(furnished) == giver
    done = client.post(f"{PAGE}do/", data=asked)
    assert done.status_code == 303
    assert manager_of(furnished) == receiver
    record = client.get(done.headers["Location"]).get_data(as_text=True)
    assert "离职" in record
    page = client.get(f"/admin/customers/details/?id={furnished.rows['east'].customers}")
    assert "离职" in page.get_data(as_text=True)


def test_selected_customers_of_the_list_are_handed_over(furnished: Furnished) -> None:
    _, receiver = people(furnished)
    client, customer = furnished.client("manager"), furnished.rows["east"].customers
    chosen = client.post(
        "/admin/customers/action/", data={"action": "hand_over", "rowid": [str(customer)]}
    )
    assert chosen.headers["Location"] == f"{PAGE}?customers={customer}"
    asked = {"customers": str(customer), "receiver": str(receiver), "reason": "区域调整"}
    assert "Chosen customers" in client.get(PAGE, query_string=asked).get_data(as_text=True)
    assert client.post(f"{PAGE}do/", data=asked).status_code == 303
    assert manager_of(furnished) == receiver


def test_customer_of_another_branch_is_not_moved(furnished: Furnished) -> None:
    """XX-05: by a forged form."""
    _, receiver = people(furnished)
    far = furnished.rows["west"].customers
    before = furnished.read(lambda s: s.get_one(Customer, far).manager_id)
    asked = {"customers": str(far), "receiver": str(receiver), "reason": "区域调整"}
    furnished.client("manager").post(f"{PAGE}do/", data=asked)
    assert furnished.read(lambda s: s.get_one(Customer, far).manager_id) == before
    assert records_of(furnished, receiver) == []


@pytest.mark.parametrize("sent", [{}, {"giver": "x"}, {"giver": "1"}, {"receiver": "99"}])
def test_half_a_form_moves_nothing(furnished: Furnished, sent: dict[str, str]) -> None:
    """XX-07."""
    giver, receiver = people(furnished)
    client = furnished.client("manager")
    assert client.get(PAGE, query_string=sent).status_code == 200
    client.post(f"{PAGE}do/", data={"reason": "离职", **sent})
    assert manager_of(furnished) == giver
    assert records_of(furnished, receiver) == []


def test_page_is_for_those_who_may_hand_over(furnished: Furnished) -> None:
    """AR-06."""
    client = furnished.client("technician")
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}do/", data={}).status_code == 403


def test_who_left_and_still_owns_customers_is_shown(furnished: Furnished) -> None:
    giver, _ = people(furnished)

    def leave(session: Session) -> None:
        session.get_one(User, giver).active = False

    furnished.house.database.write(Scope.kernel("test"), leave)
    page = furnished.client("manager").get(PAGE).get_data(as_text=True)
    assert "Customers without an active account manager" in page
    assert f"?giver={giver}" in page


def test_owner_is_not_changed_in_the_archive_s_form(furnished: Furnished) -> None:
    """AR-07: by a hand-over only, so that the open work goes along."""
    people(furnished)
    address = f"/admin/customers/edit/?id={furnished.rows['east'].customers}"
    page = furnished.client("manager").get(address).get_data(as_text=True)
    assert re.search(r'name="name"', page)
    assert not re.search(r'name="manager"', page)


def test_contact_is_taken_over_with_a_reason(furnished: Furnished) -> None:
    """AR-07 首问责任制."""
    giver, receiver = people(furnished)

    def ask(session: Session) -> int:
        return request_of(
            session, session.get_one(Customer, furnished.rows["east"].customers), giver
        ).id

    key = furnished.house.database.write(Scope.at(furnished.east, "test"), ask)
    client, acts = furnished.client("manager"), "/admin/interactions/act"
    edit = client.get(f"/admin/interactions/edit/?id={key}").get_data(as_text=True)
    assert 'name="user"' not in edit
    refused = client.post(f"{acts}/take_over/?id={key}", data={"reason": ""})
    assert refused.status_code == 200
    assert client.post(f"{acts}/take_over/?id={key}", data={"reason": "代班"}).status_code == 303
    mine = furnished.read(lambda s: s.get_one(Interaction, key).user_id)
    assert mine not in (giver, receiver)
    given = client.post(
        f"{acts}/hand_over/?id={key}", data={"reason": "跟进", "to_id": str(receiver)}
    )
    assert given.status_code == 303
    assert furnished.read(lambda s: s.get_one(Interaction, key).user_id) == receiver


def test_handled_contact_offers_nothing(furnished: Furnished) -> None:
    giver, _ = people(furnished)

    def ask(session: Session) -> int:
        customer = session.get_one(Customer, furnished.rows["east"].customers)
        row = request_of(session, customer, giver)
        row.state = InteractionState.HANDLED
        return row.id

    key = furnished.house.database.write(Scope.at(furnished.east, "test"), ask)
    page = furnished.client("manager").get(f"/admin/interactions/details/?id={key}")
    assert "take_over" not in page.get_data(as_text=True)


def test_team_is_entered_shown_and_ended(furnished: Furnished) -> None:
    """CA-10."""
    _, helper = people(furnished)
    client, customer = furnished.client("manager"), furnished.rows["east"].customers
    form = client.get(f"/admin/team-members/new/?customer={customer}")
    assert form.status_code == 200
    sent = {"customer": str(customer), "user": str(helper), "role": "technical", "from_on": ""}
    assert client.post("/admin/team-members/new/", data=sent).status_code == 302
    page = client.get(f"/admin/customers/details/?id={customer}").get_data(as_text=True)
    assert "Technical support" in page
    mine = select(TeamMember.id).where(TeamMember.user_id == helper)
    key = furnished.read(lambda s: s.scalars(mine).one())
    left = client.post(f"/admin/team-members/act/leave/?id={key}", data={"last_day": ""})
    assert left.status_code == 303
    assert furnished.read(lambda s: s.get_one(TeamMember, key).to_on) == NOON.date()
    assert "act/leave" not in client.get(f"/admin/team-members/details/?id={key}").text


def test_receivers_are_those_who_may_own(furnished: Furnished) -> None:
    giver, receiver = people(furnished)
    able = furnished.read(lambda s: [user.id for user in owners(s, furnished.east)])
    assert {giver, receiver} <= set(able)
