"""The sweep: what has run out ends, what is overdue goes up, each person is reminded once."""

from datetime import timedelta

from sqlalchemy import select

from dougong.core.entities.event_log import EventRecord
from dougong.core.services.approvals import api
from dougong.core.services.approvals.api import Approval, ApprovalState, Step, Swept
from tests.core.services.approvals.conftest import HOUR, Office, role


def swept(office: Office) -> Swept:
    """What one sweep did."""
    with office.world.at(office.firm.branch_id) as session:
        result = api.sweep(session, office.firm.branch_id)
        session.commit()
        return result


def told(office: Office, name: str) -> list[dict[str, object]]:
    """The events of that name."""
    with office.desk("boss") as session:
        found = select(EventRecord.payload).where(EventRecord.name == f"core.approval_{name}")
        return list(session.scalars(found.order_by(EventRecord.id)).all())


def test_each_person_is_reminded_once_of_all_that_waits(office: Office) -> None:
    """One message however many requests wait."""
    keys = [office.ask(number=number) for number in range(1, 6)]
    office.later(23 * HOUR)
    assert swept(office) == Swept(0, 0, 0)
    office.later(HOUR)
    assert swept(office) == Swept(0, 0, 5)
    assert swept(office) == Swept(0, 0, 0)
    reminded = told(office, "reminded")
    assert [event["user_id"] for event in reminded] == sorted(
        [office.firm.ids["boss"], office.firm.ids["deputy"]]
    )
    assert [event["approvals"] for event in reminded] == [keys, keys]
    office.later(24 * HOUR)
    assert swept(office).reminded == 5


def test_who_has_decided_is_not_reminded(office: Office) -> None:
    office.policy(Step((role("boss"), role("boss"))))
    office.decide("boss", office.ask())
    office.later(24 * HOUR)
    swept(office)
    assert [event["user_id"] for event in told(office, "reminded")] == [office.firm.ids["deputy"]]


def test_an_overdue_step_goes_up_once_and_may_be_decided_there(office: Office) -> None:
    office.policy(Step((role("boss"),), due_hours=48, remind_hours=0))
    key = office.ask()
    office.later(48 * HOUR)
    assert [swept(office), swept(office)] == [Swept(0, 1, 0), Swept(0, 0, 0)]
    (up,) = told(office, "escalated")
    assert up["people"] == [office.firm.ids["chief"]]
    assert office.decide("chief", key).state is ApprovalState.APPROVED


def test_it_never_goes_up_to_the_asker(office: Office) -> None:
    """XX-03: the chief asks, the deputy under him is late."""
    office.policy(Step((role("audit"),), due_hours=1))
    office.ask("chief")
    office.later(HOUR)
    swept(office)
    (up,) = told(office, "escalated")
    assert up["people"] == []


def test_a_step_and_a_request_run_out(office: Office) -> None:
    office.policy(Step((role("boss"),), expire_hours=2, remind_hours=0))
    late, granted = office.ask(number=1), office.ask(number=2)
    office.decide("boss", granted)
    office.later(2 * HOUR)
    assert [swept(office), swept(office)] == [Swept(1, 0, 0), Swept(0, 0, 0)]
    office.later(timedelta(days=7))
    assert swept(office) == Swept(1, 0, 0)
    with office.desk("boss") as session:
        found = [session.get_one(Approval, key).state for key in (late, granted)]
    assert found == [ApprovalState.EXPIRED, ApprovalState.EXPIRED]
    assert [event["state"] for event in told(office, "closed")] == ["expired", "expired"]
