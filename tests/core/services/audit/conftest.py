"""What tests of the log stand on: a customer at 东区, and the entries of a record."""

from typing import Any

import pytest
from sqlalchemy import select

from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.services.audit.api import AuditEntry
from dougong.core.session import Session


@pytest.fixture
def customer(session: Session) -> Customer:
    """An enterprise at 东区."""
    made = Customer(
        code="C1", kind=CustomerKind.ENTERPRISE, name="北京清泉饮品有限公司", phone="010-1"
    )
    session.add(made)
    session.flush()
    return made


def entries(session: Session, table: str = "core_customer", **narrow: Any) -> list[AuditEntry]:
    """The entries about a table, oldest first."""
    chosen = select(AuditEntry).where(AuditEntry.entity == table).filter_by(**narrow)
    return list(session.scalars(chosen.order_by(AuditEntry.id)).all())
