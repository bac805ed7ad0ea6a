"""The looks at changed texts that screens take too (XX-07)."""

from typing import Final

from babel.numbers import is_currency

from dougong.core.i18n import lazy
from dougong.core.services.exchange.columns import Checked
from dougong.core.values import validity

_NO_CREDIT_CODE: Final = lazy("This is no unified social credit code; check its 18 characters.")


def check_phone(text: str, region: str) -> Checked:
    """One number that can be dialled from the branch."""
    if validity.is_dialable(text, region):
        return Checked(text)
    return Checked(
        wrong=lazy("Write one phone number, with its area code: 13800138000 or 010-62345678.")
    )


def check_mail(text: str, _region: str) -> Checked:
    """An address that mail can be sent to."""
    if validity.is_email(text):
        return Checked(text)
    return Checked(wrong=lazy("Write an e-mail address like name@example.com."))


def check_identity(text: str, _region: str) -> Checked:
    """The number of a resident identity card."""
    if validity.is_identity_number(text):
        return Checked(validity.identity_number(text))
    return Checked(wrong=lazy("This is no resident ID number; check its 18 characters."))


def check_credit_code(text: str, _region: str) -> Checked:
    """The unified social credit code of an organisation."""
    if validity.is_credit_code(text):
        return Checked(validity.credit_code(text))
    return Checked(wrong=_NO_CREDIT_CODE)


def check_organisation_code(text: str, _region: str) -> Checked:
    """The code of an institution: an old one stays as it is."""
    if validity.is_credit_code(text):
        return Checked(validity.credit_code(text))
    known = validity.is_organisation_code(text)
    return Checked(text) if known else Checked(wrong=_NO_CREDIT_CODE)


def check_currency(text: str, _region: str) -> Checked:
    """Three letters of ISO 4217."""
    code = text.upper()
    if is_currency(code):
        return Checked(code)
    return Checked(wrong=lazy("“%(code)s” is not a currency.", code=text))
