"""One-time keys of writing requests: sent again after a lost answer, a form books once."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select

from dougong.core.entities.request_key import RequestKey
from dougong.core.errors import Refusal
from dougong.core.i18n import lazy
from dougong.core.session import Session

KEPT_FOR: Final = timedelta(days=7)


class KeyMisused(Refusal):
    """The key was used before for another form or by another person."""

    code = "core.request_key"


def claim(session: Session, key: str, digest: str) -> str | None:
    """Take ``key`` for this transaction; the earlier outcome if the same request was done before.

    ``digest`` is the hash of what was sent. A second transaction with the same key waits for the
    first one's commit on the primary key (PostgreSQL) or for the file (SQLite), then loses with
    an ``IntegrityError`` or reads the outcome here. The same key with another digest or person
    raises ``KeyMisused``.
    """
    known = session.get(RequestKey, key)
    if known is None:
        session.add(
            RequestKey(key=key, user_id=session.scope.user_id, digest=digest, at=session.now)
        )
        session.flush()
        return None
    if known.user_id != session.scope.user_id or known.digest != digest:
        raise KeyMisused(
            lazy("This form was already sent with other content."),
            next_step=lazy("Open the page again and check what was saved."),
        )
    return known.outcome


def keep(session: Session, key: str, outcome: str) -> None:
    """Remember what the request led to (an address to go to), in the same transaction."""
    row = session.get(RequestKey, key)
    if row is None:
        raise LookupError(f"Key {key!r} was not claimed.")
    row.outcome = outcome


def has_old(session: Session) -> bool:
    """Whether any key can be forgotten; asked before taking the write lock."""
    old = select(RequestKey.key).where(RequestKey.at < session.now - KEPT_FOR)
    return session.scalars(old.limit(1)).one_or_none() is not None


def forget_old(session: Session) -> None:
    """Delete keys nobody will send again."""
    session.execute(delete(RequestKey).where(RequestKey.at < session.now - KEPT_FOR))
