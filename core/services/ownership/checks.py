"""What ``dougong doctor`` proves about ownership."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import select

from dougong.core.doctor import Check, Finding, Severity
from dougong.core.entities.branch import Branch
from dougong.core.i18n import lazy
from dougong.core.services.ownership.people import without_owner
from dougong.core.session import Session


def everybody_is_owned(session: Session) -> list[Finding]:
    """No customer is the business of somebody who cannot answer for it any more (AR-07)."""
    return list(_lost(session))


def _lost(session: Session) -> Iterator[Finding]:
    for branch in session.scalars(select(Branch).order_by(Branch.id)).all():
        count = sum(many for _, many in without_owner(session, branch.id))
        if count:
            text = lazy(
                "%(branch)s: %(count)s customers have no active account manager; hand them over.",
                branch=branch.name, count=count,
            )  # fmt: skip
            yield Finding(text, Severity.WARNING)


CHECKS: Final = (Check("core", lazy("Customers have active account managers"), everybody_is_owned),)
