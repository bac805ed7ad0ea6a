"""What runs behind the screens: jobs with live progress, events, and who was told of them."""

import json
from datetime import timedelta
from typing import Any, ClassVar, Final

from flask import make_response, url_for
from markupsafe import Markup
from sqlalchemy import ColumnElement, func, or_, select

from dougong.admin.contributions import Tone
from dougong.admin.formats import moment_text, number_text
from dougong.admin.sessions import current_house, current_session, desk
from dougong.admin.views import Act, PageView, RecordView, expose
from dougong.admin.words import tone_of, word_for
from dougong.core.entities.event_log import DeliveryState, EventRecord, OutboxDelivery
from dougong.core.entities.job import JobRun, RunState
from dougong.core.i18n import gettext, lazy
from dougong.core.jobs import routine_kinds, run_again, title_of
from dougong.core.outbox import send_again

SHOWN: Final = 50
_GOING_ON: Final = (RunState.QUEUED, RunState.RUNNING, RunState.FAILED)


class JobPage(PageView):
    """The latest jobs; the rows refresh by themselves while any is going on."""

    path = "jobs"
    title = lazy("Jobs")
    entity = "core.job"

    @expose("/")
    def index(self) -> Any:
        """The page."""
        return self.render(
            "dougong/job_runs.html", runs=self._runs(), refresh_url=url_for("jobs.rows")
        )

    @expose("/rows/")
    def rows(self) -> Any:
        """The fragment that refreshes."""
        found = self._runs()
        answer = make_response(self.render("dougong/job_runs_rows.html", runs=found))
        if not any(run["going_on"] for run in found):
            answer.headers["X-Refresh"] = "stop"
        return answer

    def _runs(self) -> list[dict[str, Any]]:
        statement = (
            select(JobRun)
            .where(JobRun.branch_id.in_(self.branches()), _is_news())
            .order_by(JobRun.id.desc())
            .limit(SHOWN)
        )
        return [_shown(run) for run in current_session().scalars(statement).all()]


def _is_news() -> ColumnElement[bool]:
    """All runs, but of what runs every few minutes only the latest and those in trouble."""
    routine = JobRun.kind.in_(routine_kinds(current_house().registry))
    latest = select(func.max(JobRun.id)).where(routine).group_by(JobRun.branch_id, JobRun.kind)
    return or_(~routine, JobRun.state != RunState.DONE, JobRun.id.in_(latest))


def _shown(run: JobRun) -> dict[str, Any]:
    over = run.state is RunState.DONE
    total = run.total_count or (1 if over else None)
    return {
        "title": _title(run), "note": gettext(run.message),
        "kind": tone_of(run.state) or Tone.NEUTRAL,
        "status": word_for(run.state), "done": run.done_count if run.total_count else int(over),
        "going_on": run.state in _GOING_ON, "total": total, "progress_text": _progress(run),
        "started": moment_text(run.started_at, run.branch_id) if run.started_at else "—",
        "took": _took(run), "url": url_for("job-runs.details_view", id=run.id),
    }  # fmt: skip


def _title(run: JobRun) -> str:
    """The job's title, with its branch where several are looked at."""
    title = title_of(current_house().registry, run.kind)
    identity = desk().identity
    place = identity.place(run.branch_id) if identity and desk().place is None else None
    return f"{title} · {place.name}" if place else title


def _progress(run: JobRun) -> str:
    if run.total_count:
        return f"{number_text(run.done_count)} / {number_text(run.total_count)}"
    return number_text(run.done_count) if run.done_count else ""


def _took(run: JobRun) -> str:
    if run.started_at is None:
        return "—"
    until = run.finished_at or current_session().now
    seconds = max((until - run.started_at) // timedelta(seconds=1), 0)
    return gettext("%(count)s s", count=number_text(seconds))


class JobRunView(RecordView):
    """One run of a job; one that was given up can be run again."""

    model = JobRun
    entity = "core.job"
    path = "job-runs"
    title = lazy("Job runs")
    offers = frozenset()
    column_list = ("id", "kind", "state", "message", "due_at", "started_at", "finished_at")
    column_details_list = (
        "kind", "state", "message", "done_count", "total_count", "attempts", "due_at",
        "started_at", "finished_at", "last_error", "actor",
    )  # fmt: skip
    column_default_sort = ("id", True)
    column_filters = ("state", "kind", "due_at")
    column_sortable_list = ("id", "kind", "state", "due_at")
    labels: ClassVar[dict[str, Any]] = {
        "id": lazy("Number"), "kind": lazy("Job"), "done_count": lazy("Done so far"),
        "total_count": lazy("In all"),
    }  # fmt: skip
    acts = (
        Act(
            name="again", title=lazy("Run again"), icon="refresh", primary=True,
            offered=lambda run: run.state in (RunState.DEAD, RunState.FAILED),
            run=lambda session, run, _: run_again(session, run.id),
        ),
    )  # fmt: skip


class EventView(RecordView):
    """What happened, as it was recorded."""

    model = EventRecord
    entity = "core.event"
    path = "events"
    title = lazy("Events")
    offers = frozenset()
    column_list = ("at", "name", "actor", "payload")
    column_details_list = ("at", "name", "actor", "payload", "request_id")
    column_default_sort = ("id", True)
    column_filters = ("name", "at", "actor")
    column_sortable_list = ("at", "name", "id")
    labels: ClassVar[dict[str, Any]] = {
        "name": lazy("Event"), "request_id": lazy("Number of the request"),
    }  # fmt: skip

    def shown(self, value: Any, row: Any) -> Any:
        """The content as short text."""
        if isinstance(value, dict):
            return Markup("<code>{}</code>").format(json.dumps(value, ensure_ascii=False))
        return super().shown(value, row)


class DeliveryLogView(RecordView):
    """Who is still to be told of an event; what was given up can be sent again."""

    model = OutboxDelivery
    entity = "core.event"
    path = "outbox"
    title = lazy("Event deliveries")
    offers = frozenset()
    column_list = ("id", "subscriber", "state", "attempts", "due_at", "done_at", "last_error")
    column_details_list = column_list
    column_default_sort = ("id", True)
    column_filters = ("state", "subscriber", "due_at")
    column_sortable_list = ("id", "state", "due_at")
    labels: ClassVar[dict[str, Any]] = {"id": lazy("Number"), "done_at": lazy("Done at")}
    acts = (
        Act(
            name="again", title=lazy("Send again"), icon="refresh", primary=True,
            offered=lambda row: row.state is DeliveryState.DEAD,
            run=lambda session, row, _: send_again(session, row.id),
        ),
    )  # fmt: skip
