"""What stands in a cell of a list, a line of a page, a field of an export."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from flask import has_request_context

from dougong.admin.formats import (
    MASK,
    NO_VALUE,
    day_text,
    moment_text,
    money_text,
    number_cell,
    state_text,
)
from dougong.admin.sessions import desk
from dougong.admin.views.reveal import is_readable
from dougong.admin.words import LABELS
from dougong.core.i18n import gettext
from dougong.core.orm import BranchOwned
from dougong.core.values import Money


class RowCells:
    """The columns of a list and how their values read."""

    model: ClassVar[Any]
    _columns: list[tuple[str, Any]]

    @property
    def _list_columns(self) -> list[tuple[str, Any]]:
        return self.arranged(self.columns_offered())  # type: ignore[attr-defined,no-any-return]

    @_list_columns.setter
    def _list_columns(self, columns: Sequence[tuple[str, Any]]) -> None:
        self._columns = list(columns)

    def columns_offered(self) -> list[tuple[str, Any]]:
        """The columns the list has; a person may take some away and order the others."""
        if has_request_context() and desk().scope.home is None:
            named = any(name == "branch_id" for name, _ in self._columns)
            if issubclass(self.model, BranchOwned) and not named:
                return [*self._columns, ("branch_id", LABELS["branch_id"])]
        return self._columns

    def _get_field_value(self, model: Any, name: str) -> Any:
        value: Any = model
        for part in name.split("."):
            if value is None:
                return None
            if not is_readable(value, part):
                return MASK
            owner, value = value, getattr(value, part, None)
        if name.endswith("_minor") and isinstance(value, int):
            return Money(value, owner.currency)
        if name == "branch_id":
            identity = desk().identity
            return identity and identity.place(value)
        return value

    def _get_list_value(self, context: Any, model: Any, name: str, *formatters: Any) -> Any:
        by_column, _ = formatters
        if name in by_column:
            return by_column[name](self, context, model, name)
        value = self._get_field_value(model, name)
        return self.shown(value, model) if context is not None else self.exported(value, model)

    def shown(self, value: Any, row: Any) -> Any:
        """A value as the list and the page show it."""
        if isinstance(value, Money):
            return number_cell(money_text(value))
        if isinstance(value, StrEnum):
            return state_text(value)
        if isinstance(value, bool):
            return gettext("Yes") if value else gettext("No")
        if value in (None, ""):
            return NO_VALUE
        return self.exported(value, row)

    def exported(self, value: Any, row: Any) -> Any:
        """A value as an export writes it: numbers as numbers."""
        if isinstance(value, Money):
            return value.amount
        if isinstance(value, StrEnum):
            return getattr(state_text(value), "striptags", lambda: str(state_text(value)))()
        if isinstance(value, datetime):
            return moment_text(value, getattr(row, "branch_id", None))
        if isinstance(value, date):
            return day_text(value)
        return getattr(value, "name", value) if type(value).__name__ == "Place" else value

    @property
    def column_numbers(self) -> list[str]:
        """The columns that stand aligned right."""
        return [name for name, _ in self._list_columns if name.endswith("_minor")]
