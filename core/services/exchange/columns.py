"""What a sheet's column is: its heading, what may stand in it, and where it belongs."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeAlias

from sqlalchemy import Boolean, Date, Integer, Numeric, String, inspect
from sqlalchemy.orm import InstrumentedAttribute

from dougong.core.i18n import LOCALES, LazyText, speaking
from dougong.core.orm import Base, Grade, StateType, grade_of

Scalar: TypeAlias = str | int | bool | None
"""What a cell means, as JSON keeps it: days are ISO texts, amounts are plain decimal texts."""
Values: TypeAlias = dict[str, Any]
"""What a row means, by the keys of its columns; ``lines`` holds those of an order."""
LONGEST: Final = 2000
CURRENCY: Final = "currency"


class ColumnType(StrEnum):
    """What stands in a column; a code keeps its zeros, an amount is in major units."""

    TEXT = "text"
    CODE = "code"
    PHONE = "phone"
    WHOLE = "whole"
    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"
    DAY = "day"
    YES_NO = "yes_no"
    CHOICE = "choice"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers a column takes: how it is kept, how it is called, how others call it."""

    value: str
    label: LazyText | str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A record named in a cell: the entity, and the columns that may name it, best first."""

    model: type[Base]
    by: tuple[str, ...] = ("code",)
    one: LazyText | str = ""
    """What such a record is called, for the sentence that says there is none."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer of a check: the text as it is kept, or why it cannot be."""

    text: str = ""
    wrong: LazyText | None = None


Check: TypeAlias = Callable[[str, str], Checked]
"""Looks at a changed text; the second argument is the branch's country."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a sheet.

    ``field`` is the attribute it belongs to. ``required`` means: when a record is made; such a
    field is never cleared. Below ``grade`` it is masked when written out and passed over when read.
    """

    key: str
    label: LazyText
    type: ColumnType = ColumnType.TEXT
    field: str = ""
    required: bool = False
    nullable: bool = False
    note: LazyText | str = ""
    example: str = ""
    aliases: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    longest: int = LONGEST
    least: Decimal | None = None
    most: Decimal | None = None
    places: int | None = None
    grade: Grade = Grade.PUBLIC
    check: Check | None = None
    reference: Reference | None = None
    of_line: bool = False
    """It tells of a line of the record, not of the record: several rows make one order."""
    fixed: bool = False
    """Only a new record takes it: a change of it is refused, not passed over."""

    def __hash__(self) -> int:
        return hash((self.key, self.field))  # asked for once a cell

    @property
    def empty(self) -> Scalar:
        """What a cleared cell leaves."""
        text = self.type in (ColumnType.TEXT, ColumnType.CODE, ColumnType.PHONE)
        return "" if text and not self.nullable else None

    def headings(self) -> tuple[str, ...]:
        """Every heading it is known by, in any language."""
        labels = []
        for locale in LOCALES:
            with speaking(locale):
                labels.append(str(self.label))
        return (*labels, self.key, *self.aliases)


def choices_of(words: dict[Any, LazyText], **aliases: tuple[str, ...]) -> tuple[Choice, ...]:
    """The states of an enumeration with their names; other names by the state's value."""
    return tuple(Choice(s.value, label, aliases.get(s.value, ())) for s, label in words.items())


def column(
    attribute: "InstrumentedAttribute[Any] | Any", label: LazyText, **options: Any
) -> Column:
    """The column of an entity's attribute: its type, length, grade and name come from there.

    ``column(Product.name, lazy("Name"), required=True, aliases=("品名",))``
    """
    name = str(attribute.key)
    entity: Any = attribute.class_
    held = inspect(entity).columns[name]
    given: dict[str, Any] = {
        "key": name.removesuffix("_minor").removesuffix("_id"),
        "field": name,
        "type": _type_of(name, held.type),
        "nullable": bool(held.nullable),
        "grade": grade_of(entity, name),
    }
    if isinstance(held.type, String) and held.type.length:
        given["longest"] = held.type.length
    if isinstance(held.type, Numeric) and held.type.scale is not None:
        given["places"] = held.type.scale
        given["most"] = Decimal(10) ** ((held.type.precision or 14) - held.type.scale) - 1
    return Column(label=label, **(given | options))


def _type_of(name: str, held: Any) -> ColumnType:
    if name.endswith("_minor"):
        return ColumnType.MONEY
    kinds = (
        (StateType, ColumnType.CHOICE), (Boolean, ColumnType.YES_NO), (Date, ColumnType.DAY),
        (Integer, ColumnType.WHOLE), (Numeric, ColumnType.NUMBER),
    )  # fmt: skip
    return next((kind for held_as, kind in kinds if isinstance(held, held_as)), ColumnType.TEXT)
