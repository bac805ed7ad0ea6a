"""How a branch sends: by which server, vendor or robot. Addresses go in and never come out."""

from typing import Any, ClassVar, Final

from flask import url_for
from wtforms import StringField
from wtforms.validators import Length

from dougong.admin.pages.messages import words as words  # names the media
from dougong.admin.sessions import current_house, current_session, desk
from dougong.admin.views import Act, RecordView, Section
from dougong.core.i18n import form_text as _
from dougong.core.i18n import lazy
from dougong.core.scope import Operation
from dougong.core.services.messages.api import (
    ChannelDraft,
    Medium,
    MessageChannel,
    Seal,
    add_channel,
    change_channel,
    try_channel,
)

_LONGEST: Final = 1000


class ChannelView(RecordView):
    """The channels of the branch, one in use for each medium."""

    model = MessageChannel
    entity = "core.message_channel"
    path = "message-channels"
    title = lazy("Message channels")
    one = lazy("Message channel")
    offers = frozenset({Operation.CREATE, Operation.UPDATE})
    column_list = ("name", "medium", "shown", "active", "entered_at")
    column_details_list = column_list
    column_default_sort = "name"
    column_sortable_list = ("name", "medium")
    form_extra_fields: ClassVar[dict[str, Any]] = {
        "address": StringField(
            _("Address"),
            [Length(max=_LONGEST)],
            description=_("Stored encrypted and never shown again. Empty keeps the stored one."),
            render_kw={"autocomplete": "off", "spellcheck": "false"},
        )
    }
    sections = (
        Section(lazy("Message channel"), ("name", "medium", "active")),
        Section(
            lazy("Where it leads"), ("address",),
            lazy("Mail: mailtos://user:password@smtp.example.com?from=me@example.com · Text"
                 " messages: jsons://sms.example.com/send?:phone={to}&:message=text · Chat groups:"
                 " wecombot://KEY, dingtalk://TOKEN, feishu://TOKEN · paper:// only records."),
        ),
    )  # fmt: skip
    labels: ClassVar[dict[str, Any]] = {
        "medium": lazy("By"), "shown": lazy("Where it leads"), "active": lazy("In use"),
        "entered_at": lazy("Address entered at"),
    }  # fmt: skip
    acts = (
        Act(
            name="try", title=lazy("Send me a test"), icon="mail", primary=True,
            offered=lambda row: row.active,
            run=lambda session, row, _: _try(session, row),
            done=lazy("The test is queued; it goes within a minute. Here is where it stands."),
        ),
    )  # fmt: skip

    def create_row(self, form: Any) -> Any:
        """Set a channel up at the current branch."""
        home = desk().scope.home or 0
        return add_channel(current_session(), home, _draft(form), _seal())

    def update_row(self, form: Any, row: Any) -> None:
        """Change it; an empty address leaves the one that is stored."""
        change_channel(current_session(), row, _draft(form), _seal())


def _draft(form: Any) -> ChannelDraft:
    return ChannelDraft(
        name=form.name.data.strip(), medium=Medium(form.medium.data),
        address=(form.address.data or "").strip(), active=form.active.data,
    )  # fmt: skip


def _seal() -> Seal:
    return Seal(current_house().settings)


def _try(session: Any, row: MessageChannel) -> str:
    made = try_channel(session, row, desk().scope.user_id)
    return url_for("messages.details_view", id=made.id)
