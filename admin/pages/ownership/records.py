"""The records of hand-overs and the teams of key customers (AR-07, CA-10)."""

from typing import Any, ClassVar, Final

from flask import request
from sqlalchemy import select
from wtforms import DateField, Form
from wtforms.validators import Optional

from dougong.admin.contributions import Tone
from dougong.admin.formats import customer_url, moment_text
from dougong.admin.sessions import current_session
from dougong.admin.views import Act, RecordView, Related
from dougong.admin.views.lookup import whole_number
from dougong.admin.words import add_words
from dougong.core.branches import today_at
from dougong.core.entities.customer import Customer
from dougong.core.i18n import LazyText, gettext, lazy
from dougong.core.i18n import form_text as _
from dougong.core.scope import Operation
from dougong.core.services.ownership.api import (
    HandOver,
    NewMember,
    OwnerChange,
    TeamMember,
    TeamRole,
    join_team,
    leave_team,
)

add_words(
    (
        (TeamRole.SALES, lazy("Sales"), Tone.INFO),
        (TeamRole.MARKET, lazy("Marketing"), Tone.INFO),
        (TeamRole.TECHNICAL, lazy("Technical support"), Tone.INFO),
        (TeamRole.FINANCE, lazy("Finance"), Tone.INFO),
        (TeamRole.TRAINING, lazy("Training"), Tone.INFO),
        (TeamRole.SERVICE, lazy("Service"), Tone.INFO),
    )
)
MOVED: Final[dict[str, LazyText]] = {
    "core.customer": lazy("Customers"),
    "core.deadline": lazy("Deadlines"),
    "core.interaction": lazy("Contact records"),
    "aftersales.contract": lazy("Maintenance contracts"),
    "aftersales.renewal": lazy("Contracts to renew"),
    "care.activity": lazy("Care activities"),
}
AT_MOST: Final = 200


class HandOverView(RecordView):
    """Who gave what to whom, when and why; rows are only added."""

    model = HandOver
    entity = "core.hand_over"
    path = "hand-overs"
    title = lazy("Hand-overs")
    one = lazy("Hand-over")
    offers = frozenset()
    column_list = ("at", "giver.name", "receiver.name", "everything", "reason", "actor")
    column_details_list = column_list
    column_default_sort = ("at", True)
    column_filters = ("at",)
    column_searchable_list = ("reason",)
    column_sortable_list = ("at",)
    labels: ClassVar[dict[str, Any]] = {
        "giver.name": lazy("Given by"), "receiver.name": lazy("Taken over by"),
        "everything": lazy("All of a person's work"), "actor": lazy("Done by"),
        "reason": lazy("Why"),
    }  # fmt: skip

    def related(self, row: HandOver) -> list[Related]:
        """How much of each kind, and which customers."""
        counts: list[tuple[str, tuple[object, ...]]] = [
            ("", (str(MOVED.get(source, source)), count))
            for source, count in sorted(row.moved.items()) if count
        ]  # fmt: skip
        return [Related(lazy("What went along"), (lazy("What"), lazy("How many")), counts),
                *_customers(row)]  # fmt: skip


def _customers(row: HandOver) -> list[Related]:
    mine = select(Customer).join(OwnerChange, OwnerChange.customer_id == Customer.id)
    mine = mine.where(OwnerChange.branch_id == row.branch_id, OwnerChange.hand_over_id == row.id)
    found = current_session().scalars(mine.order_by(OwnerChange.id).limit(AT_MOST)).all()
    shown: list[tuple[str, tuple[object, ...]]] = [
        (customer_url(customer.id), (customer.name, customer.code)) for customer in found
    ]
    heads = (lazy("Customer"), lazy("Customer code"))
    return [Related(lazy("Customers"), heads, shown)] if shown else []


class LeaveTeamAct(Form):
    """When somebody's part in the team ends."""

    last_day = DateField(_("Last day"), [Optional()])


class TeamView(RecordView):
    """Who works for which key customer in which role."""

    model = TeamMember
    entity = "core.team"
    path = "team-members"
    title = lazy("Customer teams")
    one = lazy("Team member")
    offers = frozenset({Operation.CREATE})
    column_list = ("customer.name", "user.name", "role", "from_on", "to_on")
    column_details_list = column_list
    column_filters = ("role", "from_on", "to_on")
    column_searchable_list = ("customer.name", "user.name")
    column_sortable_list = ("role", "from_on", "to_on")
    column_default_sort = ("from_on", True)
    form_columns = ("customer", "user", "role", "from_on")
    form_args: ClassVar[dict[str, Any]] = {
        "from_on": {"validators": [Optional()]},
        "user": {"label": lazy("Employee")},
    }
    labels: ClassVar[dict[str, Any]] = {
        "customer.name": lazy("Customer"), "user.name": lazy("Employee"),
        "user": lazy("Employee"),
        "role": lazy("Role in the team"), "from_on": lazy("From day"), "to_on": lazy("To day"),
    }  # fmt: skip
    acts = (
        Act(
            name="leave", title=lazy("End this role"), icon="x", form=LeaveTeamAct,
            offered=lambda row: row.to_on is None,
            run=lambda session, row, form: leave_team(session, row.id, form.last_day.data),
            done=lazy("The role in the team ends."),
        ),
    )  # fmt: skip

    def create_form(self, obj: Any = None) -> Any:
        """For the customer whose page one comes from."""
        form = super().create_form(obj)
        asked = whole_number(request.args.get("customer"))
        if asked is not None and form.customer.data is None and not form.customer.raw_data:
            form.customer.data = current_session().get(Customer, asked)
        return form

    def create_row(self, form: Any) -> TeamMember:
        """Somebody joins the team."""
        asked = NewMember(
            customer_id=form.customer.data.id, user_id=form.user.data.id,
            role=TeamRole(form.role.data), from_on=form.from_on.data,
        )  # fmt: skip
        return join_team(current_session(), asked)

    def prefill(self, act: Act, form: Any, row: Any) -> None:
        """Today is his last day unless said otherwise."""
        form.last_day.data = today_at(current_session(), row.branch_id)


def owner_rows(changes: Any) -> list[tuple[str, tuple[object, ...]]]:
    """Through whose hands a customer went, as rows of his page."""
    nobody = gettext("nobody")
    return [
        ("", (moment_text(change.at, change.branch_id),
              change.giver.name if change.giver else nobody,
              change.receiver.name if change.receiver else nobody,
              change.hand_over.reason if change.hand_over else ""))
        for change in changes
    ]  # fmt: skip
