"""Every flush keeps which field went from what to what, by whom, when, by which request (AR-04)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from sqlalchemy import Engine, event, update

from dougong.core.entities.attachment import Attachment
from dougong.core.entities.branch import Branch
from dougong.core.entities.contact import Contact, ContactDay
from dougong.core.entities.customer import Customer, CustomerKind, CustomerStatus
from dougong.core.entities.people import Membership, Permission, Role, User
from dougong.core.entities.product import Product
from dougong.core.entities.profiles import EnterpriseProfile
from dougong.core.scope import Scope
from dougong.core.services.audit.api import AuditAction
from dougong.core.services.audit.recorder import plain
from dougong.core.session import Session
from dougong.core.testing import World
from tests.core.services.audit.conftest import entries


@contextmanager
def statements(engine: Engine, *words: str) -> Iterator[list[str]]:
    """The statements sent meanwhile that contain all the words."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if all(word in statement for word in words):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_change_tells_field_from_to_who_when_and_by_which_request(
    session: Session, customer: Customer
) -> None:
    session.info["request_id"] = "abc123"
    customer.phone, customer.status = "010-2", CustomerStatus.DORMANT
    session.flush()
    (entry,) = entries(session, action=AuditAction.UPDATE)
    assert entry.changes == {"phone": ["010-1", "010-2"], "status": ["active", "dormant"]}
    assert (entry.entity_id, entry.customer_id, entry.branch_id) == (
        customer.id, customer.id, customer.branch_id
    )  # fmt: skip
    assert (entry.actor, entry.at, entry.request_id) == ("test", session.now, "abc123")


def test_creation_keeps_what_was_filled_in(session: Session, customer: Customer) -> None:
    (entry,) = entries(session)
    assert entry.action is AuditAction.CREATE
    assert entry.changes == {
        "code": [None, "C1"], "kind": [None, "enterprise"], "phone": [None, "010-1"],
        "name": [None, "北京清泉饮品有限公司"], "status": [None, "active"],
    }  # fmt: skip


def test_deletion_keeps_what_was_there(session: Session, customer: Customer) -> None:
    customer.contacts.append(Contact(name="王芳"))
    session.flush()
    session.delete(customer)
    session.flush()
    (gone,) = entries(session, action=AuditAction.DELETE)
    assert gone.changes["phone"] == ["010-1", None]
    (contact,) = entries(session, "core_contact", action=AuditAction.DELETE)
    assert contact.changes["name"] == ["王芳", None]


def test_what_belongs_to_a_customer_stands_in_his_history(
    session: Session, customer: Customer
) -> None:
    contact = Contact(name="王芳", days=[ContactDay(title="结婚纪念日", month=5, day=20)])
    customer.contacts.append(contact)
    customer.enterprise = EnterpriseProfile(registered_capital_minor=5_000_000)
    session.flush()
    for table in ("core_contact", "core_contact_day", "core_enterprise_profile"):
        (entry,) = entries(session, table)
        assert entry.customer_id == customer.id
    assert entry.changes["registered_capital_minor"] == [None, 5_000_000, "CNY"]


def test_setting_the_same_value_is_no_change(session: Session, customer: Customer) -> None:
    customer.phone = "010-1"
    customer.remark = "x"
    customer.remark = ""
    session.flush()
    assert entries(session, action=AuditAction.UPDATE) == []


def test_what_is_derived_is_not_kept(session: Session, customer: Customer) -> None:
    customer.name = "上海清泉饮品有限公司"
    session.flush()
    (entry,) = entries(session, action=AuditAction.UPDATE)
    assert list(entry.changes) == ["name"]


def test_old_value_that_nobody_loaded_is_kept_too(session: Session, customer: Customer) -> None:
    session.expire(customer)
    customer.phone = "010-2"
    session.flush()
    (entry,) = entries(session, action=AuditAction.UPDATE)
    assert entry.changes == {"phone": ["010-1", "010-2"]}


def test_new_value_that_the_database_computes_is_kept(session: Session, customer: Customer) -> None:
    customer.remark = Customer.code + "!"
    session.flush()
    (entry,) = entries(session, action=AuditAction.UPDATE)
    assert entry.changes == {"remark": ["", "C1!"]}


def test_what_is_undone_was_never_kept(session: Session, customer: Customer) -> None:
    point = session.begin_nested()
    customer.phone = "010-2"
    session.flush()
    point.rollback()
    assert entries(session, action=AuditAction.UPDATE) == []


def test_files_are_kept_by_their_hash_alone(session: Session, customer: Customer) -> None:
    session.add(
        Attachment(subject_kind="core.customer", subject_id=customer.id, name="a.txt", size=1,
                   sha256="0" * 64, content=b"x")
    )  # fmt: skip
    session.flush()
    (entry,) = entries(session, "core_attachment")
    assert "sha256" in entry.changes
    assert "content" not in entry.changes


def test_people_and_roles_are_kept_at_the_head_of_the_house(world: World) -> None:
    with world.session(Scope.kernel("test")) as session:
        role = Role(code="clerk", name="Clerk", permissions=[])
        user = User(login="li", name="李")
        session.add_all([role, user])
        session.flush()
        role.permissions.append(Permission(entity="core.customer", operation="read"))
        session.add(Membership(user_id=user.id, branch_id=world.east, role_id=role.id))
        session.get_one(Branch, world.west).name = "西南区"
        session.flush()
        for table in ("core_role", "core_user", "core_permission"):
            assert {e.branch_id for e in entries(session, table)} == {world.headquarters}
        (membership,) = entries(session, "core_membership")
        assert membership.branch_id == world.east
        renamed = entries(session, "core_branch", action=AuditAction.UPDATE)
        assert [e.changes for e in renamed] == [{"name": ["西区", "西南区"]}]
        assert renamed[0].branch_id == world.west


def test_the_log_stands_behind_the_wall(world: World) -> None:
    """XX-05"""
    with world.at(world.west) as session:
        session.add(Customer(code="W", kind=CustomerKind.GROUP, name="西区客户"))
        session.commit()
    with world.at(world.east) as session:
        assert entries(session) == []


def test_a_flush_writes_its_entries_by_one_statement_and_asks_nothing(
    world: World, shared_engine: Engine
) -> None:
    with world.at(world.east) as session:
        products = [Product(code=str(n), name=str(n), price_minor=n) for n in range(50)]
        session.add_all(products)
        with statements(shared_engine, "core_audit_entry") as sent:
            session.flush()
        assert len(sent) == 1
        for product in products:
            product.name += "x"
        with statements(shared_engine, "") as everything:
            session.flush()
        sent = [statement for statement in everything if "core_audit_entry" in statement]
        assert len(sent) == 1
        assert not any(statement.startswith("SELECT") for statement in everything)
        assert len(entries(session, "core_product")) == 100


def test_bulk_update_passes_by_which_is_why_it_is_declared(
    session: Session, customer: Customer
) -> None:
    session.execute(update(Customer).values(phone="010-3"))
    assert entries(session, action=AuditAction.UPDATE) == []


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Decimal("1.50"), "1.50"), (date(2026, 3, 2), "2026-03-02"), (time(22, 30), "22:30:00"),
        (datetime(2026, 3, 2, 4, tzinfo=UTC), "2026-03-02T04:00:00+00:00"),
        (CustomerKind.GROUP, "group"), (["a"], ["a"]), (True, True), (None, None),
    ],
)  # fmt: skip
def test_values_are_kept_as_json(value: object, kept: object) -> None:
    assert plain(value) == kept
