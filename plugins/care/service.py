"""The verb of care: plan by hand. Carrying out and leaving out are verbs of activities."""

from dataclasses import dataclass
from datetime import date

from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.errors import NotFound, Refusal
from dougong.core.i18n import lazy
from dougong.core.services.activities.api import NewActivity
from dougong.core.services.activities.api import plan as plan_activity
from dougong.core.session import Session
from dougong.core.switchboard import refuse_if_off
from dougong.plugins.care.kinds import code_of
from dougong.plugins.care.models import CareOccasion
from dougong.plugins.care.planning import tell_planned
from dougong.plugins.care.rules import CareKind, Means, means_for


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCare:
    """An activity a person plans; without an owner it is the account manager's (AR-07)."""

    customer_id: int
    occasion_on: date
    title: str
    means: Means
    kind: CareKind = CareKind.OTHER
    contact_id: int | None = None
    owner_id: int | None = None


def plan(session: Session, asked: NewCare) -> CareOccasion:
    """Plan an activity by hand."""
    customer = _customer(session, asked.customer_id)
    refuse_if_off(session, customer.branch_id, "care")
    _refuse_contact(session, asked, customer)
    if not asked.title.strip():
        raise Refusal(lazy("Write down what it is for."), code="care.no_title", field="title")
    activity = plan_activity(session, customer.branch_id, NewActivity(
        kind=code_of(asked.kind), due=asked.occasion_on, title=asked.title,
        customer_id=customer.id, owner_id=asked.owner_id or customer.manager_id,
    ))  # fmt: skip
    row = CareOccasion(
        branch_id=customer.branch_id, activity_id=activity.id, contact_id=asked.contact_id,
        kind=asked.kind, occasion_on=asked.occasion_on, means=asked.means, activity=activity,
    )  # fmt: skip
    session.add(row)
    session.flush()
    tell_planned(session, row, by_hand=True)
    return row


def _refuse_contact(session: Session, asked: NewCare, customer: Customer) -> None:
    """Refuse a contact of another customer, and a message to one who has not agreed."""
    contact = session.get(Contact, asked.contact_id) if asked.contact_id else None
    if asked.contact_id and (contact is None or contact.customer_id != customer.id):
        raise Refusal(
            lazy("This does not belong to %(name)s.", name=customer.name),
            code="care.of_another_customer",
            field="contact_id",
        )
    if contact is not None and means_for(asked.means, consent=contact.consent) is not asked.means:
        raise Refusal(
            lazy("%(name)s has not agreed to messages.", name=contact.name),
            code="care.no_consent",
            next_step=lazy("Call or visit instead."),
            field="means",
        )


def _customer(session: Session, customer_id: int) -> Customer:
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound(lazy("This customer does not exist or is not visible to you."))
    if customer.status is CustomerStatus.CLOSED:
        raise Refusal(
            lazy("%(name)s is closed as a customer.", name=customer.name),
            code="care.customer_closed",
            field="customer_id",
        )
    return customer
