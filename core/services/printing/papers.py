"""What a paper is: declared once by whoever brings it, filled for one record at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dougong.core.i18n import LazyText
from dougong.core.orm import Base, grade_of
from dougong.core.reader import Reader
from dougong.core.scope import Operation
from dougong.core.services.audit.api import asks_why

MASKED: Final = "••••••"
"""Stands on paper for what is confidential: a paper leaves the house (AR-06)."""


def always(row: Any) -> bool:
    """The paper is there whatever the record's state."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One record's content for a paper.

    ``content`` is a frozen dataclass that the template calls ``doc``. ``edition`` tells two papers
    of one record apart (a statement as of another day): each is counted and numbered for itself.
    """

    subject_id: int
    branch_id: int
    content: object
    subject: str = ""
    """What the log calls the record."""
    number: str = ""
    """The record's own document number, where it has one."""
    customer_id: int | None = None
    edition: str = ""


Load = Callable[[Reader, Sequence[int]], Sequence[Sheet]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A form that prints (XX-06): whose it is, how it looks, and what fills it.

    ``model`` is the record, ``entity`` its permission name (``core.order``); whoever may do
    ``operation`` on it, and read what ``asks`` names besides, may print it. ``load`` answers for
    many records at once, with a fixed number of queries. ``series`` numbers papers whose record
    has no number.
    """

    code: str
    title: LazyText
    model: type[Base]
    entity: str
    template: str
    load: Load
    operation: str = Operation.READ
    asks: tuple[str, ...] = ()
    series: str = ""
    copies: tuple[LazyText, ...] = ()
    """The copies' marks (存根 and 客户联): each is printed for itself."""
    slips: bool = False
    """Its copies are slips that stand under each other on one page."""
    landscape: bool = False
    offered: Callable[[Any], bool] = always
    """Whether the record has this paper now; its page shows the button accordingly."""


def seen(reader: Reader, row: Any, field: str) -> Any:
    """The field's value for a paper, masked where reading it needs a reason or a clearance."""
    value = getattr(row, field)
    if value in (None, ""):
        return value
    readable = reader.scope.clears(grade_of(type(row), field)) and not asks_why(type(row), field)
    return value if readable else MASKED
