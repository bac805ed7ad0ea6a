"""Validators of what is written down about people and companies, told at the field (XX-07).

Usable in ``form_args`` and in forms of plugins::

    form_args = {"phone": {"validators": [PhoneNumber()]}}

A value that was there before stays saveable, also one that an import left wrong: only what the
person changed is looked at.
"""

from typing import Any

from wtforms.validators import ValidationError

from dougong.admin.formats import zone_here
from dougong.core.i18n import gettext
from dougong.core.values.validity import (
    credit_code,
    identity_number,
    is_credit_code,
    is_dialable,
    is_email,
    is_identity_number,
    is_organisation_code,
    plain,
    region_of,
)


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
        if not is_dialable(field.data, region_of(zone_here())):
            raise ValidationError(
                gettext("Write one phone number, with its area code: 13800138000 or 010-62345678.")
            )


class EmailAddress(Changed):
    """An address that mail can be sent to; whether somebody reads there is not asked."""

    def check(self, form: Any, field: Any) -> None:
        """Refuse what is no address."""
        if not is_email(field.data):
            raise ValidationError(gettext("Write an e-mail address like name@example.com."))


class CreditCode(Changed):
    """The unified social credit code of an organisation: 18 characters, the last one checks."""

    def check(self, form: Any, field: Any) -> None:
        """Refuse a mistyped one; letters become capitals."""
        field.data = credit_code(field.data)
        if not is_credit_code(field.data):
            raise ValidationError(
                gettext("This is no unified social credit code; check its 18 characters.")
            )


class OrganisationCode(CreditCode):
    """The code of an institution: unified since 2015, before of eight characters and a check."""

    def check(self, form: Any, field: Any) -> None:
        """Leave an old code as it is; refuse a mistyped unified one."""
        if is_credit_code(field.data) or not is_organisation_code(field.data):
            super().check(form, field)


class IdentityNumber(Changed):
    """The number of a resident identity card: 18 digits, the last one checks and may be X."""

    def check(self, form: Any, field: Any) -> None:
        """Refuse a mistyped one; a small x becomes a capital."""
        field.data = identity_number(field.data)
        if not is_identity_number(field.data):
            raise ValidationError(
                gettext("This is no resident ID number; check its 18 characters.")
            )


__all__ = ["Changed", "CreditCode", "EmailAddress", "IdentityNumber", "OrganisationCode",
           "PhoneNumber"]  # fmt: skip
