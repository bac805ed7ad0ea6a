"""What a branch decides about credit: the dataclass that code reads."""

from dataclasses import dataclass
from decimal import Decimal

from dougong.core.values import Money
from dougong.plugins.credit.rules import Fallback, WithoutLimit


@dataclass(frozen=True, slots=True)
class CreditSettings:
    """What holds where no limit is agreed, and when the gauge warns."""

    without_limit: WithoutLimit = WithoutLimit.PREPAID
    default_limit: Decimal = Decimal(0)
    """For ``WithoutLimit.DEFAULT``, in the branch's currency."""
    warn_percent: int = 80

    def fallback(self, currency: str) -> Fallback:
        """The same as money."""
        return Fallback(self.without_limit, Money.of(self.default_limit, currency))
