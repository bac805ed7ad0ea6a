"""Files of purchases: what is read, and what is refused with which reason (XX-07)."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.errors import Refusal
from dougong.core.i18n import speaking
from dougong.core.services.exchange.purchases import (
    FORMATS,
    BadRow,
    Purchase,
    format_named,
    read_purchases,
)
from dougong.core.values import Money

TODAY = date(1998, 7, 1)


def read(folder: Path, content: str | bytes, layout: str) -> tuple[list[Purchase], list[BadRow]]:
    path = folder / "purchases.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_purchases(path, FORMATS[layout], "USD", TODAY)


def test_cdnow_log_is_read_with_its_header_and_line_ends(tmp_path: Path) -> None:
    text = " customer_id  date number_of_cds  dollar_value\r\n 00001 19970101  1   11.77\r\n"
    good, bad = read(tmp_path, text, "cdnow")
    assert bad == []
    assert good == [
        Purchase(
            2, "CDNOW-00001", date(1997, 1, 1), Decimal(1), Money(1177, "USD"),
            "CDNOW-00001/19970101/1/1177USD/1",
        )
    ]  # fmt: skip


def test_log_without_a_header_loses_no_row(tmp_path: Path) -> None:
    good, _ = read(tmp_path, "00001 19970101 1 11.77\n00002 19970102 1 5.00\n", "cdnow")
    assert [purchase.line for purchase in good] == [1, 2]


def test_equal_rows_are_purchases_all_the_same(tmp_path: Path) -> None:
    good, _ = read(tmp_path, "00001 19970101 1 11.77\n" * 3, "cdnow")
    assert [purchase.key[-2:] for purchase in good] == ["/1", "/2", "/3"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "header", [("amount", "customer", "quantity", "date"), ("金额", "客户", "数量", "日期")]
)
def test_csv_columns_come_in_any_order(
    tmp_path: Path, delimiter: str, header: tuple[str, ...]
) -> None:
    text = f"{delimiter.join(header)}\n{delimiter.join(('11.77', 'K1', '2', '1997/1/31'))}\n"
    good, bad = read(tmp_path, text, "csv")
    assert bad == []
    assert (good[0].customer, good[0].on) == ("K1", date(1997, 1, 31))
    assert (good[0].quantity, good[0].amount) == (Decimal(2), Money(1177, "USD"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_of_excel_is_read_in_its_encodings(tmp_path: Path, encoding: str) -> None:
    text = "客户,日期,数量,金额\n华东科技,1997-01-31,1,1\n"
    good, _ = read(tmp_path, text.encode(encoding), "csv")
    assert good[0].customer == "华东科技"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("K1,1997-02-30,1,5", "not a date"),
        ("K1,,1,5", "not a date"),
        ("K1,1999-01-01,1,5", "in the future"),
        ("K1,1997-01-01,x,5", "not a quantity"),
        ("K1,1997-01-01,nan,5", "not a quantity"),
        ("K1,1997-01-01,0,5", "more than zero"),
        ("K1,1997-01-01,-1,5", "more than zero"),
        ("K1,1997-01-01,0.0001,5", "three decimals"),
        ("K1,1997-01-01,1,", "not an amount"),
        ("K1,1997-01-01,1,1e5", "not an amount"),
        ("K1,1997-01-01,1,١٢", "not an amount"),
        ("K1,1997-01-01,1,999999999999999", "not an amount"),
        ("K1,1997-01-01,1,-5", "negative"),
        ("K1,1997-01-01,1,5.001", "more decimals"),
        (",1997-01-01,1,5", "customer is missing"),
        (f"{'K' * 31},1997-01-01,1,5", "longer than 30"),
        ("K1,1997-01-01,1", "has 3 columns"),
        ('"K1,1997-01-01,1,5', "not CSV"),
    ],
)
def test_bad_row_is_named_and_the_rest_goes_in(tmp_path: Path, row: str, reason: str) -> None:
    text = f"customer,date,quantity,amount\n{row}\nK2,1997-01-01,1,5\n"
    good, bad = read(tmp_path, text, "csv")
    with speaking("en"):
        assert [(each.line, reason in str(each.reason)) for each in bad] == [(2, True)]
    assert [purchase.customer for purchase in good] == ["K2"]


def test_reason_is_told_in_chinese(tmp_path: Path) -> None:
    _, bad = read(tmp_path, "customer,date,quantity,amount\n,1997-01-01,1,5\n", "csv")
    assert str(bad[0].reason) == "缺少客户。"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "exchange.header"),
        (b"customer,date\n", "exchange.header"),
        (b"customer,date,quantity,amount\n", "exchange.empty"),
        (b"\x00\x01\x02", "exchange.not_text"),
        (b"\xff\xff\xff\xff", "exchange.not_text"),
    ],
)
def test_unusable_file_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(tmp_path, content, "csv")
    assert refused.value.code == code
    assert refused.value.field == "file"


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_purchases(tmp_path / name, FORMATS["csv"], "USD", TODAY)
    assert refused.value.code == "exchange.unreadable"


def test_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refusal, match="cdnow, csv"):
        format_named("xls")


@given(st.binary(max_size=300), st.sampled_from(sorted(FORMATS)))
def test_any_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, layout: str
) -> None:
    folder = tmp_path_factory.getbasetemp()
    head = b"customer,date,quantity,amount\n" if layout == "csv" else b""
    try:
        good, bad = read(folder, head + content, layout)
    except Refusal:
        return
    assert good or bad
