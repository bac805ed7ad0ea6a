"""Planning by the calendar: which days come round, each once (CA-01)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from dougong.core.branches import today_at
from dougong.core.entities.contact import Contact, ContactDay, DayKind
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.events import record
from dougong.core.services.activities.api import (
    Activity,
    ActivityState,
    NewActivity,
    move,
    plan_many,
)
from dougong.core.session import Session
from dougong.core.switchboard import settings_at
from dougong.plugins.care.events import CareActivityPlanned
from dougong.plugins.care.kinds import code_of
from dougong.plugins.care.models import CareOccasion
from dougong.plugins.care.rules import (
    FESTIVALS,
    CareKind,
    KeptDay,
    Occasion,
    Window,
    means_for,
    occasion,
    window,
)
from dougong.plugins.care.settings import CareSettings

_KINDS: Mapping[DayKind, CareKind] = {
    DayKind.ANNIVERSARY: CareKind.ANNIVERSARY,
    DayKind.RELATIVE_BIRTHDAY: CareKind.BIRTHDAY,
    DayKind.OTHER: CareKind.OTHER,
}


@dataclass(frozen=True, slots=True)
class ContactOccasion:
    """A day that is kept for a contact; ``source`` names it in occurrence keys."""

    kind: CareKind
    title: str
    source: str
    day: KeptDay


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is something to do: a day of a contact that comes round."""

    contact: Contact
    kind: CareKind
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
    _follow(session, branch_id, reasons)
    new = plan_many(session, branch_id, [_asked(reason) for reason in reasons])
    for reason in reasons:
        if (activity_id := new.get(_key(reason))) is not None:
            _keep(session, activity_id, reason, settings)
    return len(new)


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
        yield ContactOccasion(CareKind.BIRTHDAY, "", f"birthday:{contact.id}", born)
    for noted in contact.days:
        day = KeptDay(noted.month, noted.day, noted.lunar, noted.leap)
        yield ContactOccasion(_KINDS[noted.kind], noted.title, f"day:{noted.id}", day)


def festivals_of(contact: Contact) -> Iterator[ContactOccasion]:
    """The festivals at which the main contact of a key customer is greeted (CA-01)."""
    if contact.is_primary and contact.customer.manager_id is not None:
        for name, day in FESTIVALS.items():
            source = f"{name}:{contact.customer_id}"
            yield ContactOccasion(CareKind.FESTIVAL, name, source, day)


def _key(reason: Reason) -> str:
    return f"care.{reason.occasion.key}"


def _follow(session: Session, branch_id: int, reasons: Sequence[Reason]) -> None:
    """What is still planned goes to the day that was corrected meanwhile (CA-08)."""
    days = {_key(reason): reason.occasion.on for reason in reasons}
    planned = (
        select(CareOccasion)
        .join(Activity, CareOccasion.activity_id == Activity.id)
        .where(Activity.branch_id == branch_id, Activity.occurrence_key.in_(days))
        .where(Activity.state == ActivityState.PLANNED)
        .options(joinedload(CareOccasion.activity))
    )
    for row in session.scalars(planned).all():
        day = days[str(row.activity.occurrence_key)]
        if row.occasion_on != day:
            row.occasion_on = day
            move(session, row.activity_id, day)


def _asked(reason: Reason) -> NewActivity:
    customer = reason.contact.customer
    return NewActivity(
        kind=code_of(reason.kind), due=reason.occasion.on, title=reason.title,
        customer_id=customer.id, owner_id=customer.manager_id, subject_kind="core.contact",
        subject_id=reason.contact.id, subject=reason.contact.name, occurrence_key=_key(reason),
    )  # fmt: skip


def _keep(session: Session, activity_id: int, reason: Reason, settings: CareSettings) -> None:
    row = CareOccasion(
        branch_id=reason.contact.branch_id, activity_id=activity_id,
        contact_id=reason.contact.id, kind=reason.kind, occasion_on=reason.occasion.on,
        means=means_for(settings.default_means, consent=reason.contact.consent),
    )  # fmt: skip
    session.add(row)
    session.flush()
    tell_planned(session, row)


def tell_planned(session: Session, row: CareOccasion, *, by_hand: bool = False) -> None:
    """Record that an activity was planned; cooperating plugins may settle its means."""
    planned = CareActivityPlanned(
        branch_id=row.branch_id,
        activity_id=row.activity_id,
        customer_id=row.activity.customer_id or 0,
        kind=row.kind.value,
        occasion_on=row.occasion_on,
        by_hand=by_hand,
    )
    record(session, planned)
