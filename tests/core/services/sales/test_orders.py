"""Orders: what binds, what is refused, and who hears of it (CR-04)."""

from decimal import Decimal

import pytest
from sqlalchemy import update

from dougong.core.branches import today_at
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.entities.sales import OrderState, SalesOrder, SalesOrderLine
from dougong.core.errors import Blocked, Blocker, NotFound, Refusal, StateRefused
from dougong.core.services.sales.api import (
    OrderCancelled,
    OrderChanged,
    OrderConfirmed,
    OrderDraft,
    cancel_order,
    change_order,
    close_order,
    confirm_order,
    create_delivery,
    create_order,
    issue_invoice,
    release_delivery,
    reopen_order,
    retotal,
)
from dougong.core.session import Session
from dougong.core.testing import World
from dougong.core.values import Money
from tests.core.services.sales.conftest import Gate, line, told, yuan


def test_a_draft_has_totals_and_no_number(session: Session, order: SalesOrder) -> None:
    assert (order.net, order.tax, order.total) == (yuan(200), yuan(26), yuan(226))
    assert order.number is None
    assert order.state is OrderState.DRAFT
    assert order.ordered_on == today_at(session, order.branch_id)


def test_a_confirmed_order_is_numbered_and_told(session: Session, order: SalesOrder) -> None:
    confirm_order(session, order.id)
    assert order.state is OrderState.CONFIRMED
    assert order.number == "SO-2026-000001"
    assert order.confirmed_at == session.now
    (payload,) = told(session, OrderConfirmed.name)
    assert payload["total"] == {"minor": 22600, "currency": "CNY"}


def test_numbers_have_no_gaps(session: Session, customer: Customer) -> None:
    orders = [create_order(session, OrderDraft(customer.id, "CNY", (line(),))) for _ in range(3)]
    numbers = [confirm_order(session, order.id).number for order in orders]
    assert numbers == ["SO-2026-000001", "SO-2026-000002", "SO-2026-000003"]


def test_a_blocker_refuses_the_confirmation(
    session: Session, order: SalesOrder, gate: Gate
) -> None:
    gate.against = [Blocker("gate", "gate.stopped", "Supply is stopped.")]
    with pytest.raises(Blocked) as refused:
        confirm_order(session, order.id)
    assert [b.code for b in refused.value.blockers] == ["gate.stopped"]
    assert order.state is OrderState.DRAFT
    assert gate.heard == []


def test_who_hears_within_may_refuse_before_a_number_is_taken(
    session: Session, order: SalesOrder, gate: Gate
) -> None:
    gate.refuses = OrderConfirmed
    with pytest.raises(Refusal, match="limit"), session.begin_nested():
        confirm_order(session, order.id)
    session.refresh(order)
    assert order.state is OrderState.DRAFT
    assert order.number is None
    assert told(session, OrderConfirmed.name) == []


def test_an_order_is_confirmed_once(session: Session, order: SalesOrder) -> None:
    confirm_order(session, order.id)
    with pytest.raises(StateRefused) as refused:
        confirm_order(session, order.id)
    assert "SO-2026-000001" in str(refused.value)
    assert len(told(session, OrderConfirmed.name)) == 1


def test_an_order_without_lines_is_refused(session: Session, customer: Customer) -> None:
    empty = create_order(session, OrderDraft(customer.id, "CNY"))
    with pytest.raises(Refusal) as refused:
        confirm_order(session, empty.id)
    assert refused.value.code == "core.order_empty"


