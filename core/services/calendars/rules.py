"""What calendars decide: how hours are written, what the yearly notice says. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from dougong.core.values import WorkSpan

_DAY: Final = timedelta(days=1)
_SPAN: Final = re.compile(r"(\d{1,2})[:：](\d{2})\s*(?:[-–—~～至到])\s*(\d{1,2})[:：](\d{2})")
_BETWEEN: Final = re.compile(r"[\s,，;；、]*")
_MIDNIGHT: Final = 24


class PublicDayKind(StrEnum):
    """What a day is by the law of the land, whatever weekday it is."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"
    """A made-up workday 调休上班."""
    ORDINARY = "ordinary"
    """Neither, although it was expected to be one."""


class HoursWrong(ValueError):
    """Hours that cannot be; ``code`` is one of unread, clock, overlap."""

    def __init__(self, code: str, part: str) -> None:
        super().__init__(f"{code}: {part}")
        self.code = code
        self.part = part


def read_hours(text: str) -> tuple[WorkSpan, ...]:
    """The spans of ``9:00-12:00, 13:00-18:00``; ``22:00-06:00`` ends on the next day.

    Raises ``HoursWrong`` for what cannot be read, for times no clock shows, and for spans of a
    day that overlap.
    """
    found = sorted(_spans(text), key=lambda span: span.start)
    for one, following in pairwise(found):
        if one.over_night or following.start < one.end:
            raise HoursWrong("overlap", hours_text((one, following)))
    if len(found) > 1 and found[-1].over_night and found[-1].end > found[0].start:
        raise HoursWrong("overlap", hours_text((found[-1], found[0])))
    return tuple(found)


def _spans(text: str) -> Iterator[WorkSpan]:
    at = _skip(text, 0)
    while at < len(text):
        match = _SPAN.match(text, at)
        if match is None:
            raise HoursWrong("unread", text[at:])
        yield _span(match)
        at = _skip(text, match.end())


def _skip(text: str, at: int) -> int:
    between = _BETWEEN.match(text, at)
    return between.end() if between else at


def _span(match: re.Match[str]) -> WorkSpan:
    begin_hour, begin_minute, end_hour, end_minute = map(int, match.groups())
    if (end_hour, end_minute) == (_MIDNIGHT, 0):
        end_hour = 0
    try:
        return WorkSpan(time(begin_hour, begin_minute), time(end_hour, end_minute))
    except ValueError as error:
        raise HoursWrong("clock", match.group()) from error


def hours_text(spans: tuple[WorkSpan, ...]) -> str:
    """The spans as they are stored and shown; nothing when nobody works."""
    return ", ".join(f"{span.start:%H:%M}-{_end_text(span.end)}" for span in spans)


def _end_text(end: time) -> str:
    return "24:00" if end == time(0) else f"{end:%H:%M}"


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """One day that the yearly notice names."""

    day: date
    kind: PublicDayKind
    name: str


class NoticeUnread(ValueError):
    """A text in which no holiday was found, or one that names a day that does not exist."""


_HEAD: Final = r"[。\n][一二三四五六七八九十]+、([^：:。\n]{1,20})[：:]"
_ITEM: Final = re.compile(rf"{_HEAD}(.*?)(?={_HEAD}|\Z)", re.DOTALL)
_WHEN: Final = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日"
_BLANKS: Final = re.compile(r"[^\S\n]+|\n(?=\n)")
_BRACKETS: Final = re.compile(r"[（(][^（）()]*[）)]")
_BREAK: Final = re.compile(rf"{_WHEN}(?:至{_WHEN})?放假")
_DATE: Final = re.compile(_WHEN)


def read_notice(year: int, text: str) -> list[NoticeDay]:
    """The days of the State Council's yearly notice 国务院办公厅关于部分节假日安排的通知.

    Reads the numbered items as they are published (``五、端午节：6月19日至21日放假，共3天。``);
    a date without a year is of ``year``. Raises ``NoticeUnread``.
    """
    plain = "\n" + _BLANKS.sub("", text.replace("\r", "\n"))
    days = [day for name, item, _ in _ITEM.findall(plain) for day in _item(year, name, item)]
    if not days:
        raise NoticeUnread("no item was found")
    return sorted(days, key=lambda found: found.day)


def _item(year: int, name: str, text: str) -> Iterator[NoticeDay]:
    plain = _BRACKETS.sub("", text)
    holidays = _BREAK.search(plain)
    if holidays is None:
        raise NoticeUnread(name)
    first = _date(year, 1, holidays.groups()[:3])
    last = first
    if holidays[6]:
        last = _date(first.year, first.month, holidays.groups()[3:6])
    if not timedelta() <= last - first < timedelta(days=31):
        raise NoticeUnread(name)
    day = first
    while day <= last:
        yield NoticeDay(day, PublicDayKind.HOLIDAY, name)
        day += _DAY
    yield from _made_up(year, name, plain[holidays.end() :])


def _made_up(year: int, name: str, text: str) -> Iterator[NoticeDay]:
    month = 1
    for sentence in text.split("。"):
        if "上班" in sentence:
            for parts in _DATE.findall(sentence):
                day = _date(year, month, parts)
                month = day.month
                yield NoticeDay(day, PublicDayKind.WORKDAY, name)


def _date(year: int, month: int, parts: tuple[str | None, ...]) -> date:
    said_year, said_month, said_day = parts
    try:
        return date(int(said_year or year), int(said_month or month), int(said_day or 0))
    except ValueError as error:
        raise NoticeUnread(f"{said_month or month}月{said_day}日") from error
