"""What a customer may owe and what he owes: pure decisions (CR-03, CR-04)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dougong.core.values import Money


class LimitKind(StrEnum):
    """Four different answers to "how much on account?"; zero never means two things (CR-03)."""

    UNLIMITED = "unlimited"
    AMOUNT = "amount"
    ZERO = "zero"
    """Agreed: nothing on account; what is paid before passes."""
    NONE = "none"
    """Nothing was agreed; the branch's settings say what then holds."""


class WithoutLimit(StrEnum):
    """What a branch lets a customer do with whom no limit is agreed."""

    PREPAID = "prepaid"
    DEFAULT = "default"
    UNLIMITED = "unlimited"


class EntryKind(StrEnum):
    """Why a line of the ledger was written."""

    RESERVE = "reserve"
    RELEASE = "release"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"
    WRITE_OFF = "write_off"
    GUARANTEE = "guarantee"
    ADJUSTMENT = "adjustment"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Limit:
    """What was agreed; ``amount`` counts only for the kind that has one."""

    kind: LimitKind
    amount: Money
    payment_days: int | None = None
    valid_until: date | None = None
    """The last day it holds; an expired limit is as if none were agreed."""

    def holds(self, today: date) -> bool:
        """Whether something is agreed on that day."""
        in_time = self.valid_until is None or today <= self.valid_until
        return self.kind is not LimitKind.NONE and in_time


@dataclass(frozen=True, slots=True)
class Fallback:
    """What holds at the branch where no limit is agreed."""

    policy: WithoutLimit
    amount: Money

    def usual(self, currency: str) -> Money:
        """The usual limit in that currency: nothing where the branch has none in it."""
        known = self.policy is WithoutLimit.DEFAULT and self.amount.currency == currency
        return self.amount if known else Money.zero(currency)


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a customer owes, by bucket (CR-04)."""

    reserved: Money
    """Confirmed orders, as far as they are not invoiced."""
    invoiced: Money
    """Invoices, as far as they are not settled."""
    unapplied: Money
    """Money received and credit notes, as far as they settle nothing yet."""
    guaranteed: Money
    """Valid guarantees."""

    @property
    def used(self) -> Money:
        """Exposure: negative when more was paid than is owed."""
        return self.reserved + self.invoiced - self.unapplied - self.guaranteed


def ceiling(limit: Limit, fallback: Fallback, today: date) -> Money | None:
    """The most that may be owed on that day; None means without end."""
    currency = limit.amount.currency
    if limit.holds(today):
        return {
            LimitKind.UNLIMITED: None,
            LimitKind.AMOUNT: limit.amount,
            LimitKind.ZERO: Money.zero(currency),
        }[limit.kind]
    return None if fallback.policy is WithoutLimit.UNLIMITED else fallback.usual(currency)


def free(exposure: Exposure, most: Money | None) -> Money | None:
    """What may still be bought on account, negative when over; None means without end."""
    return None if most is None else most - exposure.used


def exceeds(exposure: Exposure, most: Money | None, more: Money) -> bool:
    """Whether ``more`` on top passes the ceiling; reaching it exactly does not (CR-04)."""
    return more.minor > 0 and most is not None and exposure.used + more > most


def percent_used(exposure: Exposure, most: Money | None) -> int:
    """Whole per cent of the ceiling that is used, rounded down; 0 without one (CR-07)."""
    if most is None or exposure.used.minor <= 0:
        return 0
    return 100 if most.minor <= 0 else exposure.used.minor * 100 // most.minor
