"""The list of messages and the page of one, with every attempt (AF-11, CA-08)."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from flask import flash
from flask_admin.actions import action
from flask_admin.contrib.sqla.filters import FilterEqual
from markupsafe import Markup
from sqlalchemy import select

from dougong.admin.formats import moment_text, state_text
from dougong.admin.pages.messages import words as words  # names the states
from dougong.admin.sessions import current_house, current_session
from dougong.admin.views import Act, RecordView, Related
from dougong.core.i18n import gettext, lazy
from dougong.core.services.messages.api import (
    MessageAttempt,
    MessageState,
    OutgoingMessage,
    Reason,
    kinds_of,
    may,
    send_again,
    withdraw,
)

_WAITING: Final = (MessageState.QUEUED, MessageState.HELD, MessageState.FAILED)


def kind_titles() -> list[tuple[str, str]]:
    """Every kind of message by its title."""
    kinds = kinds_of(current_house().registry)
    return sorted(
        ((code, str(offer.item.title)) for code, offer in kinds.items()), key=lambda k: k[1]
    )


class MessageView(RecordView):
    """Every message of the branch: where it stands, and why it did not go."""

    model = OutgoingMessage
    entity = "core.message"
    path = "messages"
    title = lazy("Messages")
    one = lazy("Message")
    offers = frozenset()
    column_list = (
        "created_at", "recipient", "customer.name", "kind", "medium", "state", "reason", "sent_at",
    )  # fmt: skip
    column_details_list = (
        "recipient", "customer.name", "kind", "purpose", "medium", "address", "subject", "body",
        "state", "reason", "detail", "created_at", "due_at", "expires_at", "sent_at", "attempts",
        "channel.name", "urgent",
    )  # fmt: skip
    column_default_sort = ("id", True)
    column_filters = (
        "state", "reason", "medium", "purpose", "created_at",
        FilterEqual(OutgoingMessage.kind, lazy("Kind of message"), options=kind_titles),
    )  # fmt: skip
    column_searchable_list = ("recipient", "customer.name", "address", "subject")
    column_sortable_list = ("id", "created_at", "sent_at", "state", "recipient")
    labels: ClassVar[dict[str, Any]] = {
        "created_at": lazy("Queued at"), "recipient": lazy("Recipient"),
        "kind": lazy("Kind of message"), "medium": lazy("By"), "reason": lazy("Reason"),
        "sent_at": lazy("Sent at"), "purpose": lazy("Purpose"), "address": lazy("Address used"),
        "subject": lazy("Subject"), "body": lazy("Content"),
        "detail": lazy("Answer of the other side"), "due_at": lazy("Next attempt"),
        "expires_at": lazy("Makes sense until"),
        "channel.name": lazy("Message channel"), "urgent": lazy("Urgent"),
    }  # fmt: skip
    acts = (
        Act(
            name="again", title=lazy("Send again"), icon="refresh", primary=True,
            offered=lambda row: may(row, "send_again"),
            run=lambda session, row, _: _again(session, row),
            done=lazy("The message is queued; it goes within a minute."),
        ),
        Act(
            name="withdraw", title=lazy("Withdraw"), icon="x",
            offered=lambda row: may(row, "withdraw"),
            run=lambda session, row, _: _withdraw(session, row),
            confirm=lazy("Keep this message from going?"),
        ),
    )  # fmt: skip

    def _get_field_value(self, model: Any, name: str) -> Any:
        value = super()._get_field_value(model, name)
        if name == "kind":
            offer = kinds_of(current_house().registry).get(value)
            return str(offer.item.title) if offer is not None else value
        if name == "body":
            return Markup('<span class="dg-message">{}</span>').format(value)
        if value is Reason.NONE or (name == "due_at" and model.state not in _WAITING):
            return ""
        return value

    def related(self, row: OutgoingMessage) -> list[Related]:
        """Every attempt and what was answered."""
        statement = select(MessageAttempt).filter_by(message_id=row.id).order_by(MessageAttempt.id)
        heads = (lazy("Time"), lazy("Outcome"), lazy("Message channel"), lazy("Address used"),
                 lazy("Answer of the other side"))  # fmt: skip
        rows: list[tuple[str, tuple[object, ...]]] = [
            ("", (moment_text(one.at, row.branch_id), state_text(one.outcome), one.channel,
                  one.address, gettext(one.detail) if one.detail else ""))
            for one in current_session().scalars(statement)
        ]  # fmt: skip
        return [Related(lazy("Attempts"), heads, rows)]

    @action("again", lazy("Send again"), lazy("Send the selected messages again?"))  # type: ignore[untyped-decorator]
    def action_again(self, ids: Sequence[str]) -> None:
        """Queue what was given up or dropped among the chosen ones."""
        rows = [self.get_one(key) for key in ids]
        chosen = [row for row in rows if may(row, "send_again")]
        for row in chosen:
            send_again(current_session(), row.id)
        flash(gettext("%(count)s of %(all)s messages are queued again.", count=len(chosen),
                      all=len(rows)), "success")  # fmt: skip


def _again(session: Any, row: OutgoingMessage) -> None:
    send_again(session, row.id)


def _withdraw(session: Any, row: OutgoingMessage) -> None:
    withdraw(session, row.id)
