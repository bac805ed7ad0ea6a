"""How activities are called on the screens."""

from datetime import date
from typing import Final

from flask import current_app, url_for
from markupsafe import Markup, escape

from dougong.admin.contributions import Tone
from dougong.admin.formats import badge, day_text, moment_text, today_here
from dougong.admin.frame import placed_views
from dougong.admin.sessions import current_session
from dougong.admin.views import RecordView
from dougong.admin.words import add_words
from dougong.core.i18n import gettext, lazy
from dougong.core.services.activities.api import (
    Activity,
    ActivityState,
    ActivityStepKind,
    Rhythm,
    kind_of,
)

add_words(
    (
        (ActivityState.PLANNED, lazy("To be done"), Tone.INFO),
        (ActivityState.DONE, lazy("Done"), Tone.SUCCESS),
        (ActivityState.SKIPPED, lazy("Left out"), Tone.WARNING),
        (ActivityState.CANCELLED, lazy("Called off"), Tone.NEUTRAL),
        (ActivityStepKind.PLANNED, lazy("Planned"), None),
        (ActivityStepKind.MOVED, lazy("Moved with its occasion"), None),
        (ActivityStepKind.POSTPONED, lazy("Put off"), None),
        (ActivityStepKind.DELEGATED, lazy("Passed on"), None),
        (ActivityStepKind.HANDED_OVER, lazy("Handed over"), None),
        (ActivityStepKind.MERGED, lazy("Customer merged"), None),
        (ActivityStepKind.DONE, lazy("Done"), None),
        (ActivityStepKind.SKIPPED, lazy("Left out"), None),
        (ActivityStepKind.CANCELLED, lazy("Called off"), None),
        (ActivityStepKind.REOPENED, lazy("Opened again"), None),
        (Rhythm.WEEK, lazy("Every week"), None),
        (Rhythm.MONTH, lazy("Every month"), None),
        (Rhythm.QUARTER, lazy("Every quarter"), None),
        (Rhythm.HALF_YEAR, lazy("Every half-year"), None),
        (Rhythm.YEAR, lazy("Every year"), None),
    )
)
NOBODY: Final = lazy("Nobody's")


def name_of(row: Activity) -> str:
    """What the activity is called: its title in words, else its kind."""
    return kind_of(current_session(), row.kind).words(row.title)


def result_of(row: Activity) -> str:
    """Its result in words."""
    result = kind_of(current_session(), row.kind).result(row.result_code)
    return str(result.title) if result else row.result_code


def due_text(row: Activity) -> str:
    """The day, with the time where one was agreed."""
    return moment_text(row.due_at, row.branch_id) if row.due_at else day_text(row.due_on)


def due_cell(row: Activity) -> Markup:
    """When it is due, marked while it is pressing."""
    parts = [escape(due_text(row)), *marks(row, today_here())]
    return Markup(" ").join(parts)


def marks(row: Activity, today: date) -> list[Markup]:
    """What presses: overdue, today, urgent; nothing of what is settled."""
    if row.state is not ActivityState.PLANNED:
        return []
    found = []
    if row.urgent:
        found.append(badge(gettext("Urgent"), Tone.DANGER))
    if row.due_on < today:
        days = (today - row.due_on).days
        found.append(badge(gettext("%(days)s d late", days=days), Tone.DANGER))
    elif row.due_on == today:
        found.append(badge(gettext("Today"), Tone.WARNING))
    return found


def record_url(entity: str, key: int | None) -> str:
    """The page of the record that has those permissions; empty where none can be reached."""
    if not entity or key is None:
        return ""
    for placed in placed_views(current_app):
        view = placed.view
        if view.entity == entity and isinstance(view, RecordView) and view.is_accessible():
            return url_for(f"{view.endpoint}.details_view", id=key)
    return ""
