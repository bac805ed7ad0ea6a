"""The verbs of messages: send, write texts, set up channels, send again, withdraw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from dougong.core.entities.branch import Branch
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.errors import NotFound, StateRefused
from dougong.core.i18n import DEFAULT_LOCALE, LOCALES, lazy, shown, speaking
from dougong.core.services.messages import texts
from dougong.core.services.messages.kinds import MessageKind, Wording, kinds_of
from dougong.core.services.messages.models import (
    MessageChannel,
    MessagePolicy,
    MessageText,
    OutgoingMessage,
)
from dougong.core.services.messages.reach import address_of
from dougong.core.services.messages.rules import (
    HOUSE_CAP,
    HOUSE_QUIET,
    MOVES,
    Medium,
    MessageState,
    Reason,
)
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY
from dougong.core.values import Money

Value = str | int | date | Money
_MISSING: Final = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is to be told, to whom, about what.

    To a customer (``contact_id`` narrows it to a person of his) or to one of ours (``user_id``).
    ``key`` names the occasion: a second message with it is never made. ``media`` are tried in
    order: the first that the branch has a channel for and the recipient an address. ``urgent``
    passes quiet hours, never for marketing. ``values`` are those the kind declares.
    """

    kind: str
    key: str
    customer_id: int | None = None
    contact_id: int | None = None
    user_id: int | None = None
    media: tuple[Medium, ...] = (Medium.MAIL, Medium.SMS)
    values: Mapping[str, Value] = field(default_factory=dict)
    urgent: bool = False
    about_kind: str = ""
    about_id: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom it is for: either a customer, perhaps one person of his, or one of ours."""

    customer: Customer | None
    contact: Contact | None
    user: User | None

    @property
    def name(self) -> str:
        """How he is called in the message."""
        found = self.contact or self.customer or self.user
        return found.name if found is not None else ""

    @property
    def locale(self) -> str:
        """The language he is written to in."""
        chosen = self.user.locale if self.user is not None else ""
        return chosen if chosen in LOCALES else DEFAULT_LOCALE


def send(session: Session, branch_id: int, message: Message) -> OutgoingMessage:
    """Queue the message in the caller's transaction; the one already made where the key is taken.

    Never refuses for what a branch wrote or set up wrongly: such a message is there to be seen, and
    does not go. Raises ``LookupError`` for a kind or value that no loaded plugin declares.
    """
    known = _known(session, branch_id, message.key)
    if known is not None:
        return known
    row = _written(session, branch_id, message)
    session.flush()  # what the caller left open must not be undone with our SAVEPOINT
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        known = _known(session, branch_id, message.key)
        if known is None:
            raise
        return known
    return row


def _known(session: Session, branch_id: int, key: str) -> OutgoingMessage | None:
    statement = select(OutgoingMessage).filter_by(branch_id=branch_id, key=key)
    return session.scalars(statement).one_or_none()


def _written(session: Session, branch_id: int, message: Message) -> OutgoingMessage:
    kind = kind_named(session, message.kind)
    whom = _recipient(session, message)
    medium, channel = _chosen(session, branch_id, kind, whom, message.media)
    row = OutgoingMessage(
        branch_id=branch_id, kind=kind.code, purpose=kind.purpose, medium=medium, key=message.key,
        customer_id=whom.customer.id if whom.customer else None,
        contact_id=whom.contact.id if whom.contact else None,
        user_id=whom.user.id if whom.user else None,
        about_kind=message.about_kind, about_id=message.about_id, recipient=whom.name,
        address=_address(kind, medium, whom), body="", urgent=message.urgent,
        state=MessageState.QUEUED if channel else MessageState.DROPPED,
        reason=Reason.NONE if channel else Reason.NO_CHANNEL,
        due_at=session.now, expires_at=message.expires_at,
    )  # fmt: skip
    _write_text(session, row, kind, _values(session, branch_id, kind, whom, message))
    return row


def _write_text(
    session: Session, row: OutgoingMessage, kind: MessageKind, values: dict[str, str]
) -> None:
    locale = row_locale(session, row)
    wording = text_of(session, row.branch_id, kind, row.medium, locale)
    try:
        if wording is None:
            raise texts.TextRefused(lazy("This kind has no text for this medium."))
        written = texts.write(wording, row.medium, values)
    except texts.TextRefused as error:
        row.state, row.reason, row.detail = MessageState.DEAD, Reason.BAD_TEXT, str(error)
        return
    row.subject, row.body, row.html = written.subject, written.body, written.html


def row_locale(session: Session, row: OutgoingMessage) -> str:
    """The language of whom the message is for."""
    user = session.get(User, row.user_id) if row.user_id is not None else None
    return Recipient(None, None, user).locale


def kind_named(session: Session, code: str) -> MessageKind:
    """The kind with that code; ``LookupError`` when no loaded plugin declares it."""
    offer = kinds_of(session.info[REGISTRY]).get(code)
    if offer is None:
        raise LookupError(f"No loaded plugin declares a kind of message {code!r}.")
    kind: MessageKind = offer.item
    return kind


def _recipient(session: Session, message: Message) -> Recipient:
    customer = session.get(Customer, message.customer_id) if message.customer_id else None
    contact = session.get(Contact, message.contact_id) if message.contact_id else None
    user = session.get(User, message.user_id) if message.user_id else None
    if (customer is None) is (user is None):
        raise NotFound(lazy("A message goes to one customer or to one of ours."))
    if message.contact_id and (contact is None or contact.customer_id != message.customer_id):
        raise NotFound
    return Recipient(customer, contact, user)


def _chosen(
    session: Session, branch_id: int, kind: MessageKind, whom: Recipient, media: tuple[Medium, ...]
) -> tuple[Medium, MessageChannel | None]:
    """The first medium that can carry it; else one with a channel, that the address is missed."""
    channels = channels_of(session, branch_id)
    carried = [medium for medium in media if medium in channels]
    for medium in carried:
        if _address(kind, medium, whom):
            return medium, channels[medium]
    if carried:
        return carried[0], channels[carried[0]]
    return media[0], None


def _address(kind: MessageKind, medium: Medium, whom: Recipient) -> str:
    return address_of(medium, kind.purpose, (whom.contact, whom.customer, whom.user))


def channels_of(session: Session, branch_id: int) -> dict[Medium, MessageChannel]:
    """The branch's active channels."""
    statement = select(MessageChannel).filter_by(branch_id=branch_id, active=True)
    return {channel.medium: channel for channel in session.scalars(statement)}


