"""Who may enter a view, and how a writing request runs: once, in one transaction (XX-04, XX-05)."""

from collections.abc import Callable, Collection
from functools import wraps
from hashlib import sha256
from typing import Any, ClassVar, Final, TypeVar, cast

import flask_admin
from flask import abort, flash, g, redirect, request, url_for
from flask_admin.helpers import is_safe_url
from sqlalchemy.exc import DataError, IntegrityError, StatementError
from werkzeug.wrappers import Response

from dougong.admin.contributions import Text
from dougong.admin.sessions import Undone, current_session, desk, write
from dougong.core.errors import Refusal
from dougong.core.i18n import gettext
from dougong.core.request_keys import claim, keep
from dougong.core.scope import Operation
from dougong.core.session import Session
from dougong.core.switchboard import switchboard

F = TypeVar("F", bound=Callable[..., Any])
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
REQUEST_KEY: Final = "request_key"
UNSIGNED: Final = frozenset({"csrf_token", REQUEST_KEY, "row_seen"})
STOCK: Final = {
    "index_view": Operation.READ,
    "details_view": Operation.READ,
    "create_view": Operation.CREATE,
    "edit_view": Operation.UPDATE,
    "ajax_update": Operation.UPDATE,
    "delete_view": Operation.DELETE,
    "export": Operation.EXPORT,
}
"""The operation each of Flask-Admin's own endpoints is; bulk actions name theirs themselves."""


def expose(url: str = "/", methods: Collection[str] = ("GET",)) -> Callable[[F], F]:
    """Let a view's method answer at an address below the view's own: Flask-Admin's, with types."""
    return cast(Callable[[F], F], flask_admin.expose(url, methods))


def operation(name: str) -> Callable[[F], F]:
    """Say which permission an exposed method asks for: ``@operation("confirm")``.

    Without it a method that writes asks for ``update``, one that only reads for ``read``.
    """

    def mark(method: F) -> F:
        method.asked_operation = name  # type: ignore[attr-defined]
        return method

    return mark


class Guarded:
    """The guard of every view: log-in, plugin on here, permission, one transaction per write.

    ``entity`` names the permission (``core.customer``). ``in_house`` marks what belongs to no
    branch (users, roles): it is decided at the head of the house.
    """

    entity: ClassVar[str] = ""
    title: ClassVar[Text] = ""
    in_house: ClassVar[bool] = False
    source: str = ""
    """The plugin that brought the view, empty for the core; set when it is registered."""
    needs: frozenset[str] = frozenset()
    """The plugins that must be on for the view to be there; set when it is registered."""

    def branches(self, operation: str = Operation.READ) -> frozenset[int]:
        """The visible branches where the plugin is on and the person may do this here."""
        scope = desk().scope
        return frozenset(
            b
            for b in self.places_on()
            if not self.entity or scope.allows(operation, self.entity, b)
        )

    def places_on(self) -> frozenset[int]:
        """The visible branches where the view's plugins are on (XX-04)."""
        visible = desk().scope.branches
        if not self.needs:
            return visible
        board = switchboard(current_session())
        return frozenset(b for b in visible if self.needs <= board.on(b))

    def allows(self, operation: str, row: object = None) -> bool:
        """Whether the person may do this, to this row when one is given."""
        identity = desk().identity
        if identity is None:
            return False
        if self.in_house and operation == Operation.READ:
            return identity.everywhere.allows(operation, self.entity)
        if self.in_house:
            return identity.allows_in_house(operation, self.entity)
        branch_id = getattr(row, "branch_id", None)
        allowed = self.branches(operation)
        return bool(allowed) if branch_id is None else branch_id in allowed

    def is_accessible(self) -> bool:
        """Whether the view is there for this person at this branch at all."""
        return self.allows(Operation.READ)

    def is_visible(self) -> bool:
        """Flask-Admin's own menu is not used."""
        return False

    def operation_of(self, name: str) -> str:
        """The operation that the exposed method ``name`` is."""
        asked = getattr(getattr(self, name, None), "asked_operation", None)
        if asked is not None:
            return str(asked)
        by_method = Operation.READ if request.method in SAFE else Operation.UPDATE
        return STOCK.get(name, by_method)

    def prepare(self) -> None:
        """Build what the view puts off until somebody comes."""

    def _handle_view(self, name: str, **kwargs: object) -> Any:
        if desk().identity is None:
            return refuse_stranger()
        if not desk().scope.branches:
            abort(403)
        if not self.in_house and not self.places_on():
            abort(404)
        if not self.is_accessible():
            abort(403)
        self.prepare()
        asked = self.operation_of(name)
        if name != "action_view" and not self.allows(asked):
            abort(403)
        g.asked_operation = asked
        return None

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        refuse_malformed()
        try:
            if request.method in SAFE:
                return fn(self, *args, **kwargs)
            return run_once(lambda: fn(self, *args, **kwargs), self._back)
        except (DataError, OverflowError):
            abort(400)
        except StatementError as error:
            if isinstance(error.orig, ValueError | OverflowError):
                abort(400)
            raise

    def _back(self) -> str:
        endpoint = getattr(self, "endpoint", "admin")
        default = getattr(self, "_default_view", "index")
        return back_to(url_for(f"{endpoint}.{default}"))


