"""What ``dougong doctor`` proves: requests hold what was asked, and were decided by others."""

from typing import Final

from sqlalchemy import select

from dougong.core.doctor import Check, Finding
from dougong.core.i18n import lazy
from dougong.core.services.approvals.models import Approval, ApprovalEntry
from dougong.core.services.approvals.policies import steps_from
from dougong.core.services.approvals.rules import (
    ApprovalState,
    EntryKind,
    fingerprint,
)
from dougong.core.services.approvals.seats import filled
from dougong.core.session import Session

_AT_ONCE: Final = 1000
_GRANTED: Final = (ApprovalState.APPROVED, ApprovalState.USED)


def content_is_frozen(session: Session) -> list[Finding]:
    """A finding for each request whose content is not what its fingerprint says."""
    rows = session.execute(
        select(Approval.id, Approval.branch_id, Approval.content, Approval.content_hash)
        .order_by(Approval.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    return [
        Finding(
            lazy(
                "Branch %(branch)s: the content of request %(request)s is not what was asked.",
                branch=branch_id, request=key,
            )
        )
        for key, branch_id, content, kept in rows
        if fingerprint(content) != kept
    ]  # fmt: skip


def granted_by_others(session: Session) -> list[Finding]:
    """A finding for each approved request that lacks a yes of one of its steps."""
    rows = session.execute(
        select(Approval.id, Approval.branch_id, Approval.steps).where(Approval.state.in_(_GRANTED))
    ).all()
    yes = _yes(session)
    return [
        Finding(
            lazy(
                "Branch %(branch)s: request %(request)s is approved without every yes it needs.",
                branch=branch_id, request=key,
            )
        )
        for key, branch_id, stored in rows
        if any(
            filled(yes.get((key, number), [])) < step.count
            for number, step in enumerate(steps_from(stored), start=1)
        )
    ]  # fmt: skip


def _yes(session: Session) -> dict[tuple[int, int], list[frozenset[int]]]:
    """The seats of every yes, by request and step."""
    found: dict[tuple[int, int], list[frozenset[int]]] = {}
    rows = session.execute(
        select(ApprovalEntry.approval_id, ApprovalEntry.step, ApprovalEntry.seats).where(
            ApprovalEntry.kind == EntryKind.APPROVED
        )
    )
    for approval_id, step, seats in rows:
        found.setdefault((approval_id, step), []).append(frozenset(seats))
    return found


CHECKS: Final = (
    Check("core", lazy("Requests for approval hold what was asked"), content_is_frozen),
    Check("core", lazy("Approvals have every yes they need"), granted_by_others),
)
