"""What ``dougong doctor`` proves about after-sales."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import func, select

from dougong.core.doctor import Check, Finding, Severity
from dougong.core.entities.branch import Branch
from dougong.core.i18n import lazy
from dougong.core.session import Session
from dougong.core.switchboard import switchboard
from dougong.plugins.aftersales.service import due_contracts


def notices_run(session: Session) -> list[Finding]:
    """No contract waits for its renewal notice longer than the daily job takes (AF-11)."""
    return list(_waiting(session))


def _waiting(session: Session) -> Iterator[Finding]:
    for branch_id in _branches(session):
        due = select(func.count()).select_from(due_contracts(session, branch_id).subquery())
        count = session.scalars(due).one()
        if count:
            branch = session.get_one(Branch, branch_id)
            text = lazy("%(branch)s: %(count)s renewal notices are due.", branch=branch.name,
                        count=count)  # fmt: skip
            yield Finding(text, Severity.WARNING)


def _branches(session: Session) -> list[int]:
    board = switchboard(session)
    ids = session.scalars(select(Branch.id).order_by(Branch.id))
    return [branch_id for branch_id in ids if board.is_on("aftersales", branch_id)]


CHECKS: Final = (Check("aftersales", lazy("Renewal notices are issued"), notices_run),)
