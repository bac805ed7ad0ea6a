"""The demo's working hours: a branch's week, a workshop with shifts of its own, single days."""

from datetime import timedelta
from typing import Final

from dougong.core.demo import DemoContext, DemoPart
from dougong.core.services.calendars.models import Calendar, CalendarException

SHIFTS: Final = "08:00-12:00, 13:30-20:00"
STOCKTAKING: Final = timedelta(days=12)
OPEN_SUNDAY: Final = "09:00-12:00"


def load(demo: DemoContext) -> None:
    """Fill one branch."""
    branch, workshop = (
        Calendar(branch_id=demo.branch.id, name=f"{demo.branch.name}作息", saturday=OPEN_SUNDAY),
        Calendar(
            branch_id=demo.branch.id, team="workshop", name="维修车间两班", monday=SHIFTS,
            tuesday=SHIFTS, wednesday=SHIFTS, thursday=SHIFTS, friday=SHIFTS, saturday=SHIFTS,
        ),
    )  # fmt: skip
    demo.session.add_all([branch, workshop])
    demo.session.flush()
    sunday = demo.today + timedelta(days=6 - demo.today.weekday())
    single = ((branch, demo.today + STOCKTAKING, "", "年度盘点，停业一天"),
              (workshop, sunday, OPEN_SUNDAY, "加班处理积压维修"))  # fmt: skip
    demo.session.add_all(
        CalendarException(
            branch_id=demo.branch.id, calendar_id=of.id, day=day, hours=hours, note=note
        )
        for of, day, hours, note in single
    )
    demo.session.flush()


DEMO: Final = DemoPart("calendars", load, order=5)
