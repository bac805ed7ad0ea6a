"""The rows of a list, ready for its template: what every row shares is made once a page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from flask import url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from dougong.admin.views.acts import Button

_CELL: Final = Markup('<td class="{}" data-label="{}">')
_SHOWN_FOR: Final[dict[str, object]] = {}
"""Formatters take a template's context; lists have none to give, an export gives None."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its key, its cells, and where its buttons lead."""

    key: str
    cells: tuple[Markup, ...]
    details: str
    edit: str
    acts: Sequence[Button]


def lines(view: Any, rows: Sequence[Any], return_url: str) -> list[Line]:
    """The rows as the view shows them to this person."""
    heads = tuple(_heads(view))
    back = urlencode({"url": return_url})
    details = _base(view, "details_view", view.can_view_details)
    edit = _base(view, "edit_view", view.can_edit)
    found = []
    for row in rows:
        key = str(view.get_pk_value(row))
        page = f"{details}?id={key}&{back}" if details else ""
        change = f"{edit}?id={key}&{back}" if edit else ""
        cells = tuple(_cell(view, row, head, page) for head in heads)
        found.append(Line(key, cells, page, change, view.row_buttons(row)))
    return found


@dataclass(frozen=True, slots=True)
class _Head:
    name: str
    opening: Markup
    first: bool
    editable: bool


def _heads(view: Any) -> Iterator[_Head]:
    numbers = set(view.column_numbers)
    for at, (name, title) in enumerate(view._list_columns):
        classes = f"col-{name.replace('.', '-')}"
        classes += " is-stuck" if at == 0 else ""
        classes += " num" if name in numbers else ""
        yield _Head(name, _CELL.format(classes, title), at == 0, bool(view.is_editable(name)))


def _base(view: Any, method: str, offered: bool) -> str:
    return url_for(f"{view.endpoint}.{method}") if offered else ""


def _cell(view: Any, row: Any, head: _Head, page: str) -> Markup:
    """One cell; put together without ``format``, which is a third of the page's time."""
    shown = view.get_list_value(_SHOWN_FOR, row, head.name)
    if head.editable:
        return Markup(f"{head.opening}{_field(view, row, head.name, shown)}</td>")  # noqa: S704 - a widget
    text = escape(shown)
    url = view.leads_to(row, head.name) or (page if head.first else "")
    if url and "<a " not in text:
        text = Markup(f'<a href="{escape(url)}">{text}</a>')  # noqa: S704 - both escaped
    else:
        text = Markup(f"<span>{text}</span>")  # noqa: S704 - escaped
    return Markup(f"{head.opening}{text}</td>")  # noqa: S704 - escaped


def _field(view: Any, row: Any, name: str, shown: object) -> Any:
    form = view.list_form(obj=row)
    key = view.get_pk_value(row)
    return form[name](pk=key, display_value=shown, csrf=generate_csrf())
