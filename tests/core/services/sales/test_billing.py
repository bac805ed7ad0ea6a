"""Invoices, credit notes, receipts and allocations: every fen is somewhere, once (CR-04)."""

from datetime import date, timedelta

import pytest

from dougong.core.entities.billing import Invoice, InvoiceKind, InvoiceState, ReceiptState
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.core.errors import NotFound, Refusal, StateRefused
from dougong.core.services.sales.api import (
    AllocationReleased,
    Bill,
    CreditNoteIssued,
    CreditNoteRefunded,
    InvoiceIssued,
    InvoiceVoided,
    Payment,
    ReceiptRefunded,
    ReceiptVoided,
    allocate,
    apply_credit_note,
    close_order,
    confirm_order,
    create_delivery,
    credit_note,
    issue_bill,
    issue_invoice,
    refund,
    refund_note,
    register_receipt,
    release_allocation,
    release_delivery,
    void_invoice,
    void_receipt,
)
from dougong.core.services.sales.checks import sales_checks
from dougong.core.session import Session
from dougong.core.testing import NOON, World
from dougong.core.values import Money
from tests.core.services.sales.conftest import told, yuan

TODAY = NOON.date()
SOON = TODAY + timedelta(days=30)


@pytest.fixture
def confirmed(session: Session, order: SalesOrder) -> SalesOrder:
    """The order of 226 yuan, confirmed."""
    return confirm_order(session, order.id)


@pytest.fixture
def invoice(session: Session, confirmed: SalesOrder) -> Invoice:
    """All of it invoiced."""
    return issue_invoice(session, confirmed.id, SOON)


@pytest.fixture
def stranger(session: Session) -> Customer:
    """Another customer of the branch."""
    made = Customer(code="C2", kind=CustomerKind.INDIVIDUAL, name="王芳")
    session.add(made)
    session.flush()
    return made


def sound(session: Session) -> bool:
    """Whether every kept sum equals its documents."""
    session.flush()
    return not [finding for check in sales_checks() for finding in check.run(session)]


def test_an_invoice_takes_over_what_the_order_bound(
    session: Session, confirmed: SalesOrder, invoice: Invoice
) -> None:
    assert confirmed.invoiced == invoice.total == yuan(226)
    assert (invoice.net, invoice.tax, invoice.number) == (yuan(200), yuan(26), "IN-2026-000001")
    (payload,) = told(session, InvoiceIssued.name)
    assert payload["order_part"]["minor"] == 22600
    assert sound(session)


def test_parts_add_up_and_no_more_can_be_invoiced(session: Session, confirmed: SalesOrder) -> None:
    first = issue_invoice(session, confirmed.id, SOON, yuan("100.01"))
    rest = issue_invoice(session, confirmed.id, SOON)
    assert first.tax + rest.tax == confirmed.tax
    assert first.total + rest.total == confirmed.total
    with pytest.raises(Refusal) as refused:
        issue_invoice(session, confirmed.id, SOON)
    assert refused.value.field == "amount"
    assert sound(session)


def test_more_than_the_order_is_not_invoiced(session: Session, confirmed: SalesOrder) -> None:
    with pytest.raises(Refusal) as refused:
        issue_invoice(session, confirmed.id, SOON, yuan("226.01"))
    assert refused.value.code == "core.too_much"
    assert "226.00" in str(refused.value)


def test_a_draft_is_not_invoiced(session: Session, order: SalesOrder) -> None:
    with pytest.raises(StateRefused):
        issue_invoice(session, order.id, SOON)


def test_an_invoice_is_not_due_before_it_is_issued(session: Session, confirmed: SalesOrder) -> None:
    with pytest.raises(Refusal) as refused:
        issue_invoice(session, confirmed.id, TODAY - timedelta(days=1))
    assert refused.value.field == "due_on"


def test_a_bill_stands_without_an_order(session: Session, customer: Customer) -> None:
    bill = issue_bill(session, Bill(customer.id, yuan(10), yuan(0), SOON, "逾期利息"))
    assert bill.order_id is None
    (payload,) = told(session, InvoiceIssued.name)
    assert payload["order_part"]["minor"] == 0


def test_a_voided_invoice_gives_its_part_back(
    session: Session, confirmed: SalesOrder, invoice: Invoice
) -> None:
    release_delivery(session, create_delivery(session, confirmed.id).id)
    close_order(session, confirmed.id)
    void_invoice(session, invoice.id)
    assert confirmed.invoiced == yuan(0)
    assert confirmed.state is OrderState.SHIPPED
    assert told(session, InvoiceVoided.name)[0]["order_part"]["minor"] == 22600
    assert sound(session)


