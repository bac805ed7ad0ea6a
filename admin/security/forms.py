"""Log-in forms: by log-in name, throttled, one answer for every wrong try."""

from collections.abc import Callable
from typing import Any

from flask import current_app, request
from flask_login import current_user
from flask_security import LoginForm
from flask_security.forms import ChangePasswordForm, TwoFactorVerifyCodeForm, VerifyForm
from wtforms import StringField
from wtforms.validators import DataRequired

from dougong.admin.security.throttle import TooManyAttempts, attempt_succeeded, begin_attempt
from dougong.admin.sessions import current_house
from dougong.core.i18n import form_text as _
from dougong.core.i18n import gettext


class LoginNameForm(LoginForm):
    """Log-in name and password."""

    email = None  # type: ignore[assignment]
    username = StringField(
        _("Log-in name"),
        validators=[DataRequired(_("Write your log-in name."))],
        render_kw={"autocomplete": "username"},
    )

    def validate(self, **kwargs: Any) -> bool:
        """Count the try first, then look at the password; who exists is never told."""
        house = current_house()
        name = (self.username.data or "").strip()
        try:
            attempt = begin_attempt(house, name, request.remote_addr or "")
        except TooManyAttempts as refusal:
            self.form_errors.append(str(refusal))
            return False
        self.ifield = self.username
        self.user = _security_store().find_user(case_insensitive=True, username=name)
        if super().validate(**kwargs):
            attempt_succeeded(house, attempt)
            return True
        if self.username.data and self.password.data:
            self.username.errors, self.password.errors = [], []
            self.form_errors.append(gettext("Log-in name or password is wrong."))
        return False


class CodeForm(TwoFactorVerifyCodeForm):
    """The six digits of the second factor, throttled like the password."""

    def validate(self, **kwargs: Any) -> bool:
        """Count the try first."""
        name = f"code:{self.user.id if self.user else ''}"
        look = super().validate
        return _counted(name, self.code, lambda: look(**kwargs))


class NewPasswordForm(ChangePasswordForm):
    """A new password beside the old one, which an open session is no place to guess."""

    def validate(self, **kwargs: Any) -> bool:
        """Count the try first."""
        name = f"password:{current_user.id}"
        look = super().validate
        return _counted(name, self.password, lambda: look(**kwargs))


class SamePersonForm(VerifyForm):
    """The password once more, before the second factor is touched; throttled alike."""

    def validate(self, **kwargs: Any) -> bool:
        """Count the try first."""
        name = f"password:{self.user.id}"
        look = super().validate
        return _counted(name, self.password, lambda: look(**kwargs))


def _counted(name: str, field: Any, look: Callable[[], bool]) -> bool:
    """Whether ``look`` says yes; the try is written down before, too many are told at the field."""
    house = current_house()
    try:
        attempt = begin_attempt(house, name, request.remote_addr or "")
    except TooManyAttempts as refusal:
        field.errors = [str(refusal)]
        return False
    if not look():
        return False
    attempt_succeeded(house, attempt)
    return True


def _security_store() -> Any:
    return current_app.extensions["security"].datastore
