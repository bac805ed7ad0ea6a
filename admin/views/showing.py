"""The list page: what its address asks, which rows of how many, and the ways on from them."""

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from flask import g, request, url_for
from flask_admin.model.base import ViewArgs

from dougong.admin.contributions import Text
from dougong.admin.formats import number_text
from dougong.admin.sessions import current_session
from dougong.admin.views.chips import QuickFilter, active_chips, quick_chips
from dougong.admin.views.counting import Count, count_rows
from dougong.admin.views.guard import expose
from dougong.admin.views.listing import RowList
from dougong.admin.views.opening import opened, opens
from dougong.admin.views.paging import Page, Rows, Turn, page_of, turn_of
from dougong.admin.views.table import lines
from dougong.core.i18n import gettext
from dougong.core.orm import BranchOwned

PLACES: Final = frozenset({"after", "before", "end", "start", "row"})
"""What an address says of the page; everything else is what the list is."""
_OURS: Final = PLACES | {"page", "page_size", "sort", "desc", "search"}
_FAR: Final = 2**31
_KINDS: Final = re.compile(
    "^(Boolean|DateTime|Date|Enum|Float|Int|State|String|Time|Uuid)(?=[A-Z])"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list as its template shows it."""

    page: Page
    count: Count
    position: str
    """Which rows of how many."""
    first: str
    previous: str
    next: str
    last: str
    """Addresses, empty where there is nothing."""
    start: str
    """What "start at" was asked."""
    opens_at: Text = ""
    """The name of the column "start at" goes by, empty where the order has no such column."""


class RowPages(RowList):
    """How a view shows its list, page by page."""

    quick_filters: tuple[QuickFilter, ...] = ()
    """What one click narrows the list to."""

    def _get_list_extra_args(self) -> Any:
        """What the address asks; columns are named, so that a link outlives their order."""
        names = [name for name, _ in self._list_columns]  # type: ignore[attr-defined]
        sort = request.args.get("sort", "")
        return ViewArgs(
            page_size=request.args.get("page_size", 0, type=int),
            sort=names.index(sort) if sort in names else None,
            sort_desc=request.args.get("desc", 0, type=int),
            search=request.args.get("search", "").strip(),
            filters=self._get_list_filter_args(),  # type: ignore[attr-defined]
            extra_args={
                k: v for k, v in request.args.items() if k not in _OURS and not k.startswith("flt")
            },
        )

    def get_filter_arg(self, index: int, flt: Any) -> str:
        """What a filter is called in addresses: its column and what it does, in no language."""
        bare = _KINDS.sub("", type(flt).__name__.replace("Filter", ""))
        verb = re.sub(r"(?<!^)(?=[A-Z])", "-", bare).lower()
        name = f"{flt.key_name or flt.column.key}-{verb}"
        earlier = self._filters[:index]  # type: ignore[attr-defined]
        twins = [f for f in earlier if type(f) is type(flt) and f.column.key == flt.column.key]
        return f"{name}-{index}" if twins else name

    def address(self, arguments: Any, **changes: object) -> str:
        """The list as it is asked for, changed; without a place it begins at its beginning."""
        sort = self._get_column_by_idx(arguments.sort)  # type: ignore[attr-defined]
        size = self.get_safe_page_size(arguments.page_size)  # type: ignore[attr-defined]
        said: dict[str, object] = {
            "search": arguments.search,
            "sort": sort[0] if sort else None,
            "desc": 1 if arguments.sort_desc else None,
            "page_size": size if size != self.page_size else None,
            **arguments.extra_args,
            **self._get_filters(arguments.filters),  # type: ignore[attr-defined]
            **changes,
        }
        query = urlencode({k: v for k, v in said.items() if v not in (None, "")})
        return f"{self._index_url}?{query}" if query else self._index_url

    @property
    def _index_url(self) -> str:
        return url_for(f"{self.endpoint}.index_view")

    def _get_list_url(self, view_args: Any) -> str:
        return self.address(view_args)

    def listed(self, arguments: Any) -> Listed:
        """The page the address asks for, counted, with the ways on from it."""
        names = [name for name, _ in self._list_columns]  # type: ignore[attr-defined]
        rows = self.rows_asked(arguments, names)
        size = self.get_safe_page_size(arguments.page_size)  # type: ignore[attr-defined]
        asked = request.args
        start = asked.get("start", "").strip()
        turn = opened(rows.order, start) if start else None
        turn = turn or turn_of(
            rows.order, after=asked.get("after", ""), before=asked.get("before", ""),
            end="end" in asked,
        )  # fmt: skip
        page = page_of(rows, turn, size)
        if not page.rows and turn.place is not None:
            # everything beyond is gone: the nearest rows that are left
            turn = Turn(back=not turn.back)
            page = page_of(rows, turn, size)
        self.on_page(page.rows)
        return self._with_ways(arguments, rows, page, turn)

    def _with_ways(self, arguments: Any, rows: Rows, page: Page, turn: Turn) -> Listed:
        count = self._counted(arguments, rows, page)
        before = _rows_before(page, turn, count)
        after = None if before is None else before + len(page.rows)
        size = self.get_safe_page_size(arguments.page_size)  # type: ignore[attr-defined]
        earlier = None if before is None else max(before - size, 0)
        to = self.address
        return Listed(
            page, count, _position(before, len(page.rows), count),
            first=to(arguments) if page.more_before else "",
            previous=to(arguments, before=page.first, row=earlier) if page.more_before else "",
            next=to(arguments, after=page.last, row=after) if page.more_after else "",
            last=to(arguments, end=1) if page.more_after else "",
            start=request.args.get("start", ""),
            opens_at=self._opens_at(rows),
        )  # fmt: skip

    def _counted(self, arguments: Any, rows: Rows, page: Page) -> Count:
        if not (page.more_before or page.more_after):
            return Count(len(page.rows))
        narrowed = arguments.search or arguments.filters or type(self).scoped is not RowList.scoped
        whole = issubclass(self.model, BranchOwned) and not narrowed
        branches = self.branches() if whole else frozenset()  # type: ignore[attr-defined]
        return count_rows(current_session(), rows.query, self.model, branches)

    def _opens_at(self, rows: Rows) -> Text:
        if not opens(rows.order):
            return ""
        first = rows.order[0].expression
        sortable = self._sortable_columns.items()  # type: ignore[attr-defined]
        names = {name for name, column in sortable if column is first}
        titles = [title for name, title in self._list_columns if name in names]  # type: ignore[attr-defined]
        return titles[0] if titles else ""

    @expose("/")
    def index_view(self) -> Any:
        """The list."""
        g.list_preferences = {}
        if (started := self.started()) is not None:  # type: ignore[attr-defined]
            return started
        arguments = self._get_list_extra_args()
        listed = self.listed(arguments)
        return self.render(self.list_template, **self._tools(arguments, listed))  # type: ignore[attr-defined]

    def _tools(self, arguments: Any, listed: Listed) -> dict[str, Any]:
        """What the template works with; the names are Flask-Admin's where it has them."""
        view: Any = self
        actions, confirmations = view.get_actions_list()
        return {
            "listed": listed,
            "count": listed.count.text if listed.page.rows else "",
            "list_columns": view._list_columns,
            "lines": lines(view, listed.page.rows, self.address(arguments, **_place_asked())),
            "editable_columns": view.column_editable_list,
            "delete_form": view.delete_form() if view.can_delete else None,
            "action_form": view.action_form() if actions else None,
            "actions": actions,
            "actions_confirmation": confirmations,
            **self._tools_above(arguments),
        }

    def _tools_above(self, arguments: Any) -> dict[str, Any]:
        view: Any = self
        chosen = view._get_column_by_idx(arguments.sort)
        return {
            "can_set_page_size": view.can_set_page_size,
            "page_size": view.get_safe_page_size(arguments.page_size),
            "default_page_size": view.page_size,
            "page_size_url": lambda size: self.address(
                arguments, page_size=size if size != view.page_size else None
            ),
            "sort_column": chosen[0] if chosen else None,
            "sort_desc": arguments.sort_desc,
            "sort_url": lambda name, desc=False: self.address(
                arguments, sort=name, desc=1 if desc else None
            ),
            "search_supported": view._search_supported,
            "search": arguments.search,
            "search_placeholder": view.search_placeholder(),
            "clear_search_url": self.address(arguments.clone(search=None, filters=[])),
            "filters": view._filters,
            "filter_groups": view._get_filter_groups(),
            "active_filters": arguments.filters,
            "filter_args": view._get_filters(arguments.filters),
            "kept_filters": {
                f"flt9{k[3:]}": v for k, v in view._get_filters(arguments.filters).items()
            },
            "active_chips": active_chips(self, arguments),
            "quick_chips": quick_chips(self, arguments),
            "return_url": self.address(arguments, **_place_asked()),
            "extra_args": arguments.extra_args,
            "columns_url": url_for(f"{self.endpoint}.columns_view"),
            "saved_url": url_for(
                f"{self.endpoint}.saved_view", query=self.address(arguments).partition("?")[2]
            ),
        }


def _place_asked() -> dict[str, str]:
    """The page that is shown, for coming back to it."""
    return {name: request.args[name] for name in sorted(PLACES) if name in request.args}


def _rows_before(page: Page, turn: Turn, count: Count) -> int | None:
    """How many rows stand before the page, None where nobody knows."""
    if not page.more_before:
        return 0
    if turn.place is None:
        return count.number - len(page.rows) if count.exact else None
    row = request.args.get("row", -1, type=int)
    fits = not count.exact or row + len(page.rows) <= count.number
    return row if 0 < row < _FAR and fits else None


def _position(before: int | None, shown: int, count: Count) -> str:
    if not shown:
        return ""
    if before is None:
        return gettext("%(count)s rows of %(total)s", count=number_text(shown), total=count.text)
    return gettext(
        "%(first)s–%(last)s of %(total)s",
        first=number_text(before + 1), last=number_text(before + shown), total=count.text,
    )  # fmt: skip
