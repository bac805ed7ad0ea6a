"""Deadlines with their clocks: what is due, what happened to it, and why it is due then (XX-02)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from markupsafe import Markup
from sqlalchemy import case
from wtforms import Form, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from dougong.admin.contributions import Tone
from dougong.admin.formats import moment_text, number_text
from dougong.admin.sessions import current_session
from dougong.admin.views import Act, QuickFilter, RecordView, Related
from dougong.admin.words import add_words, word_for
from dougong.core.i18n import LazyText, gettext, lazy
from dougong.core.i18n import form_text as _
from dougong.core.services.deadlines.api import (
    Deadline,
    DeadlineAlarm,
    DeadlineState,
    DeadlineStep,
    Explanation,
    Part,
    PartKind,
    StepKind,
    cancel,
    explain,
    pause,
    resume,
    steps_of,
)

add_words(
    (
        (DeadlineState.RUNNING, lazy("Clock runs"), Tone.INFO),
        (DeadlineState.PAUSED, lazy("Clock paused"), Tone.NEUTRAL),
        (DeadlineState.STOPPED, lazy("Finished"), Tone.SUCCESS),
        (DeadlineState.CANCELLED, lazy("Called off"), Tone.NEUTRAL),
        (DeadlineAlarm.NONE, lazy("None"), None),
        (DeadlineAlarm.WARNED, lazy("Near its time"), Tone.WARNING),
        (DeadlineAlarm.BREACHED, lazy("Time missed"), Tone.DANGER),
        (StepKind.STARTED, lazy("Clock started"), None),
        (StepKind.PAUSED, lazy("Clock paused"), None),
        (StepKind.RESUMED, lazy("Clock went on"), None),
        (StepKind.REBASED, lazy("Counted anew"), None),
        (StepKind.ASSIGNED, lazy("Handed over"), None),
        (StepKind.STOPPED, lazy("Finished"), None),
        (StepKind.CANCELLED, lazy("Called off"), None),
        (StepKind.WARNED, lazy("Warned"), None),
        (StepKind.BREACHED, lazy("Time missed"), None),
        (PartKind.STARTED, lazy("Clock started"), None),
        (PartKind.COUNTED, lazy("Time that counts"), None),
        (PartKind.SUMMED, lazy("Time that counts on many days"), None),
        (PartKind.CLOSED, lazy("Outside working hours"), None),
        (PartKind.PAUSED, lazy("Clock paused"), None),
        (PartKind.DUE, lazy("Due"), None),
    )
)
TARGETS: Final[dict[str, LazyText]] = {
    "respond": lazy("Respond"),
    "dispatch": lazy("Dispatch"),
    "arrive": lazy("Arrive"),
    "resolve": lazy("Resolve"),
    "feed_back": lazy("Feed back"),
}


class PauseAct(Form):
    """Why the clock is to stand still."""

    reason = SelectField(_("Reason"))
    note = TextAreaField(_("Remark"), [Length(max=2000)])


class WithdrawAct(Form):
    """Why nothing is owed any more."""

    note = TextAreaField(_("Why"), [InputRequired(), Length(max=2000)])


class DeadlineView(RecordView):
    """Every promise on a clock, the next due first."""

    model = Deadline
    entity = "core.deadline"
    path = "deadlines"
    title = lazy("Deadlines")
    offers = frozenset()
    column_list = ("subject", "target", "owner.name", "state", "alarm", "due_at", "in_time")
    column_details_list = (
        "subject", "customer.name", "target", "owner.name", "state", "alarm", "started_at",
        "warn_at", "due_at", "breach_at", "paused_at", "ended_at", "in_time", "rule_code",
        "rule_version",
    )  # fmt: skip
    column_formatters: ClassVar[dict[str, Any]] = {
        "due_at": lambda view, context, row, name: countdown(row),
    }
    column_formatters_export: ClassVar[dict[str, Any]] = {}
    column_filters = ("state", "alarm", "target", "due_at")
    quick_filters = (
        QuickFilter(lazy("Clock runs"), {"state-is": "running"}),
        QuickFilter(lazy("Time missed"), {"alarm-is": "breached"}),
    )
    column_searchable_list = ("subject",)
    column_sortable_list = ("due_at", "state", "target", "started_at")
    labels: ClassVar[dict[str, Any]] = {
        "subject": lazy("About"), "customer.name": lazy("Customer"),
        "target": lazy("Promise"), "owner.name": lazy("Owner"),
        "alarm": lazy("Alert"), "warn_at": lazy("Warns at"), "due_at": lazy("Due time"),
        "breach_at": lazy("Goes up at"), "paused_at": lazy("Paused since"),
        "ended_at": lazy("Ended at"), "in_time": lazy("Kept in time"), "rule_code": lazy("Rule"),
        "rule_version": lazy("Version of the rule"),
    }  # fmt: skip
    acts = (
        Act(
            name="pause", title=lazy("Pause the clock"), icon="clock", form=PauseAct,
            offered=lambda row: row.state is DeadlineState.RUNNING and bool(row.pauses),
            run=lambda session, row, form: _pause(session, row, form),
        ),
        Act(
            name="resume", title=lazy("Let the clock go on"), icon="clock", primary=True,
            offered=lambda row: row.state is DeadlineState.PAUSED,
            run=lambda session, row, _form: _resume(session, row),
        ),
        Act(
            name="withdraw", title=lazy("Withdraw the deadline"), icon="x", form=WithdrawAct,
            offered=lambda row: row.ended_at is None,
            run=lambda session, row, form: _withdraw(session, row, form),
        ),
    )  # fmt: skip

    def default_order(self) -> Sequence[Any]:
        """What is still to be kept first, the next due on top; then what ended last."""
        ended = Deadline.ended_at.is_not(None)
        return (
            case((ended, 1), else_=0),
            case((ended, None), else_=Deadline.due_at),
            Deadline.ended_at.desc(),
            Deadline.id.desc(),
        )

    def _get_field_value(self, model: Any, name: str) -> Any:
        value = super()._get_field_value(model, name)
        return TARGETS.get(value, value) if name == "target" else value

    def offer_choices(self, act: Act, form: Any, row: Any) -> None:
        """The reasons for which its rule lets the clock stand still."""
        if act.name == "pause":
            form.reason.choices = [(reason, gettext(reason)) for reason in row.pauses]

    def related(self, row: Deadline) -> list[Related]:
        """Why it is due then, and every step it took."""
        told = explain(current_session(), row)
        steps = [("", _step_cells(row, step)) for step in steps_of(current_session(), row)]
        return [
            Related(lazy("Why this due time?"), _WHY, [*_promised(told), *_lines(row, told)]),
            Related(lazy("Steps of the clock"), _STEPS, steps),
        ]


def countdown(row: Deadline) -> Markup:
    """The due time: a running clock while it is still to be kept."""
    text = moment_text(row.due_at, row.branch_id)
    if row.state is not DeadlineState.RUNNING:
        return Markup("{}").format(text)
    return Markup(
        '<time class="dg-countdown" datetime="{due}" data-countdown="{due}" data-warn="{warn}"'
        ' title="{text}">{text}</time>'
    ).format(due=row.due_at.isoformat(), warn=row.warn_at.isoformat(), text=text)


_WHY: Final = (lazy("From when"), lazy("Until"), lazy("What"), lazy("Counted"), lazy("So far"))
_STEPS: Final = (lazy("Time"), lazy("What"), lazy("Who"), lazy("Due time"), lazy("Remark"))
_Lines = list[tuple[str, tuple[object, ...]]]


def _pause(session: Any, row: Deadline, form: Any) -> None:
    pause(session, row.id, form.reason.data, form.note.data or "")


def _resume(session: Any, row: Deadline) -> None:
    resume(session, row.id)


def _withdraw(session: Any, row: Deadline, form: Any) -> None:
    cancel(session, row.id, form.note.data)


def _promised(told: Explanation) -> _Lines:
    clock = gettext("in working time") if told.rule.working else gettext("round the clock")
    said = gettext(
        "Promised: %(span)s %(clock)s",
        span=_span_text(told.rule.allowed), clock=clock,
    )  # fmt: skip
    lines: _Lines = [("", ("", "", said, "", ""))]
    if not told.holds:
        changed = gettext("The calendar was changed since; the due time stays until it is rebased.")
        lines.append(("", ("", "", changed, "", "")))
    return lines


def _lines(row: Deadline, told: Explanation) -> _Lines:
    return [("", _part_cells(row, part)) for part in told.parts]


def _part_cells(row: Deadline, part: Part) -> tuple[object, ...]:
    what = str(word_for(part.kind)) + (f" · {gettext(part.reason)}" if part.reason else "")
    until = moment_text(part.end, row.branch_id) if part.end != part.start else ""
    counted = _span_text(part.counted) if part.counted else ""
    return (moment_text(part.start, row.branch_id), until, what, counted, _span_text(part.total))


def _step_cells(row: Deadline, step: DeadlineStep) -> tuple[object, ...]:
    why = " · ".join(part for part in (step.reason and gettext(step.reason), step.note) if part)
    return (
        moment_text(step.at, row.branch_id), str(word_for(step.kind)), step.actor,
        moment_text(step.due_at, row.branch_id), why,
    )  # fmt: skip


def _span_text(span: timedelta) -> str:
    """``3:05 h``: hours and minutes, seconds where there are any."""
    minutes, seconds = divmod(span // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    rest = f":{seconds:02}" if seconds else ""
    return gettext("%(span)s h", span=f"{number_text(hours)}:{minutes:02}{rest}")
