"""The pages that register_views brings, used by people of several roles (AF-01, AF-06, AF-11)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from dougong.core.entities.people import Membership, Role, User
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.switches import disable, enable
from dougong.core.testing import NOON
from dougong.core.values import Money
from dougong.plugins.aftersales.models import (
    ContractRenewal,
    ServiceCall,
    ServiceContract,
    Technician,
)
from dougong.plugins.aftersales.rules import CallState, ContractKind, RenewalState
from dougong.plugins.aftersales.service import (
    NewCall,
    NewContract,
    dispatch,
    employ,
    issue_notice,
    open_call,
    register_contract,
)
from tests.admin.conftest import Furnished

CALLS = "/admin/aftersales/calls"


def at_east(house: Furnished, work):  # type: ignore[no-untyped-def]
    """Run work at 东区."""
    return house.house.database.write(Scope.at(house.east, "test"), work)


def taken(house: Furnished, *, sent: bool = False, hours_ago: int = 0) -> int:
    """A call of 东区's customer, its id; with ``sent`` a technician is on the way."""

    def work(session: Session) -> int:
        asked = NewCall(
            customer_id=house.rows["east"].customers,
            fault="不制冷",
            called_at=NOON - timedelta(hours=hours_ago),
        )
        call = open_call(session, asked)
        if sent:
            dispatch(session, call.id, worker(session, house))
        return call.id

    return at_east(house, work)  # type: ignore[no-any-return]


def worker(session: Session, house: Furnished) -> int:
    """A technician of 东区, made at first use; his id."""
    user = session.scalars(select(User).where(User.login == "fitter")).one_or_none()
    if user is None:
        role = session.scalars(select(Role).where(Role.code == "technician")).one()
        user = User(login="fitter", name="李师傅", active=True)
        user.memberships.append(Membership(branch_id=house.east, role=role))
        session.add(user)
        session.flush()
        return employ(session, house.east, user.id, skills="制冷").id
    return session.scalars(select(Technician.id).where(Technician.user_id == user.id)).one()


def look(house: Furnished, call_id: int) -> ServiceCall:
    """The call as it is now."""
    return house.read(lambda session: session.get_one(ServiceCall, call_id))


def intake(house: Furnished, **more: str) -> dict[str, str]:
    """What the intake form sends."""
    return {
        "customer": str(house.rows["east"].customers),
        "phone": "13900000000",
        "channel": "phone",
        "called_at": "2026-03-02 11:30:00",
        "where": "suburban",
        "fault": "漏水",
        **more,
    }


def test_call_is_taken_into_the_register(furnished: Furnished) -> None:
    """AF-01, AF-04: 11:30 in Shanghai, suburban, so by 17:30."""
    client = furnished.client("manager")
    answer = client.post(f"{CALLS}/new/", data=intake(furnished, fault="压缩机异响"))
    assert answer.status_code == 302, answer.get_data(as_text=True)[-3000:]
    call = furnished.read(
        lambda s: s.scalars(select(ServiceCall).where(ServiceCall.fault == "压缩机异响")).one()
    )
    assert call.due_at == NOON + timedelta(hours=5, minutes=30)
    page = client.get(f"{CALLS}/?search={call.number}").get_data(as_text=True)
    assert "data-countdown" in page


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("fault", "", "required"),
        ("called_at", "2026-03-02 18:00:00", "cannot lie in the future"),
        ("customer", "999999", "required"),
    ],
)
def test_bad_intake_is_told_at_the_field(
    furnished: Furnished, field: str, value: str, text: str
) -> None:
    """XX-07: and nothing is kept."""
    before = furnished.read(lambda s: len(s.scalars(select(ServiceCall.id)).all()))
    client = furnished.client("manager")
    answer = client.post(f"{CALLS}/new/", data=intake(furnished, **{field: value}))
    assert answer.status_code == 200
    assert text in answer.get_data(as_text=True)
    assert furnished.read(lambda s: len(s.scalars(select(ServiceCall.id)).all())) == before


