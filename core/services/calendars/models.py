"""The tables of calendars: weekly plans, single days of a calendar, and the land's own days."""

from datetime import date
from typing import Final

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from dougong.core.errors import Refusal
from dougong.core.i18n import LazyText, lazy
from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    Stamped,
    StateType,
    one_of,
    owned,
    reference,
)
from dougong.core.services.calendars.rules import (
    HoursWrong,
    PublicDayKind,
    hours_text,
    read_hours,
)
from dougong.core.values import WorkSpan

WEEKDAYS: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
REGIONS: Final = ("CN", "")
"""Whose public holidays a calendar keeps, by the code of the land; empty keeps none."""
OFFICE_HOURS: Final = "09:00-12:00, 13:00-18:00"
_WRONG: Final[dict[str, LazyText]] = {
    "unread": lazy("Write hours like 09:00-12:00, 13:00-18:00."),
    "clock": lazy("No clock shows this time."),
    "overlap": lazy("These hours overlap."),
}


def checked_hours(field: str, text: str | None) -> str:
    """The hours as they are stored; a ``Refusal`` at ``field`` when they cannot be."""
    try:
        return hours_text(read_hours(text or ""))
    except HoursWrong as wrong:
        raise Refusal(
            _WRONG[wrong.code], code="core.hours", field=field,
            next_step=lazy("It is about: %(part)s.", part=wrong.part),
        ) from wrong  # fmt: skip


class Calendar(Keyed, BranchOwned, Stamped, Base):
    """The weekly plan of a branch, or of one team there (XX-02)."""

    __tablename__ = "core_calendar"
    __table_args__ = owned(UniqueConstraint("branch_id", "team"))

    team: Mapped[str] = mapped_column(String(40), default="")
    """Whose it is, by the code that services ask for; empty is the branch's own."""
    name: Mapped[str] = mapped_column(String(100))
    monday: Mapped[str] = mapped_column(String(200), default=OFFICE_HOURS)
    tuesday: Mapped[str] = mapped_column(String(200), default=OFFICE_HOURS)
    wednesday: Mapped[str] = mapped_column(String(200), default=OFFICE_HOURS)
    thursday: Mapped[str] = mapped_column(String(200), default=OFFICE_HOURS)
    friday: Mapped[str] = mapped_column(String(200), default=OFFICE_HOURS)
    saturday: Mapped[str] = mapped_column(String(200), default="")
    sunday: Mapped[str] = mapped_column(String(200), default="")
    region: Mapped[str] = mapped_column(String(10), default="CN")
    makeup_hours: Mapped[str] = mapped_column(String(200), default="")
    """Hours of a made-up workday that has none of its own; empty means Monday's."""

    @validates(*WEEKDAYS, "makeup_hours")
    def _check_hours(self, field: str, text: str | None) -> str:
        return checked_hours(field, text)

    @validates("region")
    def _check_region(self, field: str, region: str | None) -> str:
        if (region or "") not in REGIONS:
            raise Refusal(lazy("The holidays of this land are not known."), field=field)
        return region or ""

    def spans_of(self, weekday: int) -> tuple[WorkSpan, ...]:
        """The spans that begin on that weekday (0 is Monday)."""
        return read_hours(getattr(self, WEEKDAYS[weekday]) or "")

    def __str__(self) -> str:
        return self.name


class CalendarException(Keyed, BranchOwned, Stamped, Base):
    """Other hours on one day of one calendar: a stocktaking, a move, an extra shift."""

    __tablename__ = "core_calendar_exception"
    __table_args__ = owned(
        reference("calendar_id", "core_calendar", ondelete="CASCADE"),
        UniqueConstraint("calendar_id", "day"),
    )

    calendar_id: Mapped[int] = mapped_column(BigKey)
    day: Mapped[date] = mapped_column()
    hours: Mapped[str] = mapped_column(String(200), default="")
    """Empty: closed all day."""
    note: Mapped[str] = mapped_column(String(200), default="")

    calendar: Mapped[Calendar] = relationship(
        primaryjoin="foreign(CalendarException.calendar_id) == Calendar.id"
    )

    @validates("hours")
    def _check_hours(self, field: str, text: str | None) -> str:
        return checked_hours(field, text)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.note}".strip()


class PublicDay(Keyed, Stamped, Base):
    """A day of the yearly notice: it overrules what the library of holidays knows or expects.

    It belongs to no branch: the State Council's notice is one for the whole land.
    """

    __tablename__ = "core_calendar_public_day"
    __table_args__ = (
        UniqueConstraint("region", "day"),
        one_of("kind", PublicDayKind, "kind"),
    )

    region: Mapped[str] = mapped_column(String(10), default="CN")
    day: Mapped[date] = mapped_column()
    kind: Mapped[PublicDayKind] = mapped_column(StateType(PublicDayKind))
    name: Mapped[str] = mapped_column(String(100), default="")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}".strip()
