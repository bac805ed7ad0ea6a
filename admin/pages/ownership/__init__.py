"""Who answers for customers: handing over, its records, the teams (AR-07, CA-10)."""

from dougong.admin.pages.ownership.hand_over import HandOverPage
from dougong.admin.pages.ownership.records import HandOverView, TeamView

__all__ = ["HandOverPage", "HandOverView", "TeamView"]
