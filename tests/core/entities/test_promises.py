"""What the rules promise, the schema promises too: wrong rows do not go in by any door."""

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from dougong.core.entities.address import Address, Area
from dougong.core.entities.billing import Allocation, Invoice, InvoiceState, Receipt, ReceiptKind
from dougong.core.entities.contact import Contact, ContactDay
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.interaction import Interaction, InteractionKind, InteractionState
from dougong.core.entities.people import User
from dougong.core.entities.product import Product
from dougong.core.entities.profiles import (
    EnterpriseProfile,
    GroupMember,
    GroupProfile,
    IndividualProfile,
    InstitutionProfile,
    SpecialProfile,
)
from dougong.core.entities.sales import SalesOrder, SalesOrderLine
from dougong.core.orm import Base, Grade, grade_of
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.testing import World
from dougong.core.values import Money

DAY = date(2026, 3, 2)


def customer(session: Session, code: str = "C1") -> Customer:
    """A customer of the session's branch."""
    made = Customer(code=code, kind=CustomerKind.ENTERPRISE, name="北京清泉饮品有限公司")
    session.add(made)
    session.flush()
    return made


def order(session: Session, **values: object) -> SalesOrder:
    """An order of a customer."""
    return SalesOrder(customer_id=customer(session).id, ordered_on=DAY, **values)


def invoice(session: Session, **values: object) -> Invoice:
    """An invoice to a customer."""
    return Invoice(customer_id=customer(session).id, issued_on=DAY, due_on=DAY, **values)


def receipt(session: Session, **values: object) -> Receipt:
    """A receipt from a customer."""
    return Receipt(customer_id=customer(session).id, received_on=DAY, **values)


def line(session: Session, **values: object) -> SalesOrderLine:
    """A line of an order."""
    owner = order(session)
    session.add(owner)
    session.flush()
    return SalesOrderLine(order_id=owner.id, unit_price_minor=0, **values)


def contact(session: Session, **values: object) -> Contact:
    """A contact of a customer."""
    return Contact(customer_id=customer(session).id, name="王芳", **values)


def allocation(session: Session, *, receipt_too: bool) -> Allocation:
    """An allocation from two sources, or from none."""
    paper, money = invoice(session), None
    session.add(paper)
    if receipt_too:
        money = Receipt(customer_id=paper.customer_id, received_on=DAY, amount_minor=1)
        session.add(money)
    session.flush()
    return Allocation(
        invoice_id=paper.id, amount_minor=1, at=session.now,
        receipt_id=money.id if money else None,
        credit_note_id=paper.id if money else None,
    )  # fmt: skip


