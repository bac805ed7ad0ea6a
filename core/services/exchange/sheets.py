"""A sheet: one kind of record as rows of a table, read and written set by set.

Most sheets are declared: an entity, its columns, and what names a row. Those whose records have
verbs of their own override ``insert``, ``change`` and ``delete`` and call them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, delete, insert, inspect, select

from dougong.core.entities.branch import Branch
from dougong.core.errors import NotFound
from dougong.core.i18n import LazyText, lazy
from dougong.core.orm import Base, Versioned
from dougong.core.plugins import Contribution, Registry
from dougong.core.services.audit.api import record_bulk
from dougong.core.services.exchange.cells import decimal_text
from dougong.core.services.exchange.columns import Column, ColumnType, Reference, Scalar, Values
from dougong.core.services.search.api import drop, entity_found, index_inserted
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY, switchboard
from dougong.core.values import Money

IMPORTED: Final = lazy("Imported from a file")
UNDONE: Final = lazy("An import was undone")
STREAMED: Final = 2000
LINES: Final = "lines"


@dataclass(frozen=True, slots=True)
class Known:
    """A record that is there already, as the sheet's columns tell it."""

    id: int
    values: Values


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is not taken: at which column, in words translated when shown."""

    column: str
    reason: LazyText


@dataclass(frozen=True, slots=True)
class Change:
    """A record, and what is new of it by column."""

    id: int
    values: Values


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of record that comes and goes as rows of a table.

    ``key`` carries the plugin (``aftersales.contracts``), the core's own have none. ``entity`` is
    the permission. ``identity`` are the columns that name a row, the first that are filled count.
    ``parts`` are rows that live and die with the record.
    """

    key: str
    title: LazyText
    entity: str
    model: type[Base]
    columns: tuple[Column, ...]
    identity: tuple[tuple[str, ...], ...] = (("code",),)
    parts: tuple[type[Base], ...] = ()
    keeps: LazyText | None = None
    """Why what it made cannot be undone, where it cannot."""

    def column(self, key: str) -> Column:
        """The column with that key."""
        return next(column for column in self.columns if column.key == key)

    @property
    def own(self) -> tuple[Column, ...]:
        """The columns of the record itself, not of its lines."""
        return tuple(column for column in self.columns if not column.of_line)

    # --- reading what is there -------------------------------------------------------------------

    def find(self, session: Session, rows: Sequence[Values]) -> list[list[Known]]:
        """The records each row names, in the rows' order; several mean it is not clear which."""
        found: list[list[Known]] = [[] for _ in rows]
        for keys in self.identity:
            asked = {
                at: tuple(row[key] for key in keys)
                for at, row in enumerate(rows)
                if not found[at] and all(row.get(key) not in (None, "") for key in keys)
            }
            known = self._by(session, keys, {named[0] for named in asked.values()})
            for at, named in asked.items():
                found[at] = known.get(named, [])
        return found

    def _by(
        self, session: Session, keys: tuple[str, ...], firsts: set[Any]
    ) -> dict[tuple[Any, ...], list[Known]]:
        known: dict[tuple[Any, ...], list[Known]] = {}
        if not firsts:
            return known
        first = self.attribute(self.column(keys[0]))
        for record in self.load(session, first.in_(list(firsts))):
            known.setdefault(tuple(record.values[key] for key in keys), []).append(record)
        return known

    def load(self, session: Session, *conditions: ColumnElement[bool]) -> list[Known]:
        """The branch's records that answer, by the sheet's columns."""
        table: Any = self.model
        columns = [column for column in self.own if self.holds(column)]
        currency = [table.currency] if hasattr(table, "currency") else []
        wanted = select(table.id, *(self.attribute(c) for c in columns), *currency)
        wanted = wanted.where(table.branch_id == session.scope.home, *conditions)
        records = []
        for row in session.execute(wanted.order_by(table.id)):
            unit = row[-1] if currency else ""
            values = {
                column.key: canonical(column, value, unit)
                for column, value in zip(columns, row[1 : len(columns) + 1], strict=True)
            }
            records.append(Known(row[0], values))
        return records

    def attribute(self, column: Column) -> Any:
        """The entity's attribute behind a column."""
        return getattr(self.model, column.field or column.key)

    def holds(self, column: Column) -> bool:
        """Whether the entity itself holds the column, not something that belongs to it."""
        return column.field in _fields_of(self.model)

    def cleared(self, column: Column) -> Scalar:
        """What a field holds once it is emptied: its default."""
        return default_of(self.model, column) if self.holds(column) else column.empty

    def complete(
        self, session: Session, rows: Sequence[Values], found: Sequence[Sequence[Known]]
    ) -> None:
        """Write into the rows what they leave to what is known; override for lines."""

    def check(self, values: Values, known: Known | None) -> list[Fault]:
        """What of the whole row cannot be; override where columns depend on each other."""
        return []

    def stream(self, session: Session, chosen: Select[int] | None = None) -> Iterator[Known]:
        """The branch's records, or those whose ids are chosen, in steps of some thousand."""
        table: Any = self.model
        last = 0
        while True:
            ids = select(table.id).where(table.id > last, table.branch_id == session.scope.home)
            if chosen is not None:
                ids = ids.where(table.id.in_(chosen))
            batch = session.scalars(ids.order_by(table.id).limit(STREAMED)).all()
            if not batch:
                return
            yield from self.load(session, table.id.in_(batch))
            last = batch[-1]

    # --- writing ---------------------------------------------------------------------------------

    def insert(self, session: Session, rows: Sequence[Values]) -> list[int]:
        """Make the records, all by one statement; their ids in the rows' order."""
        table: Any = self.model
        blank = self.blank(session)
        full = [blank | self.fields(session, row) for row in rows]
        statement = insert(self.model).returning(table.id, sort_by_parameter_order=True)
        ids = list(session.scalars(statement, full))
        if entity_found(self.model):
            named = zip(full, ids, strict=True)
            index_inserted(session, self.model, [{**row, "id": key} for row, key in named])
        told = {"rows": len(ids)}
        record_bulk(session, self.model, blank["branch_id"], told, IMPORTED.source)
        return ids

    def change(self, session: Session, changes: Sequence[Change]) -> None:
        """Change the records one by one through the session: the log keeps each (AR-04)."""
        table: Any = self.model
        wanted = select(self.model).where(table.id.in_([change.id for change in changes]))
        held: list[Any] = list(session.scalars(wanted))
        rows = {row.id: row for row in held}
        for change in changes:
            row = rows[change.id]
            unit = str(change.values.get("currency") or getattr(row, "currency", ""))
            for column in self.columns:
                if column.key in change.values and self.holds(column):
                    value = stored(column, change.values[column.key], unit)
                    setattr(row, column.field, value)
        session.flush()

    def delete(self, session: Session, ids: Sequence[int]) -> None:
        """Take away records that an import made; what belongs to them goes along."""
        table: Any = self.model
        session.execute(
            delete(self.model)
            .where(table.branch_id == session.scope.home, table.id.in_(list(ids)))
            .execution_options(synchronize_session=False)
        )
        if entity_found(self.model):
            drop(session, self.entity, ids, session.scope.home or 0)
        told = {"rows": len(ids)}
        record_bulk(session, self.model, session.scope.home or 0, told, UNDONE.source)

    def blank(self, session: Session) -> dict[str, Any]:
        """A new record's fields as its columns' defaults leave them, and its stamps."""
        values: dict[str, Any] = {}
        for attribute in inspect(self.model).column_attrs:
            default = attribute.columns[0].default
            value = getattr(default, "arg", None)
            values[attribute.key] = value(None) if callable(value) else value
        values.pop("id")
        values |= {"branch_id": session.scope.home, "created_at": session.now,
                   "updated_at": session.now}  # fmt: skip
        if issubclass(self.model, Versioned):
            values["version"] = 1
        if "currency" in values:
            values["currency"] = currency_here(session)
        return values

    def fields(self, session: Session, row: Values) -> dict[str, Any]:
        """A row as the entity's fields; what the row does not tell is left out."""
        unit = row.get("currency") or currency_here(session)
        held = [c for c in self.own if row.get(c.key) not in (None, "") and self.holds(c)]
        return {c.field: stored(c, row[c.key], unit) for c in held}


