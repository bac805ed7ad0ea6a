"""The pages of credit: accounts with their limits, and the ledger (CR-03, CR-04)."""

from decimal import Decimal
from typing import Any, ClassVar, Final

from flask import request
from sqlalchemy import select

from dougong.admin.contributions import MONEY, Tone, ViewEntry
from dougong.admin.formats import moment_text, money_text, number_cell
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import Act, RecordView, Related
from dougong.admin.words import Word
from dougong.core.entities.customer import Customer
from dougong.core.errors import Forbidden, Refusal
from dougong.core.i18n import gettext, lazy
from dougong.core.jobs import enqueue
from dougong.core.scope import Operation
from dougong.core.session import Session
from dougong.core.values import Money
from dougong.plugins.credit.accounts import open_account
from dougong.plugins.credit.forms import AgreeForm, LimitForm
from dougong.plugins.credit.jobs import REBUILD
from dougong.plugins.credit.models import CreditAccount, CreditEntry
from dougong.plugins.credit.rules import Limit, LimitKind
from dougong.plugins.credit.service import set_limit
from dougong.plugins.credit.words import ENTRY_KINDS, LIMIT_KINDS

SHOWN_ENTRIES: Final = 30
HEADS: Final = (
    lazy("Time"),
    lazy("Kind of entry"),
    lazy("Confirmed orders"),
    lazy("Open invoices"),
    lazy("Unapplied payments"),
    lazy("Guarantees"),
    lazy("Who"),
    lazy("Remark"),
)
TONES: Final = {LimitKind.UNLIMITED: Tone.INFO, LimitKind.ZERO: Tone.WARNING}
WORDS: Final[tuple[Word, ...]] = (
    *((kind, text, TONES.get(kind)) for kind, text in LIMIT_KINDS.items()),
    *((kind, text, None) for kind, text in ENTRY_KINDS.items()),
)


def change_limit(session: Session, account: CreditAccount, form: LimitForm) -> None:
    """Agree the limit that the form says with the account's customer."""
    limit = _limit(form, account.currency)
    set_limit(session, account.customer_id, limit, form.reason.data or "")


def agree_limit(session: Session, row: None, form: AgreeForm) -> None:
    """The same with a customer who may have no account yet."""
    customer = _customer(session, (form.customer.data or "").strip())
    if not session.scope.allows(Operation.UPDATE, "credit.account", customer.branch_id):
        raise Forbidden
    account = open_account(session, customer.branch_id, customer.id).account
    change_limit(session, account, form)


def rebuild_all(session: Session, row: None, form: None) -> None:
    """Ask for the branch's accounts to be rebuilt as a job."""
    branch_id = session.scope.home
    if branch_id is None:
        raise Refusal(
            lazy("Accounts are rebuilt at one branch at a time."),
            code="credit.one_branch",
            next_step=lazy("Choose a branch first."),
        )
    enqueue(session, REBUILD.name, branch_id)


