"""Names in pinyin: sort keys and the readings of surnames."""

import pytest

from dougong.core.services.search.pinyin import readings, search_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("重庆长安", "chongqingchangan cqca"),
        ("华东科技", "huadongkeji hdkj"),
        ("重庆重工", "chongqingzhonggong cqzg"),
        ("重工重庆", "zhonggongchongqing zgcq"),
        ("吕布", "lvbu lb"),
        ("ABC商贸", "abcshangmao asm"),
        ("CDNOW 00012", "cdnow00012 c0"),
        ("", ""),
        ("（）-", ""),
    ],
)
def test_search_key_is_full_pinyin_and_initials(name: str, key: str) -> None:
    assert search_key(name) == key


@pytest.mark.parametrize(
    ("name", "spoken"),
    [("单于婉", "chanyuwan"), ("单雄信", "shanxiongxin"), ("曾国", "zengguo"), ("仇英", "qiuying")],
)
def test_surname_is_read_as_a_surname(name: str, spoken: str) -> None:
    assert "".join(readings(name)[0]) == spoken


def test_person_is_found_by_the_usual_reading_too() -> None:
    assert ("ceng", "guo") in readings("曾国")


def test_company_is_not_read_as_a_person() -> None:
    assert readings("单位后勤服务公司")[0][0] == "dan"


def test_search_key_fits_its_column() -> None:
    assert len(search_key("双" * 300)) <= 400
