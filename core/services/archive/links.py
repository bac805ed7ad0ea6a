"""Everything that refers to a customer, read off the schema: no room can be forgotten in a merge.

A row moves by its foreign key, or by ``subject_kind`` and ``subject_id``. One that would collide
with a row of the survivor stays with the closed customer. A table whose rows belong to the
customer for good says so: ``{"info": {STAYS: True}}`` among its arguments.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, ForeignKeyConstraint, Table, UniqueConstraint, and_, select
from sqlalchemy.orm import aliased

from dougong.core.entities.customer import Customer
from dougong.core.orm import STAYS, Base, BranchOwned
from dougong.core.services.archive.rules import CUSTOMER
from dougong.core.session import Session

_SUBJECT: Final = ("subject_kind", "subject_id")


@dataclass(frozen=True, slots=True)
class Link:
    """A column that refers to customers; ``unique`` has the rest of each unique key it is in."""

    entity: type[Any]
    column: str
    others: tuple[str, ...]
    """Columns of the same row that refer to customers too."""
    unique: tuple[tuple[str, ...], ...]
    by_subject: bool = False

    @property
    def table(self) -> str:
        """The table's name."""
        return str(self.entity.__tablename__)

    @property
    def key(self) -> Any:
        """What a row is found by: its id; where it has none, the customer itself."""
        return getattr(self.entity, "id", None) or getattr(self.entity, self.column)

    def rows(self, branch_id: int, customer_id: int) -> ColumnElement[bool]:
        """The rows of that customer."""
        mine = and_(
            self.entity.branch_id == branch_id, getattr(self.entity, self.column) == customer_id
        )
        return and_(mine, self.entity.subject_kind == CUSTOMER) if self.by_subject else mine

    def movable(self, branch_id: int, source: int, target: int) -> ColumnElement[bool]:
        """The rows of ``source`` that can become ``target``'s without a collision."""
        free = [getattr(self.entity, other) != target for other in self.others]
        for rest in self.unique:
            twin = aliased(self.entity)
            same = [getattr(twin, name) == getattr(self.entity, name) for name in rest]
            there = select(twin.branch_id).where(
                twin.branch_id == branch_id, getattr(twin, self.column) == target, *same
            )
            free.append(~there.exists())
        return and_(self.rows(branch_id, source), *free)


def links() -> list[Link]:
    """Every link to customers of the loaded rooms, by table and column."""
    found = [link for entity in _entities() for link in links_of(entity)]
    return sorted(found, key=lambda link: (link.table, link.column))


def keys_of(session: Session, link: Link, condition: ColumnElement[bool]) -> list[int]:
    """The keys of the rows that meet the condition, in order."""
    return list(session.scalars(select(link.key).where(condition).order_by(link.key)))


def _entities() -> Iterator[type[Any]]:
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        owned = issubclass(mapper.class_, BranchOwned)
        if isinstance(table, Table) and owned and not table.info.get(STAYS):
            yield mapper.class_


def links_of(entity: type[Any]) -> Iterator[Link]:
    """The links of one entity, none where its rows stay."""
    table = getattr(entity, "__table__", None)
    if not isinstance(table, Table) or table.info.get(STAYS) or "branch_id" not in table.c:
        return
    columns = sorted(_customer_columns(table))
    for column in columns:
        others = tuple(other for other in columns if other != column)
        yield Link(entity, column, others, tuple(_unique_rests(table, column)))
    if all(name in table.c for name in _SUBJECT):
        yield Link(entity, "subject_id", (), tuple(_unique_rests(table, "subject_id")), True)


def _customer_columns(table: Table) -> Iterator[str]:
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            for element in constraint.elements:
                if element.column.table is Customer.__table__ and element.column.name == "id":
                    yield element.parent.name


def _unique_rests(table: Table, column: str) -> Iterator[tuple[str, ...]]:
    """What stands beside the column in each unique key; a condition of the index is left out."""
    keys = [list(table.primary_key.columns)]
    keys += [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    keys += [list(index.columns) for index in table.indexes if index.unique]
    seen = set()
    for names in ([c.name for c in key] for key in keys):
        rest = tuple(sorted(set(names) - {"branch_id", column}))
        if column in names and rest not in seen:
            seen.add(rest)
            yield rest
