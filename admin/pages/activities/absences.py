"""Who is away: one's own absences, one's people's, and for managers everybody's at the branch."""

from datetime import date
from typing import Any, Final

from flask import flash, request, url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload
from werkzeug.utils import redirect
from wtforms import DateField, Form, SelectField, StringField
from wtforms.validators import InputRequired, Length

from dougong.admin.formats import day_text, today_here
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import PageView, expose, operation
from dougong.admin.views.guard import undo
from dougong.admin.views.lookup import whole_number
from dougong.core.entities.absence import Absence
from dougong.core.entities.people import User
from dougong.core.errors import Refusal
from dougong.core.i18n import form_text as _
from dougong.core.i18n import gettext, lazy
from dougong.core.services.activities.api import (
    NewAbsence,
    colleagues,
    end_absence,
    note_absence,
    people_under,
)

LISTED: Final = 200


class AbsenceForm(Form):
    """Who is away from when to when, and who does his work."""

    user = SelectField(_("Who"), coerce=int)
    first_day = DateField(_("From day"), [InputRequired()])
    last_day = DateField(_("To day"), [InputRequired()])
    stand_in = SelectField(
        _("Stand-in"), coerce=int, default=0,
        description=_("Sees what lies on his desk and may settle it."),
    )  # fmt: skip
    remark = StringField(_("Remark"), [Length(max=200)])


class AbsencePage(PageView):
    """The absences of today and to come, and a form for another."""

    path = "absences"
    title = lazy("Absences")
    entity = "core.absence"

    @expose("/")
    def index(self) -> Any:
        """The list and an empty form."""
        form = self._form()
        form.first_day.data = form.last_day.data = today_here()
        form.user.data = desk().scope.user_id
        return self._shown(form)

    @expose("/", methods=("POST",))
    @operation("read")
    def enter(self) -> Any:
        """Write one down; whose he may is asked by the service."""
        form = self._form(request.form)
        if not form.validate():
            return self._shown(form)
        asked = NewAbsence(
            user_id=form.user.data, first_day=form.first_day.data, last_day=form.last_day.data,
            stand_in_id=form.stand_in.data or None, remark=form.remark.data or "",
        )  # fmt: skip
        try:
            note_absence(current_session(), asked)
        except Refusal as refusal:
            if refusal.field not in form._fields:
                raise
            undo()
            form[refusal.field].errors = [str(refusal)]
            return self._shown(form)
        flash(gettext("The absence is entered."), "success")
        return redirect(url_for("absences.index"), 303)

    @expose("/end/", methods=("POST",))
    @operation("read")
    def end(self) -> Any:
        """He is back: yesterday was the last day away."""
        key = whole_number(request.form.get("id")) or 0
        end_absence(current_session(), key, date.fromordinal(today_here().toordinal() - 1))
        flash(gettext("The absence has ended."), "success")
        return redirect(url_for("absences.index"), 303)

    def _form(self, sent: Any = None) -> Any:
        form = AbsenceForm(sent)
        people = self._people()
        here = desk().scope.home
        around = colleagues(current_session(), here) if here is not None else people
        form.user.choices = [(person.id, person.name) for person in people]
        form.stand_in.choices = [(0, gettext("Nobody")), *((p.id, p.name) for p in around)]
        return form

    def _people(self) -> list[User]:
        """Whose absences he may enter: his own first."""
        scope, session = desk().scope, current_session()
        me = scope.user_id or 0
        if scope.home is not None and scope.allows("update", self.entity, scope.home):
            found = list(colleagues(session, scope.home))
        else:
            reach = people_under(session, me) | {me}
            found = list(session.scalars(
                select(User).where(User.id.in_(reach), User.active).order_by(User.name)
            ))  # fmt: skip
        return sorted(found, key=lambda person: person.id != me)

    def _shown(self, form: Any) -> Any:
        ids = [person.id for person in self._people()]
        statement = (
            select(Absence)
            .where(Absence.last_day >= today_here())
            .where(or_(Absence.user_id.in_(ids), Absence.stand_in_id == desk().scope.user_id))
            .options(joinedload(Absence.user), joinedload(Absence.stand_in))
            .order_by(Absence.first_day, Absence.id)
            .limit(LISTED)
        )
        rows = current_session().scalars(statement).all()
        return self.render(
            "dougong/activities/absences.html", form=form, rows=rows, mine=frozenset(ids),
            day=day_text,
        )  # fmt: skip
