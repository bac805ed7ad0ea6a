"""Which sheets there are, and what each promises."""

import pytest

from dougong.core.errors import NotFound
from dougong.core.house import House
from dougong.core.services.exchange.columns import ColumnType
from dougong.core.services.exchange.sheets import Sheet, sheets
from dougong.core.services.exchange.subjects import SHEETS
from tests.core.services.exchange.sending import Sender


def test_core_and_plugins_declare_by_register_sheets(house: House) -> None:
    assert {sheet.key for sheet in SHEETS} <= set(sheets(house.registry))


def test_two_sheets_of_one_name_are_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    offers = house.registry.contributions("register_sheets")
    monkeypatch.setattr(type(house.registry), "contributions", lambda _, __: [*offers, offers[0]])
    with pytest.raises(ValueError, match="Two sheets"):
        sheets(house.registry)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.key)
def test_columns_have_keys_and_what_names_a_row_is_among_them(sheet: Sheet) -> None:
    keys = [column.key for column in sheet.columns]
    assert len(keys) == len(set(keys))
    assert {key for named in sheet.identity for key in named} <= set(keys)
    for column in sheet.columns:
        assert (column.type is ColumnType.CHOICE) == bool(column.choices)
        assert (column.type is ColumnType.REFERENCE) == (column.reference is not None)


def test_sheet_is_not_there_for_a_key_nobody_has(east: Sender) -> None:
    with pytest.raises(NotFound):
        east.export("unicorns")