def refuse_stranger() -> Response:
    """Send somebody who is not logged in to the log-in page; a script gets 401."""
    if request.method not in SAFE or request.headers.get("X-Requested-With"):
        abort(401)
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))


def refuse_malformed() -> None:
    """400 for what no database stores: a NUL character in an address or a form."""
    sent = (*request.args.values(), *request.form.values(), *(request.view_args or {}).values())
    if any("\x00" in value for value in sent if isinstance(value, str)):
        abort(400)


def run_once(work: Callable[[], Any], back: Callable[[], str]) -> Any:
    """Run a writing view in one transaction; a ``Refusal`` undoes it and is shown.

    With a one-time key in the form, the same form sent again leads to the first outcome. An
    answer that is no redirect keeps nothing when the form carried a key: it shows errors.
    """
    key = request.form.get(REQUEST_KEY, "")[:64]
    try:
        return _run_keyed(work, key)
    except Undone as undone:
        return undone.answer
    except Refusal as refusal:
        return refused(refusal, back)


def _run_keyed(work: Callable[[], Any], key: str) -> Any:
    try:
        return write(lambda session: _attempt(session, work, key))
    except IntegrityError:
        if not key:
            raise
        # two sent the same form at once: the other's key is there now, and its outcome
        return write(lambda session: _attempt(session, work, key))


def _attempt(session: Session, work: Callable[[], Any], key: str) -> Any:
    g.undone = False
    if key and (earlier := claim(session, key, _digest())) is not None:
        return redirect(earlier)
    answer = work()
    gone_on = isinstance(answer, Response) and 300 <= answer.status_code < 400
    if g.undone or (key and not gone_on):
        raise Undone(answer)
    if key:
        keep(session, key, answer.location)
    return answer


def _digest() -> str:
    sent = sorted((k, v) for k, v in request.form.items(multi=True) if k not in UNSIGNED)
    return sha256(repr((request.full_path, sent)).encode()).hexdigest()


def undo() -> None:
    """Keep nothing of this request: the page is shown again with its errors."""
    g.undone = True


def refused(refusal: Refusal, back: Callable[[], str]) -> Any:
    """Tell why the act was refused, on the page it was asked from."""
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return Response(str(refusal), status=409, mimetype="text/plain")
    flash(str(refusal), "danger")
    return redirect(back(), 303)


def back_to(default: str) -> str:
    """Where the person came from, if that is ours, else ``default``."""
    for target in (request.values.get("next"), request.values.get("url"), request.referrer):
        if target and is_safe_url(target):
            return target
    return default


def writing(view: F) -> F:
    """A plain route that runs as a unit of work, refusals shown where it was asked from."""

    @wraps(view)
    def inner(*args: Any, **kwargs: Any) -> Any:
        refuse_malformed()
        return run_once(lambda: view(*args, **kwargs), lambda: back_to(url_for("admin.index")))

    return inner  # type: ignore[return-value]


def conflict_text() -> str:
    """What is said when somebody else saved first."""
    return gettext(
        "Somebody else changed this record while you were editing it. "
        "Open it again and repeat your change."
    )