def test_a_settled_invoice_is_not_voided(
    session: Session, customer: Customer, invoice: Invoice
) -> None:
    receipt = register_receipt(session, customer.id, Payment(yuan(1)))
    allocate(session, receipt.id, invoice.id, yuan(1))
    with pytest.raises(Refusal) as refused:
        void_invoice(session, invoice.id)
    assert refused.value.code == "core.invoice_settled"


def test_an_invoice_is_voided_once(session: Session, invoice: Invoice) -> None:
    void_invoice(session, invoice.id)
    with pytest.raises(StateRefused):
        void_invoice(session, invoice.id)


def test_a_prepayment_waits_and_then_pays(
    session: Session, customer: Customer, confirmed: SalesOrder
) -> None:
    receipt = register_receipt(session, customer.id, Payment(yuan(300)))
    assert receipt.amount - receipt.applied == yuan(300)
    invoice = issue_invoice(session, confirmed.id, SOON)
    allocate(session, receipt.id, invoice.id, yuan(226))
    assert invoice.state is InvoiceState.PAID
    assert receipt.amount - receipt.applied == yuan(74)
    assert sound(session)


def test_no_more_is_allocated_than_the_receipt_has(
    session: Session, customer: Customer, invoice: Invoice
) -> None:
    receipt = register_receipt(session, customer.id, Payment(yuan(100)))
    allocate(session, receipt.id, invoice.id, yuan(60))
    with pytest.raises(Refusal) as refused:
        allocate(session, receipt.id, invoice.id, yuan("40.01"))
    assert "¥40.00" in str(refused.value)
    assert receipt.applied == invoice.settled == yuan(60)


def test_no_more_is_allocated_than_the_invoice_asks(
    session: Session, customer: Customer, invoice: Invoice
) -> None:
    receipt = register_receipt(session, customer.id, Payment(yuan(500)))
    with pytest.raises(Refusal) as refused, session.begin_nested():
        allocate(session, receipt.id, invoice.id, yuan("226.01"))
    assert refused.value.code == "core.too_much"
    session.refresh(receipt)
    assert receipt.applied == yuan(0)


@pytest.mark.parametrize("amount", [yuan(0), yuan(-1), Money(100, "USD")])
def test_odd_amounts_are_refused(
    session: Session, customer: Customer, invoice: Invoice, amount: Money
) -> None:
    receipt = register_receipt(session, customer.id, Payment(yuan(100)))
    with pytest.raises(Refusal) as refused:
        allocate(session, receipt.id, invoice.id, amount)
    assert refused.value.code in ("core.amount", "core.currency")


def test_a_stranger_s_money_does_not_pay(
    session: Session, stranger: Customer, invoice: Invoice
) -> None:
    receipt = register_receipt(session, stranger.id, Payment(yuan(100)))
    with pytest.raises(Refusal) as refused:
        allocate(session, receipt.id, invoice.id, yuan(1))
    assert refused.value.code == "core.other_customer"


def test_an_allocation_is_taken_back(
    session: Session, customer: Customer, invoice: Invoice
) -> None:
    receipt = register_receipt(session, customer.id, Payment(yuan(226)))
    allocation = allocate(session, receipt.id, invoice.id, yuan(226))
    release_allocation(session, allocation.id)
    assert invoice.state is InvoiceState.OPEN
    assert receipt.applied == invoice.settled == yuan(0)
    assert told(session, AllocationReleased.name)[0]["receipt_id"] == receipt.id
    assert sound(session)


def test_a_bounced_cheque_opens_its_invoices_again(
    session: Session, customer: Customer, confirmed: SalesOrder
) -> None:
    first = issue_invoice(session, confirmed.id, SOON, yuan(100))
    second = issue_invoice(session, confirmed.id, SOON)
    receipt = register_receipt(session, customer.id, Payment(yuan(200)))
    allocate(session, receipt.id, second.id, yuan(100))
    allocate(session, receipt.id, first.id, yuan(100))
    void_receipt(session, receipt.id)
    assert receipt.state is ReceiptState.VOID
    assert first.settled == second.settled == yuan(0)
    assert len(told(session, ReceiptVoided.name)) == 1
    with pytest.raises(NotFound):
        allocate(session, receipt.id, first.id, yuan(1))
    assert sound(session)


