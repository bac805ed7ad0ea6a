"""The figures of after-sales that a branch may set (XX-04)."""

from dataclasses import dataclass
from datetime import timedelta

from dougong.core.entities.address import Area
from dougong.core.services.deadlines.api import DeadlineRule
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

    def arrival(self, area: Area) -> DeadlineRule:
        """Within what time a technician is on site in that area, at any hour (AF-04).

        The version tells the figures apart: it changes whenever one of them does.
        """
        hours = self.suburban_hours if area is Area.SUBURBAN else self.urban_hours
        return DeadlineRule(
            code=f"aftersales.arrive.{area}", version=hours * 1000 + self.warn_percent,
            target="arrive", allowed=timedelta(hours=hours),
            warn_after=timedelta(seconds=hours * 36 * self.warn_percent),
            working=False, escalates_to="dispatcher",
        )  # fmt: skip

    def notice(self, kind: ContractKind) -> NoticePeriod:
        """The notice period of a kind of contract (AF-11)."""
        subscription = kind is ContractKind.SUBSCRIPTION
        ahead = self.subscription_days if subscription else self.renewal_days
        return NoticePeriod(ahead, self.late_days)
