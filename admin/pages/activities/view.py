"""Every activity: a list, the page of one with its history, and what can be done (XX-01)."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from flask import request, url_for
from markupsafe import Markup
from sqlalchemy import case, or_
from wtforms import BooleanField, DateField, Form, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from dougong.admin.formats import customer_url, day_text, moment_text, today_here
from dougong.admin.pages.activities.words import (
    due_cell,
    name_of,
    record_url,
    result_of,
)
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import Act, RecordView, Related
from dougong.admin.words import word_for
from dougong.core.entities.people import User
from dougong.core.i18n import form_text as _
from dougong.core.i18n import lazy
from dougong.core.scope import Operation
from dougong.core.services.activities.api import (
    CHECK,
    TASK,
    Activity,
    ActivityState,
    Matter,
    NewActivity,
    NextStep,
    Outcome,
    cancel,
    colleagues,
    complete,
    delegate,
    kind_of,
    may_settle,
    pass_up,
    people_under,
    plan,
    postpone,
    reopen,
    skip,
    stands_in_for,
    steps_of,
)
from dougong.core.session import Session


class DoneAct(Form):
    """How it went, and what follows."""

    result = SelectField(_("Result"), validate_choice=False)
    note = TextAreaField(_("How it went"), [Length(max=2000)])
    next_title = StringField(
        _("Next step"), [Length(max=200)], description=_("Empty means nothing follows.")
    )
    next_on = DateField(_("Next step due on"), [Optional()])


class PutOffAct(Form):
    """Until when, and why."""

    due_on = DateField(_("New day"), [InputRequired()])
    reason = StringField(_("Reason"), [InputRequired(), Length(max=300)])


class PassOnAct(Form):
    """To whom, and why."""

    owner = SelectField(_("To whom"), coerce=int)
    reason = StringField(_("Reason"), [InputRequired(), Length(max=300)])


class PassUpAct(Form):
    """What exceeds one's authority (AR-08)."""

    what = TextAreaField(_("What is to be decided"), [InputRequired(), Length(max=200)])
    urgent = BooleanField(_("Urgent"))


class WhyAct(Form):
    """Why it is not done."""

    reason = StringField(_("Reason"), [InputRequired(), Length(max=300)])


def _open(row: Activity) -> bool:
    return row.state is ActivityState.PLANNED and may_settle(current_session(), row)


def _ended(row: Activity) -> bool:
    return row.state is not ActivityState.PLANNED and may_settle(current_session(), row)


def _back() -> str | None:
    """To the desk, where the act was begun there."""
    return url_for("mydesk.index") if request.args.get("next") == "desk" else None


def _complete(session: Session, row: Activity, form: Any) -> str | None:
    title, day = (form.next_title.data or "").strip(), form.next_on.data
    following = NextStep(due=day or today_here(), title=title) if title or day else None
    outcome = Outcome(
        result=form.result.data or "" if "result" in form._fields else "",
        note=form.note.data or "", next_step=following,
    )  # fmt: skip
    complete(session, row.id, outcome)
    return _back()


def _put_off(session: Session, row: Activity, form: Any) -> str | None:
    postpone(session, row.id, form.due_on.data, form.reason.data)
    return _back()


def _pass_on(session: Session, row: Activity, form: Any) -> str | None:
    delegate(session, row.id, form.owner.data, form.reason.data)
    return _back()


def _pass_up(session: Session, row: Activity, form: Any) -> str | None:
    pass_up(session, row.id, Matter(what=form.what.data, urgent=form.urgent.data))
    return _back()


_WHY: Final = {"skip": skip, "cancel": cancel, "reopen": reopen}


def _why(name: str) -> Any:
    def run(session: Session, row: Activity, form: Any) -> str | None:
        _WHY[name](session, row.id, form.reason.data)
        return _back()

    return run


