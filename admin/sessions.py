"""The request's identity, scope and session: reading by default, writing only in a unit of work."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from flask import Flask, current_app, g
from flask import session as cookie

from dougong.admin.identity import Identity, Place
from dougong.core.house import House
from dougong.core.scope import Scope
from dougong.core.session import Session

T = TypeVar("T")
EVERY_BRANCH: Final = "*"
"""What the branch switcher sends for "all my branches"."""
_BRANCH: Final = "branch"
_HOUSE: Final = "dougong"


class Undone(Exception):
    """Work whose answer is shown although nothing of it is kept: a form with errors."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer


@dataclass(slots=True)
class Desk:
    """What one request works with; closed when the request ends."""

    identity: Identity | None
    scope: Scope
    """What this request may touch: the chosen branch, or wider on a page over all branches."""
    place: Place | None = None
    """The chosen branch, None for all of them."""
    stack: ExitStack = field(default_factory=ExitStack)
    session: Session | None = None
    request_id: str = ""


def current_house() -> House:
    """The house this application was made for."""
    house: House = current_app.extensions[_HOUSE]
    return house


def desk() -> Desk:
    """The desk of the current request."""
    found: Desk = g.desk
    return found


def sit_down(identity: Identity | None, request_id: str) -> None:
    """Open the request's desk for that person, at the branch he chose last."""
    scope = _chosen(identity)
    place = identity.place(scope.home) if identity else None
    g.desk = Desk(identity, scope, place, request_id=request_id)


def look_everywhere() -> None:
    """Let this request see all the person's branches: for pages that lay them side by side."""
    here = desk()
    if here.identity is not None:
        here.scope = here.identity.everywhere


def stand_up(_error: BaseException | None = None) -> None:
    """Close what the request opened."""
    found: Desk | None = g.pop("desk", None)
    if found is not None:
        found.stack.close()


def _chosen(identity: Identity | None) -> Scope:
    if identity is None:
        return Scope(actor="stranger")
    return identity.scope(cookie.get(_BRANCH, ""))


def current_session() -> Session:
    """The request's session: a reading one unless a unit of work is running."""
    here = desk()
    if here.session is None:
        reading = current_house().database.reading(here.scope)
        here.session = here.stack.enter_context(reading)
        here.session.info["request_id"] = here.request_id
    return here.session


def write(work: Callable[[Session], T]) -> T:
    """Run ``work`` in one transaction in the request's scope; it may be run again.

    Inside, ``current_session()`` is the writing session. What the cookie said before is put back
    after an attempt that failed, so a message is flashed once.
    """
    here = desk()
    before = dict(cookie)

    def attempt(session: Session) -> T:
        _put_back(before)
        session.info["request_id"] = here.request_id
        outside, here.session = here.session, session
        try:
            return work(session)
        finally:
            here.session = outside

    try:
        return current_house().database.write(here.scope, attempt)
    except Undone:
        raise
    except Exception:
        _put_back(before)
        raise


def _put_back(before: dict[str, Any]) -> None:
    if dict(cookie) != before:
        cookie.clear()
        cookie.update(before)


def switch_branch(code: str) -> bool:
    """Make that branch (or ``*``) the current one; False when it is not among the person's."""
    identity = desk().identity
    if identity is None or not identity.may_choose(code):
        return False
    cookie[_BRANCH] = code
    return True


def forget_branch() -> None:
    """Let the next person start at his own branch."""
    cookie.pop(_BRANCH, None)


def same_desk_at(branch_id: int) -> Scope:
    """The current scope narrowed to one of its branches."""
    here = desk().scope
    if not here.sees(branch_id):
        raise LookupError(f"Branch {branch_id} is not in the scope.")
    return replace(here, branches=frozenset({branch_id}), home=branch_id)


def init_app(app: Flask, house: House) -> None:
    """Give the application its house and close each request's desk."""
    app.extensions[_HOUSE] = house
    app.teardown_request(stand_up)


class RequestSession:
    """Flask-Admin's ``db``: whatever it asks goes to the request's own session."""

    @property
    def session(self) -> "RequestSession":
        """Itself: Flask-Admin takes either a session or something that has one."""
        return self

    @property
    def engine(self) -> Any:
        """The one engine of the house."""
        return current_house().database.engine

    def commit(self) -> None:
        """Nothing: the unit of work commits."""
        raise RuntimeError("A view never commits; the unit of work does.")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # looked for at boot, when there is no request
            raise AttributeError(name)
        return getattr(current_session(), name)


REQUEST_SESSION: Final = RequestSession()
