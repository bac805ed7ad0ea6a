"""Form fields for what the kernel's columns hold: states, instants in the branch's zone, money."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.form import BaseForm, Select2Field
from flask_admin.form.fields import DateTimeField
from flask_admin.model.form import converts
from wtforms import HiddenField, StringField
from wtforms.validators import Optional

from dougong.admin.formats import zone_here
from dougong.admin.views.guard import REQUEST_KEY
from dougong.admin.words import word_for
from dougong.core.i18n import gettext
from dougong.core.values import Money
from dougong.core.values.money import minor_digits


class KeyField(HiddenField):
    """The one-time key of a form: sent again after a lost answer, it books once."""

    def process_data(self, value: object) -> None:
        """Make a new key for every form that is shown."""
        self.data = uuid4().hex

    def populate_obj(self, obj: object, name: str) -> None:
        """A key belongs to the request, not to the record."""


class SeenField(HiddenField):
    """What the row was when its form was opened: somebody who saves second is told."""

    def process_data(self, value: object) -> None:
        """Nothing until the form is opened for a row."""
        self.data = ""

    def populate_obj(self, obj: object, name: str) -> None:
        """It belongs to the form, not to the record."""

    def see(self, row: object) -> None:
        """Remember the row as it is now."""
        if not self.raw_data:
            self.data = seen(row)

    def is_outdated(self, row: object) -> bool:
        """Whether the row changed since the form was opened."""
        return bool(self.data) and self.data != seen(row)


def seen(row: object) -> str:
    """What changes whenever the row does: its version, else when it was changed last."""
    version = getattr(row, "version", None)
    if version is not None:
        return str(version)
    changed: datetime | None = getattr(row, "updated_at", None)
    return changed.isoformat() if changed is not None else ""


class RecordForm(BaseForm):  # type: ignore[misc]
    """The base of all forms that write rows."""

    request_key = KeyField()
    row_seen = SeenField()


class BranchTimeField(DateTimeField):  # type: ignore[misc]
    """An instant, written and read in the branch's zone (XX-02)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("format", ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"])
        super().__init__(*args, **kwargs)

    def process_data(self, value: datetime | None) -> None:
        """Show the instant in the branch's zone."""
        aware = value is not None and value.tzinfo is not None
        self.data = value.astimezone(zone_here()) if value is not None and aware else value

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the text as a time in the branch's zone."""
        super().process_formdata(valuelist)
        if self.data is not None and self.data.tzinfo is None:
            self.data = self.data.replace(tzinfo=zone_here())


class MoneyInput(StringField):
    """An amount in major units over a column of minor units; more decimals are refused."""

    currency = "CNY"

    def process_data(self, value: int | None) -> None:
        """Keep minor units; they are shown in major ones."""
        self.data: Any = value

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return f"{Decimal(self.data).scaleb(-minor_digits(self.currency)):f}"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read ``1,234.50`` into minor units."""
        text = (valuelist[0] if valuelist else "").replace(",", "").replace("，", "").strip()
        if not text:
            self.data = None
            return
        try:
            amount = Money.of(Decimal(text), self.currency)
        except (InvalidOperation, ValueError, OverflowError) as error:
            self.data = None
            raise ValueError(gettext("Write an amount like 1234.50.")) from error
        if abs(amount.minor) >= 2**53:
            raise ValueError(gettext("This amount is too large."))
        self.data = amount.minor


class StateChoices:
    """The states of a column with their words in the reader's language, asked for when shown."""

    def __init__(self, states: Any) -> None:
        self.states = states

    def __call__(self) -> list[tuple[str, str]]:
        return [(state.value, str(word_for(state))) for state in self.states]


class RecordConverter(AdminModelConverter):  # type: ignore[misc]
    """Knows the kernel's own column types."""

    def convert(self, model: Any, mapper: Any, name: str, prop: Any, *rest: Any) -> Any:
        """Minor units become an amount field; the rest goes by column type."""
        if name.endswith("_minor") and name not in (self.view.form_overrides or {}):
            self.view.form_overrides = {**(self.view.form_overrides or {}), name: MoneyInput}
        return super().convert(model, mapper, name, prop, *rest)

    @converts("StateType")  # type: ignore[untyped-decorator]
    def conv_state(self, column: Any, field_args: dict[str, Any], **extra: Any) -> Any:
        """A choice of the states."""
        field_args["choices"] = StateChoices(column.type.states)
        field_args["coerce"] = column.type.states
        field_args["allow_blank"] = column.nullable
        return Select2Field(**field_args)

    @converts("UtcDateTime")  # type: ignore[untyped-decorator]
    def conv_moment(self, column: Any, field_args: dict[str, Any], **extra: Any) -> Any:
        """An instant in the branch's zone."""
        if column.nullable:
            field_args["validators"].append(Optional())
        return BranchTimeField(**field_args)


__all__ = [
    "REQUEST_KEY", "BranchTimeField", "KeyField", "MoneyInput", "RecordConverter", "RecordForm",
    "StateChoices",
]  # fmt: skip
