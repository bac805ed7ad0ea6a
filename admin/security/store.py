"""The user store of Flask-Security over ``admin_account``: plain values in, units of work out."""

from typing import Any, Final

from flask_security import UserMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from dougong.admin.models import Account
from dougong.core.entities.people import User
from dougong.core.house import House
from dougong.core.scope import Scope
from dougong.core.session import Session

_GATE: Final = Scope.kernel("log-in")
_KEPT: Final = ("password", "fs_uniquifier", "tf_primary_method", "tf_totp_secret")


class Credential(UserMixin):
    """A user as Flask-Security sees him; no row, so nothing is written by accident."""

    id: int
    username: str
    email: str
    active: bool
    password: str | None = None
    fs_uniquifier: str = ""
    tf_primary_method: str | None = None
    tf_totp_secret: str | None = None
    tf_phone_number: str | None = None
    tf_last_counter: int | None = None
    roles: list[Any] = []

    def __init__(self, account: Account) -> None:
        self.id = account.user_id
        self.username = account.user.login
        self.email = account.user.email
        self.active = account.user.active
        self.tf_last_counter = account.tf_last_counter
        for name in _KEPT:
            setattr(self, name, getattr(account, name))


class AccountStore(UserDatastore):
    """Finds credentials and writes back what Flask-Security changed of them."""

    def __init__(self, house: House) -> None:
        super().__init__(Credential, type("NoRole", (), {}))
        self.house = house

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Credential | None:
        """By ``username``, ``fs_uniquifier`` or ``id``."""
        ((name, value),) = by.items()
        statement = self._by(name, str(value), case_insensitive)
        with self.house.database.reading(_GATE) as session:
            account = session.scalars(statement).first()
            return Credential(account) if account is not None else None

    @staticmethod
    def _by(name: str, value: str, case_insensitive: bool) -> Select[Account]:
        statement = select(Account).join(Account.user).options(joinedload(Account.user))
        if name == "username":
            column = func.lower(User.login) if case_insensitive else User.login
            wanted = value.lower() if case_insensitive else value
            return statement.where(column == wanted)
        if name == "id":
            return statement.where(Account.user_id == int(value))
        return statement.where(Account.fs_uniquifier == value)

    def find_role(self, role: str) -> None:
        """None: roles are the core's."""

    def put(self, credential: Credential) -> Credential:
        """Write what changed, in a unit of work of its own."""
        values = {name: getattr(credential, name) for name in _KEPT}

        def work(session: Session) -> None:
            account = session.get(Account, credential.id)
            for name, value in values.items() if account else ():
                setattr(account, name, value)

        self.house.database.write(_GATE, work)
        return credential

    def commit(self) -> None:
        """Nothing: ``put`` has committed."""

    def delete(self, credential: Credential) -> None:
        """Refused: users are switched off, never deleted."""
        raise NotImplementedError
