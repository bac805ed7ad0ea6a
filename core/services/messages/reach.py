"""Where a recipient is reached: his mail address or the number of his mobile telephone."""

import re
from collections.abc import Iterable
from typing import Final

from phonenumbers import NumberParseException, PhoneNumberType, number_type, parse

from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.services.messages.rules import Medium, Purpose

REGION: Final = "CN"
GROUP: Final = "·"
"""The address of a chat: the robot's own group, named in the channel."""
_MAIL: Final = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_MOBILE: Final = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


def address_of(
    medium: Medium, purpose: Purpose, whom: Iterable[Contact | Customer | User | None]
) -> str:
    """The address of the first who has one; empty when nobody has.

    What a contact lacks the customer may have, but not for marketing: consent is one person's.
    """
    if medium is Medium.CHAT:
        return GROUP
    for person in whom:
        if person is None:
            continue
        found = mail_of(person.email) if medium is Medium.MAIL else mobile_of(person.phone)
        if found or (purpose is Purpose.MARKETING and isinstance(person, Contact)):
            return found
    return ""


def mail_of(text: str) -> str:
    """The address if a mail could go there, else empty."""
    address = (text or "").strip()
    return address if _MAIL.fullmatch(address) else ""


def mobile_of(text: str) -> str:
    """The number as a vendor of text messages takes it, empty for what no mobile has.

    Numbers of the house's own land without its code: 13800138000; of others with it: +852….
    """
    try:
        number = parse(text or "", REGION)
    except NumberParseException:
        return ""
    if number_type(number) not in _MOBILE:
        return ""
    if number.country_code == 86:
        return str(number.national_number)
    return f"+{number.country_code}{number.national_number}"
