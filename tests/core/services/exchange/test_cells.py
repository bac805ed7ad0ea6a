"""What stands in a cell and what it means: a truth table of what people and Excel write (XX-07)."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.i18n import lazy, speaking
from dougong.core.services.exchange.cells import (
    BadCell,
    Cell,
    clean,
    clears,
    escape,
    is_blank,
    is_mask,
    read_cell,
    tidy,
    write_cell,
)
from dougong.core.services.exchange.columns import Choice, Column, ColumnType, Scalar


def of(kind: ColumnType, **options: object) -> Column:
    return Column(key="x", label=lazy("Name"), type=kind, **options)  # type: ignore[arg-type]


TEXT, CODE, PHONE = of(ColumnType.TEXT), of(ColumnType.CODE), of(ColumnType.PHONE)
COLOUR = of(
    ColumnType.CHOICE,
    choices=(Choice("yes", lazy("Yes"), ("ok",)), Choice("no", lazy("No"), ("nix",))),
)
READ: list[tuple[Column, Cell, Scalar]] = [
    (TEXT, " \u3000华东 精密\u200b\ufeff", "华东 精密"),
    (TEXT, "一\r\n二", "一\n二"),
    (TEXT, 42.0, "42"),
    (CODE, "００７ａ ", "007a"),
    (CODE, 13800138000.0, "13800138000"),
    (PHONE, "+86 13800138000", "13800138000"),
    (PHONE, "0086-010-62345678", "010-62345678"),
    (PHONE, "１３８００１３８０００", "13800138000"),
    (of(ColumnType.NUMBER), "１，２３４.５０", "1234.5"),
    (of(ColumnType.NUMBER), 3.0, "3"),
    (of(ColumnType.MONEY), "¥1,234.50", "1234.5"),
    (of(ColumnType.MONEY), "1 234.50元", "1234.5"),
    (of(ColumnType.MONEY), "(12.30)", "-12.3"),
    (of(ColumnType.PERCENT), "13%", "13"),
    (of(ColumnType.WHOLE), "1,200", 1200),
    (of(ColumnType.DAY), datetime.fromisoformat("2026-01-05T08:30"), "2026-01-05"),
    (of(ColumnType.DAY), date(2026, 1, 5), "2026-01-05"),
    (of(ColumnType.DAY), "2026/1/5", "2026-01-05"),
    (of(ColumnType.DAY), "2026.1.5", "2026-01-05"),
    (of(ColumnType.DAY), "2026年1月5日", "2026-01-05"),
    (of(ColumnType.DAY), "20260105", "2026-01-05"),
    (of(ColumnType.DAY), "2026-01-05 00:00:00", "2026-01-05"),
    (of(ColumnType.DAY), 46027.0, "2026-01-05"),
    (of(ColumnType.DAY), "46027", "2026-01-05"),
    (of(ColumnType.YES_NO), "是", True),
    (of(ColumnType.YES_NO), "FALSE", False),
    (of(ColumnType.YES_NO), True, True),
    (COLOUR, "是", "yes"),
    (COLOUR, "YES", "yes"),
    (COLOUR, "nix", "no"),
]
BAD: list[tuple[Column, Cell]] = [
    (CODE, 310101199001011234.0),
    (CODE, "3.10101E+17"),
    (PHONE, "1.38E+10"),
    (of(ColumnType.TEXT, longest=3), "四个汉字"),
    (of(ColumnType.NUMBER), "about ten"),
    (of(ColumnType.NUMBER), "NaN"),
    (of(ColumnType.NUMBER, places=2), "1.234"),
    (of(ColumnType.NUMBER, least=Decimal(0)), "-1"),
    (of(ColumnType.PERCENT), 0.13),
    (of(ColumnType.WHOLE), "1.5"),
    (of(ColumnType.DAY), "1/5/2026"),
    (of(ColumnType.DAY), "2026-02-30"),
    (of(ColumnType.DAY), 2026.0),
    (of(ColumnType.YES_NO), "maybe"),
    (COLOUR, "blue"),
]


@pytest.mark.parametrize(("column", "cell", "meaning"), READ)
def test_cell_means(column: Column, cell: Cell, meaning: Scalar) -> None:
    assert read_cell(column, cell) == meaning


@pytest.mark.parametrize(("column", "cell"), BAD)
def test_cell_that_means_nothing_says_why(column: Column, cell: Cell) -> None:
    with pytest.raises(BadCell) as bad:
        read_cell(column, cell)
    with speaking("zh_Hans_CN"):
        assert str(bad.value.reason) != bad.value.reason.source, "not translated"


def test_marks() -> None:
    assert [is_blank(cell) for cell in ("\u3000 \u200b", None, 0.0)] == [True, True, False]
    assert [clears(cell) for cell in (" － ", "-1", -1.0)] == [True, False, False]
    assert [is_mask(cell) for cell in ("••••••", "*")] == [True, False]


@given(st.text(), st.booleans())
def test_text_written_and_read_again_is_the_same(text: str, as_csv: bool) -> None:
    for column in (TEXT, CODE, PHONE):
        cell = write_cell(column, text, csv=as_csv)
        if cell is None:
            assert text == ""
            continue
        assert not clears(cell)
        assert not is_mask(cell)
        assert read_cell(column, cell) == text
        assert not (as_csv and str(cell).startswith(("=", "+", "-", "@", "\t", "\r")))


@given(st.text())
def test_apostrophe_stands_only_where_it_is_needed(text: str) -> None:
    plain = clean(text) == text and text not in ("-", "－", "—", "——", "–", "••••••")
    if plain and not text.startswith("'"):
        assert escape(text, tidy(ColumnType.TEXT, text)) == text


@pytest.mark.parametrize("mark", [*"\ufeff\u200b\u200e\u200f\u2060 \t\n\r\0\u3000\xa0\u2003\x1f"])
def test_what_nobody_sees_is_cut_off_at_both_ends(mark: str) -> None:
    assert clean(f"{mark}华东{mark}") == "华东"
    assert clean(mark) == ""
