"""From a flush to the log: one entry a changed record, all of them in one INSERT (AR-04)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from itertools import groupby
from typing import Any, Final, TypeAlias

from sqlalchemy import insert, inspect, select
from sqlalchemy.orm import InstanceState
from sqlalchemy.orm.base import NO_VALUE
from sqlalchemy.sql.elements import ClauseElement

from dougong.core.entities.branch import Branch
from dougong.core.entities.customer import Customer
from dougong.core.orm import BranchOwned, Json
from dougong.core.services.audit.models import AuditAction, AuditEntry
from dougong.core.services.audit.tracking import Tracked, tracked
from dougong.core.session import UNWALLED, Session

Changes: TypeAlias = dict[str, list[Json]]
Row: TypeAlias = dict[str, Any]
_HEAD: Final = "audit.head"
_COMPUTED: Final = "audit.computed"
_PATH: Final = {UNWALLED: "the log of a write that passed the wall itself"}
_EMPTY: Final = (None, "")
_READY: Final = (str, int, bool, float, type(None))


def load_what_was(session: Session) -> None:
    """Before the flush: read old values nobody loaded, one query per entity, so none is lost.

    And hold those that an SQL expression replaces: the flush itself forgets them.
    """
    dirty = [row for row in session.dirty if tracked(type(row)) and inspect(row).committed_state]
    lacking = [row for row in dirty if _unknown(row)]
    for entity, rows in groupby(sorted(lacking, key=_by_type), type):
        _fill(session, entity, list(rows))
    held = {inspect(row): _computed(row) for row in dirty}
    session.info[_COMPUTED] = {state: were for state, were in held.items() if were}


def write_entries(session: Session) -> None:
    """After the flush: write what it changed, in the same transaction, by one statement."""
    entries = [*_created(session.new), *_updated(session), *_deleted(session.deleted)]
    if not entries:
        return
    common = stamp(session)
    rows = [common | entry for entry in entries]
    for row in rows:
        row["branch_id"] = row["branch_id"] or head_of(session)
    kept = [row for row in rows if row["branch_id"]]  # before the first branch there is no house
    if kept:
        insert_entries(session, kept)


def insert_entries(session: Session, rows: list[Row]) -> None:
    """Write the rows without reading their keys back: a row at headquarters may be out of sight."""
    statement = insert(AuditEntry.__table__).inline()  # type: ignore[arg-type]
    session.execute(statement, rows, execution_options=_PATH)


def stamp(session: Session) -> Row:
    """Who, when, by which request."""
    scope = session.scope
    return {
        "at": session.now,
        "actor": scope.actor[:100],
        "user_id": scope.user_id,
        "request_id": str(session.info.get("request_id", ""))[:40],
        "reason": "",
    }


def head_of(session: Session) -> int | None:
    """The head of the house, where what belongs to no branch is kept; asked once a session."""
    if session.info.get(_HEAD) is None:
        first = select(Branch.id).where(Branch.parent_id.is_(None)).order_by(Branch.id).limit(1)
        session.info[_HEAD] = session.scalars(first).first()
    head: int | None = session.info[_HEAD]
    return head


def customer_of(row: Any) -> int | None:
    """The customer in whose history the record stands, as far as no query is needed."""
    if isinstance(row, Customer):
        return row.id
    own: int | None = row.__dict__.get("customer_id")
    contact = row.__dict__.get("contact")
    return own if own is not None or contact is None else contact.customer_id


def branch_of(row: Any) -> int | None:
    """The branch that keeps the entry; None for what is decided at the head of the house."""
    if isinstance(row, Branch):
        return row.id
    found: int | None = row.__dict__.get("branch_id")
    return found


def plain(value: Any) -> Json:
    """A value as JSON keeps it."""
    if type(value) in _READY or isinstance(value, list | dict):
        return value  # type: ignore[no-any-return]
    if isinstance(value, Enum):
        return value.value  # type: ignore[no-any-return]
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _created(rows: Iterable[Any]) -> Iterator[Row]:
    for row in rows:
        how = tracked(type(row))
        if how is not None:
            held = row.__dict__
            values = {f: held[f] for f in how.fields if held.get(f) not in _EMPTY}
            changes = {f: _pair(row, f, None, value) for f, value in values.items()}
            yield _entry(row, how, AuditAction.CREATE, changes)


def _deleted(rows: Iterable[Any]) -> Iterator[Row]:
    for row in rows:
        how = tracked(type(row))
        if how is not None:
            was = row.__dict__ | _were(row, how)
            values = {f: was[f] for f in how.fields if was.get(f) not in _EMPTY}
            changes = {f: _pair(row, f, value, None) for f, value in values.items()}
            yield _entry(row, how, AuditAction.DELETE, changes)


def _updated(session: Session) -> Iterator[Row]:
    computed = session.info.get(_COMPUTED, {})
    for row in session.dirty:
        how = tracked(type(row))
        if how is None:
            continue
        were = _were(row, how) | computed.get(inspect(row), {})
        changes = {
            field: _pair(row, field, old, now)
            for field, old in were.items()
            if (now := getattr(row, field)) != old
        }
        if changes:
            yield _entry(row, how, AuditAction.UPDATE, changes)


def _were(row: Any, how: Tracked) -> dict[str, Any]:
    """The values that this flush replaces."""
    replaced = inspect(row).committed_state
    return {
        field: None if old is NO_VALUE else old
        for field, old in replaced.items()
        if field in how.names
    }


def _pair(row: Any, field: str, old: Any, new: Any) -> list[Json]:
    pair = [plain(old), plain(new)]
    if field.endswith("_minor"):
        pair.append(row.__dict__.get("currency") or "")
    return pair


def _entry(row: Any, how: Tracked, action: AuditAction, changes: Changes) -> Row:
    return {
        "branch_id": branch_of(row),
        "entity": how.table,
        "entity_id": row.__dict__.get(how.key),
        "customer_id": customer_of(row) if isinstance(row, BranchOwned) else None,
        "action": action,
        "changes": changes,
    }


def _by_type(row: Any) -> str:
    return type(row).__qualname__


def _unknown(row: Any) -> list[str]:
    """Fields that are set anew while nobody ever loaded the old value."""
    how, state = tracked(type(row)), inspect(row)
    if how is None or state.key is None:
        return []
    return [f for f, old in state.committed_state.items() if old is NO_VALUE and f in how.names]


def _computed(row: Any) -> Row:
    """The old values of fields that an SQL expression replaces."""
    were = _were(row, tracked(type(row)))  # type: ignore[arg-type]
    return {f: old for f, old in were.items() if isinstance(row.__dict__.get(f), ClauseElement)}


def _fill(session: Session, entity: type[Any], rows: list[Any]) -> None:
    fields = sorted({field for row in rows for field in _unknown(row)})
    keys = inspect(entity).primary_key
    wanted = select(*keys, *(getattr(entity, field) for field in fields))
    column = getattr(entity, tracked(entity).key)  # type: ignore[union-attr]
    here = {inspect(row).identity: inspect(row) for row in rows}
    wanted = wanted.where(column.in_([getattr(row, column.key) for row in rows]))
    for found in session.execute(wanted, execution_options=_PATH):
        state: InstanceState[Any] | None = here.get(tuple(found[: len(keys)]))
        for field, value in zip(fields, found[len(keys) :], strict=True):
            if state is not None and state.committed_state.get(field) is NO_VALUE:
                state.committed_state[field] = value
