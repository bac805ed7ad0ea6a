"""Log-ins that are open: each is a row, so that logging out ends it wherever its cookie went.

The cookie holds a token, the row its hash. A sitting ends by logging out, by being ended from
another device, by a new password, or by lying idle.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from flask import Flask, request
from flask import session as cookie
from flask_login import user_logged_in, user_logged_out
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import joinedload

from dougong.admin.models import Sitting
from dougong.admin.sessions import current_house
from dougong.core.house import House
from dougong.core.scope import Scope
from dougong.core.session import Session

_GATE: Final = Scope.kernel("log-in")
_COOKIE_KEY: Final = "sitting"
_NOTED_EVERY: Final = timedelta(minutes=5)
"""How exactly it is known when a sitting was last used; more often would write on each page."""
_KEPT: Final = timedelta(days=30)
"""How long an ended sitting stays to be looked at."""
_DEVICE_SHOWN: Final = 200


def init_app(app: Flask) -> None:
    """Open a sitting at each log-in and end it at log-out."""
    user_logged_in.connect(_open, app)
    user_logged_out.connect(_close, app)


def still_sits(session: Session, user_id: int) -> Sitting | None:
    """The sitting of this request, with its user; None when it has ended or is another's."""
    settings = current_house().settings
    found = session.scalars(
        select(Sitting)
        .options(joinedload(Sitting.user))
        .where(
            Sitting.token_hash == _hashed(cookie.get(_COOKIE_KEY, "")),
            Sitting.user_id == user_id,
            Sitting.ended_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        return None
    days, hours = (settings.remember_days, 0) if found.kept else (0, settings.idle_hours)
    return found if found.seen_at >= session.now - timedelta(days=days, hours=hours) else None


def note_use(house: House, sitting: Sitting) -> None:
    """Write down that it was used now, at most every five minutes."""
    now = house.clock.now()
    if sitting.seen_at > now - _NOTED_EVERY:
        return
    seen = update(Sitting).where(Sitting.id == sitting.id).values(seen_at=now)
    house.database.write(_GATE, lambda session: session.execute(seen))


def end_sittings(session: Session, user_id: int, *, sitting_id: int | None = None) -> int:
    """End one sitting of the user, or all; never the one in hand. How many were ended."""
    ending = update(Sitting).where(
        Sitting.user_id == user_id,
        Sitting.ended_at.is_(None),
        Sitting.token_hash != _hashed(cookie.get(_COOKIE_KEY, "")),
    )
    if sitting_id is not None:
        ending = ending.where(Sitting.id == sitting_id)
    return len(session.scalars(ending.values(ended_at=session.now).returning(Sitting.id)).all())


def is_here(sitting: Sitting) -> bool:
    """Whether it is the sitting of this request."""
    return sitting.token_hash == _hashed(cookie.get(_COOKIE_KEY, ""))


def _open(_app: Flask, user: Any, **_rest: Any) -> None:
    """The cookie lasts as long as the sitting may: Flask-Login's own token could not be ended."""
    kept = cookie.pop("_remember", None) == "set"
    cookie.pop("_remember_seconds", None)
    token = secrets.token_urlsafe(32)
    device, address = request.user_agent.string[:_DEVICE_SHOWN], request.remote_addr or ""

    def work(session: Session) -> None:
        session.add(
            Sitting(
                token_hash=_hashed(token), user_id=user.id, kept=kept, device=device,
                address=address[:64], opened_at=session.now, seen_at=session.now,
            )
        )  # fmt: skip
        old = or_(Sitting.ended_at < session.now - _KEPT, Sitting.seen_at < session.now - 3 * _KEPT)
        session.execute(delete(Sitting).where(old))

    current_house().database.write(_GATE, work)
    cookie[_COOKIE_KEY] = token
    cookie.permanent = kept


def _close(_app: Flask, **_rest: Any) -> None:
    ending = update(Sitting).where(Sitting.token_hash == _hashed(cookie.pop(_COOKIE_KEY, "")))

    def work(session: Session) -> None:
        session.execute(ending.values(ended_at=session.now))

    current_house().database.write(_GATE, work)


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
