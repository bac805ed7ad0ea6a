"""The page of one customer: archive facts, records in tabs, the latest contacts (AR-02, AR-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import render_template, url_for
from markupsafe import Markup
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from dougong.admin.formats import (
    NO_VALUE,
    day_text,
    moment_text,
    money_text,
    number_cell,
    phone_text,
    state_text,
)
from dougong.admin.pages.activities.words import due_cell, name_of
from dougong.admin.pages.customers import feed
from dougong.admin.pages.customers.profiles import profile_for
from dougong.admin.pages.ownership.records import owner_rows
from dougong.admin.sessions import current_session, desk
from dougong.admin.views.history import history_at_customer
from dougong.admin.views.reveal import is_readable
from dougong.admin.words import word_for
from dougong.core.entities.address import Address
from dougong.core.entities.billing import Invoice, Receipt
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer
from dougong.core.entities.sales import SalesOrder
from dougong.core.i18n import gettext, lazy
from dougong.core.scope import Operation
from dougong.core.services.activities.api import Activity, activities_of
from dougong.core.services.approvals.api import Approval
from dougong.core.services.messages.api import OutgoingMessage
from dougong.core.services.ownership.api import members_of, owners_of

AT_MOST: Final = 10
LATEST: Final = 8


@dataclass(frozen=True, slots=True)
class Tab:
    """One kind of record of the customer, the newest rows."""

    id: str
    label: object
    count: int
    body: Markup


def sections(customer: Customer, view: Any) -> list[dict[str, Any]]:
    """The archive's facts in groups; what is confidential masked until it is asked for (AR-06)."""
    basic = [
        (lazy("Code"), customer.code),
        (lazy("Kind"), state_text(customer.kind)),
        (lazy("Phone"), phone_text(customer.phone)),
        (lazy("E-mail"), customer.email),
        (lazy("Account manager"), customer.manager and customer.manager.name),
        (lazy("Customer since"), customer.since and day_text(customer.since)),
        (lazy("Group code"), customer.group_code),
        (lazy("Remark"), customer.remark),
    ]
    return [
        {"title": lazy("Archive"), "pairs": basic},
        *_team_section(customer),
        *_profile_section(customer, view),
    ]


def _team_section(customer: Customer) -> list[dict[str, Any]]:
    """Who helps the account manager, by role (CA-10)."""
    if not desk().scope.allows(Operation.READ, "core.team", customer.branch_id):
        return []
    members = members_of(current_session(), [customer.id])
    pairs: list[tuple[object, object]] = [(word_for(row.role), row.user.name) for row in members]
    if desk().scope.allows(Operation.CREATE, "core.team", customer.branch_id):
        url = url_for("team-members.create_view", customer=customer.id)
        link = Markup('<a href="{}">{}</a>').format(url, gettext("Add a team member"))
        pairs.append(("", link))
    return [{"title": lazy("Customer team"), "pairs": pairs}] if pairs else []


def _owners(customer: Customer) -> Tab:
    """Through whose hands the customer went (AR-07)."""
    rows = owner_rows(owners_of(current_session(), customer))
    heads = (lazy("Time"), lazy("Given by"), lazy("Taken over by"), lazy("Why"))
    body = render_template("admin_pages/rows.html", heads=heads, rows=rows, more="")
    return Tab("owners", lazy("Account managers"), len(rows), Markup(body))  # noqa: S704 - ours


def _profile_section(customer: Customer, view: Any) -> list[dict[str, Any]]:
    profile = profile_for(customer.kind)
    held = getattr(customer, profile.relation)
    if held is None:
        return []
    pairs = []
    for name, label in profile.fields.items():
        if not is_readable(held, name):
            pairs.append((label, view.veil(customer, held, f"{profile.relation}.{name}")))
        else:
            value = getattr(held, name.removesuffix("_minor"), None)
            pairs.append((label, NO_VALUE if value is None else view.shown(value, held)))
    return [{"title": profile.title, "pairs": pairs}]


def activity(customer: Customer) -> list[dict[str, Any]]:
    """What happened last with the customer, newest first (AR-03)."""
    return feed.timeline(feed.entries_of(customer, "", LATEST), customer.branch_id)


def tabs(customer: Customer) -> list[Tab]:
    """The customer's records by kind, as far as the person may read them."""
    makers = {
        "core.activity": _todo, "core.contact": _contacts, "core.address": _addresses,
        "core.order": _orders, "core.invoice": _invoices, "core.receipt": _receipts,
        "core.approval": _approvals, "core.message": _messages,
    }  # fmt: skip
    scope = desk().scope
    made = [
        make(customer)
        for entity, make in makers.items()
        if scope.allows(Operation.READ, entity, customer.branch_id)
    ]
    if scope.allows(Operation.READ, "core.hand_over", customer.branch_id):
        made.append(_owners(customer))
    return [*made, _history(customer)]


def _history(customer: Customer) -> Tab:
    """What was changed and looked at, of the archive and of what belongs to it (AR-04)."""
    entries = history_at_customer(customer)
    may = desk().scope.allows(Operation.READ, "core.audit", customer.branch_id)
    more = url_for("audit.index", customer=customer.id) if may and entries else ""
    body = render_template("admin_pages/history.html", entries=entries, more=more)
    return Tab("history", lazy("History"), 0, Markup(body))  # noqa: S704 - our own template


