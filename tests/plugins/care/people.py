"""A branch with care on, and people who have birthdays."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.event_log import EventRecord
from dougong.core.entities.people import User
from dougong.core.events import Event, from_json
from dougong.core.session import Session
from dougong.core.switches import enable
from dougong.plugins.care.models import CareOccasion
from dougong.plugins.care.planning import contacts_in_question, plan_for


@dataclass(frozen=True, slots=True)
class People:
    """A key customer and its account manager."""

    branch_id: int
    customer: Customer
    manager: User


def settle(session: Session, branch_id: int) -> People:
    """Switch care on and make a customer with an account manager."""
    enable(session, branch_id, "care")
    manager = User(login=f"manager{branch_id}", name="周经理", active=True)
    session.add(manager)
    session.flush()
    customer = Customer(
        branch_id=branch_id, code="C1", kind=CustomerKind.ENTERPRISE, name="重庆长江印务有限公司",
        manager_id=manager.id,
    )  # fmt: skip
    session.add(customer)
    session.flush()
    return People(branch_id, customer, manager)


def met(session: Session, people: People, **more: object) -> Contact:
    """A contact of the customer."""
    contact = Contact(
        branch_id=people.branch_id, customer_id=people.customer.id, name="王芳", **more
    )
    session.add(contact)
    session.flush()
    return contact


def run(session: Session, branch_id: int) -> int:
    """The daily job's work in one transaction; how many activities are new."""
    asked = session.scalars(contacts_in_question(session, branch_id)).all()
    return plan_for(session, branch_id, asked)


def activities(session: Session) -> Sequence[CareOccasion]:
    """Every activity, by its day."""
    return session.scalars(
        select(CareOccasion).order_by(CareOccasion.occasion_on, CareOccasion.activity_id)
    ).all()


def told(session: Session, kind: type[Event]) -> list[Event]:
    """The events of one kind that were recorded, in order."""
    session.flush()
    statement = select(EventRecord).filter_by(name=kind.name).order_by(EventRecord.id)
    return [from_json(row.name, row.payload) for row in session.scalars(statement)]