WRONG: dict[str, Callable[[Session], Base]] = {
    "invoiced beyond the total": lambda s: order(s, invoiced_minor=1),
    "a total that is no sum": lambda s: order(s, net_minor=1, total_minor=2),
    "a total below zero": lambda s: order(s, net_minor=-1, total_minor=-1),
    "a line of nothing": lambda s: line(s, quantity=Decimal(0)),
    "a tax above the price": lambda s: line(s, quantity=Decimal(1), tax_percent=Decimal(101)),
    "settled beyond the total": lambda s: invoice(s, settled_minor=1),
    "paid but not settled": lambda s: invoice(
        s, net_minor=1, total_minor=1, state=InvoiceState.PAID
    ),
    "void but settled": lambda s: invoice(
        s, net_minor=1, total_minor=1, settled_minor=1, state=InvoiceState.VOID
    ),
    "an invoice that credits": lambda s: invoice(s, credited_id=1),
    "money of zero": lambda s: receipt(s, amount_minor=0),
    "applied beyond the amount": lambda s: receipt(s, amount_minor=1, applied_minor=2),
    "a receipt that refunds": lambda s: receipt(s, amount_minor=1, refunded_id=1),
    "an allocation from nowhere": lambda s: allocation(s, receipt_too=False),
    "an allocation from two": lambda s: allocation(s, receipt_too=True),
    "a thirteenth month": lambda s: contact(s, birth_month=13, birth_day=1),
    "half a birthday": lambda s: contact(s, birth_month=1),
    "half a quiet time": lambda s: contact(s, quiet_from=time(22)),
    "a price below zero": lambda s: Product(code="P", name="桶装水", price_minor=-1),
    "half a coordinate": lambda s: Address(
        customer_id=customer(s).id, line="中山路1号", latitude=Decimal(30)
    ),
    "beyond the pole": lambda s: Address(
        customer_id=customer(s).id, line="中山路1号", latitude=Decimal(91), longitude=Decimal(0)
    ),
    "fewer than none": lambda s: EnterpriseProfile(customer_id=customer(s).id, headcount=-1),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_the_schema_refuses(session: Session, wrong: str) -> None:
    row = WRONG[wrong](session)
    session.add(row)
    with pytest.raises(IntegrityError, match="ck_core"):
        session.flush()


def test_a_group_is_not_its_own_member(session: Session) -> None:
    group = customer(session)
    session.add(GroupMember(group_id=group.id, member_id=group.id))
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize("field", ["code", "source_ref"])
def test_codes_and_sources_are_unique_at_a_branch_only(world: World, field: str) -> None:
    values = {"code": "C1", "source_ref": "old:1"}
    with world.session(Scope.kernel("test")) as session:
        for branch in (world.east, world.west):
            session.add(Customer(branch_id=branch, kind=CustomerKind.SPECIAL, name="A", **values))
        session.flush()
        other = {"code": "C2", "source_ref": "old:2", field: values[field]}
        session.add(Customer(branch_id=world.east, kind=CustomerKind.SPECIAL, name="B", **other))
        with pytest.raises(IntegrityError):
            session.flush()


def test_no_key_reaches_into_another_branch(world: World) -> None:
    """XX-05"""
    with world.session(Scope.kernel("test")) as session:
        there = Customer(branch_id=world.west, code="C", kind=CustomerKind.GROUP, name="西区客户")
        session.add(there)
        session.flush()
        session.add(Contact(branch_id=world.east, customer_id=there.id, name="王芳"))
        with pytest.raises(IntegrityError):
            session.flush()


def test_a_profile_is_had_once(session: Session) -> None:
    owner = customer(session)
    session.add_all([EnterpriseProfile(customer_id=owner.id) for _ in range(2)])
    with pytest.raises(IntegrityError):
        session.flush()


def test_an_archive_is_read_as_it_was_written(session: Session) -> None:
    """AR-02"""
    owner = customer(session)
    owner.enterprise = EnterpriseProfile(credit_code="91110000600037341L")
    owner.enterprise.registered_capital = Money.of(5_000_000, "CNY")
    owner.contacts.append(
        Contact(
            name="王芳", birth_month=6, birth_day=1, birth_lunar=True, birth_leap=True,
            days=[ContactDay(title="结婚纪念日", month=5, day=20)],
        )
    )  # fmt: skip
    owner.addresses.append(
        Address(
            line="中山路1号", area=Area.SUBURBAN, latitude=Decimal("39.904200"),
            longitude=Decimal("116.407400"),
        )
    )  # fmt: skip
    session.commit()
    session.expunge_all()
    read = session.scalars(select(Customer).where(Customer.code == "C1")).one()
    assert read.enterprise is not None
    assert read.enterprise.registered_capital == Money(500_000_000, "CNY")
    assert read.individual is None
    (person,) = read.contacts
    assert person.birth_leap
    assert person.days[0].title == "结婚纪念日"
    assert read.addresses[0].latitude == Decimal("39.904200")
    assert read.addresses[0].area is Area.SUBURBAN


def test_an_archive_goes_as_a_whole(session: Session) -> None:
    owner = customer(session)
    owner.contacts.append(Contact(name="王芳"))
    owner.individual = IndividualProfile()
    session.add(Interaction(customer_id=owner.id, kind=InteractionKind.NOTE, at=session.now))
    session.flush()
    session.delete(owner)
    session.flush()
    session.expunge_all()
    for entity in (Contact, IndividualProfile, Interaction):
        assert session.scalars(select(entity)).all() == []


def test_a_customer_with_orders_stays(session: Session) -> None:
    session.add(order(session))
    session.flush()
    session.delete(session.scalars(select(Customer)).one())
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize("field", ["id_number", "birth_date", "card_number"])
def test_what_identifies_a_person_is_confidential(field: str) -> None:
    """AR-06"""
    assert grade_of(IndividualProfile, field) is Grade.CONFIDENTIAL


def test_a_refund_may_name_its_receipt(session: Session) -> None:
    money = receipt(session, amount_minor=5)
    session.add(money)
    session.flush()
    session.add(
        Receipt(
            customer_id=money.customer_id, received_on=DAY, amount_minor=5, applied_minor=5,
            kind=ReceiptKind.REFUND, refunded_id=money.id,
        )
    )  # fmt: skip
    session.flush()
    assert len(session.scalars(select(Receipt)).all()) == 2


@pytest.mark.parametrize(
    ("kind", "field", "profile"),
    [
        (CustomerKind.INDIVIDUAL, "individual", IndividualProfile),
        (CustomerKind.ENTERPRISE, "enterprise", EnterpriseProfile),
        (CustomerKind.INSTITUTION, "institution", InstitutionProfile),
        (CustomerKind.SPECIAL, "special", SpecialProfile),
        (CustomerKind.GROUP, "group", GroupProfile),
    ],
)
def test_every_kind_keeps_a_profile_of_its_own(
    session: Session, kind: CustomerKind, field: str, profile: type[Any]
) -> None:
    """AR-01"""
    owner = Customer(code="K1", kind=kind, name="甲")
    setattr(owner, field, profile())
    session.add(owner)
    session.commit()
    session.expunge_all()
    read = session.scalars(select(Customer).where(Customer.code == "K1")).one()
    assert read.kind is kind
    assert isinstance(getattr(read, field), profile)


def test_who_was_asked_first_is_kept_with_what_was_said(session: Session) -> None:
    """AR-03, AR-07"""
    owner, asked = customer(session), User(login="first", name="先接", active=True)
    session.add(asked)
    session.flush()
    session.add(
        Interaction(
            customer_id=owner.id, kind=InteractionKind.SERVICE_REQUEST, at=session.now,
            place="营业厅", number="13900000000", content="水机漏水", need="今天上门",
            user_id=asked.id,
        )
    )  # fmt: skip
    session.commit()
    session.expunge_all()
    read = session.scalars(select(Interaction)).one()
    assert (read.place, read.need, read.user_id) == ("营业厅", "今天上门", asked.id)
    assert read.state is InteractionState.HANDLED  # nothing is left to do unless said
