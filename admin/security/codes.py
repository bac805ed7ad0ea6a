"""Codes of the second factor: each is good once (RFC 6238, section 5.2)."""

from typing import Final, cast

from flask_security import Totp, UserMixin
from flask_security.totp import TokenError, TotpMatch  # type: ignore[attr-defined]
from sqlalchemy import or_, update

from dougong.admin.models import Account
from dougong.admin.security.store import Credential
from dougong.admin.sessions import current_house
from dougong.core.scope import Scope

_GATE: Final = Scope.kernel("log-in")


class OnceOnly(Totp):
    """Refuses a code whose time step was used before, on whichever host."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        """The time step of the last code that was used."""
        return cast(Credential, user).tf_last_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Use the step up; of two that come at once the first has it, the other is refused."""
        step = tmatch.counter
        unused = or_(Account.tf_last_counter.is_(None), Account.tf_last_counter < step)
        using = update(Account).where(Account.user_id == cast(Credential, user).id, unused)
        using = using.values(tf_last_counter=step).returning(Account.user_id)
        if not current_house().database.write(_GATE, lambda s: s.scalars(using).all()):
            raise TokenError("used before")
