"""When a branch is quiet, and how often it may advertise to one contact (CA-08)."""

from typing import Any

from flask import flash, request, url_for
from werkzeug.utils import redirect
from wtforms import BooleanField, Form, IntegerField, TimeField
from wtforms.validators import InputRequired, NumberRange

from dougong.admin.sessions import current_session, desk
from dougong.admin.views import PageView, expose
from dougong.admin.views.guard import undo
from dougong.core.i18n import form_text as _
from dougong.core.i18n import gettext, lazy
from dougong.core.services.messages.api import policy_of


class PolicyForm(Form):
    """The figures of one branch."""

    quiet_from = TimeField(_("Quiet from"), [InputRequired()])
    quiet_to = TimeField(
        _("Quiet until"), [InputRequired()],
        description=_("In the branch's time zone; the same hour twice means never quiet. A"
                      " contact's own quiet hours come first."),
    )  # fmt: skip
    cap_count = IntegerField(
        _("Advertisements to one contact at most"), [InputRequired(), NumberRange(0, 100)],
        description=_("Over all plugins and channels; 0 means no limit."),
    )  # fmt: skip
    cap_days = IntegerField(_("Within so many days"), [InputRequired(), NumberRange(1, 365)])
    cap_hold = BooleanField(_("One too many waits for room, instead of being dropped"))


class QuietHoursPage(PageView):
    """The current branch's quiet hours and limit; the house's habits until somebody says else."""

    path = "message-policy"
    title = lazy("Quiet hours and limits")
    entity = "core.message_policy"

    @expose("/", methods=("GET", "POST"))
    def index(self) -> Any:
        """Show and save them."""
        home = desk().scope.home
        if home is None:
            return self.render("dougong/message_no_branch.html", title=self.title)
        policy = policy_of(current_session(), home)
        if request.method == "GET":
            return self._ask(PolicyForm(obj=policy))
        form = PolicyForm(request.form)
        if not form.validate():
            undo()
            return self._ask(form)
        form.populate_obj(policy)
        current_session().add(policy)
        flash(gettext("The settings are saved; they hold from now on."), "success")
        return redirect(url_for(".index"), 303)

    def _ask(self, form: Form) -> Any:
        place = desk().place
        return self.render(
            "dougong/settings_form.html", form=form, title=self.title, sections=None, action="",
            lead=place.name if place else "", cancel_url="", heading=self.title,
        )  # fmt: skip
