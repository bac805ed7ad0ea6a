"""Seals: a branch's entries in batches, each batch's hash over the one before (AR-04).

A job seals, so no write waits on a chain. The last hash is logged as well: a copy of it kept
elsewhere shows also that seals were cut off the end.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import takewhile
from typing import Any, Final

import structlog
from sqlalchemy import func, select, text

from dougong.core.jobs import JobContext
from dougong.core.services.audit.models import AuditEntry, AuditSeal
from dougong.core.session import UNWALLED, Session

BATCH: Final = 5_000
GRACE: Final = timedelta(hours=1)
"""No transaction that writes lives longer: what is older is all there, in the order of its ids."""
_COLUMNS: Final = (
    AuditEntry.id, AuditEntry.at, AuditEntry.actor, AuditEntry.user_id, AuditEntry.request_id,
    AuditEntry.action, AuditEntry.entity, AuditEntry.entity_id, AuditEntry.customer_id,
    AuditEntry.changes, AuditEntry.reason,
)  # fmt: skip
_UNDER_WAY: Final = text(
    "SELECT min(xact_start) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Broken:
    """A seal that does not fit what it sealed: ``held`` entries where it counted ``count``."""

    branch_id: int
    number: int
    count: int
    held: int
    chained: bool
    """False when it does not follow the seal before it."""


def seal_all(ctx: JobContext) -> None:
    """The job: seal batch after batch until the branch has none that is ripe."""
    sealed = ctx.done
    while count := ctx.step(lambda session: seal_next(session, ctx.branch_id), done=sealed):
        sealed += count


def seal_next(session: Session, branch_id: int, *, at_most: int = BATCH) -> int:
    """Seal the branch's next batch of ripe entries; how many, 0 when there is none.

    Two at once: the second fails on the number of its seal and does not fork the chain.
    """
    last = session.scalars(
        select(AuditSeal)
        .where(AuditSeal.branch_id == branch_id)
        .order_by(AuditSeal.number.desc())
        .limit(1)
    ).first()
    after = last.last_id if last else 0
    ids = _ripe(session, branch_id, after, at_most)
    if not ids:
        return 0
    seal = AuditSeal(
        branch_id=branch_id, number=last.number + 1 if last else 1, first_id=after + 1,
        last_id=ids[-1], count=len(ids), previous=last.digest if last else "", at=session.now,
    )  # fmt: skip
    seal.count, seal.digest = _digest(session, seal)
    session.add(seal)
    session.flush()
    _log.info("audit_sealed", branch_id=branch_id, number=seal.number, digest=seal.digest)
    return seal.count


def broken_seals(session: Session) -> Iterator[Broken]:
    """Every seal, of every branch the session sees, that does not fit its entries any more."""
    before: AuditSeal | None = None
    for seal in session.scalars(select(AuditSeal).order_by(AuditSeal.branch_id, AuditSeal.number)):
        if before is not None and before.branch_id != seal.branch_id:
            before = None
        held, digest = _digest(session, seal)
        chained = _follows(seal, before)
        if not chained or (held, digest) != (seal.count, seal.digest):
            yield Broken(seal.branch_id, seal.number, seal.count, held, chained)
        before = seal


def unsealed_before(session: Session, moment: datetime) -> int:
    """How many entries are older than that and yet not sealed."""
    last = (
        select(func.coalesce(func.max(AuditSeal.last_id), 0))
        .where(AuditSeal.branch_id == AuditEntry.branch_id)
        .correlate(AuditEntry)
        .scalar_subquery()
    )
    counting = select(func.count(AuditEntry.id)).where(AuditEntry.at < moment, AuditEntry.id > last)
    return session.scalars(counting).one()


def _follows(seal: AuditSeal, before: AuditSeal | None) -> bool:
    if before is None:
        return (seal.number, seal.first_id, seal.previous) == (1, 1, "")
    expected = (before.number + 1, before.last_id + 1, before.digest)
    return (seal.number, seal.first_id, seal.previous) == expected


def _ripe(session: Session, branch_id: int, after: int, at_most: int) -> list[int]:
    """The next ids, up to the first entry that is still young: behind it some may be under way."""
    settled = _settled_until(session)
    following = (
        select(AuditEntry.id, AuditEntry.at)
        .where(AuditEntry.branch_id == branch_id, AuditEntry.id > after)
        .order_by(AuditEntry.id)
        .limit(at_most)
    )
    return [key for key, _ in takewhile(lambda e: e.at < settled, session.execute(following))]


def _settled_until(session: Session) -> datetime:
    """What is older than this is committed or never will be; SQLite's writers come one by one."""
    if session.get_bind().dialect.name != "postgresql":
        return session.now
    asking = {UNWALLED: "asks the server how long its oldest transaction runs"}
    oldest = session.execute(_UNDER_WAY, execution_options=asking).scalar_one()
    return min(session.now, oldest or session.now) - GRACE


def _digest(session: Session, seal: AuditSeal) -> tuple[int, str]:
    """How many entries the span of a seal holds now, and the hash it should have."""
    parts = [seal.branch_id, seal.number, seal.first_id, seal.last_id, seal.previous]
    made, count = sha256(_line(parts)), 0
    entries = (
        select(*_COLUMNS)
        .where(
            AuditEntry.branch_id == seal.branch_id,
            AuditEntry.id.between(seal.first_id, seal.last_id),
        )
        .order_by(AuditEntry.id)
    )
    for entry in session.execute(entries):
        made.update(_line([entry.id, entry.at.isoformat(), *entry[2:]]))
        count += 1
    return count, made.hexdigest()


def _line(parts: list[Any]) -> bytes:
    return json.dumps(parts, ensure_ascii=False, sort_keys=True).encode() + b"\n"