class ActivityView(RecordView):
    """What is planned first, the most pressing on top."""

    model = Activity
    entity = "core.activity"
    path = "activities"
    title = lazy("Activities")
    one = lazy("Activity")
    offers = frozenset({Operation.CREATE, Operation.EXPORT})
    column_list = ("due_on", "title", "customer.name", "owner.name", "state")
    column_details_list = (
        "title", "customer.name", "subject", "owner.name", "due_on", "planned_on", "urgent",
        "state", "ended_at", "result_code", "note",
    )  # fmt: skip
    column_export_list = (
        "due_on", "planned_on", "title", "customer.code", "customer.name", "owner.name", "state",
        "ended_on", "result_code", "note",
    )  # fmt: skip
    column_searchable_list = ("title", "subject", "customer.name", "customer.search_key")
    column_filters = ("state", "due_on", "urgent", "owner.name")
    column_sortable_list = ("due_on", "state")
    column_formatters: ClassVar[dict[str, Any]] = {
        "due_on": lambda view, context, row, name: due_cell(row),
        "title": lambda view, context, row, name: name_of(row),
        "result_code": lambda view, context, row, name: result_of(row),
        "subject": lambda view, context, row, name: _subject(row),
    }
    column_formatters_export: ClassVar[dict[str, Any]] = {
        "title": lambda view, context, row, name: name_of(row),
        "result_code": lambda view, context, row, name: result_of(row),
    }
    form_columns = ("title", "customer", "owner", "due_on", "urgent")
    form_args: ClassVar[dict[str, Any]] = {
        "title": {"label": _("What is to be done")},
        "due_on": {"label": _("Due on")},
    }
    labels: ClassVar[dict[str, Any]] = {
        "title": lazy("What"), "owner": lazy("Responsible"), "owner.name": lazy("Responsible"),
        "due_on": lazy("Due on"), "planned_on": lazy("First due on"), "urgent": lazy("Urgent"),
        "subject": lazy("About"), "ended_at": lazy("Settled at"), "ended_on": lazy("Settled on"),
        "result_code": lazy("Result"), "note": lazy("How it went"),
        "customer.search_key": lazy("Pinyin"),
    }  # fmt: skip
    acts = (
        Act(name="done", title=lazy("Done"), icon="check-circle", primary=True, form=DoneAct,
            offered=_open, run=_complete, done=lazy("It is done.")),
        Act(name="put_off", title=lazy("Put off"), icon="clock", form=PutOffAct, offered=_open,
            run=_put_off, done=lazy("It is put off.")),
        Act(name="pass_on", title=lazy("Pass on"), icon="users", form=PassOnAct, offered=_open,
            run=_pass_on, done=lazy("It is passed on.")),
        Act(name="pass_up", title=lazy("Pass up"), icon="chevron-up", form=PassUpAct,
            offered=_open, run=_pass_up, done=lazy("The supervisor has it on his desk.")),
        Act(name="skip", title=lazy("Leave out"), icon="x", form=WhyAct, offered=_open,
            run=_why("skip"), done=lazy("It is left out this time.")),
        Act(name="cancel", title=lazy("Call off"), icon="trash", form=WhyAct, offered=_open,
            run=_why("cancel"), done=lazy("It is called off.")),
        Act(name="reopen", title=lazy("Open again"), icon="refresh", form=WhyAct, offered=_ended,
            run=_why("reopen"), done=lazy("It is to be done again.")),
    )  # fmt: skip

    def scoped(self, query: Any) -> Any:
        """His own, his people's, those he stands in for, and what is nobody's; managers see all."""
        scope = desk().scope
        if scope.user_id is None or scope.allows("read_all", self.entity):
            return query
        session = current_session()
        his = people_under(session, scope.user_id)
        his |= stands_in_for(session, scope.user_id, today_here()) | {scope.user_id}
        return query.filter(or_(Activity.owner_id.in_(his), Activity.owner_id.is_(None)))

    def default_order(self) -> Sequence[Any]:
        """What is planned first, the next due on top."""
        waiting = Activity.state == ActivityState.PLANNED
        return (
            case((waiting, 0), else_=1), case((waiting, Activity.due_on)),
            Activity.due_on.desc(), Activity.id.desc(),
        )  # fmt: skip

    def create_form(self, obj: Any = None) -> Any:
        """His own, due today, unless he says otherwise."""
        form = super().create_form(obj)
        if not request.form:
            form.owner.data = current_session().get(User, desk().scope.user_id or 0)
            form.due_on.data = today_here()
        return form

    def create_row(self, form: Any) -> Activity:
        """Plan by hand."""
        asked = NewActivity(
            kind=TASK, due=form.due_on.data, title=form.title.data or "",
            owner_id=form.owner.data.id if form.owner.data else None,
            customer_id=form.customer.data.id if form.customer.data else None,
            urgent=form.urgent.data,
        )  # fmt: skip
        return plan(current_session(), desk().scope.home or 0, asked)

    def offer_choices(self, act: Act, form: Any, row: Activity) -> None:
        """The results of its kind; the colleagues at its branch."""
        session = current_session()
        if act.name == "pass_on":
            form.owner.choices = [(person.id, person.name) for person in
                                  colleagues(session, row.branch_id)
                                  if person.id != row.owner_id]  # fmt: skip
        if act.name == "done":
            results = kind_of(session, row.kind).results
            form.result.choices = [(result.code, str(result.title)) for result in results]
            if not results:
                del form.result

    def related(self, row: Activity) -> list[Related]:
        """What happened to it; of a check, the way to its list."""
        steps = [("", _cells(row, step)) for step in steps_of(current_session(), row)]
        history = Related(lazy("What happened to it"), _HEADS, steps)
        if row.kind != CHECK:
            return [history]
        way = (url_for("mydesk.check", id=row.id), (lazy("Open the list of customers"),))
        return [Related(lazy("Customers to go through"), (lazy("What"),), [way]), history]


_HEADS: Final = (lazy("Time"), lazy("What"), lazy("Who"), lazy("Whose from then on"),
                 lazy("Due on"), lazy("Remark"))  # fmt: skip


def _cells(row: Activity, step: Any) -> tuple[object, ...]:
    return (
        moment_text(step.at, row.branch_id), str(word_for(step.kind)), step.actor,
        step.owner.name if step.owner else "", day_text(step.due_on), step.note,
    )  # fmt: skip


def _subject(row: Activity) -> Markup | str:
    if row.subject_kind == "core.customer" and row.subject_id:
        return Markup('<a href="{}">{}</a>').format(customer_url(row.subject_id), row.subject)
    url = record_url(row.subject_kind, row.subject_id)
    return Markup('<a href="{}">{}</a>').format(url, row.subject) if url else row.subject
