"""Selling within a limit on a real database, through the real verbs (CR-03, CR-04)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from dougong.core.entities.event_log import EventRecord
from dougong.core.errors import Blocked, Refusal, WallBreached
from dougong.core.i18n import speaking
from dougong.core.services.sales.api import (
    Payment,
    allocate,
    cancel_order,
    change_order,
    confirm_order,
    create_delivery,
    credit_note,
    issue_invoice,
    refund,
    register_receipt,
    release_delivery,
    reopen_order,
    void_invoice,
    void_receipt,
)
from dougong.core.session import Session
from dougong.core.switches import disable, enable
from dougong.core.testing import World
from dougong.core.values import Money
from dougong.plugins.credit.checks import accounts_add_up
from dougong.plugins.credit.models import CreditAccount, CreditEntry
from dougong.plugins.credit.refusals import CurrencyDiffers, LimitExceeded
from dougong.plugins.credit.rules import EntryKind, Limit, LimitKind
from dougong.plugins.credit.service import set_limit
from dougong.plugins.credit.subscribers import rebuild
from tests.plugins.credit.shop import (
    account_of,
    add_customer,
    agree,
    cny,
    draft,
    lines,
    open_shop,
    sell,
)

DUE = date(2026, 4, 1)


@pytest.fixture
def adds_up(session: Session, world: World) -> "object":
    """After the test every account equals its ledger and its documents."""
    yield
    session.flush()
    session.expire_all()  # accounts are written by statements that pass what is loaded
    assert [str(finding.text) for finding in accounts_add_up(session)] == []


def test_order_up_to_the_limit_is_confirmed_and_one_over_is_refused(
    session: Session, world: World, adds_up: object
) -> None:
    customer = open_shop(session, world.east)
    agree(session, customer, 1000)
    sell(session, customer, 600)
    with pytest.raises(LimitExceeded) as refused:
        sell(session, customer, 401)
    assert refused.value.exposure.used == cny(600)
    assert refused.value.most == cny(1000)
    sell(session, customer, 400)
    assert account_of(session, customer).reserved == cny(1000)


def test_refusal_names_every_figure_and_what_can_be_done(session: Session, world: World) -> None:
    customer = open_shop(session, world.east)
    agree(session, customer, 100_000)
    order = sell(session, customer, 60_000)
    issue_invoice(session, order.id, DUE, cny(20_000))
    register_receipt(session, customer.id, Payment(cny(5_000)))
    with pytest.raises(LimitExceeded) as refused, speaking("en"):
        sell(session, customer, 70_000)
    with speaking("en"):
        said = str(refused.value)
    for figure in ("1,000.00", "450.00", "700.00", "400.00", "200.00", "50.00", "0.00"):
        assert f"CN¥{figure}" in said
    assert "大江印务" in said
    assert "Make the order smaller" in said


@pytest.mark.parametrize("kind", [LimitKind.ZERO, LimitKind.NONE])
def test_who_may_owe_nothing_buys_what_is_paid_before(
    session: Session, world: World, adds_up: object, kind: LimitKind
) -> None:
    customer = open_shop(session, world.east)
    set_limit(session, customer.id, Limit(kind, cny(0)), "cash")
    order = draft(session, customer, 500)
    with pytest.raises(Blocked) as refused, session.begin_nested():
        confirm_order(session, order.id)
    codes = {LimitKind.ZERO: "credit.nothing_on_account", LimitKind.NONE: "credit.none_agreed"}
    assert [blocker.code for blocker in refused.value.blockers] == [codes[kind]]
    register_receipt(session, customer.id, Payment(cny(500)))
    confirm_order(session, order.id)
    assert account_of(session, customer).exposure.used == cny(0)


def test_unlimited_is_never_refused(session: Session, world: World, adds_up: object) -> None:
    customer = open_shop(session, world.east)
    set_limit(session, customer.id, Limit(LimitKind.UNLIMITED, cny(0)), "A")
    sell(session, customer, 10**12)
    assert account_of(session, customer).reserved == cny(10**12)


def test_without_agreed_limit_the_branch_s_usual_one_holds(
    session: Session, world: World, adds_up: object
) -> None:
    customer = open_shop(session, world.east, without_limit="default", default_limit="10")
    sell(session, customer, 1000)
    with pytest.raises(LimitExceeded):
        sell(session, customer, 1)


def test_expired_limit_is_as_if_none_were_agreed(
    session: Session, world: World, adds_up: object
) -> None:
    customer = open_shop(session, world.east)
    limit = Limit(LimitKind.AMOUNT, cny(1000), valid_until=date(2026, 3, 2))
    set_limit(session, customer.id, limit, "until today")
    sell(session, customer, 100)
    session.now += timedelta(days=1)
    with pytest.raises(Refusal):
        sell(session, customer, 100)


def test_every_document_moves_its_bucket(session: Session, world: World, adds_up: object) -> None:
    customer = open_shop(session, world.east)
    agree(session, customer, 10_000)
    order = sell(session, customer, 1000)

    def buckets() -> tuple[int, int, int]:
        account = account_of(session, customer)
        return account.reserved_minor, account.invoiced_minor, account.unapplied_minor

    assert buckets() == (1000, 0, 0)
    invoice = issue_invoice(session, order.id, DUE, cny(600))
    assert buckets() == (400, 600, 0)
    receipt = register_receipt(session, customer.id, Payment(cny(500)))
    assert buckets() == (400, 600, 500)
    allocate(session, receipt.id, invoice.id, cny(300))
    assert buckets() == (400, 300, 200)
    refund(session, receipt.id, Payment(cny(50)))
    assert buckets() == (400, 300, 150)
    credit_note(session, invoice.id, cny(400), "returned")
    assert buckets() == (400, 0, 250)
    other = issue_invoice(session, order.id, DUE)
    assert buckets() == (0, 400, 250)
    void_invoice(session, other.id)
    assert buckets() == (400, 0, 250)


def test_bounced_cheque_is_owed_again(session: Session, world: World, adds_up: object) -> None:
    customer = open_shop(session, world.east)
    agree(session, customer, 1000)
    invoice = issue_invoice(session, sell(session, customer, 800).id, DUE)
    receipt = register_receipt(session, customer.id, Payment(cny(800)))
    allocate(session, receipt.id, invoice.id, cny(800))
    assert account_of(session, customer).exposure.used == cny(0)
    void_receipt(session, receipt.id)
    assert account_of(session, customer).exposure.used == cny(800)


def test_cancelling_frees_and_reopening_asks_again(
    session: Session, world: World, adds_up: object
) -> None:
    customer = open_shop(session, world.east)
    agree(session, customer, 1000)
    first = sell(session, customer, 900)
    cancel_order(session, first.id)
    assert account_of(session, customer).reserved == cny(0)
    sell(session, customer, 800)
    reopen_order(session, first.id)
    with pytest.raises(LimitExceeded), session.begin_nested():
        confirm_order(session, first.id)


def test_editing_a_confirmed_order_cannot_pass_the_limit(
    session: Session, world: World, adds_up: object
) -> None:
    customer = open_shop(session, world.east)
    agree(session, customer, 1000)
    order = sell(session, customer, 900)
    with pytest.raises(LimitExceeded), session.begin_nested():
        change_order(session, order.id, lines(1001))
    change_order(session, order.id, lines(1000))
    assert account_of(session, customer).reserved == cny(1000)
    change_order(session, order.id, lines(300))
    assert account_of(session, customer).reserved == cny(300)
    kinds = session.scalars(select(CreditEntry.kind).order_by(CreditEntry.id)).all()
    assert kinds == [EntryKind.RESERVE, EntryKind.RESERVE, EntryKind.RELEASE]


def test_goods_stay_when_the_limit_was_lowered_below_what_is_owed(
    session: Session, world: World, adds_up: object
) -> None:
    customer = open_shop(session, world.east)
    agree(session, customer, 1000)
    delivery = create_delivery(session, sell(session, customer, 900).id)
    agree(session, customer, 500)
    with pytest.raises(Blocked) as refused, session.begin_nested():
        release_delivery(session, delivery.id)
    assert [blocker.code for blocker in refused.value.blockers] == ["credit.over_limit"]
    register_receipt(session, customer.id, Payment(cny(400)))
    release_delivery(session, delivery.id)


def test_order_in_another_currency_is_refused_until_the_account_is_in_it(
    session: Session, world: World, adds_up: object
) -> None:
    customer = open_shop(session, world.east)
    agree(session, customer, 1000)
    with pytest.raises(CurrencyDiffers):
        sell(session, customer, 100, "USD")
    set_limit(session, customer.id, Limit(LimitKind.AMOUNT, Money(1000, "USD")), "exports")
    sell(session, customer, 100, "USD")
    assert account_of(session, customer).reserved == Money(100, "USD")
    with pytest.raises(Refusal, match="USD"):
        agree(session, customer, 1000)


def test_account_opened_later_starts_from_the_documents(
    session: Session, world: World, adds_up: object
) -> None:
    customer = add_customer(session, world.east, "OLD")
    order = sell(session, customer, 700)
    issue_invoice(session, order.id, DUE, cny(200))
    register_receipt(session, customer.id, Payment(cny(100)))
    assert session.get(CreditAccount, customer.id) is None
    enable(session, world.east, "credit")
    agree(session, customer, 1000)
    account = account_of(session, customer)
    assert (account.reserved_minor, account.invoiced_minor, account.unapplied_minor) == (
        500,
        200,
        100,
    )
    with pytest.raises(LimitExceeded):
        sell(session, customer, 401)
    sell(session, customer, 400)


def test_first_order_after_switching_on_opens_the_account_with_itself_in_it(
    session: Session, world: World, adds_up: object
) -> None:
    customer = open_shop(session, world.east, without_limit="default", default_limit="10")
    assert session.get(CreditAccount, customer.id) is None
    with pytest.raises(LimitExceeded) as refused:
        sell(session, customer, 1001)
    assert refused.value.exposure.used == cny(0)
    sell(session, customer, 1000)
    assert account_of(session, customer).reserved == cny(1000)


def test_what_happened_while_off_is_caught_up_when_on_again(
    session: Session, world: World, adds_up: object
) -> None:
    customer = open_shop(session, world.east)
    agree(session, customer, 1000)
    sell(session, customer, 100)
    disable(session, world.east, "credit")
    sell(session, customer, 5000)
    assert account_of(session, customer).reserved == cny(100)
    session.now += timedelta(hours=1)
    enable(session, world.east, "credit")
    with pytest.raises(LimitExceeded) as refused:
        sell(session, customer, 1)
    assert refused.value.exposure.reserved == cny(5100)
    agree(session, customer, 6000)
    assert account_of(session, customer).reserved == cny(5100)


def test_where_credit_is_off_nothing_is_refused_or_written(session: Session, world: World) -> None:
    customer = add_customer(session, world.east, "FREE")
    sell(session, customer, 10**9)
    assert session.scalar(select(func.count(CreditEntry.id))) == 0


def test_limit_changes_are_told_with_their_reason(session: Session, world: World) -> None:
    customer = open_shop(session, world.east)
    agree(session, customer, 1000)
    agree(session, customer, 1000)  # nothing new: nothing told
    set_limit(session, customer.id, Limit(LimitKind.AMOUNT, cny(2000)), " grew ")
    told = session.scalars(
        select(EventRecord.payload).where(EventRecord.name == "credit.limit_changed")
    ).all()
    assert [(t["before"]["amount"]["minor"], t["after"]["amount"]["minor"]) for t in told] == [
        (0, 1000),
        (1000, 2000),
    ]
    assert told[-1]["reason"] == "grew"


@pytest.mark.parametrize(
    ("limit", "reason", "field"),
    [
        (Limit(LimitKind.AMOUNT, cny(0)), "x", "amount"),
        (Limit(LimitKind.AMOUNT, cny(-5)), "x", "amount"),
        (Limit(LimitKind.AMOUNT, cny(5)), "  ", "reason"),
    ],
)
def test_bad_limits_are_refused_at_their_field(
    session: Session, world: World, limit: Limit, reason: str, field: str
) -> None:
    customer = open_shop(session, world.east)
    with pytest.raises(Refusal) as refused:
        set_limit(session, customer.id, limit, reason)
    assert refused.value.field == field


def test_ledger_is_append_only(session: Session, world: World) -> None:
    customer = open_shop(session, world.east)
    agree(session, customer, 1000)
    sell(session, customer, 100)
    entry = session.scalars(select(CreditEntry)).one()
    entry.reserved_minor = 1
    with pytest.raises(WallBreached):
        session.flush()


def test_doctor_finds_an_account_that_was_tampered_with(session: Session, world: World) -> None:
    customer = open_shop(session, world.east)
    account = agree(session, customer, 1000)
    sell(session, customer, 100)
    account_of(session, customer).reserved_minor = 90
    session.flush()
    with speaking("en"):
        found = [str(finding.text) for finding in accounts_add_up(session)]
    assert len(found) == 2
    assert "ledger" in found[0]
    assert "documents" in found[1]
    rebuild(session, world.east, [customer.id])
    assert account.reserved_minor == 100
    with speaking("en"):
        assert len(accounts_add_up(session)) == 1  # the ledger tells of the tampering for ever
