"""What tests of printing stand on: a customer with an order, a delivery and a payment at 东区."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from dougong.core.entities.address import Address
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.people import User
from dougong.core.entities.profiles import EnterpriseProfile
from dougong.core.services.printing.api import Letterhead
from dougong.core.services.sales.api import (
    Bill,
    LineDraft,
    OrderDraft,
    Payment,
    allocate,
    confirm_order,
    create_delivery,
    create_order,
    issue_bill,
    register_receipt,
    release_delivery,
)
from dougong.core.session import Session
from dougong.core.values import Money, Percentage


@dataclass(frozen=True, slots=True)
class Traded:
    """The keys of what was traded."""

    customer: int
    order: int
    delivery: int
    receipt: int
    person: int


def trade(session: Session) -> Traded:
    """A confirmed order of two lines that is on its way, an invoice half paid."""
    person = User(login="li", name="李经理", active=True)
    customer = Customer(
        code="KH-0001",
        kind=CustomerKind.ENTERPRISE,
        name="北京清泉饮品有限公司",
        phone="010-62345678",
    )
    session.add_all([person, customer])
    session.flush()
    session.add_all(
        [
            Contact(customer_id=customer.id, name="张三", title="采购部经理", phone="13800138000",
                    birth_month=8, birth_day=15, birth_lunar=True),
            Address(customer_id=customer.id, city="北京市", district="海淀区", line="清河路１号"),
            EnterpriseProfile(customer_id=customer.id, legal_representative="王芳", headcount=120,
                              registered_capital_minor=500_000_000, currency="CNY"),
        ]
    )  # fmt: skip
    lines = (
        LineDraft("桶装水 18.9 升", Decimal(20), Money.of(18, "CNY"), Percentage.of("13")),
        LineDraft("<b>饮水机</b>", Decimal(1), Money.of("399.50", "CNY"), Percentage.of("13")),
    )
    order = create_order(
        session,
        OrderDraft(customer.id, "CNY", lines, salesperson_id=person.id, remark="上午送到"),
    )
    confirm_order(session, order.id)
    delivery = create_delivery(session, order.id)
    release_delivery(session, delivery.id)
    total, day = order.total, date(2026, 3, 10)
    bill = issue_bill(session, Bill(customer.id, total, Money.zero("CNY"), day))
    paid = Money.of("300.30", "CNY")
    receipt = register_receipt(session, customer.id, Payment(paid))
    allocate(session, receipt.id, bill.id, Money.of(300, "CNY"))
    session.flush()
    return Traded(customer.id, order.id, delivery.id, receipt.id, person.id)


@pytest.fixture
def traded(session: Session) -> Traded:
    """The trade, in the test's own session."""
    return trade(session)


@pytest.fixture
def letterhead(session: Session) -> Letterhead:
    """The branch's own head."""
    row = Letterhead(
        company="清泉饮用水有限公司东区分公司", address="北京市海淀区中关村大街１号",
        phone="010-88886666", bank="中国工商银行海淀支行", account="0200 0001",
        note="服务监督电话 400-800-1234",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row
