"""What a branch sets up for its messages: words of its own, and channels with their addresses."""

from dataclasses import dataclass

from sqlalchemy import select

from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.errors import NotFound, Refusal
from dougong.core.i18n import DEFAULT_LOCALE, LOCALES, lazy
from dougong.core.services.messages import texts
from dougong.core.services.messages.channels import AddressRefused, Seal, check_address, masked
from dougong.core.services.messages.house import TEST
from dougong.core.services.messages.kinds import MessageKind, Wording
from dougong.core.services.messages.models import MessageChannel, MessageText, OutgoingMessage
from dougong.core.services.messages.reach import address_of
from dougong.core.services.messages.rules import Medium, Purpose
from dougong.core.services.messages.service import (
    Message,
    Recipient,
    kind_named,
    own_text,
    send,
    standing_values,
)
from dougong.core.session import Session


@dataclass(frozen=True, slots=True)
class Place:
    """Which text is meant: of this kind, for this medium, in this language."""

    kind: str
    medium: Medium
    locale: str = DEFAULT_LOCALE


@dataclass(frozen=True, slots=True)
class ChannelDraft:
    """A channel as it is entered; an empty address leaves the one that is stored."""

    name: str
    medium: Medium
    address: str
    active: bool = True


def save_text(session: Session, branch_id: int, place: Place, wording: Wording) -> MessageText:
    """Let the branch say it in its own words; refused at the field where they cannot be used."""
    kind = _kind(session, place)
    texts.check(wording, place.medium, kind.samples)
    row = own_text(session, branch_id, place.kind, place.medium, place.locale)
    if row is None:
        row = MessageText(
            branch_id=branch_id, kind=place.kind, medium=place.medium, locale=place.locale
        )
        session.add(row)
    row.subject = wording.subject.strip() if place.medium is Medium.MAIL else ""
    row.body = wording.body.strip()
    row.html = wording.html and place.medium is Medium.MAIL
    session.flush()
    return row


def restore_text(session: Session, branch_id: int, place: Place) -> None:
    """Go back to the house's words."""
    row = own_text(session, branch_id, place.kind, place.medium, place.locale)
    if row is not None:
        session.delete(row)
        session.flush()


def preview(
    session: Session, branch_id: int, place: Place, wording: Wording, customer: Customer | None
) -> Wording:
    """The text with samples in it, and what is known of a real customer where one is named."""
    kind = _kind(session, place)
    values = kind.samples
    if customer is not None and kind.purpose is not Purpose.INTERNAL:
        contact = customer.contacts[0] if customer.contacts else None
        values |= standing_values(session, branch_id, Recipient(customer, contact, None))
    texts.check(wording, place.medium, values)
    return texts.write(wording, place.medium, values)


def _kind(session: Session, place: Place) -> MessageKind:
    try:
        kind = kind_named(session, place.kind)
    except LookupError as error:
        raise NotFound from error
    if place.locale not in LOCALES:
        raise NotFound
    return kind


def add_channel(
    session: Session, branch_id: int, asked: ChannelDraft, seal: Seal
) -> MessageChannel:
    """Set a channel up; its address is checked, then sealed."""
    channel = MessageChannel(branch_id=branch_id)
    _fill(session, channel, asked, seal)
    session.add(channel)
    session.flush()
    return channel


def change_channel(
    session: Session, channel: MessageChannel, asked: ChannelDraft, seal: Seal
) -> MessageChannel:
    """Change a channel; what is under way goes by the new address."""
    _fill(session, channel, asked, seal)
    session.flush()
    return channel


def _fill(session: Session, channel: MessageChannel, asked: ChannelDraft, seal: Seal) -> None:
    if not asked.address and channel.medium != asked.medium:
        raise AddressRefused(lazy("Enter the channel's address."), field="address")
    if asked.active:
        _refuse_second(session, channel, asked.medium)
    channel.name, channel.medium = asked.name, asked.medium
    channel.active = asked.active
    if asked.address:
        address = check_address(asked.medium, asked.address)
        channel.sealed, channel.shown = seal.close(address), masked(address)
        channel.entered_at = session.now


def _refuse_second(session: Session, channel: MessageChannel, medium: Medium) -> None:
    statement = select(MessageChannel).filter_by(
        branch_id=channel.branch_id, medium=medium, active=True
    )
    with session.no_autoflush:
        other = session.scalars(statement).one_or_none()
    if other is not None and other.id != channel.id:
        raise Refusal(
            lazy("%(name)s is in use for this already.", name=other.name),
            code="core.message_channel_taken",
            next_step=lazy("Switch that one off first."),
            field="active",
        )


def try_channel(session: Session, channel: MessageChannel, user_id: int | None) -> OutgoingMessage:
    """Queue a message to oneself by the channel, like every other: so all of it is tried."""
    if not channel.active:
        raise Refusal(lazy("This channel is switched off."), code="core.message_channel_off")
    user = session.get(User, user_id) if user_id is not None else None
    if user is None or not address_of(channel.medium, Purpose.INTERNAL, (user,)):
        raise Refusal(
            lazy("There is no address of yours that this channel could reach."),
            code="core.message_no_own_address",
            next_step=lazy("Have your e-mail address or mobile number entered under Users."),
        )
    message = Message(
        kind=TEST.code, key=f"test:{channel.id}:{session.now.isoformat()}", user_id=user.id,
        media=(channel.medium,), urgent=True,
    )  # fmt: skip
    return send(session, channel.branch_id, message)
