"""The feed of one customer: what was said, sent, sold, paid, filed and changed, newest first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import request, url_for
from sqlalchemy import and_, not_, select
from sqlalchemy.orm import joinedload

from dougong.admin.contributions import Entry, Text, Tone
from dougong.admin.formats import day_text, moment_text, zone_here
from dougong.admin.screens import ask, sources_of, title_of
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import PageView, expose
from dougong.admin.views.feeding import FeedWindow, Place
from dougong.admin.views.filed import views_with_files
from dougong.admin.views.history import told
from dougong.admin.views.lookup import whole_number
from dougong.admin.words import tone_of, word_for
from dougong.core.entities.attachment import Attachment
from dougong.core.entities.billing import Invoice, InvoiceState, Receipt, ReceiptState
from dougong.core.entities.customer import Customer
from dougong.core.entities.interaction import Interaction, InteractionKind, InteractionState
from dougong.core.entities.sales import SalesOrder
from dougong.core.errors import NotFound
from dougong.core.i18n import gettext, lazy
from dougong.core.scope import Operation
from dougong.core.services.audit.api import AuditAction, AuditEntry
from dougong.core.services.messages.api import MessageState, OutgoingMessage

AT_ONCE: Final = 20
ICONS: Final = {
    InteractionKind.CALL: "phone", InteractionKind.VISIT: "users",
    InteractionKind.MESSAGE: "mail", InteractionKind.MAIL: "mail",
    InteractionKind.SERVICE_REQUEST: "wrench", InteractionKind.MEETING: "calendar",
}  # fmt: skip
TOLD: Final = tuple(
    model.__tablename__
    for model in (Interaction, SalesOrder, Invoice, Receipt, Attachment)
)  # fmt: skip
"""Records whose beginning is an entry of its own: the log's word of it would say it twice."""
Load = Callable[[Customer, FeedWindow], Iterable[Entry]]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of entry: what it is called, whose permission it asks, what loads it."""

    kind: str
    title: Text
    entity: str
    load: Load


def _interactions(customer: Customer, window: FeedWindow) -> Iterable[Entry]:
    rows = select(Interaction).where(Interaction.customer_id == customer.id)
    chosen = window.newest(
        rows.options(joinedload(Interaction.user)), "contact", Interaction.at, Interaction.id
    )
    for row in current_session().scalars(chosen):
        waits = row.state is InteractionState.OPEN
        yield _entry(
            "contact", row.id, row.at, word_for(row.kind), row.content,
            person=row.user.name if row.user else "", icon=ICONS.get(row.kind, "dot"),
            url=url_for("interactions.details_view", id=row.id),
            tone=Tone.WARNING if waits else Tone.NEUTRAL,
        )  # fmt: skip


def _messages(customer: Customer, window: FeedWindow) -> Iterable[Entry]:
    rows = select(OutgoingMessage).where(
        OutgoingMessage.customer_id == customer.id, OutgoingMessage.state == MessageState.SENT
    )
    chosen = window.newest(rows, "message", OutgoingMessage.sent_at, OutgoingMessage.id)
    for row in current_session().scalars(chosen):
        assert row.sent_at is not None
        yield _entry(
            "message", row.id, row.sent_at, lazy("Message sent"), row.subject or row.body[:80],
            person=row.recipient, icon="mail",
        )  # fmt: skip


def _orders(customer: Customer, window: FeedWindow) -> Iterable[Entry]:
    rows = select(SalesOrder).where(
        SalesOrder.customer_id == customer.id, SalesOrder.confirmed_at.is_not(None)
    )
    chosen = window.newest(
        rows.options(joinedload(SalesOrder.salesperson)), "order", SalesOrder.confirmed_at,
        SalesOrder.id,
    )  # fmt: skip
    for row in current_session().scalars(chosen):
        assert row.confirmed_at is not None
        said = gettext("%(number)s, %(amount)s", number=str(row), amount=row.total)
        yield _entry(
            "order", row.id, row.confirmed_at, lazy("Order confirmed"), said, icon="cart",
            person=row.salesperson.name if row.salesperson else "",
            url=url_for("orders.details_view", id=row.id), tone=tone_of(row.state) or Tone.NEUTRAL,
        )  # fmt: skip


def _invoices(customer: Customer, window: FeedWindow) -> Iterable[Entry]:
    rows = select(Invoice).where(
        Invoice.customer_id == customer.id, Invoice.state != InvoiceState.VOID
    )
    chosen = window.newest_by_day(rows, "invoice", Invoice.issued_on, Invoice.id)
    for row in current_session().scalars(chosen):
        yield _entry(
            "invoice", row.id, window.start_of(row.issued_on), word_for(row.kind),
            gettext("%(number)s, %(amount)s", number=str(row), amount=row.total), icon="file",
            url=url_for("invoices.details_view", id=row.id), whole_day=True,
        )  # fmt: skip


def _receipts(customer: Customer, window: FeedWindow) -> Iterable[Entry]:
    rows = select(Receipt).where(
        Receipt.customer_id == customer.id, Receipt.state != ReceiptState.VOID
    )
    chosen = window.newest_by_day(rows, "receipt", Receipt.received_on, Receipt.id)
    for row in current_session().scalars(chosen):
        yield _entry(
            "receipt", row.id, window.start_of(row.received_on), word_for(row.kind),
            gettext("%(number)s, %(amount)s", number=str(row), amount=row.amount), icon="wallet",
            url=url_for("receipts.details_view", id=row.id), whole_day=True,
        )  # fmt: skip


def _files(customer: Customer, window: FeedWindow) -> Iterable[Entry]:
    allows = desk().scope.allows
    kinds = {v.entity for v in views_with_files()}
    readable = [kind for kind in kinds if allows(Operation.READ, kind, customer.branch_id)]
    rows = select(Attachment).where(
        Attachment.customer_id == customer.id,
        Attachment.removed_at.is_(None),
        Attachment.subject_kind.in_(readable),
    )
    chosen = window.newest(
        rows.options(joinedload(Attachment.user)), "file", Attachment.created_at, Attachment.id
    )
    for row in current_session().scalars(chosen):
        yield _entry(
            "file", row.id, row.created_at, lazy("File added"), row.name, icon="link",
            person=row.user.name if row.user else "", url=url_for("files.download", key=row.id),
        )  # fmt: skip


def _changes(customer: Customer, window: FeedWindow) -> Iterable[Entry]:
    told_already = and_(AuditEntry.action == AuditAction.CREATE, AuditEntry.entity.in_(TOLD))
    rows = select(AuditEntry).where(AuditEntry.customer_id == customer.id, not_(told_already))
    entries = current_session().scalars(window.newest(rows, "change", AuditEntry.at, AuditEntry.id))
    found = list(entries)
    for entry, line in zip(found, told(found), strict=True):
        fields = ", ".join(str(change.label) for change in line.changes)
        yield _entry(
            "change", entry.id, entry.at, f"{line.kind}: {line.action}", fields, icon="edit",
            person=line.actor, url=line.url,
        )  # fmt: skip


SOURCES: Final = (
    Source("contact", lazy("Contact records"), "core.interaction", _interactions),
    Source("message", lazy("Messages"), "core.message", _messages),
    Source("order", lazy("Orders"), "core.order", _orders),
    Source("invoice", lazy("Invoices"), "core.invoice", _invoices),
    Source("receipt", lazy("Receipts"), "core.receipt", _receipts),
    Source("file", lazy("Files"), "core.attachment", _files),
    Source("change", lazy("Changes"), "core.audit", _changes),
)


class FeedPage(PageView):
    """All that happened with a customer, as far as the person may read it (AR-03, AR-04)."""

    path = "feed"
    title = lazy("Customer feed")
    entity = "core.customer"

    @expose("/")
    def index(self) -> Any:
        """A part of the feed, of all kinds or one."""
        customer = _customer(self.branches())
        kind = request.args.get("kind", "")
        before = Place.read(request.args.get("before", ""))
        found = entries_of(customer, kind, AT_ONCE + 1, before)
        return self.render(
            "dougong/feed.html",
            customer=customer, entries=timeline(found[:AT_ONCE], customer.branch_id), kind=kind,
            chips=_chips(customer), older_url=_older(customer, kind, found),
            crumbs=[(lazy("Customers"), url_for("customers.index_view")),
                    (customer.name, url_for("customers.details_view", id=customer.id)),
                    (self.title, None)],
        )  # fmt: skip


def entries_of(
    customer: Customer, kind: str, limit: int, before: Place | None = None
) -> list[Entry]:
    """The newest entries before the place: one bounded query for each kind of record."""
    window = FeedWindow(limit, zone_here(customer.branch_id), before)
    found = [
        entry
        for source in _readable(customer)
        if kind in ("", source.kind)
        for entry in source.load(customer, window)
    ]
    if kind in ("", *sources_of("customer_entries", customer.branch_id)):
        brought = ask("customer_entries", customer.branch_id, customer=customer, window=window)
        found += [entry for entry in brought.items if kind in ("", entry.source)]
    found.sort(key=lambda entry: (entry.at, entry.kind, entry.key), reverse=True)
    return found[:limit]


def timeline(entries: Sequence[Entry], branch_id: int) -> list[dict[str, Any]]:
    """The entries as the page's timeline shows them."""
    return [
        {
            "time": day_text(entry.at.date()) if entry.whole_day
            else moment_text(entry.at, branch_id),
            "title": entry.title, "text": entry.text, "actor": entry.person, "icon": entry.icon,
            "kind": "" if entry.tone is Tone.NEUTRAL else str(entry.tone), "url": entry.url,
        }
        for entry in entries
    ]  # fmt: skip


def _readable(customer: Customer) -> list[Source]:
    allows = desk().scope.allows
    return [s for s in SOURCES if allows(Operation.READ, s.entity, customer.branch_id)]


def _chips(customer: Customer) -> list[tuple[str, Text]]:
    own: list[tuple[str, Text]] = [(s.kind, s.title) for s in _readable(customer)]
    plugins = sources_of("customer_entries", customer.branch_id)
    return [("", lazy("All")), *own, *((name, title_of(name)) for name in plugins)]


def _customer(branches: frozenset[int]) -> Customer:
    key = whole_number(request.args.get("customer"))
    row = current_session().scalars(
        select(Customer).where(Customer.id == key, Customer.branch_id.in_(branches))
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound
    return row


def _older(customer: Customer, kind: str, found: Sequence[Entry]) -> str:
    if len(found) <= AT_ONCE:
        return ""
    last = found[AT_ONCE - 1]
    place = Place(last.at, last.kind, last.key)
    return url_for("feed.index", customer=customer.id, kind=kind or None, before=str(place))


def _entry(kind: str, key: int, at: Any, title: Text, text: Text, **more: Any) -> Entry:
    return Entry(source="core", kind=kind, key=key, at=at, title=title, text=text, **more)
