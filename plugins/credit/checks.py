"""What ``dougong doctor`` proves: each account = Σ its ledger = Σ its open documents (CR-04)."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import BigInteger, cast, func, select

from dougong.core.doctor import Check, Finding
from dougong.core.entities.branch import BranchPlugin
from dougong.core.i18n import lazy
from dougong.core.session import Session
from dougong.plugins.credit.accounts import PLUGIN
from dougong.plugins.credit.documents import OpenDocuments, open_documents
from dougong.plugins.credit.models import BUCKETS, CreditAccount, CreditEntry

Figures = tuple[int, ...]


def accounts_add_up(session: Session) -> list[Finding]:
    """A finding for each account that differs from its ledger or from the documents."""
    on = select(BranchPlugin).where(BranchPlugin.plugin == PLUGIN, BranchPlugin.enabled)
    return [
        finding
        for switch in session.scalars(on.order_by(BranchPlugin.branch_id))
        for finding in _at_branch(session, switch)
    ]


def _at_branch(session: Session, switch: BranchPlugin) -> Iterator[Finding]:
    ledger = _ledger(session, switch.branch_id)
    documents = open_documents(session, switch.branch_id)
    accounts = select(CreditAccount).where(
        CreditAccount.branch_id == switch.branch_id,
        CreditAccount.opened_at >= (switch.enabled_at or session.now),
    )
    for account in session.scalars(accounts.order_by(CreditAccount.customer_id)):
        key = (account.customer_id, account.currency)
        kept = tuple(getattr(account, bucket) for bucket in BUCKETS)
        if kept != (written := ledger.get(key, (0, 0, 0, 0))):
            yield _differs(account, kept, written, "ledger")
        found = documents.get(key, OpenDocuments())
        open_now = (found.reserved, found.invoiced, found.unapplied)
        if kept[:3] != open_now:
            yield _differs(account, kept[:3], open_now, "documents")


def _ledger(session: Session, branch_id: int) -> dict[tuple[int, str], Figures]:
    sums = [cast(func.sum(getattr(CreditEntry, bucket)), BigInteger) for bucket in BUCKETS]
    rows = session.execute(
        select(CreditEntry.customer_id, CreditEntry.currency, *sums)
        .where(CreditEntry.branch_id == branch_id)
        .group_by(CreditEntry.customer_id, CreditEntry.currency)
    )
    found: dict[tuple[int, str], Figures] = {}
    for customer_id, currency, *figures in rows:
        found[customer_id, currency] = tuple(figures)
    return found


def _differs(account: CreditAccount, kept: Figures, right: Figures, side: str) -> Finding:
    texts: dict[str, Any] = {
        "ledger": lazy(
            "Branch %(branch)s, customer %(customer)s: the account has %(kept)s, its ledger "
            "%(right)s (in minor units, by bucket).",
            branch=account.branch_id,
            customer=account.customer_id,
            kept=kept,
            right=right,
        ),
        "documents": lazy(
            "Branch %(branch)s, customer %(customer)s: the account has %(kept)s, the open "
            "documents say %(right)s (in minor units, by bucket); rebuild it on the page of credit "
            "limits.",
            branch=account.branch_id,
            customer=account.customer_id,
            kept=kept,
            right=right,
        ),
    }
    return Finding(texts[side])


ACCOUNTS_ADD_UP: Final = Check(
    "credit",
    lazy("Each credit account equals its ledger and the open documents"),
    accounts_add_up,
)
