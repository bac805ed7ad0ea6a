"""Staff are written to about deadlines: once a sweep, in their language (XX-02)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from dougong.core.clock import FixedClock
from dougong.core.entities.people import User
from dougong.core.house import House
from dougong.core.services.deadlines import api as deadlines
from dougong.core.services.deadlines.api import DeadlineRule, Promise
from dougong.core.services.messages import api
from dougong.core.services.messages.api import MessageState, OutgoingMessage, Reason
from dougong.core.services.messages.channels import Seal
from dougong.core.services.messages.digests import SHOWN
from dougong.core.session import Session
from tests.core.services.messages.premises import at, channel, outbox

HOUR = timedelta(hours=1)
RULE = DeadlineRule(
    code="demo.repair", version=1, target="arrive", allowed=4 * HOUR, warn_after=3 * HOUR,
    working=False, escalates_to="supervisor",
)  # fmt: skip


def home(session: Session) -> int:
    assert session.scope.home is not None
    return session.scope.home


def people(session: Session, locale: str = "") -> User:
    """A worker and, above him, his supervisor."""
    boss = User(login="boss", name="王总", email="boss@example.com")
    session.add(boss)
    session.flush()
    worker = User(login="li", name="李师傅", email="li@example.com", supervisor_id=boss.id)
    worker.locale = locale
    session.add(worker)
    session.flush()
    return worker


def clocks(session: Session, owner: User, count: int = 2) -> None:
    for number in range(count):
        promise = Promise(
            subject_kind="demo.call", subject_id=number, subject=f"SC-{number:06}",
            owner_id=owner.id,
        )  # fmt: skip
        deadlines.start(session, home(session), promise, RULE)


def swept(session: Session, hours: float) -> list[OutgoingMessage]:
    session.now += hours * HOUR
    deadlines.sweep(session, home(session))
    return list(session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)))


@pytest.mark.parametrize(
    ("locale", "subject", "line"),
    [
        ("", "东区：2个时限请留意", "SC-000000 · 到场 · 2026-03-02 16:00"),
        ("en", "东区: 2 deadlines to look at", "SC-000000 · Arrive · 2026-03-02 16:00"),
    ],
)
def test_one_message_reminds_of_everything_that_is_near(
    session: Session, seal: Seal, locale: str, subject: str, line: str
) -> None:
    channel(session, home(session), seal)
    clocks(session, people(session, locale))
    (told,) = swept(session, 3)
    assert (told.recipient, told.subject, told.urgent) == ("李师傅", subject, False)
    assert line in told.body
    assert len(swept(session, 0)) == 1


def test_what_is_missed_comes_up_to_the_supervisor_at_any_hour(
    session: Session, seal: Seal
) -> None:
    channel(session, home(session), seal)
    clocks(session, people(session))
    told = {row.recipient: row for row in swept(session, 5)}
    assert told["李师傅"].urgent is False
    assert told["王总"].urgent is True
    assert "升级" in told["王总"].subject


def test_a_deadline_that_is_near_again_is_told_again(session: Session, seal: Seal) -> None:
    channel(session, home(session), seal)
    owner = people(session)
    clocks(session, owner, 1)
    swept(session, 3)
    row = session.scalars(select(deadlines.Deadline)).one()
    later = replace(RULE, allowed=8 * HOUR, warn_after=6 * HOUR)
    deadlines.rebase(session, row.id, later, "客户改期")
    assert len(swept(session, 3)) == 2


def test_a_long_list_is_cut_and_counted(session: Session, seal: Seal) -> None:
    channel(session, home(session), seal)
    clocks(session, people(session), SHOWN + 5)
    (told,) = swept(session, 3)
    assert told.body.count("SC-") == SHOWN
    assert "5" in told.body.splitlines()[-1]


def test_without_a_channel_nothing_piles_up(session: Session) -> None:
    clocks(session, people(session))
    assert swept(session, 3) == []


def test_at_night_the_reminder_waits_and_the_escalation_goes(
    house: House, branch: int, seal: Seal, clock: FixedClock
) -> None:
    clock.advance(6 * HOUR)  # promised at 18:00 in Shanghai, missed at 22:00

    def work(session: Session) -> None:
        channel(session, branch, seal)
        clocks(session, people(session))

    at(house, branch, work)
    clock.advance(5 * HOUR)
    at(house, branch, lambda session: deadlines.sweep(session, branch))
    api.deliver(house, branch)
    states = {row.kind: (row.state, row.reason) for row in outbox(house)}
    assert states == {
        "core.deadline_reminder": (MessageState.HELD, Reason.QUIET),
        "core.deadline_escalation": (MessageState.SENT, Reason.NONE),
    }