@cache
def _fields_of(model: type[Base]) -> frozenset[str]:
    return frozenset(inspect(model).columns.keys())


def default_of(model: type[Base], column: Column, field: str = "") -> Scalar:
    """What a new record holds in the column when nobody says anything."""
    default = inspect(model).columns[field or column.field].default
    value = getattr(default, "arg", None)
    return column.empty if value is None or callable(value) else canonical(column, value, "CNY")


def canonical(column: Column, value: Any, currency: str) -> Scalar:
    """A field as the sheet tells it."""
    if value is None:
        return column.empty
    if column.type is ColumnType.MONEY:
        return decimal_text(Money(value, currency).amount)
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def stored(column: Column, value: Scalar, currency: str) -> Any:
    """A meaning as the field keeps it."""
    if value is None:
        return None
    if column.type is ColumnType.MONEY:
        return Money.of(str(value), currency).minor
    if column.type in (ColumnType.NUMBER, ColumnType.PERCENT):
        return Decimal(str(value))
    return date.fromisoformat(str(value)) if column.type is ColumnType.DAY else value


def currency_here(session: Session) -> str:
    """The branch's currency; asked for once a session."""
    key = "exchange.currency"
    if key not in session.info:
        branch = session.get(Branch, session.scope.home)
        session.info[key] = branch.currency if branch else "CNY"
    currency: str = session.info[key]
    return currency


