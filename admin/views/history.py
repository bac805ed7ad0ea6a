"""The log as staff read it: names for tables and fields, values in words, masks kept (AR-04)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import current_app, url_for
from sqlalchemy import Select, cast, inspect, literal, select, union_all
from sqlalchemy import Text as LongText
from werkzeug.routing import BuildError

from dougong.admin.contributions import Text, Tone
from dougong.admin.formats import MASK, NO_VALUE, moment_text, money_text, state_text
from dougong.admin.sessions import current_session, desk
from dougong.admin.words import LABELS
from dougong.core.i18n import gettext, lazy
from dougong.core.orm import BranchOwned, StateType, UtcDateTime, grade_of
from dougong.core.scope import Operation
from dougong.core.services.audit.api import (
    AuditAction,
    AuditEntry,
    Question,
    asks_why,
    entity_of,
    find_entries,
    tracked,
)
from dougong.core.values import Money

ACTIONS: Final = {
    AuditAction.CREATE: (lazy("Created"), Tone.SUCCESS),
    AuditAction.UPDATE: (lazy("Changed"), Tone.INFO),
    AuditAction.DELETE: (lazy("Deleted"), Tone.DANGER),
    AuditAction.BULK: (lazy("Written in bulk"), Tone.NEUTRAL),
    AuditAction.REVEAL: (lazy("Looked at"), Tone.WARNING),
}
_OWN: Final = {
    "core_individual_profile": lazy("Person"),
    "core_enterprise_profile": lazy("Enterprise"),
    "core_institution_profile": lazy("Public institution"),
    "core_special_profile": lazy("Special subscriber"),
    "core_group_profile": lazy("Group"),
    "core_sales_order_line": lazy("Order line"),
    "core_delivery_line": lazy("Delivery line"),
    "core_allocation": lazy("Allocation"),
    "core_attachment": lazy("File"),
    "core_membership": lazy("Role at a branch"),
    "core_permission": lazy("Permission"),
    "core_branch_plugin": lazy("Plugin at a branch"),
}
"""Records that have no list of their own, or none by that name."""
_fields: Final[dict[str, Text]] = {}
_NAMES: Final = ("name", "number", "code", "login", "title")
Named = dict[str, dict[int, str]]
"""Names of records by table and key."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an entry: what it was and what it became."""

    label: Text
    old: object = ""
    new: object = ""
    looked: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as the page shows it."""

    time: str
    actor: str
    action: Text
    tone: Tone
    kind: Text
    record: str
    url: str
    changes: tuple[Change, ...]
    reason: str
    request_id: str
    place: str


def add_fields(names: Mapping[str, Text]) -> None:
    """Let a page name fields that stand in no list."""
    _fields.update(names)


def history_of(row: Any, limit: int = 20) -> list[Told]:
    """What happened to one record, newest first; nothing of one that the log does not keep."""
    if tracked(type(row)) is None:
        return []
    table, key = type(row).__tablename__, inspect(row).identity[-1]
    return told(find_entries(current_session(), Question(entities=(table,), entity_id=key), limit))


def history_at_customer(customer: Any, limit: int = 20) -> list[Told]:
    """What happened to a customer's archive and papers, as far as the person may read them."""
    question = Question(customer_id=customer.id, entities=_readable(customer))
    return told(find_entries(current_session(), question, limit))


def told(entries: Sequence[AuditEntry]) -> list[Told]:
    """The entries in staff's words; names are looked up by one query."""
    names = _names(entries)
    return [_told(entry, names) for entry in entries]


def kinds() -> list[tuple[str, Text]]:
    """Every kind of record that has a name for staff, by table."""
    found: dict[str, Text] = dict(_OWN) | {t: v.title for t, v in _views().items()}
    return sorted(found.items(), key=lambda kind: str(kind[1]))


def _views() -> dict[str, Any]:
    """The list of each table's records."""
    found: dict[str, Any] = {}
    for view in current_app.extensions["admin"][0]._views:
        model = getattr(view, "model", None)
        if model is not None:
            found.setdefault(model.__tablename__, view)
    return found


def _readable(customer: Any) -> tuple[str, ...]:
    views = _views()
    may = [t for t, view in views.items() if view.allows(Operation.READ, customer)]
    parts = {  # read with the record they belong to
        "core_customer": [t for t in _OWN if t.endswith("_profile")],
        "core_sales_order": ["core_sales_order_line"], "core_invoice": ["core_allocation"],
        "core_delivery": ["core_delivery_line"], "core_contact": ["core_contact_day"],
    }  # fmt: skip
    return (*may, *(part for table in may for part in parts.get(table, ())))


def _told(entry: AuditEntry, names: Named) -> Told:
    view = _views().get(entry.entity)
    word, tone = ACTIONS[entry.action]
    identity = desk().identity
    place = identity.place(entry.branch_id) if identity and desk().scope.home is None else None
    return Told(
        time=moment_text(entry.at, entry.branch_id),
        actor=entry.actor, action=word, tone=tone,
        kind=_OWN.get(entry.entity) or (view.title if view else entry.entity),
        record=_record(names, entry),
        url=_url(view, entry),
        changes=tuple(_change(entry, view, field, names) for field in sorted(entry.changes)),
        reason=gettext(entry.reason) if entry.action is AuditAction.BULK else entry.reason,
        request_id=entry.request_id, place=place.name if place else "",
    )  # fmt: skip


