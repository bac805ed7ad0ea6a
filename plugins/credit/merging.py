"""When customers become one, or two again: the accounts follow the moved ledger (CR-04)."""

from sqlalchemy import select

from dougong.core.entities.customer import Customer
from dougong.core.errors import Blocker
from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.services.archive.api import (
    CustomerMerge,
    CustomersMerged,
    MergeUndone,
    change_in_merge,
)
from dougong.core.session import Session
from dougong.plugins.credit.accounts import (
    Cause,
    current_since,
    follow_documents,
    follow_ledger,
    locked_account,
    open_account,
)
from dougong.plugins.credit.models import CreditAccount, CreditEntry
from dougong.plugins.credit.rules import EntryKind, LimitKind

_AGREED = ("kind", "limit_minor", "payment_days", "valid_until")


def combine(session: Session, event: CustomersMerged) -> None:
    """One account for both: the sum of what each owed; a limit that only the other had is kept."""
    _settle(session, event)
    ours = locked_account(session, event.survivor_id)
    theirs = locked_account(session, event.merged_id)
    if ours is None or theirs is None or ours.kind is not LimitKind.NONE:
        return
    merge = session.get_one(CustomerMerge, event.merge_id)
    change_in_merge(session, merge, ours, {name: getattr(theirs, name) for name in _AGREED})


def part(session: Session, event: MergeUndone) -> None:
    """Two accounts again, each the sum of its own ledger and documents."""
    _settle(session, event)


def against_merge(survivor: Customer, merged: Customer, reader: Reader) -> list[Blocker]:
    """Accounts in two currencies do not add up to one."""
    wanted = select(CreditAccount).where(CreditAccount.customer_id.in_([survivor.id, merged.id]))
    accounts = reader.all(wanted)
    if len({account.currency for account in accounts}) <= 1:
        return []
    return [
        Blocker(
            source="credit",
            code="credit.two_currencies",
            text=lazy("The credit accounts of the two are in different currencies."),
            next_step=lazy("Agree both limits in one currency first."),
        )
    ]


def _settle(session: Session, event: CustomersMerged | MergeUndone) -> None:
    since = current_since(session, event.branch_id)
    for customer_id in sorted((event.survivor_id, event.merged_id)):
        account = locked_account(session, customer_id)
        if account is None and _has_ledger(session, customer_id):
            account = open_account(session, event.branch_id, customer_id).account
        if account is None:
            continue
        follow_ledger(session, account)
        if account.opened_at is not None and (since is None or account.opened_at >= since):
            follow_documents(session, account, Cause(EntryKind.ADJUSTMENT))
    session.flush()


def _has_ledger(session: Session, customer_id: int) -> bool:
    wanted = select(CreditEntry.id).where(CreditEntry.customer_id == customer_id).limit(1)
    return session.scalars(wanted).first() is not None
