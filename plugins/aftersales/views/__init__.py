"""The pages of after-sales: register, technicians, contracts, renewals."""

from typing import Final

from dougong.admin.contributions import Group, ViewEntry
from dougong.core.i18n import lazy
from dougong.plugins.aftersales.views.calls import CallView
from dougong.plugins.aftersales.views.contracts import ContractView, RenewalView
from dougong.plugins.aftersales.views.technicians import TechnicianView

GROUP: Final = Group("aftersales", lazy("After-sales"), "fa-wrench", 400)
ENTRIES: Final = (
    ViewEntry(view=CallView, group=GROUP, title=CallView.title, icon="fa-phone", order=10),
    ViewEntry(view=RenewalView, group=GROUP, title=RenewalView.title, icon="fa-bell", order=20),
    ViewEntry(view=ContractView, group=GROUP, title=ContractView.title, icon="file", order=30),
    ViewEntry(view=TechnicianView, group=GROUP, title=TechnicianView.title, icon="fa-users",
              order=40),
)  # fmt: skip
