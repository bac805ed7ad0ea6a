"""The places of a feed: which entries come before one, for every source by itself."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, or_

_BETWEEN = "_"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: its instant, its kind, its key; nothing else stands there."""

    at: datetime
    kind: str
    key: int

    def __str__(self) -> str:
        return _BETWEEN.join((self.at.isoformat(), str(self.key), self.kind))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The place an address names, None for what is none."""
        at, _, rest = text.partition(_BETWEEN)
        key, _, kind = rest.partition(_BETWEEN)
        try:
            moment = datetime.fromisoformat(at)
            return cls(moment, kind, int(key)) if moment.tzinfo and 0 < int(key) < 2**63 else None
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class FeedWindow:
    """The part of a customer's feed that is asked for: the newest ``limit`` before a place.

    A source orders its rows by ``newest`` (or ``newest_by_day``), so that no entry is lost or
    shown twice between two parts, however many stand at one instant.
    """

    limit: int
    zone: ZoneInfo
    before: Place | None = None

    def newest(self, rows: Select[Any], kind: str, at: Any, key: Any) -> Select[Any]:
        """The source's newest rows in the window, by the instant ``at`` and the key."""
        chosen = rows.order_by(at.desc(), key.desc()).limit(self.limit)
        if self.before is None:
            return chosen
        return chosen.where(self._before(kind, at, key, self.before.at))

    def newest_by_day(self, rows: Select[Any], kind: str, day: Any, key: Any) -> Select[Any]:
        """The same for rows that only have a day: they stand at its beginning."""
        chosen = rows.order_by(day.desc(), key.desc()).limit(self.limit)
        if self.before is None:
            return chosen
        local = self.before.at.astimezone(self.zone)
        if local.time() != time():  # later on that day: the day's beginning comes before
            return chosen.where(day <= local.date())
        return chosen.where(self._before(kind, day, key, local.date()))

    def start_of(self, day: date) -> datetime:
        """Where a whole day stands."""
        return datetime.combine(day, time(), self.zone)

    def _before(self, kind: str, at: Any, key: Any, bound: Any) -> ColumnElement[bool]:
        assert self.before is not None
        if kind < self.before.kind:
            earlier: ColumnElement[bool] = at <= bound
            return earlier
        if kind > self.before.kind:
            strictly: ColumnElement[bool] = at < bound
            return strictly
        return or_(at < bound, and_(at == bound, key < self.before.key))
