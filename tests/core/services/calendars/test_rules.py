"""How hours are written and what the yearly notice says (XX-02)."""

from collections.abc import Iterable
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.services.calendars.rules import (
    HoursWrong,
    NoticeUnread,
    PublicDayKind,
    hours_text,
    read_hours,
    read_notice,
)
from dougong.core.services.calendars.statutory import days_of, known_until
from dougong.core.values import WorkSpan

NOTICES = {
    2025: """一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。""",
    2026: """国务院办公厅关于2026年部分节假日安排的通知
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。""",
}


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("9:00-12:00, 13:00-18:00", "09:00-12:00, 13:00-18:00"),
        ("13:00-18:00 9:00-12:00", "09:00-12:00, 13:00-18:00"),
        ("９：00-10:00".replace("９：", "9："), "09:00-10:00"),
        ("8：30至11：30、14：00～17：30", "08:30-11:30, 14:00-17:30"),
        ("22:00–6:00", "22:00-06:00"),
        ("0:00-24:00", "00:00-24:00"),
        ("", ""),
        (" , ", ""),
    ],
)
def test_hours_are_read_as_people_write_them(written: str, stored: str) -> None:
    assert hours_text(read_hours(written)) == stored


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("9-12", "unread"),
        ("9:00-12:00 and more", "unread"),
        ("25:00-26:00", "clock"),
        ("9:60-10:00", "clock"),
        ("9:00-12:00, 11:00-13:00", "overlap"),
        ("22:00-6:00, 23:00-24:00", "overlap"),
        ("4:00-8:00, 22:00-6:00", "overlap"),
    ],
)
def test_hours_that_cannot_be_are_refused(written: str, code: str) -> None:
    with pytest.raises(HoursWrong) as wrong:
        read_hours(written)
    assert wrong.value.code == code


@given(st.lists(st.times(), min_size=2, max_size=8, unique=True))
def test_hours_come_back_as_they_were_written(clocks: list[time]) -> None:
    whole = sorted({clock.replace(second=0, microsecond=0) for clock in clocks})
    spans = tuple(WorkSpan(a, b) for a, b in zip(whole[::2], whole[1::2], strict=False))
    assert read_hours(hours_text(spans)) == spans


def sets(days: Iterable[tuple[date, PublicDayKind]]) -> dict[PublicDayKind, set[date]]:
    """The days by what they are."""
    found: dict[PublicDayKind, set[date]] = {kind: set() for kind in PublicDayKind}
    for day, kind in days:
        found[kind].add(day)
    return found


@pytest.mark.parametrize("year", NOTICES)
def test_the_notice_says_what_the_library_knows(year: int) -> None:
    """Two sources, one text: each proves the other, weekends within holidays included."""
    read = sets((found.day, found.kind) for found in read_notice(year, NOTICES[year]))
    known = sets((day, named.kind) for day, named in days_of("CN", year).items())
    assert read == known


def test_the_notice_may_come_on_one_line() -> None:
    one_line = NOTICES[2026].partition("\n")[2].replace("\n", "")
    assert read_notice(2026, one_line) == read_notice(2026, NOTICES[2026])


def test_the_notice_may_reach_into_another_year() -> None:
    text = "一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。"
    days = [found.day for found in read_notice(2023, text)]
    assert days == [date(2022, 12, 31) + timedelta(days=n) for n in range(3)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "明年照旧。",
        "一、元旦：照旧。",
        "一、春节：2月30日放假。",
        "一、春节：2月15日至1月2日放假。",
        "一、春节：1月1日至12月31日放假。",
    ],
)
def test_what_is_no_notice_is_refused(text: str) -> None:
    with pytest.raises(NoticeUnread):
        read_notice(2026, text)


def test_the_library_knows_2026() -> None:
    assert known_until("CN") >= 2026


def test_days_of_a_year_stay_in_it() -> None:
    assert {day.year for day in days_of("CN", 2027)} == {2027}
