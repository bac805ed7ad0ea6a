"""Asking that one order may pass the limit: the page behind the button on the order (CR-04)."""

from datetime import datetime, time, timedelta
from typing import Any, Final

from flask import abort, flash, redirect, request, url_for
from flask_admin.form.widgets import DatePickerWidget
from wtforms import DateField, TextAreaField
from wtforms.validators import InputRequired, Length

from dougong.admin.contributions import SALES, ViewEntry
from dougong.admin.formats import money_text, today_here, zone_here
from dougong.admin.sessions import current_session
from dougong.admin.views import PageView, expose, operation
from dougong.admin.views.fields import RecordForm
from dougong.admin.views.guard import SAFE, undo
from dougong.admin.views.lookup import whole_number
from dougong.core.entities.sales import SalesOrder
from dougong.core.errors import Refusal
from dougong.core.i18n import form_text as _
from dougong.core.i18n import gettext, lazy
from dougong.plugins.credit.lifts import LIFT, ask_lift

USUAL: Final = timedelta(days=7)


class LiftForm(RecordForm):
    """Why the order should pass, and until when the approval is good."""

    reason = TextAreaField(
        _("Why it should pass all the same"), [InputRequired(), Length(max=2000)]
    )
    expires = DateField(_("Good until"), [InputRequired()], widget=DatePickerWidget())


class LiftPage(PageView):
    """One order, its total, and why it should pass."""

    path = "credit/lift"
    title = lazy("Ask for an approval")
    entity = LIFT.entity

    @operation(LIFT.operation)
    @expose("/", methods=("GET", "POST"))
    def index(self) -> Any:
        """Ask for the order the address names; who decides is said on the request's page."""
        order = current_session().get(SalesOrder, whole_number(request.args.get("order")) or 0)
        if order is None or not self.allows(LIFT.operation, order):
            abort(404)
        form = LiftForm(request.form or None)
        if request.method in SAFE:
            form.expires.data = today_here() + USUAL
            return self._page(order, form)
        if not form.validate():
            undo()
            return self._page(order, form)
        try:
            row = ask_lift(current_session(), order.id, form.reason.data or "", _end(form, order))
        except Refusal as refusal:
            if refusal.field not in form._fields:
                raise
            return self._again(order, form, refusal)
        flash(gettext("The approval is asked for; those who decide it see it at once."), "success")
        return redirect(url_for("approvals.one", key=row.id), 303)

    def _again(self, order: SalesOrder, form: Any, refusal: Refusal) -> Any:
        undo()
        current_session().rollback()
        field = form._fields[refusal.field]
        field.errors = [*field.errors, str(refusal)]
        return self._page(order, form)

    def _page(self, order: SalesOrder, form: Any) -> Any:
        lead = f"{order} · {order.customer.name} · {money_text(order.total)}"
        return self.render(
            "dougong/settings_form.html", form=form, title=LIFT.title, lead=lead, sections=None,
            cancel_url=url_for("orders.details_view", id=order.id), action="",
            button=self.title, heading=self.title,
        )  # fmt: skip


def _end(form: LiftForm, order: SalesOrder) -> datetime | None:
    """The end of that day at the branch: "until" includes it."""
    day = form.expires.data
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone_here(order.branch_id))


LIFT_PAGE: Final = ViewEntry(view=LiftPage, group=SALES, title=LiftPage.title, hidden=True)
