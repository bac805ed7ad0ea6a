"""The filters of a list as chips: those that are on, and those that one click puts on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dougong.admin.contributions import Text
from dougong.core.i18n import gettext


@dataclass(frozen=True, slots=True)
class QuickFilter:
    """A filter that a view offers by one click.

    ``filters`` are values by the names filters have in addresses: ``{"state-is": "planned"}``.
    """

    title: Text
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter as the page shows it: ``url`` takes it off when it is on, else puts it on."""

    title: Text
    url: str
    on: bool


def active_chips(view: Any, arguments: Any) -> list[Chip]:
    """What narrows the list now, in words, the search too."""
    chips = []
    if arguments.search:
        said = gettext("Search: %(fields)s", fields=arguments.search)
        chips.append(Chip(said, view.address(arguments.clone(search=None)), True))
    asked = list(arguments.filters or ())
    for at, (index, _, value) in enumerate(asked):
        rest = arguments.clone(filters=asked[:at] + asked[at + 1 :])
        chips.append(Chip(_said(view._filters[index], value, view), view.address(rest), True))
    return chips


def quick_chips(view: Any, arguments: Any) -> list[Chip]:
    """The view's quick filters, each on or off."""
    return [_quick(view, arguments, quick) for quick in view.quick_filters]


def _quick(view: Any, arguments: Any, quick: QuickFilter) -> Chip:
    asked = list(arguments.filters or ())
    wanted = [
        (view._filter_args[name][0], str(view._filter_args[name][1].name), value)
        for name, value in quick.filters.items()
    ]
    on = all((index, value) in {(i, v) for i, _, v in asked} for index, _, value in wanted)
    gone = {index for index, _, _ in wanted}
    rest = [one for one in asked if one[0] not in gone]
    filters = rest if on else [*rest, *wanted]
    return Chip(quick.title, view.address(arguments.clone(filters=filters)), on)


def _said(flt: Any, value: str, view: Any) -> str:
    options = {str(key): text for key, text in flt.get_options(view) or ()}
    shown = options.get(value, value)
    return f"{flt.name} {flt.operation()} {shown}"
