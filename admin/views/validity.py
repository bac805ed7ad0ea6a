"""Validators of what is written down about people and companies, told at the field (XX-07).

Usable in ``form_args`` and in forms of plugins::

    form_args = {"phone": {"validators": [PhoneNumber()]}}

A value that was there before stays saveable, also one that an import left wrong: only what the
person changed is looked at.
"""

import re
import unicodedata
from typing import Any, Final

import phonenumbers
from babel.core import get_global
from phonenumbers.shortnumberinfo import is_valid_short_number_for_region
from stdnum.cn import ric, uscc
from wtforms.validators import Email, ValidationError

from dougong.admin.formats import zone_here
from dougong.core.i18n import gettext

HOME_REGION: Final = "CN"
"""Where numbers without a country code are dialled, if the branch's zone names no country."""
_OLD_CODE: Final = re.compile(r"[0-9A-Z]{8}-?[0-9X]")
_EXTENSION: Final = re.compile(r"\s*(?:转|分机|ext\.?|x|#)\s*(\d{1,8})$", re.IGNORECASE)


class Changed:
    """A validator of what the person changed; ``check`` raises ``ValidationError``.

    Full-width characters become plain ones first, as an input method leaves them often.
    """

    def __call__(self, form: Any, field: Any) -> None:
        """Called by WTForms; an empty field is left to other validators."""
        if not isinstance(field.data, str):
            return
        if field.data == (field.object_data or ""):
            return
        field.data = plain(field.data)
        if field.data:
            self.check(form, field)

    def check(self, form: Any, field: Any) -> None:
        """Refuse what cannot be."""
        raise NotImplementedError


class PhoneNumber(Changed):
    """A number that can be dialled from the branch, with an extension or not."""

    def check(self, form: Any, field: Any) -> None:
        """A mobile or fixed number, a 400 or short one; one with a country code is of there."""
        if not is_dialable(field.data, region_here()):
            raise ValidationError(
                gettext("Write one phone number, with its area code: 13800138000 or 010-62345678.")
            )


class EmailAddress(Changed):
    """An address that mail can be sent to; whether somebody reads there is not asked."""

    def check(self, form: Any, field: Any) -> None:
        """Refuse what is no address."""
        Email(message=gettext("Write an e-mail address like name@example.com."))(form, field)


class CreditCode(Changed):
    """The unified social credit code of an organisation: 18 characters, the last one checks."""

    def check(self, form: Any, field: Any) -> None:
        """Refuse a mistyped one; letters become capitals."""
        field.data = uscc.compact(field.data).upper()
        if not uscc.is_valid(field.data):
            raise ValidationError(
                gettext("This is no unified social credit code; check its 18 characters.")
            )


class OrganisationCode(CreditCode):
    """The code of an institution: unified since 2015, before of eight characters and a check."""

    def check(self, form: Any, field: Any) -> None:
        """Leave an old code as it is; refuse a mistyped unified one."""
        if not _OLD_CODE.fullmatch(field.data.upper()):
            super().check(form, field)


class IdentityNumber(Changed):
    """The number of a resident identity card: 18 digits, the last one checks and may be X."""

    def check(self, form: Any, field: Any) -> None:
        """Refuse a mistyped one; a small x becomes a capital."""
        field.data = ric.compact(field.data).upper()
        if not ric.is_valid(field.data):
            raise ValidationError(
                gettext("This is no resident ID number; check its 18 characters.")
            )


def plain(text: str) -> str:
    """The text without full-width digits and spaces around."""
    return unicodedata.normalize("NFKC", text).strip()


def region_here() -> str:
    """The country of the branch, by its zone."""
    territories = get_global("zone_territories")
    return str(territories.get(str(zone_here()), HOME_REGION))


def is_dialable(text: str, region: str) -> bool:
    """Whether the text is one number that exists in the plan of its country, or a short one.

    >>> is_dialable("010-62345678", "CN"), is_dialable("1380013800", "CN")
    (True, False)
    """
    text = _EXTENSION.sub("", text)
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) or is_valid_short_number_for_region(number, region)


__all__ = ["Changed", "CreditCode", "EmailAddress", "IdentityNumber", "OrganisationCode",
           "PhoneNumber"]  # fmt: skip
