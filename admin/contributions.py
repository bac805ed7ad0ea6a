"""What plugins put on the screens: frozen values that the pages sort and show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from dougong.core.i18n import LazyText, lazy

Text = LazyText | str


class Tone(StrEnum):
    """How a badge or a cell looks; the level tones are those of the customer levels."""

    NEUTRAL = "neutral"
    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"
    LEVEL_A = "a"
    LEVEL_B = "b"
    LEVEL_C = "c"


@dataclass(frozen=True, slots=True)
class Group:
    """A collapsible group of the side bar: one capability. Equal keys make one group."""

    key: str
    title: Text
    icon: str = "layers"
    order: int = 500


DESK: Final = Group("desk", lazy("To do"), "desk", 50)
CUSTOMERS: Final = Group("customers", lazy("Customers"), "users", 100)
SALES: Final = Group("sales", lazy("Sales"), "cart", 200)
MONEY: Final = Group("money", lazy("Invoices and payments"), "wallet", 300)
SETUP: Final = Group("setup", lazy("Setup"), "gear", 900)
OPERATIONS: Final = Group("operations", lazy("Operations"), "activity", 950)


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewEntry:
    """A view for the side bar.

    ``view`` is a subclass of ``RecordView`` or ``PageView``, or a function without arguments that
    makes one; it is called once per process. The view itself names its entity, for permissions.
    ``hidden`` registers the view without a place in the side bar.
    """

    view: Callable[[], Any]
    group: Group
    title: Text
    icon: str = "dot"
    order: int = 100
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A panel on the customer page, rendered by a plugin's template (``credit/panel.html``)."""

    source: str
    key: str
    title: Text
    template: str
    context: Mapping[str, object] = field(default_factory=dict)
    icon: str = ""
    url: str = ""
    """Where "show all" leads."""
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A short mark beside a customer's name, on the page and in the list."""

    source: str
    customer_id: int
    text: Text
    tone: Tone = Tone.NEUTRAL
    hint: Text = ""
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value of a contributed column; ``tone`` makes it a badge, ``number`` aligns it right."""

    text: Text
    tone: Tone | None = None
    hint: Text = ""
    number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the customer list, with the cells of the page's customers by their id."""

    source: str
    key: str
    title: Text
    cells: Mapping[int, Cell]
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card on the home page, rendered by a template of the plugin."""

    source: str
    key: str
    title: Text
    template: str
    context: Mapping[str, object] = field(default_factory=dict)
    icon: str = ""
    url: str = ""
    """Where "show all" leads."""
    wide: bool = False
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a customer's feed; ``kind`` begins with the source (``care.activity``)."""

    source: str
    kind: str
    key: int
    """The record's: of two entries of a kind at one instant it says which comes first."""
    at: datetime
    title: Text
    text: Text = ""
    person: str = ""
    url: str = ""
    icon: str = "dot"
    tone: Tone = Tone.NEUTRAL
    whole_day: bool = False
    """It has a day and no time of day."""
    order: int = 100
