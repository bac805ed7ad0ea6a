"""Delivery: messages claimed one by one under a lease, handed over outside any transaction, marked.

Each message is taken by one worker, judged in that transaction by what holds now, handed over with
no transaction open, and marked if the lease is still ours. A worker that ends between handing over
and marking leaves a message that is sent again after its lease: at least once, never silently not.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from random import random
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import structlog
from sqlalchemy import ColumnElement, and_, or_, select

from dougong.core.branches import zone_of
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import CustomerStatus
from dougong.core.entities.interaction import Interaction, InteractionKind
from dougong.core.events import record
from dougong.core.i18n import lazy
from dougong.core.runs import never
from dougong.core.scope import Scope
from dougong.core.services.messages.channels import CARRIERS, AddressRefused, Seal
from dougong.core.services.messages.events import MessageGivenUp, MessageSent
from dougong.core.services.messages.kinds import kinds_of
from dougong.core.services.messages.letters import Answer, Letter
from dougong.core.services.messages.models import (
    MessageAttempt,
    MessageChannel,
    MessagePolicy,
    OutgoingMessage,
)
from dougong.core.services.messages.reach import address_of
from dougong.core.services.messages.rules import (
    MAX_ATTEMPTS,
    WAITING,
    Circumstances,
    Hours,
    Medium,
    MessageState,
    Outcome,
    Purpose,
    Reason,
    Verdict,
    judge,
    wait_after,
)
from dougong.core.services.messages.service import channels_of, policy_of
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY, switchboard

if TYPE_CHECKING:
    from dougong.core.house import House

LEASE: Final = timedelta(minutes=5)
"""How long a message of a worker that ended waits; longer than the slowest server may take."""
PATIENCE: Final = 3
"""After so many failures in a row the rest of a channel's messages wait for the next minute."""
DIED: Final = lazy("The worker ended in the middle of this attempt; it may have arrived.")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in this worker's hands: all that is needed to hand it over and to mark it."""

    message_id: int
    lease: str
    medium: Medium
    channel_id: int
    channel: str
    sealed: str
    letter: Letter


@dataclass(slots=True)
class Delivered:
    """What one delivery did: how many messages by the state it left them in."""

    counts: Counter[MessageState] = field(default_factory=Counter)
    tired: dict[int, int] = field(default_factory=dict)
    """Failures in a row by channel."""

    def note(self, channel_id: int, state: MessageState) -> None:
        """Count it, and how often the channel failed in a row."""
        self.counts[state] += 1
        failed = state is MessageState.FAILED
        self.tired[channel_id] = self.tired.get(channel_id, 0) + 1 if failed else 0

    @property
    def resting(self) -> frozenset[int]:
        """The channels that failed too often in a row."""
        return frozenset(key for key, failed in self.tired.items() if failed >= PATIENCE)


def deliver(house: "House", branch_id: int, stopping: Callable[[], bool] = never) -> Delivered:
    """Hand over everything that is due at the branch and may go; several may do so at once."""
    done, seal = Delivered(), Seal(house.settings)
    scope = Scope.at(branch_id, "messages")
    while not stopping() and has_due(house, branch_id):
        claim = partial(_claim, branch_id, done.resting)
        taken = house.database.write(scope, claim)
        if taken is None:
            break
        if isinstance(taken, Claimed):
            answer = _handed_over(seal, taken)
            state = house.database.write(scope, partial(settle, taken, answer))
            done.note(taken.channel_id, state)
        else:
            done.counts[taken] += 1
    return done


def has_due(house: "House", branch_id: int) -> bool:
    """Whether any message may be looked at now; asked before taking the write lock."""
    with house.database.reading(Scope.at(branch_id, "messages")) as session:
        found = select(OutgoingMessage.id).where(*_due(session, branch_id)).limit(1)
        return session.scalars(found).first() is not None


def _due(session: Session, branch_id: int) -> tuple[ColumnElement[bool], ...]:
    waiting = and_(OutgoingMessage.state.in_(WAITING), OutgoingMessage.due_at <= session.now)
    left = and_(
        OutgoingMessage.state == MessageState.SENDING, OutgoingMessage.leased_until < session.now
    )
    return (OutgoingMessage.branch_id == branch_id, or_(waiting, left))


