"""Files as people send them: every shape is read, what cannot be read is refused (XX-07)."""

import zipfile
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter

from dougong.core.errors import Refusal
from dougong.core.services.exchange import files
from dougong.core.services.exchange.files import open_table
from tests.core.services.exchange.sending import Rows, as_csv, as_xlsx

ROWS = [["编号", "名称"], ["007", "华东,“精密”\n二厂"], ["008", ""]]


def cells(content: bytes) -> list[tuple[int, tuple[object, ...]]]:
    return [(line.number, line.cells) for line in open_table(content).lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_of_any_encoding_and_separator(encoding: str, separator: str) -> None:
    table = open_table(as_csv(ROWS, encoding, separator))
    assert table.headings == ("编号", "名称")
    assert [line.cells for line in table.lines] == [("007", "华东,“精密”\n二厂"), ("008", "")]


def test_workbook_keeps_zeros_and_days_and_drops_empty_rows() -> None:
    rows: Rows = [["编号", "日期"], ["007", date(2026, 1, 5)], ["", ""], ["008", 46027], ["", " "]]
    assert cells(as_xlsx(rows)) == [(2, ("007", date(2026, 1, 5))), (4, ("008", 46027.0))]


def test_days_of_a_macintosh_are_the_same() -> None:
    rows: Rows = [["日期"], [date(2026, 1, 5)]]
    assert cells(as_xlsx(rows, date_1904=True)) == [(2, (date(2026, 1, 5),))]


def workbook(*writes: object, headings: tuple[str, ...] = ("甲", "乙")) -> bytes:
    target = BytesIO()
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet()
    for at, heading in enumerate(headings):
        page.write_string(0, at, heading)
    for write in writes:
        write(page)  # type: ignore[operator]
    book.close()
    return target.getvalue()


def test_formula_counts_as_what_it_shows() -> None:
    content = workbook(lambda page: page.write_formula(1, 0, "=1+1", None, 2))
    assert cells(content) == [(2, (2.0, ""))]


def test_merged_cells_count_for_each_of_their_rows() -> None:
    content = workbook(
        lambda page: page.merge_range(1, 0, 2, 0, "华东"),
        lambda page: page.write_string(2, 1, "二"),
        lambda page: page.write_string(1, 1, "一"),
    )
    assert cells(content) == [(2, ("华东", "一")), (3, ("华东", "二"))]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "exchange.table"),
        (b"\x00\x01\x02", "exchange.unreadable"),
        (b"PK\x03\x04 nothing", "exchange.unreadable"),
        (as_xlsx([]), "exchange.table"),
        (workbook(lambda p: p.merge_range(0, 0, 0, 1, "联系方式")), "exchange.two_headings"),
        (workbook(lambda p: p.merge_range(0, 0, 1, 0, "甲")), "exchange.two_headings"),
        (as_xlsx([["客户资料表", ""], ["编号", "名称"]]), "exchange.table"),
        (as_csv([["x"] * 201]), "exchange.too_wide"),
        (b"x" * (files.MOST_BYTES + 1), "exchange.too_big"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        list(open_table(content).lines)
    assert (refused.value.code, refused.value.field) == (code, "file")
    assert refused.value.next_step


def test_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_UNPACKED", 10 * files.MEGABYTE)
    bomb = BytesIO(as_xlsx(ROWS))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/x.bin", b"\0" * 11 * files.MEGABYTE)
    assert len(bomb.getvalue()) < files.MEGABYTE
    with pytest.raises(Refusal) as refused:
        open_table(bomb.getvalue())
    assert refused.value.code == "exchange.bomb"


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 2)
    with pytest.raises(Refusal) as refused:
        open_table(as_csv([*ROWS, ["009", "x"]]))
    assert refused.value.code == "exchange.too_long"
