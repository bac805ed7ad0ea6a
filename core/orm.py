"""How rows are shaped: declarative base, column types, and what every business table carries."""

from collections.abc import Hashable
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator

from dougong.core.errors import CurrencyMismatch
from dougong.core.values import Money, aware

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
E = TypeVar("E", bound=StrEnum)
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""What a JSON column holds."""
BigKey: Final = BigInteger().with_variant(Integer, "sqlite")


class Grade(IntEnum):
    """How sensitive a field is (AR-06); a reader's clearance must reach it."""

    PUBLIC = 0
    INTERNAL = 1
    CONFIDENTIAL = 2
    SECRET = 3


class UtcDateTime(TypeDecorator[datetime]):
    """Stores UTC, returns aware instants on both databases; naive times raise ``NaiveTime``."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = aware(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class StateType(TypeDecorator[E]):
    """A ``StrEnum`` stored by its value; an unknown value raises on the way in and out."""

    impl = String(40)
    cache_ok = True

    def __init__(self, states: type[E]) -> None:
        super().__init__()
        self.states = states

    def process_bind_param(self, value: E | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.states(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        return None if value is None else self.states(value)


class Base(DeclarativeBase):
    """Every table of core and of the plugins."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime(), int: BigKey}


STAYS: Final = "stays_at_merge"
"""In a table's ``info``: its rows stay with a customer who is merged into another one (AR-05)."""


class Keyed:
    """One 64-bit identity key."""

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True, sort_order=-20)


class BranchOwned:
    """A business row: it belongs to one branch and stands behind that branch's wall (XX-05)."""

    @declared_attr
    def branch_id(cls) -> Mapped[int]:  # noqa: N805 - a class method to SQLAlchemy
        return mapped_column(
            BigKey, ForeignKey("core_branch.id"), nullable=False, index=False, sort_order=-10
        )


class Stamped:
    """When the row was made and last changed; the session fills both in."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime(), sort_order=91)


class Untracked:
    """Rows that are a record, a queue or derived themselves: audit keeps no changes (AR-04)."""


class Versioned:
    """A row counter: of two people who edit at once, the second is told, never overwritten."""

    version: Mapped[int] = mapped_column(Integer, nullable=False, sort_order=92)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - a class method to SQLAlchemy
        return {"version_id_col": cls.version}


def owned(*items: SchemaItem) -> tuple[SchemaItem, ...]:
    """``__table_args__`` of a business table: UNIQUE(branch_id, id) and ``items``."""
    return (UniqueConstraint("branch_id", "id"), *items)


def reference(column: str, table: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A composite foreign key (branch_id, ``column``) → ``table``: it cannot cross branches."""
    return ForeignKeyConstraint(
        ["branch_id", column], [f"{table}.branch_id", f"{table}.id"], ondelete=ondelete
    )


def one_of(column: str, states: type[StrEnum], name: str) -> CheckConstraint:
    """A CHECK that ``column`` holds one of the states."""
    values = ", ".join(f"'{state.value}'" for state in states)
    return CheckConstraint(f"{column} IN ({values})", name=name)


def graded(grade: Grade) -> dict[str, Any]:
    """``info`` of a sensitive column: ``mapped_column(info=graded(Grade.CONFIDENTIAL))``."""
    return {"grade": grade}


def derived() -> dict[str, Any]:
    """``info`` of a column that is computed from others: audit keeps no changes of it (AR-04)."""
    return {"derived": True}


def grade_of(entity: type[object], field: str) -> Grade:
    """The declared grade of a field; PUBLIC when none is declared."""
    return _declared_grade(cast(Hashable, entity), field)


@cache
def _declared_grade(entity: Hashable, field: str) -> Grade:
    column = getattr(getattr(entity, field, None), "info", None)
    grade = column.get("grade", Grade.PUBLIC) if isinstance(column, dict) else Grade.PUBLIC
    return Grade(grade)


class MoneyField:
    """A ``Money`` over an integer column of minor units and the row's ``currency``."""

    def __init__(self, column: str) -> None:
        self.column = column

    def __get__(self, row: Any, owner: type[object] | None = None) -> Money:
        if row is None:
            return cast(Money, self)
        return Money(getattr(row, self.column) or 0, row.currency)

    def __set__(self, row: Any, value: Money) -> None:
        if row.currency is None:
            row.currency = value.currency
        if row.currency != value.currency:
            raise CurrencyMismatch(f"The row is in {row.currency}, not {value.currency}.")
        setattr(row, self.column, value.minor)
