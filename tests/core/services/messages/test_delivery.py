"""Delivery: each message once, retried when it may help, held when it must wait (CA-08, XX-02)."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import time, timedelta
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from dougong.core.clock import FixedClock
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import CustomerStatus
from dougong.core.entities.event_log import EventRecord
from dougong.core.entities.interaction import Interaction, InteractionKind
from dougong.core.entities.people import User
from dougong.core.house import House
from dougong.core.scope import Scope
from dougong.core.services.messages import api, delivery
from dougong.core.services.messages.api import (
    Medium,
    Message,
    MessageAttempt,
    MessagePolicy,
    MessageState,
    Outcome,
    OutgoingMessage,
    Reason,
)
from dougong.core.services.messages.channels import PAPER, Seal
from dougong.core.services.messages.checks import CHECKS
from dougong.core.services.messages.letters import Answer
from dougong.core.services.messages.rules import MAX_ATTEMPTS
from dougong.core.session import Session
from dougong.core.worker import work_until_empty
from tests.core.services.messages.premises import at, channel, customer, notice, outbox
from tests.core.services.messages.servers import MailBox, mail_server

HOUR = timedelta(hours=1)


@pytest.fixture
def box() -> Iterator[MailBox]:
    with mail_server() as box:
        yield box


def prepare(
    house: House, branch: int, seal: Seal, address: str = PAPER, kind: str = "demo.service"
) -> None:
    """A channel, a customer, and a message to him."""

    def work(session: Session) -> None:
        channel(session, branch, seal, at=address)
        api.send(session, branch, notice(customer(session, branch), kind=kind))

    at(house, branch, work)


def only(house: House) -> OutgoingMessage:
    (row,) = outbox(house)
    return row


def attempts(house: House) -> list[MessageAttempt]:
    with house.database.reading(Scope.kernel("test")) as session:
        return list(session.scalars(select(MessageAttempt).order_by(MessageAttempt.id)))


def events(house: House, name: str) -> list[dict[str, object]]:
    with house.database.reading(Scope.kernel("test")) as session:
        return list(session.scalars(select(EventRecord.payload).where(EventRecord.name == name)))


def test_a_message_goes_out_and_stands_in_the_customers_contacts(
    house: House, branch: int, seal: Seal, box: MailBox, clock: FixedClock
) -> None:
    """AR-03"""
    prepare(house, branch, seal, box.address)
    assert api.deliver(house, branch).counts == {MessageState.SENT: 1}
    assert api.deliver(house, branch).counts == {}
    row = only(house)
    assert (row.state, row.sent_at, row.attempts) == (MessageState.SENT, clock.now(), 1)
    assert [mail["Subject"] for mail in box.mails] == ["关于保养"]
    with house.database.reading(Scope.kernel("test")) as session:
        (told,) = session.scalars(select(Interaction)).all()
    assert (told.kind, told.number, told.content) == (
        InteractionKind.MAIL, "C1@example.com", "关于保养"
    )  # fmt: skip
    (sent,) = events(house, "core.message_sent")
    assert sent["message_id"] == row.id
    assert [one.outcome for one in attempts(house)] == [Outcome.SENT]


def test_the_job_of_every_minute_sends_what_is_due(house: House, branch: int, seal: Seal) -> None:
    prepare(house, branch, seal)
    work_until_empty(house)
    assert only(house).state is MessageState.SENT


def test_a_busy_server_is_tried_again_with_growing_waits_and_given_up_at_last(
    house: House, branch: int, seal: Seal, box: MailBox, clock: FixedClock
) -> None:
    prepare(house, branch, seal, box.address)
    box.refuse = "451 later"
    waits = []
    for _ in range(MAX_ATTEMPTS):
        api.deliver(house, branch)
        waits.append(only(house).due_at - clock.now())
        clock.advance(24 * HOUR)  # at noon again: it is never quiet
    row = only(house)
    assert (row.state, row.reason, row.attempts) == (
        MessageState.DEAD, Reason.UNREACHABLE, MAX_ATTEMPTS
    )  # fmt: skip
    assert row.detail == "451 later"
    assert waits[0] < waits[2] < waits[5]
    assert len(attempts(house)) == MAX_ATTEMPTS
    (told,) = events(house, "core.message_given_up")
    assert told["reason"] == "unreachable"


def test_a_refused_recipient_is_not_tried_twice_and_can_be_sent_again_by_hand(
    house: House, branch: int, seal: Seal, box: MailBox
) -> None:
    prepare(house, branch, seal, box.address)
    box.refuse = "550 no such user"
    api.deliver(house, branch)
    row = only(house)
    assert (row.state, row.reason, row.attempts) == (MessageState.DEAD, Reason.REFUSED, 1)
    box.refuse = ""

    def mend(session: Session) -> None:
        contact = session.get_one(OutgoingMessage, row.id).contact
        assert contact is not None
        contact.email = "new@example.com"
        api.send_again(session, row.id)

    at(house, branch, mend)
    api.deliver(house, branch)
    assert box.recipients == ["new@example.com"]
    assert only(house).state is MessageState.SENT


def test_a_worker_that_ended_in_the_middle_is_followed_after_its_lease(
    house: House, branch: int, seal: Seal, box: MailBox, clock: FixedClock
) -> None:
    """At least once: what was under way may have arrived."""
    prepare(house, branch, seal, box.address)
    claim = partial(delivery._claim, branch, frozenset())
    taken = at(house, branch, claim)
    assert isinstance(taken, delivery.Claimed)
    assert api.deliver(house, branch).counts == {}
    clock.advance(delivery.LEASE + timedelta(seconds=1))
    assert api.deliver(house, branch).counts == {MessageState.SENT: 1}
    assert [one.outcome for one in attempts(house)] == [Outcome.UNKNOWN, Outcome.SENT]


def test_a_slow_worker_cannot_mark_what_another_took_over(
    house: House, branch: int, seal: Seal, clock: FixedClock
) -> None:
    prepare(house, branch, seal)
    taken = at(house, branch, partial(delivery._claim, branch, frozenset()))
    assert isinstance(taken, delivery.Claimed)
    clock.advance(delivery.LEASE + timedelta(seconds=1))
    api.deliver(house, branch)
    late = Answer(Outcome.PERMANENT, "late")
    at(house, branch, partial(delivery.settle, taken, late))
    assert only(house).state is MessageState.SENT


def fill(house: House, branch: int, seal: Seal, address: str, count: int) -> None:
    def work(session: Session) -> None:
        channel(session, branch, seal, at=address)
        for number in range(count):
            contact = customer(session, branch, f"C{number}")
            api.send(session, branch, notice(contact, f"k{number}"))

    at(house, branch, work)


def test_many_threads_send_each_message_once(
    house: House, branch: int, seal: Seal, box: MailBox
) -> None:
    fill(house, branch, seal, box.address, 24)
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: api.deliver(house, branch), range(4)))
    assert sum(one.counts[MessageState.SENT] for one in done) == 24
    assert sorted(box.recipients) == sorted({f"C{n}@example.com" for n in range(24)})


def test_many_processes_send_each_message_once(
    house: House, branch: int, seal: Seal, box: MailBox, tmp_path: Path, database_url: str
) -> None:
    fill(house, branch, seal, box.address, 12)
    at(house, branch, lambda session: session.add(_never_quiet(branch)))
    line = [sys.executable, "-m", "tests.core.services.messages.premises", database_url,
            str(tmp_path / "data"), str(branch)]  # fmt: skip
    running = [subprocess.Popen(line) for _ in range(2)]
    assert [one.wait(60) for one in running] == [0, 0]
    assert sorted(box.recipients) == sorted({f"C{n}@example.com" for n in range(12)})
    assert {row.state for row in outbox(house)} == {MessageState.SENT}


def _never_quiet(branch: int) -> MessagePolicy:
    return MessagePolicy(branch_id=branch, quiet_from=time(0), quiet_to=time(0))


def test_the_cap_counts_every_kind_and_channel(house: House, branch: int, seal: Seal) -> None:
    """CA-08"""
    offer_many(house, branch, seal, 5)
    api.deliver(house, branch)
    states = [row.state for row in outbox(house)]
    assert states == [MessageState.SENT] * 2 + [MessageState.DROPPED] * 3
    assert {row.medium for row in outbox(house)[:2]} == {Medium.MAIL, Medium.SMS}
    assert outbox(house)[-1].reason is Reason.CAP


def test_two_workers_at_once_keep_the_cap(house: House, branch: int, seal: Seal) -> None:
    """CA-08"""
    offer_many(house, branch, seal, 2)
    one = MessagePolicy(branch_id=branch, quiet_from=time(0), quiet_to=time(0), cap_count=1)
    at(house, branch, lambda session: session.add(one))
    claim = partial(delivery._claim, branch, frozenset())
    with house.database.writing(Scope.at(branch, "test")) as session, ThreadPoolExecutor(1) as pool:
        first = claim(session)
        session.flush()
        other = pool.submit(at, house, branch, claim)
        wait([other], timeout=0.5)  # it waits for us, or it has wrongly taken one already
        session.commit()
        assert isinstance(first, delivery.Claimed)
        assert other.result() is MessageState.DROPPED


def offer_many(house: House, branch: int, seal: Seal, count: int) -> None:
    """Offers to one contact, by mail and by text message in turn."""

    def work(session: Session) -> None:
        channel(session, branch, seal)
        channel(session, branch, seal, Medium.SMS)
        contact = customer(session, branch)
        for number in range(count):
            media = (Medium.SMS,) if number % 2 else (Medium.MAIL,)
            offer = notice(contact, f"k{number}", kind="demo.marketing", media=media)
            api.send(session, branch, offer)

    at(house, branch, work)


def test_at_night_it_waits_for_the_morning(
    house: House, branch: int, seal: Seal, clock: FixedClock
) -> None:
    clock.advance(10 * HOUR)  # 22:00 in Shanghai
    prepare(house, branch, seal)
    api.deliver(house, branch)
    row = only(house)
    assert (row.state, row.reason) == (MessageState.HELD, Reason.QUIET)
    assert row.due_at == clock.now() + 10 * HOUR
    clock.advance(10 * HOUR)
    api.deliver(house, branch)
    assert only(house).state is MessageState.SENT


def test_a_contact_has_quiet_hours_of_his_own(
    house: House, branch: int, seal: Seal, clock: FixedClock
) -> None:
    prepare(house, branch, seal)

    def siesta(session: Session) -> None:
        contact = only_contact(session)
        contact.quiet_from, contact.quiet_to = time(11, 30), time(13)

    at(house, branch, siesta)
    api.deliver(house, branch)
    assert only(house).due_at == clock.now() + HOUR


def test_what_changed_since_it_was_queued_decides(house: House, branch: int, seal: Seal) -> None:
    prepare(house, branch, seal, kind="demo.marketing")

    def withdraw_consent(session: Session) -> None:
        only_contact(session).consent = False

    at(house, branch, withdraw_consent)
    api.deliver(house, branch)
    row = only(house)
    assert (row.state, row.reason) == (MessageState.DROPPED, Reason.NO_CONSENT)
    assert events(house, "core.message_given_up")[0]["reason"] == "no_consent"


def test_a_closed_customer_gets_nothing_new(house: House, branch: int, seal: Seal) -> None:
    prepare(house, branch, seal)

    def close(session: Session) -> None:
        only_contact(session).customer.status = CustomerStatus.CLOSED

    at(house, branch, close)
    api.deliver(house, branch)
    assert only(house).reason is Reason.CLOSED


def test_a_plugin_switched_off_meanwhile_sends_nothing(
    house: House, branch: int, seal: Seal
) -> None:
    """XX-04"""
    prepare(house, branch, seal, kind="demo.off")
    api.deliver(house, branch)
    assert only(house).reason is Reason.PLUGIN_OFF


def test_who_left_gets_no_mail(house: House, branch: int, seal: Seal) -> None:
    def work(session: Session) -> None:
        channel(session, branch, seal)
        user = User(login="chen", name="陈晨", email="chen@example.com", active=False)
        session.add(user)
        session.flush()
        told = Message(kind="demo.internal", key="k", user_id=user.id, values={"what": "x"})
        api.send(session, branch, told)

    at(house, branch, work)
    api.deliver(house, branch)
    assert only(house).reason is Reason.LEFT


def test_a_channel_switched_off_meanwhile_holds_its_messages(
    house: House, branch: int, seal: Seal
) -> None:
    prepare(house, branch, seal)
    switch_off = update(api.MessageChannel).values(active=False)
    house.database.write(Scope.kernel("test"), lambda session: session.execute(switch_off))
    api.deliver(house, branch)
    assert (only(house).state, only(house).reason) == (MessageState.HELD, Reason.NO_CHANNEL)


def test_a_channel_that_is_down_is_not_hammered(
    house: House, branch: int, seal: Seal, box: MailBox
) -> None:
    fill(house, branch, seal, box.address, 6)
    box.hang_up = True
    done = api.deliver(house, branch)
    assert done.counts == {MessageState.FAILED: delivery.PATIENCE}
    box.hang_up = False
    assert api.deliver(house, branch).counts == {MessageState.SENT: 3}


def test_a_lost_secret_loses_no_message(house: House, branch: int) -> None:
    other = Seal(house.settings.model_copy(update={"secret_key": SecretStr("other")}))
    prepare(house, branch, other, "mailto://127.0.0.1:9?from=a@example.com")
    api.deliver(house, branch)
    row = only(house)
    assert row.state is MessageState.FAILED
    assert row.detail


def only_contact(session: Session) -> Contact:
    """The one contact there is."""
    return session.scalars(select(Contact)).one()


def test_doctor_names_what_was_given_up_and_what_waits(
    house: House, branch: int, seal: Seal, box: MailBox, clock: FixedClock
) -> None:
    fill(house, branch, seal, box.address, 2)
    assert found(house) == []
    clock.advance(HOUR)
    assert [text.split()[0] for text in found(house)] == ["2"]
    box.refuse = "550 no"
    api.deliver(house, branch)
    assert [text.split()[0] for text in found(house)] == ["2"]
    clock.advance(8 * 24 * HOUR)
    assert found(house) == []


def found(house: House) -> list[str]:
    """What the check of messages finds."""
    with house.database.reading(Scope.kernel("test")) as session:
        return [str(finding.text) for check in CHECKS for finding in check.run(session)]
