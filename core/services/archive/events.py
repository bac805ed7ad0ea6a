"""What archive quality tells the others."""

from dataclasses import dataclass
from typing import ClassVar

from dougong.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomersMerged(Event):
    """Everything of ``merged_id`` is now ``survivor_id``'s: all rows have moved."""

    name: ClassVar[str] = "core.customers_merged"
    merge_id: int
    survivor_id: int
    merged_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeUndone(Event):
    """The two are two again; the rows that had moved are back."""

    name: ClassVar[str] = "core.merge_undone"
    merge_id: int
    survivor_id: int
    merged_id: int
