"""What is decided about stamps, without a database."""

from datetime import date, timedelta
from enum import StrEnum


class StampState(StrEnum):
    """Only open stamps count towards a gift."""

    OPEN = "open"
    REDEEMED = "redeemed"
    EXPIRED = "expired"


def last_day(given_on: date, valid_days: int) -> date:
    """The last day on which a stamp counts; the day it was given is the first."""
    return given_on + timedelta(days=valid_days - 1)


def is_full(stamps: int, size: int) -> bool:
    """Whether so many open stamps fill a card."""
    return stamps >= size