def test_nothing_new_is_sold_to_a_closed_customer(session: Session, customer: Customer) -> None:
    customer.status = CustomerStatus.CLOSED
    session.flush()
    with pytest.raises(Refusal) as refused:
        create_order(session, OrderDraft(customer.id, "CNY", (line(),)))
    assert refused.value.code == "core.customer_closed"


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (line(quantity="0"), "core.quantity"),
        (line(quantity="1.0005"), "core.quantity"),
        (line(price="-1"), "core.price"),
        (line(tax="101"), "core.tax"),
    ],
)
def test_a_bad_line_names_its_field(
    session: Session, customer: Customer, bad: object, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        create_order(session, OrderDraft(customer.id, "CNY", (bad,)))  # type: ignore[arg-type]
    assert refused.value.code == code
    assert refused.value.field


def test_a_line_in_another_currency_is_refused(session: Session, customer: Customer) -> None:
    with pytest.raises(Refusal) as refused:
        create_order(session, OrderDraft(customer.id, "USD", (line(),)))
    assert refused.value.code == "core.price"


def test_another_branch_s_order_is_not_found(
    world: World, session: Session, order: SalesOrder
) -> None:
    """XX-05"""
    session.commit()
    with world.at(world.west) as west, pytest.raises(NotFound):
        confirm_order(west, order.id)


def test_a_changed_confirmed_order_is_checked_again(
    session: Session, order: SalesOrder, gate: Gate
) -> None:
    confirm_order(session, order.id)
    change_order(session, order.id, [line("3")])
    assert order.total == yuan(339)
    changed = gate.heard[-1]
    assert isinstance(changed, OrderChanged)
    assert (changed.before, changed.after) == (yuan(226), yuan(339))
    gate.against = [Blocker("gate", "gate.stopped", "Supply is stopped.")]
    with pytest.raises(Blocked):
        change_order(session, order.id, [line("4")])


def test_a_changed_draft_tells_nobody(session: Session, order: SalesOrder, gate: Gate) -> None:
    change_order(session, order.id, [line("3"), line("1", "0.01")])
    assert order.total == yuan("339.01")
    assert [row.position for row in order.lines] == [1, 2]
    assert gate.heard == []


def test_a_change_below_what_is_invoiced_is_refused(session: Session, order: SalesOrder) -> None:
    confirm_order(session, order.id)
    issue_invoice(session, order.id, today_at(session, order.branch_id), yuan(200))
    with pytest.raises(Refusal) as refused:
        change_order(session, order.id, [line("1")])
    assert refused.value.code == "core.order_invoiced"


def test_a_cancelled_order_binds_no_more(session: Session, order: SalesOrder) -> None:
    confirm_order(session, order.id)
    cancel_order(session, order.id)
    assert order.state is OrderState.CANCELLED
    (payload,) = told(session, OrderCancelled.name)
    assert payload["total"]["minor"] == 22600


def test_a_cancelled_draft_tells_nobody(session: Session, order: SalesOrder) -> None:
    cancel_order(session, order.id)
    assert told(session, OrderCancelled.name) == []


def test_an_invoiced_order_is_not_cancelled(session: Session, order: SalesOrder) -> None:
    confirm_order(session, order.id)
    issue_invoice(session, order.id, today_at(session, order.branch_id))
    with pytest.raises(Refusal) as refused:
        cancel_order(session, order.id)
    assert refused.value.code == "core.order_invoiced"


def test_an_order_under_way_is_not_cancelled(session: Session, order: SalesOrder) -> None:
    confirm_order(session, order.id)
    create_delivery(session, order.id)
    with pytest.raises(Refusal) as refused:
        cancel_order(session, order.id)
    assert refused.value.code == "core.order_delivered"


def test_a_reopened_order_is_checked_and_keeps_its_number(
    session: Session, order: SalesOrder, gate: Gate
) -> None:
    confirm_order(session, order.id)
    cancel_order(session, order.id)
    reopen_order(session, order.id)
    confirm_order(session, order.id)
    assert order.number == "SO-2026-000001"
    assert [type(event) for event in gate.heard] == [OrderConfirmed, OrderConfirmed]


def test_an_order_closes_when_all_is_shipped_and_invoiced(
    session: Session, order: SalesOrder
) -> None:
    confirm_order(session, order.id)
    release_delivery(session, create_delivery(session, order.id).id)
    with pytest.raises(Refusal) as refused:
        close_order(session, order.id)
    assert refused.value.code == "core.order_not_invoiced"
    issue_invoice(session, order.id, today_at(session, order.branch_id))
    assert close_order(session, order.id).state is OrderState.CLOSED


def test_rows_edited_in_a_form_are_summed_again(session: Session, order: SalesOrder) -> None:
    session.execute(update(SalesOrderLine).values(quantity=Decimal(5)))
    retotal(session, order.id)
    assert order.total == Money(56500, "CNY")


def test_a_confirmed_order_is_not_summed_again(session: Session, order: SalesOrder) -> None:
    confirm_order(session, order.id)
    with pytest.raises(StateRefused):
        retotal(session, order.id)
