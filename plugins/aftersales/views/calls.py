"""The call register 叫修登记簿 (AF-01): running clocks, intake, and the acts of a call."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from flask import url_for
from flask_admin.form import Select2Field
from markupsafe import Markup
from sqlalchemy import case, select
from sqlalchemy.orm import joinedload
from wtforms.validators import Optional

from dougong.admin.formats import badge, moment_text, state_text
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import Act, Button, QuickFilter, RecordView, Related, Section
from dougong.admin.views.validity import PhoneNumber
from dougong.admin.words import word_for
from dougong.core.entities.address import Area
from dougong.core.i18n import gettext, lazy
from dougong.core.scope import Operation
from dougong.core.services.deadlines.api import Deadline, deadlines_of
from dougong.plugins.aftersales import service
from dougong.plugins.aftersales.forms import DispatchForm, ReasonForm, ResultForm
from dougong.plugins.aftersales.models import ServiceCall, Technician
from dougong.plugins.aftersales.rules import ON_THE_CLOCK, UNDER_WAY, CallState, may_move, urgency
from dougong.plugins.aftersales.service import NewCall


def countdown(call: ServiceCall) -> Markup:
    """The promised arrival: a running clock while nobody is on site, then how it went."""
    stands = urgency(call.state, call.clock, current_session().now, call.arrived_at)
    if call.arrived_at is not None:
        return Markup("{}").format(state_text(stands))
    text = moment_text(call.due_at, call.branch_id)
    if call.state not in UNDER_WAY:
        return Markup("{}").format(text)
    return Markup(
        '<time class="dg-countdown" datetime="{due}" data-countdown="{due}" data-warn="{warn}"'
        ' title="{text}">{text}</time>'
    ).format(due=call.due_at.isoformat(), warn=call.warn_at.isoformat(), text=text)


def number(call: ServiceCall) -> Markup:
    """The call's number, leading to its page, and the mark of the urgent channel (AF-18)."""
    url = url_for("aftersales_calls.details_view", id=call.id)
    mark = badge(gettext("Urgent"), "danger") if call.urgent else ""
    return Markup('<a href="{}">{}</a> {}').format(url, call, mark)


def _can_become(to: CallState) -> Callable[[ServiceCall], bool]:
    return lambda call: may_move(call.state, to)


def _areas() -> list[tuple[str, str]]:
    told = [(area.value, str(word_for(area))) for area in Area]
    return [("", gettext("As the address says")), *told]