def test_a_refund_takes_only_what_is_not_allocated(
    session: Session, customer: Customer, invoice: Invoice
) -> None:
    receipt = register_receipt(session, customer.id, Payment(yuan(300)))
    allocate(session, receipt.id, invoice.id, yuan(226))
    with pytest.raises(Refusal):
        refund(session, receipt.id, Payment(yuan("74.01")))
    paid = refund(session, receipt.id, Payment(yuan(74)))
    assert (paid.number, paid.refunded_id) == ("RF-2026-000001", receipt.id)
    assert receipt.applied == receipt.amount
    assert told(session, ReceiptRefunded.name)[0]["refund_id"] == paid.id
    assert sound(session)


def test_a_refunded_receipt_is_not_voided(session: Session, customer: Customer) -> None:
    receipt = register_receipt(session, customer.id, Payment(yuan(300)))
    refund(session, receipt.id, Payment(yuan(1)))
    with pytest.raises(Refusal) as refused:
        void_receipt(session, receipt.id)
    assert refused.value.code == "core.receipt_refunded"


def test_a_credit_note_settles_what_is_open_and_keeps_the_rest(
    session: Session, customer: Customer, invoice: Invoice
) -> None:
    receipt = register_receipt(session, customer.id, Payment(yuan(200)))
    allocate(session, receipt.id, invoice.id, yuan(200))
    note = credit_note(session, invoice.id, yuan(113), "退货")
    assert (note.kind, note.number) == (InvoiceKind.CREDIT_NOTE, "CN-2026-000001")
    assert (note.net, note.tax) == (yuan(100), yuan(13))
    assert invoice.state is InvoiceState.PAID
    assert note.total - note.settled == yuan(87)
    assert told(session, CreditNoteIssued.name)[0]["credited_id"] == invoice.id
    assert sound(session)


def test_no_more_is_credited_than_was_invoiced(session: Session, invoice: Invoice) -> None:
    credit_note(session, invoice.id, yuan(200), "退货")
    with pytest.raises(Refusal) as refused:
        credit_note(session, invoice.id, yuan("26.01"), "退货")
    assert "26.00" in str(refused.value)
    assert credit_note(session, invoice.id, yuan(26), "退货").total == yuan(26)


def test_the_rest_of_a_credit_note_pays_another_invoice_or_is_paid_out(
    session: Session, customer: Customer, invoice: Invoice
) -> None:
    receipt = register_receipt(session, customer.id, Payment(yuan(226)))
    allocate(session, receipt.id, invoice.id, yuan(226))
    note = credit_note(session, invoice.id, yuan(100), "退货")
    bill = issue_bill(session, Bill(customer.id, yuan(30), yuan(0), SOON))
    apply_credit_note(session, note.id, bill.id, yuan(30))
    assert bill.state is InvoiceState.PAID
    paid = refund_note(session, note.id, Payment(yuan(70)))
    assert note.state is InvoiceState.PAID
    assert paid.applied == paid.amount
    assert told(session, CreditNoteRefunded.name)[0]["amount"]["minor"] == 7000
    with pytest.raises(Refusal):
        refund_note(session, note.id, Payment(yuan("0.01")))
    assert sound(session)


def test_an_invoice_is_no_credit_note(session: Session, invoice: Invoice) -> None:
    bill = issue_bill(session, Bill(invoice.customer_id, yuan(30), yuan(0), SOON))
    with pytest.raises(Refusal) as refused:
        apply_credit_note(session, invoice.id, bill.id, yuan(1))
    assert refused.value.code == "core.wrong_document"


def test_money_paid_out_is_not_taken_back(session: Session, invoice: Invoice) -> None:
    receipt = register_receipt(session, invoice.customer_id, Payment(yuan(226)))
    allocate(session, receipt.id, invoice.id, yuan(226))
    note = credit_note(session, invoice.id, yuan(100), "退货")
    refund_note(session, note.id, Payment(yuan(50)))
    (allocation,) = note.allocations
    with pytest.raises(Refusal) as refused:
        release_allocation(session, allocation.id)
    assert refused.value.code == "core.refund_allocated"


def test_another_branch_s_papers_are_not_found(
    world: World, session: Session, invoice: Invoice
) -> None:
    """XX-05"""
    session.commit()
    with world.at(world.west) as west:
        with pytest.raises(NotFound):
            void_invoice(west, invoice.id)
        with pytest.raises(NotFound):
            register_receipt(west, invoice.customer_id, Payment(yuan(1)))


def test_a_wrong_sum_is_found(session: Session, invoice: Invoice) -> None:
    invoice.settled_minor = 5
    assert not sound(session)


def test_a_receipt_is_of_the_day_it_is_given(session: Session, customer: Customer) -> None:
    day = date(2026, 2, 28)
    receipt = register_receipt(session, customer.id, Payment(yuan(1), on=day))
    assert receipt.received_on == day
