"""What can be a phone number, a code, an ID number, an e-mail address (AR-05, XX-07)."""

from datetime import date
from random import Random

import pytest

from dougong.core.services.demo.identity import credit_code as some_code
from dougong.core.services.demo.identity import id_number
from dougong.core.values.validity import (
    credit_code,
    identity_number,
    is_credit_code,
    is_dialable,
    is_email,
    is_identity_number,
    is_organisation_code,
    phone_digits,
    region_of,
)

ID = "11010519491231002X"
CODE = "91110000600037341L"


@pytest.mark.parametrize(
    "text",
    ["13800138000", "010-62345678", "+86 138 0013 8000", "4008123123", "１３８００１３８０００"],
)
def test_number_that_can_be_dialled(text: str) -> None:
    assert is_dialable(text, "CN")


@pytest.mark.parametrize("text", ["", "不详", "1380013800", "13800138000/13900139000", "1234567"])
def test_number_that_cannot_be_dialled(text: str) -> None:
    assert not is_dialable(text, "CN")


@pytest.mark.parametrize(
    "text", ["13800138000", "+86 138-0013-8000", "0086 13800138000", "１３８００１３８０００"]
)
def test_spellings_of_one_number_are_one(text: str) -> None:
    assert phone_digits(text) == "13800138000"


def test_area_code_stays_part_of_the_number() -> None:
    assert phone_digits("023-86345678") == "02386345678"
    assert phone_digits("8634567") == "8634567", "begins like the prefix of China and is none"


@pytest.mark.parametrize("seed", range(20))
def test_one_wrong_digit_is_found(seed: int) -> None:
    rng = Random(seed)
    number = id_number(rng, date(1980, 2, 29))
    assert is_identity_number(number)
    at = rng.randrange(17)
    wrong = number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]
    assert not is_identity_number(wrong)
    assert is_credit_code(some_code(rng))


def test_number_of_a_person_registered_late_counts() -> None:
    assert is_identity_number("500101198001010005")


@pytest.mark.parametrize("text", ["", "123", ID[:-1] + "1", "110105194913310021", "Ⅻ" * 18])
def test_what_is_no_identity_number(text: str) -> None:
    assert not is_identity_number(text)


def test_written_one_way() -> None:
    assert identity_number("110105 19491231 002x") == ID
    assert credit_code(" 9111 0000 6000 3734 1l ") == CODE
    assert is_credit_code("９１１１００００６０００３７３４１Ｌ")


def test_institution_may_have_its_old_code() -> None:
    assert is_organisation_code("60003734-1")
    assert is_organisation_code(CODE)
    assert not is_organisation_code("91110000600037341A")


def test_addresses_of_mail() -> None:
    assert is_email("li.na@example.com")
    assert not is_email("li.na@")
    assert not is_email("两个 地址")


def test_zone_tells_the_country() -> None:
    assert region_of("Asia/Shanghai") == "CN"
    assert region_of("Nowhere/At_All") == "CN"
