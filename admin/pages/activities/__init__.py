"""What people have to do: their desks, every activity, recurring duties, and who is away."""

from dougong.admin.pages.activities.absences import AbsencePage
from dougong.admin.pages.activities.desk import DeskPage
from dougong.admin.pages.activities.duties import DutyFigures, DutyView
from dougong.admin.pages.activities.view import ActivityView

__all__ = ["AbsencePage", "ActivityView", "DeskPage", "DutyFigures", "DutyView"]
