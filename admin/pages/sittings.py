"""Where a person is logged in: his open sittings, each with a button that ends it."""

from typing import Any, Final

from flask import flash, redirect, url_for
from sqlalchemy import select

from dougong.admin.formats import moment_text
from dougong.admin.models import Sitting
from dougong.admin.security.sittings import end_sittings, is_here
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import PageView, expose
from dougong.core.errors import NotFound
from dougong.core.i18n import gettext, lazy

BROWSERS: Final = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
"""First match wins: Edge calls itself Chrome too, and all of them Safari."""
SYSTEMS: Final = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


class SittingPage(PageView):
    """Open log-ins of the person at the desk; nobody else's."""

    path = "log-ins"
    title = lazy("Where you are logged in")

    @expose("/")
    def index(self) -> Any:
        """The list, the one in hand first."""
        mine = select(Sitting).where(
            Sitting.user_id == desk().scope.user_id, Sitting.ended_at.is_(None)
        )
        found = current_session().scalars(mine.order_by(Sitting.seen_at.desc())).all()
        rows = sorted((_shown(sitting) for sitting in found), key=lambda row: not row["here"])
        return self.render("dougong/sittings.html", rows=rows)

    @expose("/<int:sitting_id>/end/", methods=("POST",))
    def end(self, sitting_id: int) -> Any:
        """End one of them."""
        if not end_sittings(current_session(), _own_id(), sitting_id=sitting_id):
            raise NotFound
        flash(gettext("That log-in is ended."), "success")
        return redirect(url_for(".index"), 303)

    @expose("/end-others/", methods=("POST",))
    def end_others(self) -> Any:
        """End all but the one in hand."""
        end_sittings(current_session(), _own_id())
        flash(gettext("You are logged in here only."), "success")
        return redirect(url_for(".index"), 303)


def device_name(agent: str) -> str:
    """Browser and system as people call them, from what the browser says of itself."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return " · ".join(part for part in (browser, system) if part) or gettext("Unknown device")


def _own_id() -> int:
    user_id = desk().scope.user_id
    assert user_id is not None  # the guard lets nobody in without a log-in
    return user_id


def _shown(sitting: Sitting) -> dict[str, Any]:
    return {
        "id": sitting.id, "here": is_here(sitting), "device": device_name(sitting.device),
        "address": sitting.address, "opened": moment_text(sitting.opened_at),
        "seen": moment_text(sitting.seen_at),
    }  # fmt: skip
