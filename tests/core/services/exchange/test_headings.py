"""Headings of other systems and the columns they stand for."""

import pytest

from dougong.core.services.exchange.headings import digest, guess
from dougong.core.services.exchange.sheets import Sheet
from dougong.core.services.exchange.subjects.contacts import CONTACTS
from dougong.core.services.exchange.subjects.customers import CUSTOMERS
from dougong.core.services.exchange.subjects.products import PRODUCTS

SHEETS = (CUSTOMERS, CONTACTS, PRODUCTS)


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("客户名称", "name"),
        ("公司", "name"),
        ("Company Name", "name"),
        ("单位名称（全称）*", "name"),
        ("客户编号", "code"),
        ("手机号码", "phone"),
        ("TEL.", "phone"),
        ("身份证号", "id_number"),
        ("税号", "credit_code"),
        ("所属行业", "industry"),
        ("Favourite colour", ""),
        ("", ""),
    ],
)
def test_heading_stands_for_a_column_of_customers(heading: str, key: str) -> None:
    assert guess([heading], CUSTOMERS.columns) == (key,)


def test_two_headings_never_stand_for_one_column() -> None:
    assert guess(["电话", "手机"], CUSTOMERS.columns) == ("phone", "")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.key)
def test_every_own_heading_leads_back_to_its_column(sheet: Sheet) -> None:
    columns = sheet.columns
    for names in zip(*(column.headings()[:3] for column in columns), strict=True):
        assert guess(names, columns) == tuple(column.key for column in columns)


def test_set_of_headings_is_known_again_whatever_is_put_round_them() -> None:
    assert digest(["客户名称 *", "电话"]) == digest(["客户名称", "电话"]) != digest(["电话"])
