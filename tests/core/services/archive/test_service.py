"""Archives are looked at, verified and mended, on a real database (AR-05)."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.entities.people import User
from dougong.core.errors import NotFound, Refusal
from dougong.core.scope import Scope
from dougong.core.services.archive import api
from dougong.core.services.archive.api import (
    ArchiveFinding,
    ArchiveQuality,
    CheckMeans,
    Facet,
    FieldCheck,
    FindingKind,
    Standard,
)
from dougong.core.services.archive.service import due_customers
from dougong.core.services.audit.api import AuditEntry
from dougong.core.session import Session
from dougong.core.testing import World
from tests.core.services.archive.conftest import Adding, add_customer, add_firm, add_person


def findings(session: Session, customer: Customer) -> set[tuple[str, str]]:
    """What is to be mended, as stored."""
    mine = select(ArchiveFinding).where(ArchiveFinding.customer_id == customer.id)
    return {(row.kind.value, row.field) for row in session.scalars(mine)}


def quality(session: Session, customer: Customer) -> ArchiveQuality | None:
    """The score as stored."""
    return session.get(ArchiveQuality, customer.id, populate_existing=True)


def test_full_archive_scores_all_but_what_is_missing(session: Session) -> None:
    firm = add_firm(session)
    session.commit()
    row = quality(session, firm)
    assert row is not None
    assert (row.score, row.findings) == (91, 1)
    assert findings(session, firm) == {("missing", "manager")}


def test_finding_goes_away_when_it_is_mended(session: Session) -> None:
    person = add_person(session, id_number="123")
    session.commit()
    assert ("invalid", "id_number") in findings(session, person)
    assert ("missing", "phone") in findings(session, person)
    assert person.individual is not None
    person.individual.id_number, person.phone = "11010519491231002X", "13800138000"
    session.commit()
    assert not {("invalid", "id_number"), ("missing", "phone")} & findings(session, person)


def test_contact_that_is_wrong_is_named(session: Session) -> None:
    firm = add_firm(session)
    contact = session.scalars(select(Contact).where(Contact.customer_id == firm.id)).one()
    contact.phone = "0000"
    session.commit()
    wanted = select(ArchiveFinding).where(ArchiveFinding.kind == FindingKind.INVALID)
    row = session.scalars(wanted).one()
    assert (row.subject_kind, row.subject_id) == ("core.contact", contact.id)
    session.delete(contact)
    session.commit()
    assert findings(session, firm) == {("missing", "manager"), ("missing", "contacts")}


def test_finding_keeps_the_day_it_was_found(world: World) -> None:
    with world.at(world.east) as session:
        customer = add_customer(session)
        session.commit()
        key = customer.id
    first = world.clock.now()
    world.clock.advance(timedelta(days=3))
    with world.at(world.east) as session:
        api.look_at(session, world.east, [key])
        days = set(session.scalars(select(ArchiveFinding.found_at)))
        assert days == {first}


def test_closed_customer_is_nobodys_work(adding: Adding, session: Session) -> None:
    customer = adding()
    session.commit()
    customer.status = CustomerStatus.CLOSED
    session.commit()
    assert quality(session, customer) is None
    assert findings(session, customer) == set()


def test_editing_by_hand_is_verifying(world: World) -> None:
    by_hand = Scope.at(world.east, "li", user_id=None)
    with world.session(by_hand) as session:
        customer = add_customer(session, phone="13800138000")
        session.commit()
        assert session.scalars(select(FieldCheck)).all() == [], "a job verifies nothing"
        key = customer.id
    with world.session(Scope.kernel("test")) as session:
        user = User(login="li", name="李", active=True)
        session.add(user)
        session.commit()
        user_id = user.id
    with world.session(Scope.at(world.east, "li", user_id=user_id)) as session:
        session.get_one(Customer, key).phone = "13900139000"
        session.commit()
        check = session.scalars(select(FieldCheck)).one()
        assert (check.field, check.means) == (Facet.PHONE, CheckMeans.EDITED)
        assert (check.user_id, check.checked_at) == (user_id, session.now)


def test_verified_is_fresh_again(world: World) -> None:
    with world.at(world.east) as session:
        firm = add_firm(session)
        session.commit()
        key = firm.id
    world.clock.advance(timedelta(days=400))
    with world.at(world.east) as session:
        firm = session.get_one(Customer, key)
        api.look_at(session, world.east, [key])
        assert {("stale", "phone"), ("stale", "contacts")} <= findings(session, firm)
        api.verify(session, key, Facet.PHONE, CheckMeans.CALLED)
        assert ("stale", "phone") not in findings(session, firm)
        assert ("stale", "contacts") in findings(session, firm)
        assert api.checks_of(session, key)[Facet.PHONE].means is CheckMeans.CALLED


def test_verifying_again_keeps_one_row_and_the_history(session: Session, adding: Adding) -> None:
    """AR-04"""
    customer = adding()
    api.verify(session, customer.id, Facet.PHONE, CheckMeans.CALLED)
    api.verify(session, customer.id, Facet.PHONE, CheckMeans.VISITED)
    assert len(session.scalars(select(FieldCheck)).all()) == 1
    kept = select(AuditEntry).where(AuditEntry.entity == "core_field_check")
    assert [row.customer_id for row in session.scalars(kept)] == [customer.id] * 2


def test_customer_of_another_branch_cannot_be_verified(world: World) -> None:
    """XX-05"""
    with world.at(world.west) as session:
        key = add_customer(session).id
        session.commit()
    with world.at(world.east) as session, pytest.raises(NotFound):
        api.verify(session, key, Facet.PHONE)


def test_standard_of_the_branch_decides(session: Session, adding: Adding, world: World) -> None:
    customer = adding()
    session.commit()
    only_phone = dict.fromkeys(api.WEIGHTS["enterprise"], 0) | {"phone": 10}
    api.set_standard(session, world.east, Standard(weights={"enterprise": only_phone}))
    assert session.scalars(due_customers(session, world.east)).all() == [customer.id]
    api.look_at(session, world.east, [customer.id])
    assert findings(session, customer) == {("missing", "phone")}
    assert api.standard_at(session, world.west).weights == api.WEIGHTS


@pytest.mark.parametrize(
    "standard",
    [Standard(weights={"group": {"phone": 11}}), Standard(limits={"phone": -1})],
)
def test_standard_beyond_sense_is_refused(
    session: Session, world: World, standard: Standard
) -> None:
    with pytest.raises(Refusal):
        api.set_standard(session, world.east, standard)


def test_a_thousand_customers_take_as_many_statements_as_ten(session: Session) -> None:
    assert session.scope.home is not None
    counted = []
    for size in (10, 200):
        rows = [_second_of(session, size, number) for number in range(size)]
        with Counting(session) as statements:
            api.look_at(session, session.scope.home, rows)
        counted.append(len(statements.seen))
    assert counted[0] == counted[1]


def _second_of(session: Session, size: int, number: int) -> int:
    """Every second customer has the name of the one before."""
    return add_customer(session, name=f"{size}-{number // 2}", phone="不详").id


class Counting:
    """The statements a session sends while this is open."""

    def __init__(self, session: Session) -> None:
        self.bind = session.get_bind()
        self.seen: list[str] = []

    def __enter__(self) -> "Counting":
        event.listen(self.bind, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.bind, "before_cursor_execute", self._note)

    def _note(self, *arguments: object) -> None:
        self.seen.append(str(arguments[2]))
