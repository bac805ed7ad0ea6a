"""What care shows on the customer's page and on the start page; reads only."""

from datetime import date
from typing import Final

from flask import url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from dougong.admin.contributions import Card, Panel
from dougong.admin.formats import day_text
from dougong.core.branches import today_at
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer
from dougong.core.i18n import gettext, lazy
from dougong.core.reader import Reader
from dougong.core.scope import Operation
from dougong.core.services.activities.api import Activity, ActivityState
from dougong.plugins.care.models import CareOccasion
from dougong.plugins.care.planning import days_of
from dougong.plugins.care.rules import next_on_or_after
from dougong.plugins.care.texts import KINDS, MEANS
from dougong.plugins.care.words import occasion_of

SHOWN: Final = 6


def panels(customer: Customer, reader: Reader) -> list[Panel]:
    """What is planned for the customer, and the days of his people that come next."""
    if not reader.scope.allows(Operation.READ, "care.activity", customer.branch_id):
        return []
    planned = _planned().where(Activity.customer_id == customer.id)
    context = {"planned": _lines(planned, reader), "coming": _coming(customer, reader)}
    return [
        Panel(
            source="care",
            key="activities",
            title=lazy("Customer care"),
            template="care/panel.html",
            icon="gift",
            url=url_for("care_activities.index_view"),
            context=context,
            order=50,
        )
    ]


def cards(branch_id: int, reader: Reader) -> list[Card]:
    """The activities due next at the branch."""
    if not reader.scope.allows(Operation.READ, "care.activity", branch_id):
        return []
    planned = _planned().where(Activity.branch_id == branch_id)
    return [
        Card(
            source="care",
            key="activities",
            title=lazy("Care due next"),
            template="care/card.html",
            icon="gift",
            url=url_for("care_activities.index_view"),
            context={"planned": _lines(planned, reader)},
            order=50,
        )
    ]


def _planned() -> Select[CareOccasion]:
    return (
        select(CareOccasion)
        .join(Activity, CareOccasion.activity_id == Activity.id)
        .where(Activity.state == ActivityState.PLANNED)
        .options(
            joinedload(CareOccasion.activity).joinedload(Activity.customer),
            joinedload(CareOccasion.contact),
        )
        .order_by(Activity.due_on, Activity.id)
        .limit(SHOWN)
    )


def _lines(planned: Select[CareOccasion], reader: Reader) -> list[dict[str, object]]:
    return [
        {
            "activity": row.activity,
            "what": occasion_of(row),
            "who": row.contact.name if row.contact else "",
            "means": MEANS[row.means],
        }
        for row in reader.all(planned)
    ]


def _coming(customer: Customer, reader: Reader) -> list[tuple[str, str]]:
    today = today_at(reader, customer.branch_id)
    contacts = reader.all(
        select(Contact).where(Contact.customer_id == customer.id)
        .options(selectinload(Contact.days)).order_by(Contact.id).limit(SHOWN)
    )  # fmt: skip
    found: list[tuple[date, str, str]] = []
    for contact in contacts:
        for kept in days_of(contact):
            what = kept.title or str(KINDS[kept.kind])
            name = gettext("%(what)s of %(name)s", what=what, name=contact.name)
            lunar = gettext("lunar") if kept.day.lunar else ""
            found.append((next_on_or_after(kept.day, today), name, lunar))
    return [
        (name, " ".join(filter(None, (day_text(on), lunar))))
        for on, name, lunar in sorted(found)[:SHOWN]
    ]
