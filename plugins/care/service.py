"""The verbs of care: plan by hand, carry out, leave out."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.errors import NotFound, Refusal, StateRefused
from dougong.core.events import record
from dougong.core.i18n import LazyText, lazy
from dougong.core.session import Session
from dougong.core.switchboard import refuse_if_off
from dougong.plugins.care.events import CareActivityDone, CareActivitySkipped
from dougong.plugins.care.models import CareActivity
from dougong.plugins.care.planning import tell_planned
from dougong.plugins.care.rules import ActivityKind, ActivityState, Means, may_move, means_for
from dougong.plugins.care.texts import STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class NewActivity:
    """An activity a person plans; without an owner it is the account manager's (AR-07)."""

    customer_id: int
    occasion_on: date
    title: str
    means: Means
    kind: ActivityKind = ActivityKind.OTHER
    contact_id: int | None = None
    owner_id: int | None = None


def plan(session: Session, asked: NewActivity) -> CareActivity:
    """Plan an activity by hand."""
    customer = _customer(session, asked.customer_id)
    refuse_if_off(session, customer.branch_id, "care")
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
    activity = CareActivity(
        branch_id=customer.branch_id,
        customer_id=customer.id,
        contact_id=asked.contact_id,
        kind=asked.kind,
        title=_said(asked.title, lazy("Write down what it is for."), "title"),
        occasion_on=asked.occasion_on,
        due_on=asked.occasion_on,
        means=asked.means,
        state=ActivityState.PLANNED,
        owner_id=asked.owner_id or customer.manager_id,
        result="",
    )
    session.add(activity)
    session.flush()
    tell_planned(session, activity, by_hand=True)
    return activity


def complete(session: Session, activity_id: int, result: str) -> CareActivity:
    """The activity was carried out; how it went is written down."""
    activity = _locked(session, activity_id)
    _move(activity, ActivityState.DONE)
    activity.result = _said(result, lazy("Write down how it went."), "result")
    activity.done_at = session.now
    done = CareActivityDone(
        branch_id=activity.branch_id,
        activity_id=activity.id,
        customer_id=activity.customer_id,
        kind=activity.kind.value,
    )
    record(session, done)
    return activity


def skip(session: Session, activity_id: int, reason: str) -> CareActivity:
    """The activity is left out this time, with the reason."""
    activity = _locked(session, activity_id)
    _move(activity, ActivityState.SKIPPED)
    activity.result = _said(reason, lazy("Write down why it is left out."), "reason")
    activity.done_at = session.now
    skipped = CareActivitySkipped(
        branch_id=activity.branch_id,
        activity_id=activity.id,
        customer_id=activity.customer_id,
        kind=activity.kind.value,
        reason=activity.result,
    )
    record(session, skipped)
    return activity


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


def _locked(session: Session, activity_id: int) -> CareActivity:
    statement = select(CareActivity).where(CareActivity.id == activity_id).with_for_update()
    activity = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if activity is None:
        raise NotFound
    return activity


def _move(activity: CareActivity, to: ActivityState) -> None:
    if not may_move(activity.state, to):
        raise StateRefused(
            lazy("This activity is already settled: %(state)s.", state=STATES[activity.state])
        )
    activity.state = to


def _said(text: str, otherwise: LazyText, field: str) -> str:
    if not text.strip():
        raise Refusal(otherwise, code=f"care.no_{field}", field=field)
    return text.strip()
