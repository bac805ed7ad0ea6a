"""What ``dougong doctor`` proves about the log: nothing was changed, nothing can be."""

from datetime import timedelta
from typing import Final

from sqlalchemy import text

from dougong.core.doctor import Check, Finding, Severity
from dougong.core.i18n import LazyText, lazy
from dougong.core.services.audit.models import AuditEntry, AuditSeal
from dougong.core.services.audit.seals import Broken, broken_seals, unsealed_before
from dougong.core.session import Session

PATIENCE: Final = timedelta(days=1)
TABLES: Final = (AuditEntry.__tablename__, AuditSeal.__tablename__)
_GUARDS: Final = {
    # UPDATE and DELETE are refused row by row on SQLite; PostgreSQL's one trigger covers TRUNCATE
    "sqlite": (2, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
               " AND sql LIKE '%RAISE(ABORT%'"),
    "postgresql": (1, "SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:table AS regclass)"
                   " AND NOT tgisinternal AND tgenabled = 'A' AND tgtype & 58 = 58"),
}  # fmt: skip
"""How many triggers each table has, and how to count them (58: the bits of its acts)."""


def audit_checks() -> list[Check]:
    """The seals hold, the log refuses changes, sealing goes on."""
    return [
        Check("core", lazy("The log of changes is as it was sealed"), _seals_hold),
        Check("core", lazy("The log of changes refuses to be changed"), _guarded),
        Check("core", lazy("The log of changes is being sealed"), _sealing_goes_on),
    ]


def _seals_hold(session: Session) -> list[Finding]:
    return [Finding(_told(broken)) for broken in broken_seals(session)]


def _told(broken: Broken) -> LazyText:
    values = {"number": broken.number, "branch": broken.branch_id}
    if not broken.chained:
        return lazy(
            "Seal %(number)s of branch %(branch)s does not follow the one before it.", **values
        )
    if broken.held != broken.count:
        return lazy(
            "Seal %(number)s of branch %(branch)s counted %(count)s entries, there are %(held)s.",
            count=broken.count, held=broken.held, **values,
        )  # fmt: skip
    return lazy("An entry under seal %(number)s of branch %(branch)s was changed.", **values)


def _guarded(session: Session) -> list[Finding]:
    expected, counting = _GUARDS[session.get_bind().dialect.name]
    return [
        Finding(lazy("The triggers that protect %(table)s are missing.", table=table))
        for table in TABLES
        if session.execute(text(counting), {"table": table}).scalar_one() != expected
    ]


def _sealing_goes_on(session: Session) -> list[Finding]:
    waiting = unsealed_before(session, session.now - PATIENCE)
    if not waiting:
        return []
    told = lazy("%(count)s entries wait for a seal; does a worker run?", count=waiting)
    return [Finding(told, Severity.WARNING)]
