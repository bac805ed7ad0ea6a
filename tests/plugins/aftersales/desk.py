"""A branch with after-sales on, customers, and a technician."""

from dataclasses import dataclass

from sqlalchemy import select

from dougong.core.entities.address import Address, Area
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.event_log import EventRecord
from dougong.core.entities.people import User
from dougong.core.events import Event, from_json
from dougong.core.session import Session
from dougong.core.switches import enable
from dougong.plugins.aftersales.models import Technician
from dougong.plugins.aftersales.service import employ


@dataclass(frozen=True, slots=True)
class Desk:
    """What a dispatcher has at hand."""

    customer: Customer
    urban: Address
    suburban: Address
    technician: Technician
    owner: User


def furnish(session: Session, branch_id: int) -> Desk:
    """Switch the plugin on and make a customer with two addresses and a technician."""
    enable(session, branch_id, "aftersales")
    owner = User(login=f"owner{branch_id}", name="陈经理", active=True)
    worker = User(login=f"worker{branch_id}", name="李师傅", active=True)
    session.add_all([owner, worker])
    session.flush()
    customer = Customer(
        branch_id=branch_id, code="C1", kind=CustomerKind.ENTERPRISE, name="重庆长江印务有限公司",
        phone="023-68880001", manager_id=owner.id,
    )  # fmt: skip
    session.add(customer)
    session.flush()
    urban, suburban = (
        Address(branch_id=branch_id, customer_id=customer.id, line=line, area=area)
        for line, area in (("人民路1号", Area.URBAN), ("南山村5组", Area.SUBURBAN))
    )
    session.add_all([urban, suburban])
    session.flush()
    technician = employ(session, branch_id, worker.id, skills="复印机")
    return Desk(customer, urban, suburban, technician, owner)


def told(session: Session, kind: type[Event]) -> list[Event]:
    """The events of one kind that were recorded, in order."""
    session.flush()
    statement = select(EventRecord).filter_by(name=kind.name).order_by(EventRecord.id)
    return [from_json(row.name, row.payload) for row in session.scalars(statement)]
