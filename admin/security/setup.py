"""Flask-Security for this application: argon2id, two factors, no mail, no registration."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import Flask
from flask_security import Security

from dougong.admin.security import sittings
from dougong.admin.security.accounts import SHORTEST
from dougong.admin.security.codes import OnceOnly
from dougong.admin.security.forms import (
    CodeForm,
    LoginNameForm,
    NewPasswordForm,
    SamePersonForm,
)
from dougong.admin.security.store import AccountStore
from dougong.core.house import House
from dougong.core.settings import Settings

# argon2 without Flask-Security's keyed pre-hash: an account made on the command line needs no app
_CHEAP = {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}


def init_app(app: Flask, house: House) -> Security:
    """Give the application its log-in."""
    app.config.update(_configuration(house.settings))
    security = Security(
        app,
        AccountStore(house),
        login_form=LoginNameForm,
        two_factor_verify_code_form=CodeForm,
        change_password_form=NewPasswordForm,
        verify_form=SamePersonForm,
        totp_cls=OnceOnly,
    )
    sittings.init_app(app)
    app.extensions["security"] = security
    return security


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [
            {"username": {"mapper": lambda name: name, "case_insensitive": True}}
        ],
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": True,
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": _CHEAP if settings.cheap_passwords else {},
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST,
        "SECURITY_PASSWORD_SALT": settings.signing_key(),
        "SECURITY_LOGIN_URL": "/login",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_LOGOUT_CSRF": True,
        "SECURITY_POST_LOGIN_VIEW": "/admin/",
        "SECURITY_POST_LOGOUT_VIEW": "/login",
        "SECURITY_POST_CHANGE_VIEW": "/admin/",
        "SECURITY_CHANGEABLE": True,
        "SECURITY_CHANGE_URL": "/password",
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": False,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_SETUP_URL": "/two-factor",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/two-factor/code",
        "SECURITY_TOTP_SECRETS": _totp_keys(settings),
        "SECURITY_TOTP_ISSUER": "Dougong",
        "SECURITY_FRESHNESS": timedelta(hours=1),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(hours=1),
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_FLASH_MESSAGES": True,
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    }


def _totp_keys(settings: Settings) -> dict[str, str]:
    """Second factors are encrypted by the signing key; old keys still open them."""
    keys = [key.get_secret_value() for key in settings.secret_key_fallbacks]
    return {sha256(k.encode()).hexdigest()[:8]: k for k in (*keys, settings.signing_key())}