def policy_of(session: Session, branch_id: int) -> MessagePolicy:
    """When the branch is quiet; the house's habits where it never said."""
    statement = select(MessagePolicy).filter_by(branch_id=branch_id)
    return session.scalars(statement).one_or_none() or house_policy(branch_id)


def house_policy(branch_id: int) -> MessagePolicy:
    """Quiet from nine in the evening to eight, two advertisements a week, one too many dropped."""
    return MessagePolicy(
        branch_id=branch_id, quiet_from=HOUSE_QUIET.start, quiet_to=HOUSE_QUIET.end,
        cap_count=HOUSE_CAP.count, cap_days=HOUSE_CAP.days, cap_hold=HOUSE_CAP.hold,
    )  # fmt: skip


# --- words ----------------------------------------------------------------------------------------


def text_of(
    session: Session, branch_id: int, kind: MessageKind, medium: Medium, locale: str
) -> Wording | None:
    """The branch's own words, else the house's; None where the kind has none for the medium."""
    own = own_text(session, branch_id, kind.code, medium, locale)
    return own.wording if own is not None else kind.text(medium, locale)


def own_text(
    session: Session, branch_id: int, code: str, medium: Medium, locale: str
) -> MessageText | None:
    """The branch's own words, None where the house's hold."""
    statement = select(MessageText).filter_by(
        branch_id=branch_id, kind=code, medium=medium, locale=locale
    )
    return session.scalars(statement).one_or_none()


