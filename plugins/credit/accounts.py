"""The account row: opened when first needed, locked, and kept equal to ledger and documents.

Whoever changes a document of a customer takes this row's lock in the same transaction, so the
holder of the lock sees every other change committed: what the documents say beyond the account is
the holder's own doing.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite

from dougong.core.entities.branch import Branch
from dougong.core.entities.customer import Customer
from dougong.core.errors import NotFound
from dougong.core.session import Session
from dougong.core.switchboard import switchboard
from dougong.plugins.credit.documents import OpenDocuments, open_documents
from dougong.plugins.credit.models import BUCKETS, CreditAccount, CreditEntry
from dougong.plugins.credit.rules import EntryKind, LimitKind

PLUGIN: Final = "credit"
FOLLOWED: Final = ("reserved_minor", "invoiced_minor", "unapplied_minor")


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a ledger entry is written."""

    kind: EntryKind
    document: str = ""
    document_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose ledger, and in which currency."""

    branch_id: int
    customer_id: int
    currency: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A locked account; ``fresh`` when it was built from the documents just now."""

    account: CreditAccount
    fresh: bool


def open_account(session: Session, branch_id: int, customer_id: int) -> Opened:
    """The customer's account, locked until the commit; made or built anew where it is not current.

    It is not current when it was built before the plugin was last switched on at the branch.
    Two transactions that open at once: the second waits for the first at the key.
    """
    _make_row(session, branch_id, customer_id)
    account = locked_account(session, customer_id)
    if account is None:
        raise NotFound
    since = current_since(session, branch_id)
    if account.opened_at is not None and (since is None or account.opened_at >= since):
        return Opened(account, fresh=False)
    follow_ledger(session, account)  # the ledger may have moved while nobody listened
    follow_documents(session, account, Cause(EntryKind.OPENING))
    account.opened_at = session.now
    session.flush()
    return Opened(account, fresh=True)


def locked_account(session: Session, customer_id: int) -> CreditAccount | None:
    """The account as it is now, locked until the commit; None where there is none."""
    session.flush()
    return session.scalars(
        select(CreditAccount)
        .where(CreditAccount.customer_id == customer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def follow_ledger(session: Session, account: CreditAccount) -> None:
    """Make a locked account say what its ledger says: after a merge moved lines of it."""
    session.flush()
    sums = [cast(func.coalesce(func.sum(getattr(CreditEntry, b)), 0), BigInteger) for b in BUCKETS]
    written = session.execute(
        select(*sums).where(
            CreditEntry.customer_id == account.customer_id,
            CreditEntry.currency == account.currency,
        )
    ).one()
    for bucket, minor in zip(BUCKETS, written, strict=True):
        setattr(account, bucket, minor)
    session.flush()


def follow_documents(session: Session, account: CreditAccount, cause: Cause) -> bool:
    """Make a locked account say what the documents say; the difference goes into the ledger."""
    session.flush()
    documents = open_documents(session, account.branch_id, [account.customer_id])
    right = documents.get((account.customer_id, account.currency), OpenDocuments())
    moved = {
        bucket: minor - getattr(account, bucket)
        for bucket, minor in zip(FOLLOWED, astuple(right), strict=True)
    }
    if not any(moved.values()):
        return False
    for bucket, minor in moved.items():
        setattr(account, bucket, getattr(account, bucket) + minor)
    owner = Owner(account.branch_id, account.customer_id, account.currency)
    write_entry(session, owner, cause, moved)
    return True


def write_entry(session: Session, owner: Owner, cause: Cause, moved: Mapping[str, int]) -> None:
    """Write one line of the ledger: ``moved`` by bucket."""
    session.add(
        CreditEntry(
            branch_id=owner.branch_id,
            customer_id=owner.customer_id,
            kind=cause.kind,
            currency=owner.currency,
            document=cause.document,
            document_id=cause.document_id,
            note=cause.note,
            at=session.now,
            actor=session.scope.actor,
            user_id=session.scope.user_id,
            **moved,
        )
    )


def current_since(session: Session, branch_id: int) -> datetime | None:
    """When credit was last switched on at the branch: older accounts missed documents."""
    row = switchboard(session).rows.get((branch_id, PLUGIN))
    return None if row is None else row.enabled_at


def branch_of(session: Session, branch_id: int) -> Branch:
    """The branch, for its currency."""
    branch = session.get(Branch, branch_id)
    if branch is None:
        raise NotFound
    return branch


def name_of(session: Session, customer_id: int) -> str:
    """The customer's name, for sentences."""
    return session.scalars(select(Customer.name).where(Customer.id == customer_id)).one()


def _make_row(session: Session, branch_id: int, customer_id: int) -> None:
    session.flush()
    fresh = _insert_of(session)(CreditAccount).values(
        branch_id=branch_id,
        customer_id=customer_id,
        kind=LimitKind.NONE,
        currency=branch_of(session, branch_id).currency,
        limit_minor=0,
        reserved_minor=0,
        invoiced_minor=0,
        unapplied_minor=0,
        guaranteed_minor=0,
        created_at=session.now,
        updated_at=session.now,
    )
    session.execute(fresh.on_conflict_do_nothing(index_elements=[CreditAccount.customer_id]))


def _insert_of(session: Session) -> Any:
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert if on_postgresql else sqlite.insert
