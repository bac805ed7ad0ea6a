"""Where a customer stands: limit, exposure, what is free. Reads only, with or without account."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from dougong.core.branches import today_at
from dougong.core.entities.branch import Branch, BranchPlugin
from dougong.core.reader import Reader
from dougong.core.values import Money
from dougong.plugins.credit.accounts import PLUGIN
from dougong.plugins.credit.documents import OpenDocuments, open_documents
from dougong.plugins.credit.models import CreditAccount
from dougong.plugins.credit.rules import (
    Exposure,
    Limit,
    LimitKind,
    ceiling,
    exceeds,
    free,
    percent_used,
)
from dougong.plugins.credit.settings import CreditSettings


@dataclass(frozen=True, slots=True)
class Position:
    """A customer's limit and exposure on a day, in one currency (CR-04)."""

    limit: Limit
    exposure: Exposure
    most: Money | None
    """The ceiling; None means without end."""
    agreed: bool
    """Whether a limit is agreed and in time."""
    warn_percent: int
    """From which use the branch wants to be warned (CR-07)."""

    @property
    def currency(self) -> str:
        """What all of it is in."""
        return self.limit.amount.currency

    @property
    def free(self) -> Money | None:
        """What may still be bought on account."""
        return free(self.exposure, self.most)

    @property
    def percent(self) -> int:
        """How much of the ceiling is used."""
        return percent_used(self.exposure, self.most)

    @property
    def over(self) -> bool:
        """Whether more is owed than may be."""
        return self.most is not None and self.exposure.used > self.most

    @property
    def near(self) -> bool:
        """Whether so much is used that the branch wants to be warned."""
        return self.percent >= self.warn_percent

    def refuses(self, more: Money) -> bool:
        """Whether ``more`` on top would pass the ceiling."""
        return exceeds(self.exposure, self.most, more)


def position_of(reader: Reader, branch_id: int, customer_id: int) -> Position:
    """Where the customer stands; one without a current account stands where his documents say."""
    known = kept_positions(reader, [customer_id]).get(customer_id)
    return known or _from_documents(reader, branch_id, customer_id)


def kept_positions(reader: Reader, customer_ids: Collection[int]) -> dict[int, Position]:
    """The positions of those who have a current account, in one query."""
    rows = reader.rows(
        select(CreditAccount, Branch)
        .join(Branch, Branch.id == CreditAccount.branch_id)
        .join(BranchPlugin, BranchPlugin.branch_id == CreditAccount.branch_id)
        .where(
            BranchPlugin.plugin == PLUGIN,
            CreditAccount.customer_id.in_(customer_ids),
            CreditAccount.opened_at >= BranchPlugin.enabled_at,
        )
        .execution_options(populate_existing=True)
    )
    return {
        account.customer_id: _position(reader, branch, account.limit, account.exposure)
        for account, branch in rows
    }


def _from_documents(reader: Reader, branch_id: int, customer_id: int) -> Position:
    branch = reader.all(select(Branch).where(Branch.id == branch_id))[0]
    account = reader.one(select(CreditAccount).where(CreditAccount.customer_id == customer_id))
    none = Limit(LimitKind.NONE, Money.zero(branch.currency))
    limit = none if account is None else account.limit
    currency = limit.amount.currency
    found = open_documents(reader, branch_id, [customer_id]).get((customer_id, currency))
    documents = found or OpenDocuments()
    exposure = Exposure(
        Money(documents.reserved, currency),
        Money(documents.invoiced, currency),
        Money(documents.unapplied, currency),
        Money(0 if account is None else account.guaranteed_minor, currency),
    )
    return _position(reader, branch, limit, exposure)


def _position(reader: Reader, branch: Branch, limit: Limit, exposure: Exposure) -> Position:
    today = today_at(reader, branch.id)
    settings = reader.settings(branch.id, CreditSettings)
    most = ceiling(limit, settings.fallback(branch.currency), today)
    return Position(limit, exposure, most, limit.holds(today), settings.warn_percent)
