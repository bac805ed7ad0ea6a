"""The pages of approvals, used as staff use them (XX-03)."""

import re
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from dougong.core.entities.people import User
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.core.scope import Scope
from dougong.core.services.approvals.api import Approval, ApprovalState, Step, policy_at
from dougong.core.services.approvals.kinds import kind_at
from dougong.core.services.sales import api as sales
from dougong.core.session import Session
from dougong.core.values import Money, Percentage
from tests.admin.conftest import Furnished

KIND = "credit.lift"


@pytest.fixture
def asker(furnished: Furnished) -> FlaskClient:
    """The administrator of 东区, who sells."""
    return furnished.client("east_admin")


@pytest.fixture
def manager(furnished: Furnished) -> FlaskClient:
    """Who decides."""
    return furnished.client("manager")


@pytest.fixture
def order(furnished: Furnished) -> int:
    """A draft of a customer who buys nothing on account."""
    customer = furnished.rows["east"].customers

    def work(session: Session) -> int:
        line = sales.LineDraft("投影仪", Decimal(3), Money(70_000, "CNY"), Percentage.of(13))
        return sales.create_order(session, sales.OrderDraft(customer, "CNY", (line,))).id

    return furnished.house.database.write(Scope.at(furnished.east, "test"), work)


def text(client: FlaskClient, path: str) -> str:
    """The page as it is sent."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def asked(furnished: Furnished, asker: FlaskClient, order: int) -> int:
    """Ask from the order's page; the request's key."""
    answer = asker.post(
        f"/admin/credit/lift/?order={order}", data={"reason": "月底回款", "expires": "2026-03-09"}
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)
    found = re.search(r"/admin/approvals/(\d+)/", answer.location)
    assert found is not None
    return int(found[1])


def decide(client: FlaskClient, key: int, verdict: str, reason: str = "") -> int:
    """Send an answer; the status it is met with."""
    sent = {"verdict": verdict, "reason": reason}
    return client.post(f"/admin/approvals/{key}/decide/", data=sent).status_code


def state(furnished: Furnished, key: int) -> ApprovalState:
    """Where the request stands."""
    return furnished.read(lambda session: session.get_one(Approval, key).state)


def test_a_refused_order_is_asked_approved_and_confirmed(
    furnished: Furnished, asker: FlaskClient, manager: FlaskClient, order: int
) -> None:
    page = text(asker, f"/admin/orders/details/?id={order}")
    assert "Ask for an approval" in page
    asker.post(f"/admin/orders/act/confirm/?id={order}")
    key = asked(furnished, asker, order)
    assert "Ask for an approval" not in text(asker, f"/admin/orders/details/?id={order}")
    waiting = text(manager, "/admin/approvals/")
    for told in ("投影仪", "月底回款", "员工east_admin", "2,373.00"):
        assert told in waiting
    assert decide(manager, key, "approve") == 303
    assert "It is approved: confirm the order as it stands." in text(
        asker, f"/admin/orders/details/?id={order}"
    )
    asker.post(f"/admin/orders/act/confirm/?id={order}")
    confirmed = furnished.read(lambda session: session.get_one(SalesOrder, order).state)
    assert confirmed is OrderState.CONFIRMED
    assert state(furnished, key) is ApprovalState.USED
    assert "Approved and used" in text(asker, f"/admin/orders/details/?id={order}")


def test_the_asker_is_offered_no_answer_and_his_is_refused(
    furnished: Furnished, asker: FlaskClient, order: int
) -> None:
    """XX-03"""
    key = asked(furnished, asker, order)
    page = text(asker, f"/admin/approvals/{key}/")
    assert 'name="verdict"' not in page
    assert "员工manager" in page  # who is next
    decide(asker, key, "approve")
    assert state(furnished, key) is ApprovalState.WAITING


def test_a_no_needs_a_reason(
    furnished: Furnished, asker: FlaskClient, manager: FlaskClient, order: int
) -> None:
    key = asked(furnished, asker, order)
    decide(manager, key, "refuse", " ")
    assert state(furnished, key) is ApprovalState.WAITING
    decide(manager, key, "refuse", "超额太多")
    assert state(furnished, key) is ApprovalState.REFUSED
    assert "超额太多" in text(asker, f"/admin/approvals/{key}/")
    assert decide(manager, key, "perhaps") == 400


def test_the_asker_takes_it_back(furnished: Furnished, asker: FlaskClient, order: int) -> None:
    key = asked(furnished, asker, order)
    assert asker.post(f"/admin/approvals/{key}/withdraw/").status_code == 303
    assert state(furnished, key) is ApprovalState.WITHDRAWN


def test_whom_it_does_not_concern_does_not_see_it(
    furnished: Furnished, asker: FlaskClient, order: int
) -> None:
    """Nor does another branch (XX-05)."""
    key = asked(furnished, asker, order)
    for login in ("technician", "west_admin"):
        client = furnished.client(login)
        assert client.get(f"/admin/approvals/{key}/").status_code == 404
        assert decide(client, key, "approve") == 404
    assert furnished.client("technician").get("/admin/approvals/?tab=all").status_code == 403
    assert state(furnished, key) is ApprovalState.WAITING


def test_lists_of_my_requests_and_of_all(
    furnished: Furnished, asker: FlaskClient, manager: FlaskClient, order: int
) -> None:
    key = asked(furnished, asker, order)
    link = f"/admin/approvals/{key}/"
    assert link in text(asker, "/admin/approvals/?tab=asked")
    assert link not in text(manager, "/admin/approvals/?tab=asked")
    assert link in text(manager, "/admin/approvals/?tab=all&state=waiting")
    assert link not in text(manager, "/admin/approvals/?tab=all&state=refused")


def test_home_and_customer_tell_of_it(
    furnished: Furnished, asker: FlaskClient, manager: FlaskClient, order: int
) -> None:
    key = asked(furnished, asker, order)
    assert "Approvals that wait for me" in text(manager, "/admin/")
    customer = furnished.rows["east"].customers
    page = text(manager, f"/admin/customers/details/?id={customer}")
    assert f"/admin/approvals/{key}/" in page


def test_an_empty_reason_is_told_at_its_field(asker: FlaskClient, order: int) -> None:
    """XX-07"""
    answer = asker.post(
        f"/admin/credit/lift/?order={order}", data={"reason": "", "expires": "2026-03-09"}
    )
    assert answer.status_code == 200
    assert "field-errors" in answer.get_data(as_text=True)
    late = asker.post(
        f"/admin/credit/lift/?order={order}", data={"reason": "x", "expires": "2026-01-01"}
    )
    assert "within a year" in late.get_data(as_text=True)


def policy(furnished: Furnished) -> tuple[int, tuple[Step, ...]]:
    """The version and the steps that hold at 东区."""

    def read(session: Session) -> tuple[int, tuple[Step, ...]]:
        found = policy_at(session, furnished.east, kind_at(session, furnished.east, KIND))
        return found.version, found.steps

    return furnished.read(read)


LINES = {
    "s1-first": "role:manager", "s1-second": "role:credit", "s1-third": "", "s1-needed": "1",
    "s1-from_amount": "", "s1-remind": "12", "s1-due": "24", "s1-expire": "",
    "s2-first": "role:manager", "s2-second": "", "s2-third": "", "s2-needed": "0",
    "s2-from_amount": "250,000", "s2-remind": "24", "s2-due": "", "s2-expire": "",
}  # fmt: skip


def test_a_policy_is_written_line_by_line(furnished: Furnished, manager: FlaskClient) -> None:
    address = f"/admin/approval-policies/{KIND}/"
    assert "Step 1" in text(manager, address)
    before, _ = policy(furnished)
    assert manager.post(address, data=LINES).status_code == 303
    version, steps = policy(furnished)
    assert version == before + 1
    assert [(len(s.approvers), s.needed, s.remind_hours, s.due_hours) for s in steps] == [
        (2, 1, 12, 24), (1, 0, 24, 0),
    ]  # fmt: skip
    assert steps[1].from_amount == Money.of(250_000, "CNY")
    assert "250,000.00: " in text(manager, "/admin/approval-policies/")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"s1-from_amount": "10"}, "The first step holds for every amount"),
        ({"s1-remind": "-1"}, "field-errors"),
        ({"s1-from_amount": "viel"}, "field-errors"),
        ({f"s{n}-{part}": "" for n in (1, 2) for part in ("first", "second")}, "at least one step"),
    ],
)
def test_a_flawed_policy_is_told_at_its_line_and_not_kept(
    furnished: Furnished, manager: FlaskClient, changes: dict[str, str], told: str
) -> None:
    """XX-07"""
    before = policy(furnished)
    answer = manager.post(f"/admin/approval-policies/{KIND}/", data=LINES | changes)
    assert answer.status_code == 200
    assert told in answer.get_data(as_text=True)
    assert policy(furnished) == before


def test_the_preview_names_who_would_have_to_approve(
    furnished: Furnished, manager: FlaskClient
) -> None:
    def key_of(login: str) -> int:
        return furnished.read(lambda session: session.query(User).filter_by(login=login).one().id)

    address = f"/admin/approval-policies/{KIND}/?amount=100&asker="
    assert "员工manager" in text(manager, address + str(key_of("technician")))


def test_policies_are_for_those_who_may(furnished: Furnished) -> None:
    client = furnished.client("technician")
    assert client.get("/admin/approval-policies/").status_code == 403
    assert client.post(f"/admin/approval-policies/{KIND}/", data=LINES).status_code == 403
