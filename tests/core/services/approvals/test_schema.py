"""What the database itself refuses, whatever the code would do (XX-03)."""

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from dougong.core.scope import Scope
from dougong.core.services.approvals.api import Approval, ApprovalEntry, EntryKind
from dougong.core.session import Session
from tests.core.services.approvals.conftest import Office


def entry(office: Office, key: int, user: str, whom: str | None, **changes: int) -> ApprovalEntry:
    """A yes as a faulty program might write it."""
    ids = office.firm.ids
    values = {
        "asked_by_id": ids["asker"], "asked_for_id": ids["asker"], "user_id": ids[user],
        "for_id": None if whom is None else ids[whom], **changes,
    }  # fmt: skip
    return ApprovalEntry(
        branch_id=office.firm.branch_id, approval_id=key, kind=EntryKind.APPROVED, step=1,
        at=office.world.clock.now(), actor="x", seats=[1], **values,
    )  # fmt: skip


def refused(session: Session, row: ApprovalEntry) -> bool:
    """Whether the database says no."""
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        return True
    return False


def test_no_yes_of_the_asker_is_stored(office: Office) -> None:
    key = office.ask()
    with office.desk("boss") as session:
        assert refused(session, entry(office, key, "asker", "asker"))
        assert refused(session, entry(office, key, "boss", "asker"))
        assert refused(session, entry(office, key, "asker", "boss"))
        assert refused(session, entry(office, key, "boss", None))
        assert not refused(session, entry(office, key, "boss", "boss"))


def test_a_yes_cannot_lie_about_who_asked(office: Office) -> None:
    key = office.ask()
    lie = {"asked_by_id": office.firm.ids["clerk"], "asked_for_id": office.firm.ids["clerk"]}
    with office.desk("boss") as session:
        assert refused(session, entry(office, key, "asker", "asker", **lie))


def test_one_person_has_one_yes(office: Office) -> None:
    key = office.ask()
    with office.desk("boss") as session:
        session.add(entry(office, key, "boss", "boss"))
        session.commit()
        assert refused(session, entry(office, key, "boss", "deputy"))
        assert refused(session, entry(office, key, "deputy", "boss"))


@pytest.mark.parametrize("column", ["content", "amount_minor", "asked_by_id", "steps", "reason"])
def test_what_was_asked_is_frozen(office: Office, column: str) -> None:
    key = office.ask()
    value = {"content": {"percent": 99}, "steps": [], "reason": "x"}.get(column, 7)
    with office.world.session(Scope.kernel("test")) as session:
        changing = update(Approval).where(Approval.id == key).values({column: value})
        with pytest.raises(DBAPIError, match=r"frozen|FOREIGN|foreign"):
            session.execute(changing, execution_options={"synchronize_session": False})


def test_what_has_ended_stays_ended(office: Office) -> None:
    key = office.ask()
    office.decide("boss", key)
    with office.world.session(Scope.kernel("test")) as session:
        ended = {"ended_at": session.now, "state": "used"}
        session.execute(update(Approval).where(Approval.id == key).values(ended))
        again = update(Approval).where(Approval.id == key).values(ended_at=None, state="approved")
        with pytest.raises(DBAPIError, match="frozen"):
            session.execute(again)


@pytest.mark.parametrize("change", [update(ApprovalEntry).values(note="x"), delete(ApprovalEntry)])
def test_history_is_append_only(office: Office, change: object) -> None:
    office.ask()
    with (
        office.world.session(Scope.kernel("test")) as session,
        pytest.raises(DBAPIError, match="append-only"),
    ):
        session.execute(change)  # type: ignore[call-overload]