def test_call_says_why_it_is_due_then(furnished: Furnished) -> None:
    """XX-02: its page leads to the clock and the reasons."""
    page = furnished.client("manager").get(f"{CALLS}/details/?id={taken(furnished)}")
    link = page.get_data(as_text=True).partition("/admin/deadlines/details/?id=")[2]
    key = link.partition('"')[0]
    why = furnished.client("manager").get(f"/admin/deadlines/details/?id={key}")
    assert "round the clock" in why.get_data(as_text=True)


def test_call_from_dispatch_to_close(furnished: Furnished) -> None:
    """AF-06: the buttons of the call's page."""
    call_id, client = taken(furnished), furnished.client("manager")
    technician = at_east(furnished, lambda session: worker(session, furnished))
    asked = client.get(f"{CALLS}/act/dispatch/?id={call_id}").get_data(as_text=True)
    assert "李师傅" in asked
    for act, data, state in (
        ("dispatch", {"technician_id": technician}, CallState.DISPATCHED),
        ("accept", {}, CallState.ACCEPTED),
        ("arrive", {}, CallState.ARRIVED),
        ("close", {"result": "更换密封圈"}, CallState.CLOSED),
    ):
        answer = client.post(f"{CALLS}/act/{act}/?id={call_id}", data=data)
        assert answer.status_code == 303, (act, answer.get_data(as_text=True)[-2000:])
        assert look(furnished, call_id).state is state
    assert look(furnished, call_id).result == "更换密封圈"


def test_only_what_can_be_done_is_offered(furnished: Furnished) -> None:
    call_id, client = taken(furnished), furnished.client("manager")
    page = client.get(f"{CALLS}/details/?id={call_id}").get_data(as_text=True)
    assert "/act/dispatch/" in page
    assert "/act/arrive/" not in page
    answer = client.post(f"{CALLS}/act/arrive/?id={call_id}", follow_redirects=True)
    assert "it cannot become" in answer.get_data(as_text=True)
    assert look(furnished, call_id).state is CallState.OPEN


def test_close_without_a_result_is_told_at_the_field(furnished: Furnished) -> None:
    """XX-07."""
    call_id, client = taken(furnished, sent=True), furnished.client("manager")
    client.post(f"{CALLS}/act/arrive/?id={call_id}")
    answer = client.post(f"{CALLS}/act/close/?id={call_id}", data={"result": ""})
    assert answer.status_code == 200
    assert look(furnished, call_id).state is CallState.ARRIVED


def test_technician_arrives_but_sends_nobody(furnished: Furnished) -> None:
    """AR-06: permissions by role and verb."""
    waiting, sent = taken(furnished), taken(furnished, sent=True)
    client = furnished.client("technician")
    assert client.get(f"{CALLS}/act/dispatch/?id={waiting}").status_code == 403
    client.post(f"{CALLS}/act/cancel/?id={waiting}", data={"reason": "x"})
    assert look(furnished, waiting).state is CallState.OPEN
    assert client.get(f"{CALLS}/new/").status_code == 403
    assert client.post(f"{CALLS}/act/arrive/?id={sent}").status_code == 303
    assert look(furnished, sent).state is CallState.ARRIVED


def test_branch_without_after_sales_has_no_register(furnished: Furnished) -> None:
    """XX-04, XX-05."""
    call_id, client = taken(furnished), furnished.client("west_admin")
    assert client.get(f"{CALLS}/").status_code == 404
    assert client.post(f"{CALLS}/act/accept/?id={call_id}").status_code == 404
    assert "aftersales" not in client.get("/admin/").get_data(as_text=True)


def test_customer_page_and_start_page_show_open_calls(furnished: Furnished) -> None:
    """The answers to customer_panels and home_cards."""
    call_id, client = taken(furnished, hours_ago=99), furnished.client("manager")
    link = f"{CALLS}/details/?id={call_id}"
    customer = furnished.rows["east"].customers
    assert link in client.get(f"/admin/customers/details/?id={customer}").get_data(as_text=True)
    start = client.get("/admin/").get_data(as_text=True)
    assert link in start
    assert "could not answer" not in start


