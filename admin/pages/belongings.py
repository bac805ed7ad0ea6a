"""What hangs on a contact or a customer: days to remember, members of a group (AR-01, AR-02)."""

from typing import Any, ClassVar

from wtforms.validators import NumberRange

from dougong.admin.sessions import current_session
from dougong.admin.views import RecordView
from dougong.core.entities.contact import ContactDay
from dougong.core.entities.customer import CustomerKind
from dougong.core.entities.profiles import GroupMember
from dougong.core.errors import Refusal
from dougong.core.i18n import lazy
from dougong.core.scope import Operation


class ContactDayView(RecordView):
    """Anniversaries and relatives' birthdays of contacts, solar or lunar."""

    model = ContactDay
    entity = "core.contact"
    path = "contact-days"
    title = lazy("Days to remember")
    one = lazy("Day to remember")
    offers = frozenset({Operation.CREATE, Operation.UPDATE, Operation.DELETE})
    column_list = (
        "contact.customer.name",
        "contact.name",
        "kind",
        "title",
        "month",
        "day",
        "lunar",
    )
    column_details_list = (
        "contact.customer.name", "contact.name", "kind", "title", "year", "month", "day", "lunar",
        "leap",
    )  # fmt: skip
    column_searchable_list = ("title",)
    column_filters = ("kind", "month")
    column_sortable_list = ("title", "month", "day")
    column_default_sort = [("month", False), ("day", False)]
    form_columns = ("contact", "kind", "title", "month", "day", "year", "lunar", "leap")
    form_args: ClassVar[dict[str, Any]] = {
        "month": {"validators": [NumberRange(1, 12)]},
        "day": {"validators": [NumberRange(1, 31)]},
        "year": {"validators": [NumberRange(1900, 2100)]},
    }
    labels: ClassVar[dict[str, Any]] = {
        "contact.customer.name": lazy("Customer"),
        "contact.name": lazy("Contact"),
        "title": lazy("Occasion"),
        "month": lazy("Month"),
        "day": lazy("Day"),
        "year": lazy("Year of the first"),
        "lunar": lazy("Lunar calendar"),
        "leap": lazy("Leap month"),
    }


class GroupMemberView(RecordView):
    """Which customers belong to which group."""

    model = GroupMember
    entity = "core.customer"
    path = "group-members"
    title = lazy("Group members")
    one = lazy("Group member")
    offers = frozenset({Operation.CREATE, Operation.DELETE})
    column_list = ("group.name", "member.name", "member.code")
    column_details_list = column_list
    column_searchable_list = ("group.name", "member.name")
    column_sortable_list = ("group.name", "member.name")
    form_columns = ("group", "member")
    labels: ClassVar[dict[str, Any]] = {
        "group": lazy("Group"),
        "group.name": lazy("Group"),
        "member": lazy("Member"),
        "member.name": lazy("Member"),
        "member.code": lazy("Customer code"),
    }

    def create_row(self, form: Any) -> GroupMember:
        """A group takes members; another kind of customer does not, nor a group itself."""
        group, member = form.group.data, form.member.data
        if group.kind is not CustomerKind.GROUP:
            raise Refusal(lazy("%(name)s is no group.", name=group.name), field="group")
        if group.id == member.id:
            raise Refusal(lazy("A group is no member of itself."), field="member")
        row = GroupMember(branch_id=group.branch_id, group_id=group.id, member_id=member.id)
        current_session().add(row)
        return row
