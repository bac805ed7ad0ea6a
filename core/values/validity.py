"""What can be a phone number, a code, an ID number, an e-mail address; written one way.

One set of rules for what is typed into a form (XX-07) and for what is there already (AR-05).
"""

import re
import unicodedata
from typing import Final

import phonenumbers
from babel.core import get_global
from email_validator import EmailNotValidError, validate_email
from phonenumbers.shortnumberinfo import is_valid_short_number_for_region
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

HOME_REGION: Final = "CN"
"""Where numbers without a country code are dialled, if the branch's zone names no country."""
_OLD_CODE: Final = re.compile(r"[0-9A-Z]{8}-?[0-9X]")
_IDENTITY: Final = re.compile(r"[0-9]{17}[0-9X]")
_EXTENSION: Final = re.compile(r"\s*(?:转|分机|ext\.?|x|#)\s*(\d{1,8})$", re.IGNORECASE)
_PREFIX: Final = "86"
_LONGEST_AT_HOME: Final = 12
"""Digits of the longest number within China, area code and its zero included."""


def plain(text: str) -> str:
    """The text without full-width digits and spaces around."""
    return unicodedata.normalize("NFKC", text).strip()


def region_of(zone: object) -> str:
    """The country a time zone lies in."""
    return str(get_global("zone_territories").get(str(zone), HOME_REGION))


def is_dialable(text: str, region: str) -> bool:
    """Whether the text is one number that exists in the plan of its country, or a short one.

    >>> is_dialable("010-62345678", "CN"), is_dialable("1380013800", "CN")
    (True, False)
    """
    text = _EXTENSION.sub("", plain(text))
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) or is_valid_short_number_for_region(number, region)


def phone_digits(text: str) -> str:
    """What two spellings of one number have in common: its digits, without China's prefix.

    >>> phone_digits("+86 138-0013-8000") == phone_digits("１３８００１３８０００")
    True
    """
    digits = re.sub(r"\D", "", plain(text))
    bare = digits.removeprefix("00") if digits.startswith(f"00{_PREFIX}") else digits
    return bare[2:] if bare.startswith(_PREFIX) and len(bare) >= _LONGEST_AT_HOME else bare


def is_email(text: str) -> bool:
    """Whether mail can be addressed so; whether somebody reads there is not asked."""
    try:
        validate_email(plain(text), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def credit_code(text: str) -> str:
    """A unified social credit code as it is printed: capitals, no gaps."""
    return str(uscc.compact(plain(text))).upper()


def is_credit_code(text: str) -> bool:
    """Whether it is a unified social credit code: 18 characters, the last one checks."""
    return bool(uscc.is_valid(credit_code(text)))


def is_organisation_code(text: str) -> bool:
    """A unified code, or one of before 2015: eight characters and a check."""
    return bool(_OLD_CODE.fullmatch(plain(text).upper())) or is_credit_code(text)


def identity_number(text: str) -> str:
    """A resident's ID number as it is printed: no gaps, a capital X."""
    return str(ric.compact(plain(text).replace(" ", ""))).upper()


def is_identity_number(text: str) -> bool:
    """Whether it is the number of a resident identity card: 18 digits, the last one checks.

    Its region is not looked up: a number keeps the region of the day it was first given, and lists
    that go by the year of birth refuse people who were registered later.
    """
    number = identity_number(text)
    if not _IDENTITY.fullmatch(number) or ric.calc_check_digit(number) != number[-1]:
        return False
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    return True
