"""Customers of every quality at 东区."""

from collections.abc import Callable
from itertools import count

import pytest

from dougong.core.entities.address import Address
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.profiles import EnterpriseProfile, IndividualProfile
from dougong.core.session import Session

CREDIT_CODE = "91110000600037341L"
ID_NUMBER = "11010519491231002X"
NUMBERS = count(1)
Adding = Callable[..., Customer]


def add_customer(session: Session, **fields: object) -> Customer:
    """A customer, an enterprise unless it is said otherwise, with nothing but a name."""
    given: dict[str, object] = {
        "code": f"C{next(NUMBERS)}", "kind": CustomerKind.ENTERPRISE,
        "name": "北京清泉饮品有限公司", **fields,
    }  # fmt: skip
    customer = Customer(branch_id=session.scope.home, **given)
    session.add(customer)
    session.flush()
    return customer


def add_person(session: Session, **fields: object) -> Customer:
    """A private person with a profile."""
    customer = add_customer(session, kind=CustomerKind.INDIVIDUAL, name="王芳")
    customer.individual = IndividualProfile(branch_id=customer.branch_id, **fields)
    session.flush()
    return customer


def add_firm(session: Session, **fields: object) -> Customer:
    """An enterprise that lacks nothing that the form asks for."""
    customer = add_customer(session, phone="010-62345678", email="a@example.com", **fields)
    customer.enterprise = EnterpriseProfile(
        branch_id=customer.branch_id, credit_code=CREDIT_CODE, legal_representative="李娜",
        business_scope="饮用水", headcount=20, registered_capital_minor=1, industry="食品",
        size="small", settlement_name=customer.name, cooperation_since=session.now.date(),
    )  # fmt: skip
    session.add(Contact(branch_id=customer.branch_id, customer_id=customer.id, name="赵敏"))
    session.add(Address(branch_id=customer.branch_id, customer_id=customer.id, line="人民路1号"))
    session.flush()
    return customer


@pytest.fixture
def adding(session: Session) -> Adding:
    """Adds a customer at 东区."""
    return lambda **fields: add_customer(session, **fields)