def named_by(session: Session, reference: Reference, texts: set[str]) -> dict[str, list[int]]:
    """The ids of the records that each text names; several where it is not clear which."""
    table: Any = reference.model
    found: dict[str, list[int]] = {}
    for name in reference.by:
        left = [text for text in texts if text not in found]
        attribute = getattr(table, name)
        for text, key in session.execute(select(attribute, table.id).where(attribute.in_(left))):
            found.setdefault(text, []).append(key)
    return found


def names_of(session: Session, reference: Reference, ids: set[int]) -> dict[int, str]:
    """What names each record in a file: the first of its names."""
    table: Any = reference.model
    wanted = select(table.id, *(getattr(table, name) for name in reference.by))
    rows = session.execute(wanted.where(table.id.in_(list(ids)))).all()
    return {row[0]: next((str(name) for name in row[1:] if name), "") for row in rows}


# --- which there are ----------------------------------------------------------------------------


def sheets(registry: Registry) -> dict[str, Contribution]:
    """Every sheet and who offers it, by key; raises ``ValueError`` when two share one."""
    found: dict[str, Contribution] = {}
    for offer in registry.contributions("register_sheets"):
        if offer.item.key in found:
            raise ValueError(f"Two sheets are named {offer.item.key!r}.")
        found[offer.item.key] = offer
    return found


def sheets_at(session: Session) -> list[Sheet]:
    """The sheets of the session's branch: those whose plugin is on there (XX-04)."""
    board, here = switchboard(session), session.scope.home or 0
    offers = sheets(session.info[REGISTRY]).values()
    return [offer.item for offer in offers if board.speaks(offer, here)]


def sheet_named(session: Session, key: str) -> Sheet:
    """The sheet with that key; ``NotFound`` where it is not there at the session's branch."""
    for sheet in sheets_at(session):
        if sheet.key == key:
            return sheet
    raise NotFound(lazy("There is no such sheet at this branch."))
