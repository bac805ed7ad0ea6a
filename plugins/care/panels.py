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
from dougong.plugins.care.models import CareActivity
from dougong.plugins.care.planning import days_of
from dougong.plugins.care.rules import ActivityState, next_on_or_after
from dougong.plugins.care.texts import KINDS, MEANS
from dougong.plugins.care.words import occasion_of

SHOWN: Final = 6


def panels(customer: Customer, reader: Reader) -> list[Panel]:
    """What is planned for the customer, and the days of his people that come next."""
    if not reader.scope.allows(Operation.READ, "care.activity", customer.branch_id):
        return []
    planned = _planned().where(CareActivity.customer_id == customer.id)
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
    planned = _planned().where(CareActivity.branch_id == branch_id)
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


def _planned() -> Select[CareActivity]:
    return (
        select(CareActivity)
        .where(CareActivity.state == ActivityState.PLANNED)
        .options(joinedload(CareActivity.customer), joinedload(CareActivity.contact))
        .order_by(CareActivity.due_on, CareActivity.id)
        .limit(SHOWN)
    )


def _lines(planned: Select[CareActivity], reader: Reader) -> list[dict[str, object]]:
    return [
        {
            "activity": activity,
            "what": occasion_of(activity),
            "who": activity.contact.name if activity.contact else "",
            "means": MEANS[activity.means],
        }
        for activity in reader.all(planned)
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
