"""Approvers hear what waits, once a step; the asker hears the answer (XX-03)."""

from datetime import timedelta

from sqlalchemy import select

from dougong.core.entities.people import User
from dougong.core.scope import Scope
from dougong.core.services.approvals import api
from dougong.core.services.approvals.api import Step, Verdict
from dougong.core.services.messages.api import OutgoingMessage, Seal
from dougong.core.settings import Settings
from tests.core.services.approvals.conftest import Office, role
from tests.core.services.messages.premises import channel

SETTINGS = Settings(secret_key="for tests only")  # type: ignore[arg-type]


def open_mail(office: Office) -> None:
    """A mail channel at the branch, and an address for everybody."""
    with office.world.session(Scope.kernel("test")) as session:
        channel(session, office.firm.branch_id, Seal(SETTINGS))
        for user in session.scalars(select(User)):
            user.email = f"{user.login}@example.com"
        session.commit()


def written(office: Office) -> list[tuple[str, str]]:
    """Kind and recipient of what was queued, in order."""
    with office.world.at(office.firm.branch_id) as session:
        found = select(OutgoingMessage.kind, OutgoingMessage.recipient)
        rows = session.execute(found.order_by(OutgoingMessage.id)).all()
        return [(kind.removeprefix("core.approval_"), whom) for kind, whom in rows]


def test_approvers_are_written_to_and_the_asker_hears_the_answer(office: Office) -> None:
    open_mail(office)
    office.policy(Step((role("boss"), role("boss"))))
    key = office.ask()
    assert written(office) == [("waiting", "Boss"), ("waiting", "Deputy")]
    office.decide("boss", key)
    office.decide("deputy", key, Verdict.REFUSE, "太多")
    assert written(office)[2:] == [("denied", "Asker")]
    office.decide("boss", again := office.ask())
    office.decide("deputy", again)
    assert written(office)[-1] == ("granted", "Asker")


def test_five_that_wait_are_one_reminder(office: Office) -> None:
    open_mail(office)
    for number in range(5):
        office.ask(number=number + 1)
    before = len(written(office))
    office.later(timedelta(hours=24))
    with office.world.at(office.firm.branch_id) as session:
        api.sweep(session, office.firm.branch_id)
        session.commit()
    assert written(office)[before:] == [("reminder", "Boss"), ("reminder", "Deputy")]
    with office.world.at(office.firm.branch_id) as session:
        last = session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id.desc())).first()
        assert last is not None
        assert "5" in last.subject


def test_a_branch_without_channels_queues_nothing(office: Office) -> None:
    office.decide("boss", office.ask())
    assert written(office) == []