def _todo(customer: Customer) -> Tab:
    """What is to be done for him, then what was done (XX-01)."""
    rows = activities_of(current_session(), customer.id, AT_MOST)
    shown = [
        (url_for("activities.details_view", id=row.id),
         (name_of(row), due_cell(row), row.owner.name if row.owner else "", state_text(row.state),
          row.note))
        for row in rows
    ]  # fmt: skip
    heads = (lazy("What"), lazy("Due on"), lazy("Responsible"), lazy("State"), lazy("How it went"))
    return _tab("activities", lazy("To do"), Activity, customer, heads, shown)


def _contacts(customer: Customer) -> Tab:
    rows = _newest(select(Contact), Contact, customer, Contact.is_primary.desc())
    shown = [
        (url_for("contacts.details_view", id=r.id), (r.name, r.title, r.phone, r.email))
        for r in rows
    ]
    heads = (lazy("Name"), lazy("Position"), lazy("Phone"), lazy("E-mail"))
    return _tab("contacts", lazy("Contacts"), Contact, customer, heads, shown)


def _addresses(customer: Customer) -> Tab:
    rows = _newest(select(Address), Address, customer, Address.is_default.desc())
    shown = [
        (url_for("addresses.details_view", id=r.id),
         (str(r), state_text(r.kind), state_text(r.area)))
        for r in rows
    ]  # fmt: skip
    heads = (lazy("Address"), lazy("Kind"), lazy("Area"))
    return _tab("addresses", lazy("Addresses"), Address, customer, heads, shown)


def _orders(customer: Customer) -> Tab:
    rows = _newest(select(SalesOrder), SalesOrder, customer, SalesOrder.ordered_on.desc())
    shown = [
        (url_for("orders.details_view", id=r.id),
         (str(r), day_text(r.ordered_on), state_text(r.state), number_cell(money_text(r.total))))
        for r in rows
    ]  # fmt: skip
    heads = (lazy("Order number"), lazy("Ordered on"), lazy("State"), lazy("Total"))
    return _tab("orders", lazy("Orders"), SalesOrder, customer, heads, shown)


def _invoices(customer: Customer) -> Tab:
    rows = _newest(select(Invoice), Invoice, customer, Invoice.issued_on.desc())
    shown = [
        (url_for("invoices.details_view", id=r.id),
         (str(r), day_text(r.due_on), state_text(r.state), number_cell(money_text(r.total))))
        for r in rows
    ]  # fmt: skip
    heads = (lazy("Number"), lazy("Due on"), lazy("State"), lazy("Total"))
    return _tab("invoices", lazy("Invoices"), Invoice, customer, heads, shown)


def _receipts(customer: Customer) -> Tab:
    rows = _newest(select(Receipt), Receipt, customer, Receipt.received_on.desc())
    shown = [
        (url_for("receipts.details_view", id=r.id),
         (str(r), day_text(r.received_on), state_text(r.method), number_cell(money_text(r.amount))))
        for r in rows
    ]  # fmt: skip
    heads = (lazy("Number"), lazy("Received on"), lazy("Means of payment"), lazy("Amount"))
    return _tab("receipts", lazy("Receipts"), Receipt, customer, heads, shown)


def _approvals(customer: Customer) -> Tab:
    """The requests about him: all for who oversees them, else those the person asked (XX-03)."""
    scope = desk().scope
    asked = select(Approval)
    if not scope.allows("oversee", "core.approval", customer.branch_id):
        asked = asked.where(Approval.asked_by_id == scope.user_id)
    rows = _newest(
        asked.options(joinedload(Approval.asked_by)), Approval, customer, Approval.id.desc()
    )
    shown = [
        (url_for("approvals.one", key=r.id),
         (str(r), state_text(r.state), r.asked_by.name,
          number_cell(money_text(r.amount)) if r.amount else ""))
        for r in rows
    ]  # fmt: skip
    heads = (lazy("About"), lazy("State"), lazy("Asked by"), lazy("Amount"))
    return _tab("approvals", lazy("Approvals"), Approval, customer, heads, shown)


def _messages(customer: Customer) -> Tab:
    rows = _newest(
        select(OutgoingMessage), OutgoingMessage, customer, OutgoingMessage.created_at.desc()
    )
    shown = [
        (url_for("messages.details_view", id=r.id),
         (str(r), r.recipient, word_for(r.medium), state_text(r.state),
          moment_text(r.sent_at or r.created_at, r.branch_id)))
        for r in rows
    ]  # fmt: skip
    heads = (lazy("Message"), lazy("Recipient"), lazy("By"), lazy("State"), lazy("Time"))
    return _tab("messages", lazy("Messages"), OutgoingMessage, customer, heads, shown)


def _newest(statement: Select[Any], model: Any, customer: Customer, order: Any) -> Sequence[Any]:
    chosen = statement.where(model.customer_id == customer.id)
    chosen = chosen.order_by(order, model.id.desc()).limit(AT_MOST)
    return current_session().scalars(chosen).all()


def _tab(  # noqa: PLR0913 - the parts of a table
    name: str, label: object, model: Any, customer: Customer, heads: Sequence[object], rows: Any
) -> Tab:
    count = len(rows)
    if count == AT_MOST:
        counting = select(func.count(model.id)).where(model.customer_id == customer.id)
        count = current_session().scalar(counting) or 0
    more = url_for(f"{name}.index_view", search=customer.name) if count > len(rows) else ""
    body = render_template("admin_pages/rows.html", heads=heads, rows=rows, more=more)
    return Tab(name, label, count, Markup(body))  # noqa: S704 - our own template, escaped
