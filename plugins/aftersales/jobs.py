"""What after-sales does by itself: renewal notices every day."""

from collections.abc import Sequence
from typing import Final

from dougong.core.i18n import lazy
from dougong.core.jobs import Daily, JobContext, JobKind
from dougong.core.session import Session
from dougong.plugins.aftersales.service import due_contracts, issue_notice

BATCH: Final = 50


def notice_renewals(context: JobContext) -> None:
    """Issue every renewal notice that is due and not issued (AF-11)."""
    with context.reading() as session:
        due = due_contracts(session, context.branch_id)
    context.walk(due, _issue, size=BATCH)


def _issue(session: Session, contract_ids: Sequence[int]) -> None:
    for contract_id in contract_ids:
        issue_notice(session, contract_id)


JOBS: Final = (
    JobKind(
        "aftersales.renewals",
        notice_renewals,
        every=Daily(6),
        title=lazy("Notice contracts about to end"),
    ),
)