class AccountView(RecordView):
    """What customers may owe and owe."""

    model = CreditAccount
    entity = "credit.account"
    path = "credit/accounts"
    title = lazy("Credit limits")
    one = lazy("Credit limit")
    offers = frozenset({Operation.EXPORT})
    column_list = (
        "customer.code", "customer.name", "kind", "limit_minor", "used_minor", "reserved_minor",
        "invoiced_minor", "unapplied_minor", "valid_until",
    )  # fmt: skip
    column_details_list = (
        "customer.code", "customer.name", "kind", "limit_minor", "payment_days", "valid_until",
        "used_minor", "reserved_minor", "invoiced_minor", "unapplied_minor", "guaranteed_minor",
        "currency",
    )  # fmt: skip
    column_searchable_list = ("customer.name", "customer.code")
    column_filters = ("kind", "limit_minor", "valid_until")
    column_sortable_list = ("kind", "limit_minor", "reserved_minor", "invoiced_minor")
    column_default_sort = ("limit_minor", True)
    labels: ClassVar[dict[str, Any]] = {
        "kind": lazy("Limit"),
        "limit_minor": lazy("Amount"),
        "payment_days": lazy("Payment days"),
        "opened_at": lazy("Opened at"),
        "valid_until": lazy("Valid until"),
        "used_minor": lazy("Used"),
        "reserved_minor": lazy("Confirmed orders"),
        "invoiced_minor": lazy("Open invoices"),
        "unapplied_minor": lazy("Unapplied payments"),
        "guaranteed_minor": lazy("Guarantees"),
    }
    acts = (
        Act(
            name="limit",
            title=lazy("Change the limit"),
            run=change_limit,
            form=LimitForm,
            done=lazy("The limit is changed."),
            icon="edit",
            primary=True,
        ),
        Act(
            name="agree",
            title=lazy("Agree a limit"),
            run=agree_limit,
            form=AgreeForm,
            done=lazy("The limit is agreed."),
            icon="plus",
            primary=True,
            on_list=True,
        ),
        Act(
            name="rebuild",
            title=lazy("Rebuild from the documents"),
            run=rebuild_all,
            operation="rebuild",
            done=lazy("Rebuilding is queued; its progress is under Jobs."),
            confirm=lazy("Compare every account with its documents and correct it?"),
            icon="refresh",
            on_list=True,
        ),
    )

    def prefill(self, act: Act, form: Any, row: CreditAccount | None) -> None:
        """Show what is agreed now, or the customer that the page was opened for."""
        if request.method == "POST":
            return
        if row is None:
            form.customer.data = request.args.get("customer", "")
            return
        form.kind.data = row.kind.value
        form.amount.data = row.limit.amount.amount if row.limit_minor else None
        form.payment_days.data, form.valid_until.data = row.payment_days, row.valid_until

    def related(self, row: CreditAccount) -> list[Related]:
        """The last lines of the ledger, for those who may read it (AR-06)."""
        if not desk().scope.allows(Operation.READ, "credit.entry", row.branch_id):
            return []
        newest = select(CreditEntry).where(CreditEntry.customer_id == row.customer_id)
        newest = newest.order_by(CreditEntry.id.desc()).limit(SHOWN_ENTRIES)
        lines = [("", _cells(entry)) for entry in current_session().scalars(newest)]
        return [Related(gettext("Ledger"), HEADS, lines)]


class EntryView(RecordView):
    """The ledger: every movement of every account."""

    model = CreditEntry
    entity = "credit.entry"
    path = "credit/entries"
    title = lazy("Credit ledger")
    offers = frozenset({Operation.EXPORT})
    column_list = (
        "at", "customer.name", "kind", "reserved_minor", "invoiced_minor", "unapplied_minor",
        "guaranteed_minor", "document", "document_id", "actor",
    )  # fmt: skip
    column_details_list = column_list
    column_searchable_list = ("customer.name",)
    column_filters = ("kind", "at", "customer_id")
    column_sortable_list = ("at", "kind")
    column_default_sort = ("at", True)
    labels: ClassVar[dict[str, Any]] = {
        **AccountView.labels,
        "kind": lazy("Kind of entry"),
        "document": lazy("Document"),
        "document_id": lazy("Document key"),
        "customer_id": lazy("Customer key"),
    }


def _cells(entry: CreditEntry) -> tuple[object, ...]:
    buckets = (entry.reserved, entry.invoiced, entry.unapplied, entry.guaranteed)
    moved = (number_cell(money_text(bucket)) if bucket else "" for bucket in buckets)
    at = moment_text(entry.at, entry.branch_id)
    return (at, ENTRY_KINDS[entry.kind], *moved, entry.actor, entry.note)


def _limit(form: LimitForm, currency: str) -> Limit:
    kind = LimitKind(form.kind.data)
    try:
        amount = Money.of(form.amount.data or Decimal(0), currency)
    except ValueError as error:
        raise Refusal(
            lazy("The amount has more decimals than %(currency)s allows.", currency=currency),
            code="credit.amount",
            field="amount",
        ) from error
    return Limit(kind, amount, form.payment_days.data, form.valid_until.data)


def _customer(session: Session, code: str) -> Customer:
    found = session.scalars(select(Customer).where(Customer.code == code)).all()
    if len(found) == 1:
        return found[0]
    text = lazy("Several branches have a customer %(code)s: choose a branch first.", code=code)
    none = lazy("There is no customer with the code %(code)s here.", code=code)
    raise Refusal(text if found else none, code="credit.customer", field="customer")


ACCOUNTS: Final = ViewEntry(
    view=AccountView, group=MONEY, title=AccountView.title, icon="shield", order=60
)
ENTRIES: Final = ViewEntry(
    view=EntryView, group=MONEY, title=EntryView.title, icon="list", order=61
)
