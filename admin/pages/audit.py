"""The log of changes and looks: who did what to which record, searched and paged (AR-04, AR-06)."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask import request, url_for
from flask_admin import expose

from dougong.admin.formats import zone_here
from dougong.admin.pages.customers.profiles import PROFILES
from dougong.admin.sessions import current_session
from dougong.admin.views import PageView
from dougong.admin.views.history import ACTIONS, add_fields, kinds, told
from dougong.admin.views.lookup import whole_number
from dougong.core.i18n import lazy
from dougong.core.services.audit.api import AuditAction, AuditEntry, Question, find_entries

AT_ONCE: Final = 50
LONGEST: Final = 100

add_fields(
    {
        "rows": lazy("Rows"), "plugin": lazy("Plugin"), "settings": lazy("Settings"),
        "enabled": lazy("Switched on"), "enabled_at": lazy("Switched on at"),
        "disabled_at": lazy("Switched off at"), "guards": lazy("Guards these acts"),
        "position": lazy("Position in the list"), "text": lazy("Text of the line"),
        "quantity": lazy("Quantity"), "unit_price_minor": lazy("Price"),
        "entity": lazy("Record"), "operation": lazy("Operation"),
    }
)  # fmt: skip
add_fields({name: label for profile in PROFILES for name, label in profile.fields.items()})


class AuditPage(PageView):
    """Every entry of the branches where the person may read the log, newest first."""

    path = "audit"
    title = lazy("Changes and looks")
    entity = "core.audit"

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> Any:
        """The entries that answer what is asked."""
        found = find_entries(current_session(), self._question(), AT_ONCE + 1)
        return self.render(
            "dougong/audit.html",
            entries=told(found[:AT_ONCE]), older_url=_older(found), asked=request.args,
            actions=[(action.value, word) for action, (word, _) in ACTIONS.items()],
            kinds=kinds(),
        )  # fmt: skip

    def _question(self) -> Question:
        asked = request.args
        action, kind = asked.get("action", ""), asked.get("kind", "")
        until = _day(asked.get("until", ""))
        return Question(
            words=asked.get("q", "").strip()[:LONGEST],
            action=AuditAction(action) if action in list(AuditAction) else None,
            entities=(kind,) if kind else (),
            branches=self.branches(),
            customer_id=whole_number(asked.get("customer")),
            since=_day(asked.get("since", "")),
            until=until and until + timedelta(days=1),
            before=whole_number(asked.get("before")),
        )


def _day(text: str) -> datetime | None:
    """Midnight of the day in the branch's zone (XX-02); None for what is no day."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), tzinfo=zone_here())
    except ValueError:
        return None


def _older(found: Sequence[AuditEntry]) -> str:
    if len(found) <= AT_ONCE:
        return ""
    kept: dict[str, Any] = {k: v for k, v in request.args.items() if k != "before"}
    return url_for("audit.index", **kept, before=found[AT_ONCE - 1].id)
