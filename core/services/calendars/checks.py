"""What ``dougong doctor`` says of calendars: the yearly notice has to be entered in time."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from dougong.core.doctor import Check, Finding, Severity
from dougong.core.i18n import lazy
from dougong.core.services.calendars.models import Calendar
from dougong.core.services.calendars.service import is_certain
from dougong.core.session import Session

AHEAD: Final = timedelta(days=31)
"""The State Council publishes its notice in November; a month before the year it is time."""


def calendar_checks() -> list[Check]:
    """One check."""
    return [Check("core", lazy("Public holidays are known for the coming month"), _notice)]


def _notice(session: Session) -> list[Finding]:
    year = (session.now + AHEAD).year
    kept = session.scalars(select(Calendar.region).where(Calendar.region != "").distinct()).all()
    return [
        Finding(
            lazy("The public holidays of %(year)s (%(region)s) are expected only: enter the notice"
                 " under Public holidays.", year=year, region=region),
            Severity.WARNING,
        )
        for region in kept
        if not is_certain(session, year, region)
    ]  # fmt: skip
