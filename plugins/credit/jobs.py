"""Rebuilding accounts from the documents, when somebody asks for it."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from dougong.core.i18n import lazy
from dougong.core.jobs import JobContext, JobKind
from dougong.core.session import Session
from dougong.plugins.credit.models import CreditAccount
from dougong.plugins.credit.subscribers import rebuild


def rebuild_accounts(context: JobContext) -> None:
    """Let every account of the branch follow its documents; what moved is in the ledger."""

    def work(session: Session, customer_ids: Sequence[int]) -> None:
        rebuild(session, context.branch_id, customer_ids)

    mine = select(CreditAccount.customer_id).where(CreditAccount.branch_id == context.branch_id)
    context.walk(mine, work)


REBUILD: Final = JobKind(
    "credit.rebuild", rebuild_accounts, title=lazy("Rebuild credit accounts from the documents")
)
