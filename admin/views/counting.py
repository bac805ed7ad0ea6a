"""How many rows a list has: exactly as far as that is cheap, beyond it about how many."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, column, func, inspect, literal, select, table, tablesample
from sqlalchemy.orm import aliased

from dougong.admin.formats import number_text
from dougong.core.i18n import gettext
from dougong.core.session import Session

CAP: Final = 10_000
"""Rows that are counted one by one."""
ESTIMATE_HOLDS: Final = timedelta(minutes=5)
"""How long an estimate is told again: its two figures hardly change."""
_Estimates = dict[tuple[type[Any], frozenset[int]], tuple[datetime, int]]
_ESTIMATES: Final[WeakKeyDictionary[Engine, _Estimates]] = WeakKeyDictionary()
_SAMPLED_PAGES: Final = 100
_PAGES: Final = table("pg_class", column("relpages"), column("oid"))


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are; ``number`` is the least where it is not exact, or an estimate."""

    number: int
    exact: bool = True
    estimated: bool = False

    @property
    def text(self) -> str:
        """As it stands beside a heading."""
        number = number_text(self.number)
        if self.exact:
            return str(number)
        return gettext("about %(count)s", count=number) if self.estimated else f"{number}+"


def count_rows(session: Session, query: Any, model: Any, branches: frozenset[int]) -> Count:
    """How many rows the query has; where it is all of those branches, estimate what is many."""
    kept = _ESTIMATES.setdefault(session.get_bind().engine, {})
    known = kept.get((model, branches))
    if known is not None and known[0] > session.now:
        return Count(known[1], False, True)
    key = getattr(model, inspect(model).primary_key[0].key)
    some = query.with_entities(key).order_by(None).limit(CAP + 1).subquery()
    number = session.scalar(select(func.count()).select_from(some)) or 0
    if number <= CAP:
        return Count(number)
    estimate = _sampled(session, model, branches) if branches else 0
    if estimate <= CAP:
        return Count(CAP, False)
    kept[model, branches] = (session.now + ESTIMATE_HOLDS, estimate)
    return Count(estimate, False, True)


def _sampled(session: Session, model: Any, branches: frozenset[int]) -> int:
    """About how many rows those branches have, from a hundred pages of the table; 0 unknown.

    The server's own estimate knows the table, not the branch, and its statistics of columns are
    hidden from a role that policies bind.
    """
    if session.get_bind().dialect.name != "postgresql":
        return 0
    oid = func.to_regclass(model.__tablename__)
    pages = session.scalar(select(_PAGES.c.relpages).where(_PAGES.c.oid == oid)) or 0
    if pages <= 0:
        return 0
    percent = min(100.0, 100.0 * _SAMPLED_PAGES / pages)
    sample = aliased(model, tablesample(model.__table__, func.system(percent), seed=literal(1)))
    seen = session.scalar(
        select(func.count(sample.id)).where(sample.branch_id.in_(branches)),
        execution_options={"unwalled": "a sample that names its branches"},
    )
    return _rounded(int((seen or 0) * 100 / percent))


def _rounded(number: int) -> int:
    """To two figures: more would pretend to know."""
    unit: int = 10 ** max(len(str(number)) - 2, 0)
    return round(number / unit) * unit
