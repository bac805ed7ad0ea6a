"""Technicians: who can be sent (AF-05)."""

from typing import Any, ClassVar

from dougong.admin.sessions import current_session, desk
from dougong.admin.views import RecordView
from dougong.core.i18n import lazy
from dougong.core.scope import Operation
from dougong.plugins.aftersales import service
from dougong.plugins.aftersales.models import Technician


class TechnicianView(RecordView):
    """The branch's technicians."""

    model = Technician
    entity = "aftersales.technician"
    path = "aftersales/technicians"
    title = lazy("Technicians")
    one = lazy("Technician")
    offers = frozenset({Operation.CREATE, Operation.UPDATE})
    column_list = ("user.name", "skills", "area", "active")
    column_searchable_list = ("user.name", "skills")
    column_filters = ("active", "area")
    column_sortable_list = ("active", "area")
    form_columns = ("user", "skills", "area", "active")
    labels: ClassVar[dict[str, Any]] = {
        "skills": lazy("Skills"),
        "user": lazy("Employee"),
        "user.name": lazy("Technician"),
    }
    form_args: ClassVar[dict[str, Any]] = {
        "area": {"description": lazy("Empty means everywhere.")},
    }

    def create_row(self, form: Any) -> Technician:
        """Enter a user as technician of the current branch."""
        home = desk().scope.home
        assert home is not None  # can_create asks for one branch
        technician = service.employ(
            current_session(), home, form.user.data.id,
            skills=form.skills.data or "", area=form.area.data or None,
        )  # fmt: skip
        technician.active = bool(form.active.data)
        return technician

    def edit_form(self, obj: Any = None) -> Any:
        """A technician stays the person he is."""
        form = super().edit_form(obj)
        if "user" in form._fields:
            del form.user
        return form
