"""Log-ins are throttled in the database, so the limit holds on many hosts without a cache."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, select, update

from dougong.admin.models import LoginAttempt
from dougong.core.errors import Refusal
from dougong.core.house import House
from dougong.core.i18n import lazy
from dougong.core.scope import Scope
from dougong.core.session import Session

WITHIN: Final = timedelta(minutes=15)
FROM_ONE_ADDRESS: Final = 5
FROM_ANYWHERE: Final = 25
"""Higher, so that a stranger elsewhere does not lock a person out by guessing."""
FOR_ALL_NAMES: Final = 100
"""From one address whatever the name: above what a branch behind one address mistypes."""
_KEPT: Final = timedelta(days=30)
_GATE: Final = Scope.kernel("log-in")


class TooManyAttempts(Refusal):
    """Too many wrong passwords: wait."""

    code = "admin.too_many_attempts"

    def __init__(self) -> None:
        super().__init__(
            lazy("Too many attempts."),
            next_step=lazy(
                "Wait %(minutes)s minutes, then try again.",
                minutes=int(WITHIN.total_seconds() // 60),
            ),
        )


def begin_attempt(house: House, login: str, address: str) -> int:
    """Write the attempt down before the password is looked at; raises ``TooManyAttempts``.

    Attempts at once on several hosts count each other: each is committed before any is counted.
    """
    login, address = login.strip().lower()[:100], address[:64]
    attempt_id = house.database.write(_GATE, lambda s: _write_down(s, login, address))
    with house.database.reading(_GATE) as session:
        here = _failures(session, login, address)
        anywhere = _failures(session, login, None)
        of_address = _failures_from(session, address)
    if of_address > FOR_ALL_NAMES or here > FROM_ONE_ADDRESS or anywhere > FROM_ANYWHERE:
        raise TooManyAttempts
    return attempt_id


def attempt_succeeded(house: House, attempt_id: int) -> None:
    """Say that it was the person himself: what failed before counts no more."""
    done = update(LoginAttempt).where(LoginAttempt.id == attempt_id).values(succeeded=True)
    house.database.write(_GATE, lambda session: session.execute(done))


def _write_down(session: Session, login: str, address: str) -> int:
    session.execute(delete(LoginAttempt).where(LoginAttempt.at < session.now - _KEPT))
    attempt = LoginAttempt(login=login, address=address, at=session.now, succeeded=False)
    session.add(attempt)
    session.flush()
    return attempt.id


def _failures(session: Session, login: str, address: str | None) -> int:
    tries = [LoginAttempt.login == login, LoginAttempt.at > session.now - WITHIN]
    if address is not None:
        tries.append(LoginAttempt.address == address)
    last = select(func.max(LoginAttempt.id)).where(*tries, LoginAttempt.succeeded)
    since = func.coalesce(last.scalar_subquery(), 0)
    count = select(func.count(LoginAttempt.id)).where(*tries, LoginAttempt.id > since)
    return session.scalar(count) or 0


def _failures_from(session: Session, address: str) -> int:
    count = select(func.count(LoginAttempt.id)).where(
        LoginAttempt.address == address, LoginAttempt.at > session.now - WITHIN,
        LoginAttempt.succeeded.is_(False),
    )  # fmt: skip
    return session.scalar(count) or 0