def _values(
    session: Session, branch_id: int, kind: MessageKind, whom: Recipient, message: Message
) -> dict[str, str]:
    declared = {variable.name for variable in kind.variables}
    if set(message.values) != declared:
        wrong = ", ".join(sorted(declared ^ set(message.values)))
        raise LookupError(f"{kind.code} declares other values than it was given: {wrong}.")
    with speaking(whom.locale):
        given = {name: _told(value, whom.locale) for name, value in message.values.items()}
    return given | standing_values(session, branch_id, whom)


def _told(value: Value, locale: str) -> str:
    if isinstance(value, date):
        return format_date(value, format="long", locale=locale)
    return shown(value)


def standing_values(session: Session, branch_id: int, whom: Recipient) -> dict[str, str]:
    """What every message may name, of this recipient."""
    branch = session.get(Branch, branch_id)
    values = {"name": whom.name, "branch": branch.name if branch else ""}
    if whom.customer is not None:
        manager = whom.customer.manager
        values |= {
            "customer": whom.customer.name,
            "manager": manager.name if manager else _MISSING,
            "manager_phone": (manager.phone if manager else "") or _MISSING,
        }
    return values


# --- what staff do to a message -------------------------------------------------------------------


def send_again(session: Session, message_id: int) -> OutgoingMessage:
    """Queue a message anew that was given up or dropped; whether it may go is judged again."""
    row = _locked(session, message_id)
    _refuse_unless(row, "send_again", row.reason is not Reason.BAD_TEXT)
    row.state, row.reason, row.detail = MessageState.QUEUED, Reason.NONE, ""
    row.attempts, row.due_at = 0, session.now
    session.flush()
    return row


def withdraw(session: Session, message_id: int) -> OutgoingMessage:
    """Keep a message that has not gone from going."""
    row = _locked(session, message_id)
    _refuse_unless(row, "withdraw", True)
    row.state, row.reason = MessageState.DROPPED, Reason.WITHDRAWN
    session.flush()
    return row


def withdraw_about(session: Session, branch_id: int, about_kind: str, about_id: int) -> None:
    """Withdraw every message about a record that has not gone: its occasion is over."""
    for row in _about(session, branch_id, about_kind, about_id):
        if row.state in MOVES["withdraw"]:
            row.state, row.reason = MessageState.DROPPED, Reason.WITHDRAWN


def resume_about(session: Session, branch_id: int, about_kind: str, about_id: int) -> None:
    """Queue what was withdrawn about a record: its occasion is back."""
    for row in _about(session, branch_id, about_kind, about_id):
        if row.state is MessageState.DROPPED and row.reason is Reason.WITHDRAWN:
            row.state, row.reason, row.due_at = MessageState.QUEUED, Reason.NONE, session.now


def _about(
    session: Session, branch_id: int, about_kind: str, about_id: int
) -> Sequence[OutgoingMessage]:
    session.flush()
    statement = select(OutgoingMessage).filter_by(
        branch_id=branch_id, about_kind=about_kind, about_id=about_id
    )
    locked = statement.order_by(OutgoingMessage.id).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).all()


def may(row: OutgoingMessage, verb: str) -> bool:
    """Whether staff are offered the verb on this message."""
    return row.state in MOVES[verb] and row.reason is not Reason.BAD_TEXT


def _locked(session: Session, message_id: int) -> OutgoingMessage:
    statement = select(OutgoingMessage).where(OutgoingMessage.id == message_id).with_for_update()
    row = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _refuse_unless(row: OutgoingMessage, verb: str, also: bool) -> None:
    if not (row.state in MOVES[verb] and also):
        raise StateRefused(lazy("This message is past that: look at its state."))
