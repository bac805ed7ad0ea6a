"""The pages of credit: limits changed by form, bad input, who may not (CR-03, CR-04)."""

import pytest
from sqlalchemy import select

from dougong.admin.testing import visit
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.core.scope import Scope
from dougong.core.services.sales import api as sales
from dougong.plugins.credit.models import CreditAccount, CreditEntry
from dougong.plugins.credit.rules import LimitKind
from tests.admin.conftest import Furnished, furnished
from tests.plugins.credit.shop import lines

__all__ = ["furnished"]
LIMIT = {"kind": "amount", "amount": "1234.50", "payment_days": "30", "reason": "new contract"}


@pytest.fixture
def customer_id(furnished: Furnished) -> int:
    key: int = furnished.rows["east"].customers
    return key


def agree(furnished: Furnished, login: str = "east_admin", **changes: str) -> str:
    sent = {**LIMIT, "customer": "C1", **changes}
    client = furnished.client(login)
    answer = client.post("/admin/credit/accounts/act/agree/", data=sent, follow_redirects=True)
    return f"{answer.status_code} {answer.get_data(as_text=True)}"


def account(furnished: Furnished, customer_id: int) -> CreditAccount:
    found: CreditAccount = furnished.read(
        lambda session: session.get_one(CreditAccount, customer_id)
    )
    return found


def test_limit_is_agreed_by_customer_code(furnished: Furnished, customer_id: int) -> None:
    assert agree(furnished).startswith("200")
    row = account(furnished, customer_id)
    assert (row.kind, row.limit_minor, row.payment_days) == (LimitKind.AMOUNT, 123_450, 30)
    # the account was opened from what the branch had sold before
    invoiced = 226_000 - 3_000
    assert (row.invoiced_minor, row.unapplied_minor) == (invoiced, 2_000)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": ""}, "Say why the limit changes."),
        ({"amount": ""}, "needs an amount above zero"),
        ({"amount": "-3"}, "Zero or more."),
        ({"amount": "1.234"}, "more decimals than CNY allows"),
        ({"customer": "nobody"}, "no customer with the code nobody"),
    ],
)
def test_bad_input_is_told_at_its_field_and_changes_nothing(
    furnished: Furnished, customer_id: int, changes: dict[str, str], said: str
) -> None:
    agree(furnished)
    before = account(furnished, customer_id)
    page = agree(furnished, **{"amount": "9", **changes})
    assert said in page
    assert "is-invalid" in page or "has-error" in page
    after = account(furnished, customer_id)
    assert (after.kind, after.limit_minor) == (before.kind, before.limit_minor)


def test_only_credit_controllers_agree_limits(furnished: Furnished, customer_id: int) -> None:
    agree(furnished)
    answer = agree(furnished, "manager", amount="99")
    assert answer.startswith("403") or "You are not allowed to do this." in answer
    assert account(furnished, customer_id).limit_minor == 123_450
    assert agree(furnished, "technician").startswith("403")


def test_where_credit_is_off_its_pages_are_not_there(furnished: Furnished) -> None:
    assert agree(furnished, "west_admin").startswith("404")


def test_account_page_shows_the_ledger_and_changes_the_limit(
    furnished: Furnished, customer_id: int
) -> None:
    agree(furnished)
    client = furnished.client("east_admin")
    page = client.get(f"/admin/credit/accounts/details/?id={customer_id}").get_data(as_text=True)
    assert "Opening from the documents" in page
    form = client.get(f"/admin/credit/accounts/act/limit/?id={customer_id}").get_data(as_text=True)
    assert "1234.50" in form
    sent = {**LIMIT, "kind": "unlimited", "amount": ""}
    client.post(f"/admin/credit/accounts/act/limit/?id={customer_id}", data=sent)
    assert account(furnished, customer_id).kind is LimitKind.UNLIMITED


def test_customer_page_has_the_gauge_and_home_the_warning(
    furnished: Furnished, customer_id: int
) -> None:
    agree(furnished)
    client = furnished.client("east_admin")
    page = client.get(f"/admin/customers/details/?id={customer_id}").get_data(as_text=True)
    assert "dg-gauge" in page
    assert "Over limit" in page
    home = client.get("/admin/").get_data(as_text=True)
    assert "Credit nearly used" in home
    assert "/admin/credit/accounts/details/" in home


def test_lists_and_exports_open(furnished: Furnished) -> None:
    agree(furnished)
    client = furnished.client("east_admin")
    for path in ("accounts", "entries"):
        assert client.get(f"/admin/credit/{path}/").status_code == 200
        assert client.get(f"/admin/credit/{path}/export/csv/").status_code == 200
    entries = furnished.read(lambda session: session.scalars(select(CreditEntry)).all())
    assert entries


def test_order_over_the_limit_is_refused_on_its_page_with_the_figures(
    furnished: Furnished, customer_id: int
) -> None:
    agree(furnished, amount="3000")  # 2230 of it are owed, 20 are paid in advance
    scope = Scope.at(furnished.east, "seller")
    draft = sales.OrderDraft(customer_id, "CNY", lines(79_100))
    order_id = furnished.house.database.write(
        scope, lambda session: sales.create_order(session, draft).id
    )
    client = furnished.client("east_admin")
    answer = client.post(f"/admin/orders/act/confirm/?id={order_id}", follow_redirects=True)
    page = answer.get_data(as_text=True)
    for figure in ("¥3,000.00", "¥790.00", "¥791.00", "¥2,230.00", "¥20.00"):
        assert figure in page
    assert "ask a credit controller" in page
    state = furnished.read(lambda session: session.get_one(SalesOrder, order_id).state)
    assert state is OrderState.DRAFT


def test_ledger_is_for_those_who_may_read_it(furnished: Furnished, customer_id: int) -> None:
    agree(furnished)
    pages = (
        f"/admin/customers/details/?id={customer_id}",
        f"/admin/credit/accounts/details/?id={customer_id}",
    )
    seller = visit(furnished.house, furnished.east, "account_manager")
    for page in pages:
        shown = seller.get(page, headers={"Accept-Language": "en"}).get_data(as_text=True)
        assert "Payment days" in shown
        assert ">Ledger<" not in shown
        assert ">Ledger<" in furnished.client("manager").get(page).get_data(as_text=True)
