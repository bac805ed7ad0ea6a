"""What is kept of a failure in the background, and how long to wait before the next attempt."""

import re
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import DBAPIError

from dougong.core.errors import Refusal

LONGEST: Final = timedelta(hours=1)
_FIRST: Final = timedelta(seconds=10)
_KEPT: Final = 1000
_SECRETS: Final = (
    (re.compile(r"://[^/\s@]+@"), "://***@"),
    (re.compile(r"(?i)\b(password|passwd|secret|token|api[_-]?key)(\W{1,3})\S+"), r"\1\2***"),
)


def back_off(attempts: int) -> timedelta:
    """The wait after that many attempts: 10 s, 40 s, 160 s … at most an hour."""
    return min(LONGEST, _FIRST * int(4 ** min(attempts - 1, 10)))


def describe(error: BaseException) -> str:
    """The error in words for the row that staff see: no SQL, no parameters, no secrets."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    text = str(cause) if isinstance(cause, Refusal) else f"{type(cause).__name__}: {cause}"
    for secret, cover in _SECRETS:
        text = secret.sub(cover, text)
    return text[:_KEPT]