def _handed_over(seal: Seal, taken: Claimed) -> Answer:
    try:
        address = seal.open(taken.sealed)
    except AddressRefused as error:
        return Answer(Outcome.TEMPORARY, str(error))
    # Apprise takes long to import: the room that holds it is opened when it is needed
    answer: Answer = import_module(CARRIERS).hand_over(taken.medium, address, taken.letter)
    return answer


# --- claiming -------------------------------------------------------------------------------------


def _claim(
    branch_id: int, resting: frozenset[int], session: Session
) -> Claimed | MessageState | None:
    """Take the next message: in hand, or the state it was put into, or None when none is left."""
    channels = channels_of(session, branch_id)
    asleep = [medium for medium, channel in channels.items() if channel.id in resting]
    statement = (
        select(OutgoingMessage)
        .where(*_due(session, branch_id), OutgoingMessage.medium.not_in(asleep))
        .order_by(OutgoingMessage.due_at, OutgoingMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        return None
    if row.state is MessageState.SENDING and _lost(session, row):
        return row.state
    row.address = address_of(row.medium, row.purpose, (row.contact, row.customer, row.user))
    channel = channels.get(row.medium)
    verdict = judge(_circumstances(session, row, channel))
    if channel is None or verdict.state is not MessageState.SENDING:
        _put(session, row, verdict)
        return verdict.state
    return _take(session, row, channel)


def _lost(session: Session, row: OutgoingMessage) -> bool:
    """Put back what a worker left that ended; whether that was the last attempt."""
    _note(session, row, Answer(Outcome.UNKNOWN, DIED.source), "")
    row.state, row.lease, row.leased_until = MessageState.QUEUED, None, None
    if row.attempts < MAX_ATTEMPTS:
        return False
    row.state, row.reason, row.detail = MessageState.DEAD, Reason.UNREACHABLE, DIED.source
    _tell_given_up(session, row)
    return True


def _circumstances(
    session: Session, row: OutgoingMessage, channel: MessageChannel | None
) -> Circumstances:
    policy = policy_of(session, row.branch_id)
    contact = row.contact
    return Circumstances(
        local=session.now.astimezone(zone_of(session, row.branch_id)),
        purpose=row.purpose,
        urgent=row.urgent,
        address=row.address,
        has_channel=channel is not None,
        consents=contact is not None and contact.consent,
        closed=row.customer is not None and row.customer.status is CustomerStatus.CLOSED,
        left=row.user is not None and not row.user.active,
        plugin_on=_speaks(session, row),
        quiet=quiet_of(contact, policy),
        cap=policy.cap,
        recent=_recent(session, row, policy),
        expires_at=row.expires_at,
    )


def _speaks(session: Session, row: OutgoingMessage) -> bool:
    offer = kinds_of(session.info[REGISTRY]).get(row.kind)
    return offer is not None and switchboard(session).speaks(offer, row.branch_id)


def quiet_of(contact: Contact | None, policy: MessagePolicy) -> Hours:
    """The contact's own quiet hours, else the branch's (CA-08)."""
    if contact is None or contact.quiet_from is None or contact.quiet_to is None:
        return policy.quiet
    return Hours(contact.quiet_from, contact.quiet_to)


def _recent(session: Session, row: OutgoingMessage, policy: MessagePolicy) -> tuple[datetime, ...]:
    """When marketing went to the contact lately; two workers at once wait for each other here."""
    if row.purpose is not Purpose.MARKETING or row.contact_id is None or not policy.cap_count:
        return ()
    session.scalars(select(Contact.id).where(Contact.id == row.contact_id).with_for_update()).one()
    since = session.now - timedelta(days=policy.cap_days)
    mine = select(OutgoingMessage).where(
        OutgoingMessage.branch_id == row.branch_id,
        OutgoingMessage.contact_id == row.contact_id,
        OutgoingMessage.purpose == Purpose.MARKETING,
        OutgoingMessage.id != row.id,
        or_(OutgoingMessage.sent_at > since, OutgoingMessage.state == MessageState.SENDING),
    )
    return tuple(sorted(other.sent_at or session.now for other in session.scalars(mine)))


def _put(session: Session, row: OutgoingMessage, verdict: Verdict) -> None:
    row.state, row.reason, row.detail = verdict.state, verdict.reason, ""
    row.lease = row.leased_until = None
    if verdict.until is not None:
        row.due_at = verdict.until
    if verdict.state is MessageState.DROPPED:
        _tell_given_up(session, row)


def _take(session: Session, row: OutgoingMessage, channel: MessageChannel) -> Claimed:
    row.state, row.reason = MessageState.SENDING, Reason.NONE
    row.lease, row.leased_until = uuid4().hex, session.now + LEASE
    row.attempts += 1
    row.channel_id = channel.id
    letter = Letter(
        to=row.address, recipient=row.recipient, text=row.wording,
        name=f"dougong.{row.branch_id}.{row.id}",
    )  # fmt: skip
    return Claimed(row.id, row.lease, row.medium, channel.id, channel.name, channel.sealed, letter)


# --- marking --------------------------------------------------------------------------------------


def settle(taken: Claimed, answer: Answer, session: Session) -> MessageState:
    """Mark what became of the message, unless its lease ran out and another worker has it."""
    statement = (
        select(OutgoingMessage)
        .where(OutgoingMessage.id == taken.message_id, OutgoingMessage.lease == taken.lease)
        .with_for_update()
    )
    row = session.scalars(statement).one_or_none()
    if row is None:
        _log.warning("message_lease_lost", message=taken.message_id)
        return MessageState.SENDING
    _note(session, row, answer, taken.channel)
    row.lease = row.leased_until = None
    row.detail = answer.detail
    if answer.outcome is Outcome.SENT:
        _sent(session, row)
    elif answer.outcome is Outcome.PERMANENT:
        _give_up(session, row, Reason.REFUSED)
    elif row.attempts >= MAX_ATTEMPTS:
        _give_up(session, row, Reason.UNREACHABLE)
    else:
        row.state, row.reason = MessageState.FAILED, Reason.UNREACHABLE
        row.due_at = session.now + wait_after(row.attempts, random())  # noqa: S311 - spreads load
    return row.state


def _sent(session: Session, row: OutgoingMessage) -> None:
    row.state, row.reason, row.sent_at = MessageState.SENT, Reason.NONE, session.now
    if row.customer_id is not None:
        session.add(contact_made(row))
    session.flush()
    record(
        session,
        MessageSent(
            branch_id=row.branch_id, message_id=row.id, kind=row.kind,
            customer_id=row.customer_id, about_kind=row.about_kind, about_id=row.about_id,
        ),
    )  # fmt: skip


def contact_made(row: OutgoingMessage) -> Interaction:
    """The entry in the customer's contacts that a message went out (AR-03)."""
    mail = row.medium is Medium.MAIL
    return Interaction(
        branch_id=row.branch_id,
        customer_id=row.customer_id,
        contact_id=row.contact_id,
        kind=InteractionKind.MAIL if mail else InteractionKind.MESSAGE,
        at=row.sent_at,
        number=row.address[:60],
        content=row.subject or row.body,
    )


def _give_up(session: Session, row: OutgoingMessage, reason: Reason) -> None:
    row.state, row.reason = MessageState.DEAD, reason
    _tell_given_up(session, row)


def _tell_given_up(session: Session, row: OutgoingMessage) -> None:
    session.flush()
    record(
        session,
        MessageGivenUp(
            branch_id=row.branch_id, message_id=row.id, kind=row.kind, reason=row.reason.value,
            customer_id=row.customer_id, about_kind=row.about_kind, about_id=row.about_id,
        ),
    )  # fmt: skip


def _note(session: Session, row: OutgoingMessage, answer: Answer, channel: str) -> None:
    session.add(
        MessageAttempt(
            branch_id=row.branch_id, message_id=row.id, at=session.now,
            outcome=answer.outcome, channel=channel, address=row.address, detail=answer.detail,
        )
    )  # fmt: skip
