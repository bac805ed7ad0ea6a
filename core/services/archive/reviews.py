"""Twice a year each owner is given his archives to mend: one thing to do a customer (AR-05)."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from dougong.core.branches import today_at
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.i18n import gettext, lazy
from dougong.core.schedule import Occurrence
from dougong.core.services.activities.api import ActivityKind, NewActivity, ResultCode, plan_many
from dougong.core.services.archive.models import ArchiveFinding, ArchiveQuality
from dougong.core.services.archive.rules import CUSTOMER, FindingKind
from dougong.core.session import Session
from dougong.core.values import aware

MENDING: Final = "core.archive_mending"
TIME_TO_MEND: Final = timedelta(days=60)
KIND: Final = ActivityKind(
    code=MENDING,
    title=lazy("Mend the archive"),
    icon="edit",
    results=(
        ResultCode("mended", lazy("Mended")),
        ResultCode("asked", lazy("The customer was asked"), needs_note=True),
        ResultCode("nothing", lazy("Nothing can be mended"), needs_note=True),
    ),
)


@dataclass(frozen=True, slots=True)
class HalfYearly:
    """In the first night of January and of July, in the branch's zone (XX-02)."""

    hour: int = 3

    def latest(self, now: datetime, zone: ZoneInfo) -> Occurrence:
        """The last of the two that has come; its key is the half-year."""
        local = aware(now).astimezone(zone)
        starts = [
            datetime.combine(date(year, month, 1), time(self.hour), tzinfo=zone)
            for year in (local.year - 1, local.year)
            for month in (1, 7)
        ]
        at = max(start for start in starts if start <= local)
        return Occurrence(at.astimezone(UTC), half_year(at.date()))


def half_year(day: date) -> str:
    """The half-year a day is in.

    >>> half_year(date(2026, 6, 30)), half_year(date(2026, 7, 1))
    ('2026H1', '2026H2')
    """
    return f"{day.year}H{1 if day.month <= 6 else 2}"


def to_be_mended(branch_id: int) -> Select[int]:
    """The keys of the branch's customers in whose archive something is to be mended."""
    return (
        select(Customer.id)
        .join(ArchiveQuality, ArchiveQuality.customer_id == Customer.id)
        .where(Customer.branch_id == branch_id, Customer.status != CustomerStatus.CLOSED)
        .where(ArchiveQuality.findings > 0)
    )


def plan_mending(session: Session, branch_id: int, ids: Collection[int]) -> int:
    """One thing to do for each customer's owner, once a half-year; how many are new."""
    today = today_at(session, branch_id)
    counts: defaultdict[int, Counter[FindingKind]] = defaultdict(Counter)
    wanted = select(ArchiveFinding.customer_id, ArchiveFinding.kind).where(
        ArchiveFinding.branch_id == branch_id, ArchiveFinding.customer_id.in_(ids)
    )
    for customer_id, kind in session.execute(wanted):
        counts[customer_id][kind] += 1
    owners = select(Customer.id, Customer.name, Customer.manager_id).where(Customer.id.in_(counts))
    planned = [
        NewActivity(
            kind=MENDING, due=today + TIME_TO_MEND, owner_id=manager_id, customer_id=key,
            subject_kind=CUSTOMER, subject_id=key, subject=name, note=_told(counts[key]),
            occurrence_key=f"archive:{half_year(today)}:{key}",
        )
        for key, name, manager_id in session.execute(owners)
    ]  # fmt: skip
    return len(plan_many(session, branch_id, planned))


def _told(counts: Counter[FindingKind]) -> str:
    return gettext(
        "To mend: %(missing)s missing, %(invalid)s invalid, %(stale)s verified long ago,"
        " %(double)s possible duplicates. The customer's page lists them.",
        missing=counts[FindingKind.MISSING], invalid=counts[FindingKind.INVALID],
        stale=counts[FindingKind.STALE], double=counts[FindingKind.DOUBLE],
    )  # fmt: skip