class CallView(RecordView):
    """Service calls, the most pressing first."""

    model = ServiceCall
    entity = "aftersales.call"
    path = "aftersales/calls"
    with_files = True
    title = lazy("Call register")
    one = lazy("Call")
    offers = frozenset({Operation.CREATE, Operation.EXPORT})
    column_list = (
        "number", "due_at", "state", "customer.name", "fault", "area", "technician.user.name",
        "called_at",
    )  # fmt: skip
    column_details_list = (
        "number", "state", "due_at", "alarm", "customer.name", "contact.name", "phone", "address",
        "area", "model", "serial", "fault", "channel", "called_at", "technician.user.name",
        "dispatched_at", "arrived_at", "closed_at", "result",
    )  # fmt: skip
    column_export_list = (
        "number", "state", "alarm", "customer.name", "phone", "area", "model", "serial", "fault",
        "channel", "called_at", "due_at", "technician.user.name", "dispatched_at", "arrived_at",
        "closed_at", "result",
    )  # fmt: skip
    column_searchable_list = ("number", "phone", "serial", "model", "customer.name",
                              "customer.search_key")  # fmt: skip
    column_filters = ("state", "area", "alarm", "urgent", "channel", "called_at", "due_at")
    quick_filters = (
        QuickFilter(lazy("Open"), {"state-is": "open"}),
        QuickFilter(lazy("Urgent"), {"urgent-equal": "1"}),
    )
    column_sortable_list = ("number", "state", "due_at", "called_at")
    column_formatters: ClassVar[dict[str, Any]] = {
        "due_at": lambda view, context, call, name: countdown(call),
        "number": lambda view, context, call, name: number(call),
    }
    column_formatters_export: ClassVar[dict[str, Any]] = {}
    labels: ClassVar[dict[str, Any]] = {
        "address": lazy("Address"),
        "alarm": lazy("Alarm"),
        "arrived_at": lazy("On site at"),
        "called_at": lazy("Called at"),
        "channel": lazy("Channel"),
        "closed_at": lazy("Closed at"),
        "contact.name": lazy("Contact"),
        "customer.search_key": lazy("Pinyin"),
        "dispatched_at": lazy("Dispatched at"),
        "due_at": lazy("Arrival promised"),
        "fault": lazy("Fault"),
        "model": lazy("Model"),
        "result": lazy("Result"),
        "serial": lazy("Serial number"),
        "technician": lazy("Technician"),
        "technician.user.name": lazy("Technician"),
        "urgent": lazy("Urgent"),
        "warn_at": lazy("Warned of from"),
        "where": lazy("Area"),
    }
    sections = (
        Section(lazy("Who called"), ("customer", "contact", "phone", "channel", "called_at")),
        Section(lazy("Where"), ("address", "where"),
                lazy("The area decides the promised arrival.")),
        Section(lazy("What is wrong"), ("model", "serial", "fault", "urgent")),
    )  # fmt: skip
    form_extra_fields: ClassVar[dict[str, Any]] = {
        "where": Select2Field(lazy("Area"), choices=_areas, validators=[Optional()]),
    }
    form_args: ClassVar[dict[str, Any]] = {
        "called_at": {"validators": [Optional()]},
        "phone": {"validators": [PhoneNumber()]},
        "urgent": {"description": lazy("Ahead of the queue.")},
    }

    acts = (
        Act(name="dispatch", title=lazy("Dispatch"), operation="dispatch", icon="truck",
            primary=True, form=DispatchForm, offered=_can_become(CallState.DISPATCHED),
            run=lambda session, call, form: service.dispatch(
                session, call.id, form.technician_id.data),
            done=lazy("The technician is sent.")),
        Act(name="accept", title=lazy("Accept"), operation="arrive", icon="check-circle",
            offered=_can_become(CallState.ACCEPTED),
            run=lambda session, call, form: service.accept(session, call.id),
            done=lazy("The call is accepted.")),
        Act(name="arrive", title=lazy("Note arrival"), operation="arrive", icon="map-pin",
            primary=True, offered=_can_become(CallState.ARRIVED),
            run=lambda session, call, form: service.arrive(session, call.id),
            done=lazy("The arrival is noted.")),
        Act(name="fix", title=lazy("Note repair"), operation="close", icon="wrench",
            form=ResultForm, offered=_can_become(CallState.FIXED),
            run=lambda session, call, form: service.fix(session, call.id, form.result.data),
            done=lazy("The repair is noted.")),
        Act(name="close", title=lazy("Close call"), operation="close", icon="check-circle",
            primary=True, form=ResultForm, offered=_can_become(CallState.CLOSED),
            run=lambda session, call, form: service.close(session, call.id, form.result.data),
            done=lazy("The call is closed.")),
        Act(name="cancel", title=lazy("Cancel call"), operation="cancel", icon="x",
            form=ReasonForm, offered=_can_become(CallState.CANCELLED),
            run=lambda session, call, form: service.cancel(session, call.id, form.reason.data),
            done=lazy("The call is cancelled.")),
    )  # fmt: skip

    def create_form(self, obj: Any = None) -> Any:
        """The call is coming in now unless said otherwise."""
        form = super().create_form(obj)
        if form.called_at.data is None and not form.called_at.raw_data:
            form.called_at.process_data(current_session().now)
        return form

    def create_row(self, form: Any) -> ServiceCall:
        """Take the call into the register (AF-01)."""
        asked = NewCall(
            customer_id=form.customer.data.id,
            contact_id=form.contact.data.id if form.contact.data else None,
            address_id=form.address.data.id if form.address.data else None,
            area=Area(form.where.data) if form.where.data else None,
            phone=form.phone.data or "",
            channel=form.channel.data,
            called_at=form.called_at.data,
            model=form.model.data or "",
            serial=form.serial.data or "",
            fault=form.fault.data or "",
            urgent=bool(form.urgent.data),
        )
        return service.open_call(current_session(), asked)

    def row_buttons(self, row: Any) -> Sequence[Button]:
        """The next step; what else can be done is on the row's page."""
        return [button for button in self.buttons(row) if button.primary][-1:]

    def default_order(self) -> Sequence[Any]:
        """Those whose clock runs first, the urgent before them all; then the newest."""
        running = ServiceCall.state.in_(ON_THE_CLOCK)
        return (
            case((running, 0), (ServiceCall.state.in_(UNDER_WAY), 1), else_=2),
            case((running & ServiceCall.urgent, 0), else_=1),
            case((running, ServiceCall.due_at)),
            ServiceCall.called_at.desc(),
            ServiceCall.id.desc(),
        )

    def related(self, row: ServiceCall) -> list[Related]:
        """The arrival clock, leading to the reasons for its due time (XX-02)."""
        clocks = deadlines_of(current_session(), row.branch_id, service.CLOCKED, [row.id])
        if not clocks or not desk().scope.allows(Operation.READ, "core.deadline", row.branch_id):
            return []
        lines = [
            (url_for("deadlines.details_view", id=clock.id), _clock_cells(clock))
            for clock in clocks
        ]  # fmt: skip
        return [Related(lazy("Arrival clock"), _CLOCK_HEADS, lines)]

    def offer_choices(self, act: Act, form: Any, row: Any) -> None:
        """Who can be sent."""
        if act.name == "dispatch":
            form.technician_id.choices = _technicians(row)

    def prefill(self, act: Act, form: Any, row: Any) -> None:
        """Who is sent already; what the technician wrote."""
        if act.name == "dispatch":
            form.technician_id.data = row.technician_id
        elif act.name == "close":
            form.result.data = row.result


_CLOCK_HEADS: Final = (lazy("Reason"), lazy("Owner"), lazy("State"), lazy("Due time"))


def _clock_cells(clock: Deadline) -> tuple[object, ...]:
    return (
        gettext("Why this due time?"), clock.owner.name if clock.owner else "",
        state_text(clock.state), moment_text(clock.due_at, clock.branch_id),
    )  # fmt: skip


def _technicians(call: ServiceCall) -> list[tuple[int, str]]:
    """Who can be sent to the call (AF-05): those of its area first."""
    statement = (
        select(Technician)
        .where(Technician.branch_id == call.branch_id, Technician.active)
        .options(joinedload(Technician.user))
    )
    known = current_session().scalars(statement).all()
    ranked = sorted(known, key=lambda t: (t.area is not None and t.area != call.area, t.id))
    return [(t.id, " · ".join(filter(None, (t.user.name, t.skills)))) for t in ranked]