def contract_of(house: Furnished, number: str) -> tuple[int, int]:
    """A contract of 东区 that ends in ten days, and its notice; their ids."""

    def work(session: Session) -> tuple[int, int]:
        ends_on = (NOON + timedelta(days=10)).date()
        asked = NewContract(
            customer_id=house.rows["east"].customers, kind=ContractKind.MAINTENANCE, number=number,
            starts_on=ends_on - timedelta(days=364), ends_on=ends_on, price=Money.of(3600, "CNY"),
        )  # fmt: skip
        contract = register_contract(session, asked)
        notice = issue_notice(session, contract.id)
        assert notice is not None
        return contract.id, notice.id

    return at_east(house, work)  # type: ignore[no-any-return]


def test_renewal_is_won_from_its_page(furnished: Furnished) -> None:
    """AF-11: the next term is suggested."""
    contract_id, notice_id = contract_of(furnished, "BY-1")
    client = furnished.client("manager")
    url = f"/admin/aftersales/renewals/act/renew/?id={notice_id}"
    assert 'value="2027-03-12"' in client.get(url).get_data(as_text=True)
    assert client.post(url, data={"ends_on": "2027-03-12"}).status_code == 303
    contract = furnished.read(lambda s: s.get_one(ServiceContract, contract_id))
    assert contract.ends_on.isoformat() == "2027-03-12"


def test_renewal_is_lost_only_with_a_reason(furnished: Furnished) -> None:
    _, notice_id = contract_of(furnished, "BY-2")
    client = furnished.client("manager")
    url = f"/admin/aftersales/renewals/act/lose/?id={notice_id}"
    assert client.post(url, data={"reason": ""}).status_code == 200
    assert client.post(url, data={"reason": "设备报废"}).status_code == 303
    renewal = furnished.read(lambda s: s.get_one(ContractRenewal, notice_id))
    assert (renewal.state, renewal.lost_reason) == (RenewalState.LOST, "设备报废")


def test_contract_is_entered_and_its_dates_are_corrected(furnished: Furnished) -> None:
    """AF-10, AF-11: through the form, in the branch's currency, with the next number."""
    client = furnished.client("manager")
    sent = {
        "customer": str(furnished.rows["east"].customers), "number": "", "kind": "maintenance",
        "machines": "空调 2 台", "starts_on": "2026-01-01", "ends_on": "2026-12-31",
        "price_minor": "1,200.50",
    }  # fmt: skip
    answer = client.post("/admin/aftersales/contracts/new/", data=sent)
    assert answer.status_code == 302, answer.get_data(as_text=True)[-3000:]
    newest = select(ServiceContract).order_by(ServiceContract.id.desc()).limit(1)
    contract = furnished.read(lambda s: s.scalars(newest).one())
    assert contract.number.startswith("MC-")
    assert contract.price == Money.of("1200.50", "CNY")
    url = f"/admin/aftersales/contracts/edit/?id={contract.id}"
    answer = client.post(url, data={**sent, "ends_on": "2025-12-31"})
    assert "cannot end before it starts" in answer.get_data(as_text=True)
    answer = client.post(url, data={**sent, "ends_on": "2027-06-30"})
    assert answer.status_code == 302, answer.get_data(as_text=True)[-3000:]
    contract = furnished.read(lambda s: s.scalars(newest).one())
    assert contract.ends_on.isoformat() == "2027-06-30"


def test_global_search_shows_calls_where_after_sales_is_on(furnished: Furnished) -> None:
    """AF-01, XX-04: with the permission, and not where the plugin is off."""
    call_id = taken(furnished)
    number = look(furnished, call_id).number
    client = furnished.client("manager")
    address = f"{CALLS}/details/?id={call_id}"
    assert address in client.get(f"/admin/search/?q={number}").get_data(as_text=True)
    at_east(furnished, lambda session: disable(session, furnished.east, "aftersales"))
    try:
        assert address not in client.get(f"/admin/search/?q={number}").get_data(as_text=True)
    finally:
        at_east(furnished, lambda session: enable(session, furnished.east, "aftersales"))
