"""The verbs of audit: tell of a bulk write, look at what is confidential, read the history."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, cast, or_, select

from dougong.core.errors import Forbidden, Refusal
from dougong.core.i18n import lazy
from dougong.core.orm import Base, Grade, Json, grade_of
from dougong.core.scope import Operation
from dougong.core.services.audit.models import AuditAction, AuditEntry
from dougong.core.services.audit.recorder import (
    branch_of,
    customer_of,
    head_of,
    insert_entries,
    stamp,
)
from dougong.core.services.audit.tracking import tracked
from dougong.core.session import Session

ASKED_FROM: Final = Grade.CONFIDENTIAL
"""From this grade on nobody reads in passing: he says why, and it is kept (AR-06)."""
SHORTEST_REASON: Final = 2
LONGEST_REASON: Final = 500


class ReasonMissing(Refusal):
    """Somebody wants to see what is confidential and does not say why."""

    code = "audit.reason_missing"

    def __init__(self) -> None:
        super().__init__(
            lazy("Say why you need to see this."),
            next_step=lazy("A few words are enough; they are kept with your name."),
            field="reason",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What of the log is looked for; what is left empty does not narrow it."""

    words: str = ""
    """Pieces of an actor's log-in, a request's number or a reason, or a field's whole name."""
    action: AuditAction | None = None
    entities: Collection[str] = ()
    branches: Collection[int] = ()
    entity_id: int | None = None
    customer_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    """The id of the last entry already seen."""


def asks_why(entity: type[Any], field: str) -> bool:
    """Whether reading the field needs a reason, whoever asks (AR-06)."""
    return grade_of(entity, field) >= ASKED_FROM


def reveal(
    session: Session, row: Base, fields: Collection[str], reason: str, permission: str
) -> None:
    """Let these fields of the record be read now, and keep who asked and why (AR-06).

    ``permission`` names the entity whose ``reveal`` is asked (``core.customer``). Raises
    ``Forbidden`` without it or below the fields' grade, ``ReasonMissing`` without a reason. What is
    shown before the transaction is committed was not asked for.
    """
    cleared = all(session.scope.clears(grade_of(type(row), field)) for field in fields)
    allowed = session.scope.allows(Operation.REVEAL, permission, branch_of(row))
    if not (cleared and allowed):
        raise Forbidden
    record_access(session, row, fields, reason)


def record_access(session: Session, row: Base, fields: Collection[str], reason: str) -> None:
    """Keep that somebody read these fields of the record and why; he was let in elsewhere.

    For files that are confidential as a whole (a credit file) and for exports of graded fields.
    """
    given = reason.strip()
    if len(given) < SHORTEST_REASON:
        raise ReasonMissing
    how = tracked(type(row))
    if how is None:
        raise LookupError(f"{type(row).__name__} is not kept by the log.")
    entry = {
        "action": AuditAction.REVEAL,
        "entity": how.table,
        "entity_id": getattr(row, how.key),
        "customer_id": customer_of(row),
        "changes": {field: [] for field in sorted(fields)},
        "reason": given[:LONGEST_REASON],
    }
    _write(session, branch_of(row), entry)


def record_bulk(
    session: Session, entity: type[Base], branch_id: int, facts: Mapping[str, Json], reason: str
) -> None:
    """Tell in one entry of many rows written past the flush: ``facts`` say how many.

    Every such path is declared in the test of bulk paths.
    """
    how = tracked(entity)
    if how is not None:
        changes = {name: [None, value] for name, value in facts.items()}
        entry = {"entity": how.table, "entity_id": None, "customer_id": None}
        _write(session, branch_id, entry | {"action": AuditAction.BULK, "changes": changes,
                                            "reason": reason})  # fmt: skip


def find_entries(session: Session, question: Question, limit: int = 50) -> Sequence[AuditEntry]:
    """The entries of the visible branches that answer, newest first (AR-04)."""
    chosen = select(AuditEntry).where(*_narrowing(question))
    return session.scalars(chosen.order_by(AuditEntry.id.desc()).limit(limit)).all()


def _write(session: Session, branch_id: int | None, entry: dict[str, Any]) -> None:
    row = stamp(session) | entry | {"branch_id": branch_id or head_of(session)}
    insert_entries(session, [row])


def _narrowing(question: Question) -> list[ColumnElement[bool]]:
    exact = {
        AuditEntry.action: question.action,
        AuditEntry.entity_id: question.entity_id,
        AuditEntry.customer_id: question.customer_id,
    }
    found = [column == value for column, value in exact.items() if value is not None]
    if question.entities:
        found.append(AuditEntry.entity.in_(list(question.entities)))
    if question.branches:
        found.append(AuditEntry.branch_id.in_(list(question.branches)))
    if question.since is not None:
        found.append(AuditEntry.at >= question.since)
    if question.until is not None:
        found.append(AuditEntry.at < question.until)
    if question.before is not None:
        found.append(AuditEntry.id < question.before)
    return [*found, *_containing(question.words)]


def _containing(words: str) -> list[ColumnElement[bool]]:
    """Each word somewhere; names of fields, never values: a graded one would tell itself."""
    places = (AuditEntry.actor, AuditEntry.request_id, AuditEntry.reason)
    return [
        or_(
            *(place.icontains(word, autoescape=True) for place in places),
            cast(AuditEntry.changes, Text).contains(f'"{word}": [', autoescape=True),
        )
        for word in words.split()
    ]