def _record(names: Named, entry: AuditEntry) -> str:
    """The record's name, or its customer's where it has none of its own."""
    own = names.get(entry.entity, {}).get(entry.entity_id or 0)
    return own or (
        names.get("core_customer", {}).get(entry.customer_id or 0)
        or _name(names, entry.entity, entry.entity_id)
    )


def _url(view: Any, entry: AuditEntry) -> str:
    key = entry.entity_id
    if entry.entity.endswith("_profile") and entry.customer_id is not None:
        view, key = _views().get("core_customer"), entry.customer_id
    gone = entry.action is AuditAction.DELETE or key is None
    if view is None or gone or not view.allows(Operation.READ, entry):
        return ""
    with suppress(BuildError):
        return url_for(f"{view.endpoint}.details_view", id=key)
    return ""


def _change(entry: AuditEntry, view: Any, field: str, names: Named) -> Change:
    label = _label(view, field)
    pair = entry.changes[field]
    if not pair:
        return Change(label, looked=True)
    model = entity_of(entry.entity)
    if entry.action is not AuditAction.BULK and not _is_open(model, field):
        return Change(label, MASK, MASK)
    old, new, *rest = pair
    currency = rest[0] if rest else ""
    return Change(
        label,
        _value(entry, field, old, currency, names), _value(entry, field, new, currency, names),
    )  # fmt: skip


def _is_open(model: Any, field: str) -> bool:
    """Whether a history may show the field: what asks for a reason stays masked in it."""
    if model is None:  # its plugin is not loaded: nobody knows its grades
        return False
    return desk().scope.clears(grade_of(model, field)) and not asks_why(model, field)


def _label(view: Any, field: str) -> Text:
    labels: Mapping[str, Text] = LABELS if view is None else view.column_labels
    for name in (field, field.removesuffix("_id"), f"{field.removesuffix('_id')}.name"):
        if name in labels:
            return labels[name]
    return _fields.get(field, field)


def _value(entry: AuditEntry, field: str, value: Any, currency: str, names: Named) -> object:
    if value in (None, ""):
        return NO_VALUE
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if currency and isinstance(value, int):
        return money_text(Money(value, currency))
    target = _target(entry.entity, field)
    if target and isinstance(value, int):
        return _name(names, target, value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return _typed(entry, field, value)


def _typed(entry: AuditEntry, field: str, value: Any) -> object:
    """A state by its word, an instant in the branch's zone, anything else as it is."""
    column = _column(entry.entity, field)
    with suppress(ValueError):
        if isinstance(column, StateType):
            return state_text(column.states(value))
        if isinstance(column, UtcDateTime):
            return moment_text(datetime.fromisoformat(value), entry.branch_id)
    return value


def _column(table: str, field: str) -> Any:
    model = entity_of(table)
    attributes = inspect(model).column_attrs if model is not None else {}
    return attributes[field].columns[0].type if field in attributes else None


def _target(table: str, field: str) -> str:
    """The table that a field refers to."""
    model = entity_of(table)
    if model is None or field not in inspect(model).column_attrs:
        return ""
    keys = inspect(model).column_attrs[field].columns[0].foreign_keys
    return next((key.column.table.name for key in keys if key.column.name == "id"), "")


def _name(names: Named, table: str, key: int | None) -> str:
    if key is None:
        return ""
    return names.get(table, {}).get(key) or f"#{key}"


def _names(entries: Iterable[AuditEntry]) -> Named:
    """The names of all records that the entries are about or refer to, by one query."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        for table, key in ((entry.entity, entry.entity_id), ("core_customer", entry.customer_id)):
            if key is not None:
                wanted.setdefault(table, set()).add(key)
        for field, pair in entry.changes.items():
            target = _target(entry.entity, field)
            keys = [value for value in pair[:2] if isinstance(value, int)]
            if target and keys:
                wanted.setdefault(target, set()).update(keys)
    named: Named = {}
    selects = [_naming(table, keys) for table, keys in sorted(wanted.items())]
    for table, key, name in _rows([chosen for chosen in selects if chosen is not None]):
        named.setdefault(table, {})[key] = name
    return named


def _rows(selects: Sequence[Select[str, int, str]]) -> Sequence[Any]:
    """Every answer by one query."""
    if not selects:
        return ()
    asking = union_all(*selects) if len(selects) > 1 else selects[0]
    return current_session().execute(asking).all()


def _naming(table: str, keys: set[int]) -> Select[str, int, str] | None:
    """The records' names, where they have one that may be shown (XX-05: within the scope)."""
    model: Any = entity_of(table)
    attributes = inspect(model).column_attrs if model is not None else {}
    name = next((n for n in _NAMES if n in attributes and _is_open(model, n)), None)
    if name is None or "id" not in attributes:
        return None
    shown = cast(getattr(model, name), LongText)
    chosen = select(literal(table), model.id, shown).where(model.id.in_(keys), shown != "")
    if issubclass(model, BranchOwned):
        chosen = chosen.where(model.branch_id.in_(desk().scope.branches))
    return chosen
