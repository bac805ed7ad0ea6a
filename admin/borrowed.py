"""Texts of Flask-Admin, Flask-Security and WTForms that their Chinese catalogues lack.

They fall back to ours: ``fill_gaps`` hangs our catalogue behind theirs.
"""

from gettext import NullTranslations
from typing import Any, Final

from flask_babel import Domain

from dougong.core.i18n import LazyText, gettext, lazy

TEXTS: Final[tuple[LazyText, ...]] = (
    # Flask-Admin
    lazy("Failed to create record."),
    lazy("Failed to save record."),
    # WTForms
    lazy("'%(value)s' are not valid choices for this field."),
    lazy("'%(value)s' is not a valid choice for this field."),
    lazy("Date must be at least %(min)s."),
    lazy("Date must be at most %(max)s."),
    lazy("Date must be between %(min)s and %(max)s."),
    lazy("This field cannot be edited."),
    lazy("This field is disabled and cannot have a value."),
    # Flask-Security, as far as its features are switched on
    lazy("Authentication failed - identity or password/passcode invalid"),
    lazy("Available Methods"),
    lazy("Available Second Factor Methods:"),
    lazy("Contact Administrator"),
    lazy("Disable two-factor authentication"),
    lazy("Google Authenticator"),
    lazy("Invalid code"),
    lazy("Select"),
    lazy("Trouble Accessing Your Account?/Lost Mobile Device?"),
    lazy("Two-Factor Login"),
    lazy("Two-Factor Rescue"),
    lazy("Value entered is not valid for the field"),
    lazy("You must reauthenticate to access this endpoint"),
    lazy("You must sign in to view this resource."),
    lazy("You successfully disabled two-factor authorization."),
    lazy("Your code has been confirmed"),
    lazy("authenticator"),
    lazy("none"),
)


class _Ours(NullTranslations):
    """Our catalogue, as the last one that is asked."""

    def gettext(self, message: str) -> str:
        """The text in the reader's language."""
        return gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Chinese has one form; English is the source."""
        return gettext(msgid1 if n == 1 else msgid2)


def fill_gaps() -> None:
    """Hang our catalogue behind those of the libraries; calling it again changes nothing."""
    theirs = Domain.get_translations
    if getattr(theirs, "filled", False):
        return

    def filled(self: Any) -> Any:
        found = theirs(self)
        if found._fallback is None:
            found.add_fallback(_Ours())
        return found

    filled.filled = True  # type: ignore[attr-defined]
    Domain.get_translations = filled
