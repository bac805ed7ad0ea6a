"""Planning by the calendar: which days come round, each once (CA-01)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from dougong.core.branches import today_at
from dougong.core.entities.contact import Contact, ContactDay, DayKind
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.events import record
from dougong.core.session import Session
from dougong.core.switchboard import settings_at
from dougong.plugins.care.events import CareActivityPlanned
from dougong.plugins.care.models import CareActivity
from dougong.plugins.care.rules import (
    FESTIVALS,
    ActivityKind,
    ActivityState,
    KeptDay,
    Occasion,
    Window,
    means_for,
    occasion,
    window,
)
from dougong.plugins.care.settings import CareSettings

_KINDS: Mapping[DayKind, ActivityKind] = {
    DayKind.ANNIVERSARY: ActivityKind.ANNIVERSARY,
    DayKind.RELATIVE_BIRTHDAY: ActivityKind.BIRTHDAY,
    DayKind.OTHER: ActivityKind.OTHER,
}


@dataclass(frozen=True, slots=True)
class ContactOccasion:
    """A day that is kept for a contact; ``source`` names it in occurrence keys."""

    kind: ActivityKind
    title: str
    source: str
    day: KeptDay


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is something to do: a day of a contact that comes round."""

    contact: Contact
    kind: ActivityKind
    title: str
    occasion: Occasion


def window_at(session: Session, branch_id: int) -> Window:
    """The days that are planned today at the branch, counted in its zone."""
    settings = settings_at(session, branch_id, CareSettings)
    return window(today_at(session, branch_id), settings.days_ahead, settings.late_days)


def contacts_in_question(session: Session, branch_id: int) -> Select[int]:
    """The ids of contacts whose days may fall into today's window: a superset, by months.

    Closed customers are left out. The exact answer is the calendar's, in ``plan_for``.
    """
    planned = window_at(session, branch_id)
    solar, lunar = planned.solar_months(), planned.lunar_months()
    days = select(ContactDay.id).where(
        ContactDay.contact_id == Contact.id,
        _in_months(ContactDay.lunar, ContactDay.month, solar, lunar),
    )
    return (
        select(Contact.id)
        .join(Customer, Contact.customer_id == Customer.id)
        .where(
            Contact.branch_id == branch_id,
            Customer.status != CustomerStatus.CLOSED,
            or_(
                _in_months(Contact.birth_lunar, Contact.birth_month, solar, lunar),
                days.exists(),
                _greeted(session, branch_id, planned),
            ),
        )
    )


def plan_for(session: Session, branch_id: int, contact_ids: Sequence[int]) -> int:
    """Plan what is due for these contacts and not planned yet; how many activities are new.

    An activity that is still planned follows a day that was corrected in the meantime.
    """
    settings = settings_at(session, branch_id, CareSettings)
    planned = window_at(session, branch_id)
    reasons = [
        reason
        for contact in _contacts(session, branch_id, contact_ids)
        for reason in _reasons(contact, planned, greet=settings.festivals)
    ]
    known = _known(session, branch_id, [reason.occasion.key for reason in reasons])
    new = 0
    for reason in reasons:
        if reason.occasion.key in known:
            _follow(known[reason.occasion.key], reason.occasion.on)
        elif _insert(session, reason, settings):
            new += 1
    session.flush()
    return new


def _in_months(
    is_lunar: InstrumentedAttribute[bool],
    month: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
    solar: frozenset[int],
    lunar: frozenset[int],
) -> ColumnElement[bool]:
    return or_(and_(~is_lunar, month.in_(solar)), and_(is_lunar, month.in_(lunar)))


def _greeted(session: Session, branch_id: int, planned: Window) -> ColumnElement[bool]:
    if not settings_at(session, branch_id, CareSettings).festivals:
        return false()
    if not any(occasion(name, day, planned) for name, day in FESTIVALS.items()):
        return false()
    return and_(Contact.is_primary, Customer.manager_id.is_not(None))


def _contacts(session: Session, branch_id: int, contact_ids: Sequence[int]) -> Sequence[Contact]:
    statement = (
        select(Contact)
        .join(Customer, Contact.customer_id == Customer.id)
        .where(
            Contact.branch_id == branch_id,
            Contact.id.in_(contact_ids),
            Customer.status != CustomerStatus.CLOSED,
        )
        .options(joinedload(Contact.customer), selectinload(Contact.days))
        .order_by(Contact.id)
    )
    return session.scalars(statement).all()


def _reasons(contact: Contact, planned: Window, *, greet: bool) -> Iterator[Reason]:
    greeted = festivals_of(contact) if greet else ()
    for kept in (*days_of(contact), *greeted):
        found = occasion(kept.source, kept.day, planned)
        if found is not None:
            yield Reason(contact, kept.kind, kept.title, found)


def days_of(contact: Contact) -> Iterator[ContactOccasion]:
    """The days a contact cares about: the birthday and what is noted of others (AR-02)."""
    if contact.birth_month and contact.birth_day:
        born = KeptDay(
            contact.birth_month, contact.birth_day, contact.birth_lunar, contact.birth_leap
        )
        yield ContactOccasion(ActivityKind.BIRTHDAY, "", f"birthday:{contact.id}", born)
    for noted in contact.days:
        day = KeptDay(noted.month, noted.day, noted.lunar, noted.leap)
        yield ContactOccasion(_KINDS[noted.kind], noted.title, f"day:{noted.id}", day)


def festivals_of(contact: Contact) -> Iterator[ContactOccasion]:
    """The festivals at which the main contact of a key customer is greeted (CA-01)."""
    if contact.is_primary and contact.customer.manager_id is not None:
        for name, day in FESTIVALS.items():
            source = f"{name}:{contact.customer_id}"
            yield ContactOccasion(ActivityKind.FESTIVAL, name, source, day)


def _known(session: Session, branch_id: int, keys: list[str]) -> dict[str | None, CareActivity]:
    statement = select(CareActivity).where(
        CareActivity.branch_id == branch_id, CareActivity.occurrence_key.in_(keys)
    )
    return {activity.occurrence_key: activity for activity in session.scalars(statement)}


def _follow(activity: CareActivity, on: date) -> None:
    if activity.state is ActivityState.PLANNED and activity.occasion_on != on:
        activity.occasion_on = activity.due_on = on


def _insert(session: Session, reason: Reason, settings: CareSettings) -> bool:
    """Write the activity unless another host just did; its unique key decides (CA-01)."""
    customer = reason.contact.customer
    activity = CareActivity(
        branch_id=customer.branch_id,
        customer_id=customer.id,
        contact_id=reason.contact.id,
        kind=reason.kind,
        title=reason.title,
        occasion_on=reason.occasion.on,
        due_on=reason.occasion.on,
        means=means_for(settings.default_means, consent=reason.contact.consent),
        state=ActivityState.PLANNED,
        owner_id=customer.manager_id,
        occurrence_key=reason.occasion.key,
        result="",
    )
    try:
        with session.begin_nested():
            session.add(activity)
    except IntegrityError:
        if not _known(session, customer.branch_id, [reason.occasion.key]):
            raise
        return False
    tell_planned(session, activity)
    return True


def tell_planned(session: Session, activity: CareActivity, *, by_hand: bool = False) -> None:
    """Record that an activity was planned; cooperating plugins may settle its means."""
    planned = CareActivityPlanned(
        branch_id=activity.branch_id,
        activity_id=activity.id,
        customer_id=activity.customer_id,
        kind=activity.kind.value,
        occasion_on=activity.occasion_on,
        by_hand=by_hand,
    )
    record(session, planned)
