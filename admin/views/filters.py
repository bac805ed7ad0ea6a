"""Filters for the kernel's own column types."""

from datetime import datetime
from typing import Any

from flask_admin.contrib.sqla.filters import (
    BaseSQLAFilter,
    FilterConverter,
    FilterEqual,
    FilterNotEqual,
)
from flask_admin.model.filters import convert

from dougong.admin.formats import zone_here
from dougong.admin.views.fields import StateChoices
from dougong.core.i18n import lazy


class _Moment(BaseSQLAFilter):  # type: ignore[misc]
    """A day in the branch's zone."""

    def __init__(self, column: Any, name: Any, **options: Any) -> None:
        super().__init__(column, name, options=None, data_type="datepicker")

    def clean(self, value: str) -> datetime:
        """The first instant of that day."""
        day = datetime.strptime(value.strip(), "%Y-%m-%d")  # noqa: DTZ007 - the zone comes next
        return day.replace(tzinfo=zone_here())


class FromDay(_Moment):
    """On that day or later."""

    def apply(self, query: Any, value: datetime, alias: Any = None) -> Any:
        """Keep what happened since then."""
        return query.filter(self.get_column(alias) >= value)

    def operation(self) -> Any:
        """What the filter is called."""
        return lazy("from this day on")


class BeforeDay(_Moment):
    """Before that day."""

    def apply(self, query: Any, value: datetime, alias: Any = None) -> Any:
        """Keep what happened before."""
        return query.filter(self.get_column(alias) < value)

    def operation(self) -> Any:
        """What the filter is called."""
        return lazy("before this day")


class StateIs(FilterEqual):  # type: ignore[misc]
    """The state is that one; an unknown one is refused."""

    def clean(self, value: str) -> Any:
        """The state with that value."""
        return self.column.type.states(value)


class StateIsNot(FilterNotEqual):  # type: ignore[misc]
    """The state is another one."""

    def clean(self, value: str) -> Any:
        """The state with that value."""
        return self.column.type.states(value)


class RecordFilters(FilterConverter):  # type: ignore[misc]
    """Flask-Admin's filters, and ours for states and instants."""

    @convert("StateType")  # type: ignore[untyped-decorator]
    def conv_state(self, column: Any, name: Any, **options: Any) -> list[Any]:
        """One of the states or not."""
        choices = StateChoices(column.type.states)
        return [kind(column, name, choices) for kind in (StateIs, StateIsNot)]

    @convert("UtcDateTime")  # type: ignore[untyped-decorator]
    def conv_moment(self, column: Any, name: Any, **options: Any) -> list[Any]:
        """A span of days."""
        return [FromDay(column, name), BeforeDay(column, name)]
