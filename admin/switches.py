"""Switching the current branch and the language, from the top bar of every page."""

from typing import Final

from flask import Blueprint, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from dougong.admin.language import choose
from dougong.admin.sessions import desk, switch_branch, write
from dougong.admin.views.guard import back_to, refuse_stranger
from dougong.core.entities.people import User
from dougong.core.errors import NotFound
from dougong.core.i18n import lazy

blueprint: Final = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.post("/branch", endpoint="switch_branch")
def to_branch() -> Response:
    """Work at another branch from now on."""
    if desk().identity is None:
        return refuse_stranger()
    if not switch_branch(request.form.get("branch", "")):
        raise NotFound(lazy("No such branch."))
    return redirect(back_to(url_for("admin.index")), 303)


@blueprint.post("/language")
def switch_language() -> Response:
    """Read and write in another language from now on, on every device."""
    code = request.form.get("language", "")
    if not choose(code):
        raise NotFound(lazy("No such language."))
    identity = desk().identity
    if identity is not None:
        user_id = identity.user_id

        def keep(session: object) -> None:
            user = session.get(User, user_id)  # type: ignore[attr-defined]
            user.locale = code

        write(keep)
    return redirect(back_to(url_for("admin.index")), 303)
