"""Verbs on credentials: make an account, set its password. Hashes are argon2id."""

import unicodedata
from typing import Final
from uuid import uuid4

from argon2 import PasswordHasher

from dougong.admin.models import Account
from dougong.core.entities.people import User
from dougong.core.errors import Refusal
from dougong.core.i18n import lazy
from dougong.core.session import Session

SHORTEST: Final = 8
STRONG: Final = PasswordHasher()
CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""For tests: a strong hash takes a third of a second."""


def create_account(
    session: Session, user: User, password: str, *, hasher: PasswordHasher = STRONG
) -> Account:
    """Give the user a password to log in with."""
    account = Account(user_id=user.id, password=hashed(password, hasher), fs_uniquifier=uuid4().hex)
    session.add(account)
    session.flush()
    return account


def set_password(
    session: Session, user: User, password: str, *, hasher: PasswordHasher = STRONG
) -> None:
    """Set a new password; every session of the user ends, the second factor stays."""
    account = session.get(Account, user.id)
    if account is None:
        create_account(session, user, password, hasher=hasher)
        return
    account.password = hashed(password, hasher)
    account.fs_uniquifier = uuid4().hex
    session.flush()


def hashed(password: str, hasher: PasswordHasher = STRONG) -> str:
    """The hash of the password, normalised as at log-in; one that is too short is refused."""
    if len(password) < SHORTEST:
        raise Refusal(
            lazy("A password has at least %(count)s characters.", count=SHORTEST),
            code="admin.password_short",
            field="password",
        )
    return hasher.hash(unicodedata.normalize("NFKD", password))
