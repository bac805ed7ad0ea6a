"""The figures of after-sales that a branch may set (XX-04)."""

from dataclasses import dataclass
from datetime import timedelta

from dougong.core.entities.address import Area
from dougong.core.values import Percentage
from dougong.plugins.aftersales.rules import ContractKind, NoticePeriod


@dataclass(frozen=True, slots=True)
class AftersalesSettings:
    """Promised hours (AF-04, CARD-4) and notice periods in days (AF-11)."""

    urban_hours: int = 4
    suburban_hours: int = 6
    warn_percent: int = 75
    renewal_days: int = 30
    subscription_days: int = 7
    late_days: int = 30
    """A term that ended at most so many days ago still gets the notice it missed."""

    def promised(self, area: Area) -> timedelta:
        """Within what time a technician is on site in that area (AF-04)."""
        return timedelta(hours=self.suburban_hours if area is Area.SUBURBAN else self.urban_hours)

    @property
    def warn_at(self) -> Percentage:
        """The share of the promised time after which the dispatcher is warned."""
        return Percentage.of(self.warn_percent)

    def notice(self, kind: ContractKind) -> NoticePeriod:
        """The notice period of a kind of contract (AF-11)."""
        subscription = kind is ContractKind.SUBSCRIPTION
        ahead = self.subscription_days if subscription else self.renewal_days
        return NoticePeriod(ahead, self.late_days)
