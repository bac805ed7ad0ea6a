"""The log cannot be changed, and where somebody changes it all the same it is found (AR-04)."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import String, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable

from dougong.core.clock import FixedClock
from dougong.core.database import Database
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.house import open_house
from dougong.core.i18n import speaking
from dougong.core.migrate import _alone
from dougong.core.scope import Scope
from dougong.core.services.audit.api import AuditEntry, AuditSeal
from dougong.core.services.audit.checks import audit_checks
from dougong.core.services.audit.seals import GRACE, seal_next, unsealed_before
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.sweep import plan
from dougong.core.testing import NOON, make_branches
from dougong.core.worker import work_until_empty

KERNEL = Scope.kernel("test")
ACTS: dict[str, Executable] = {
    "update": update(AuditEntry).values(actor="nobody"),
    "update of one": update(AuditEntry).where(AuditEntry.id == 1).values(reason="x"),
    "delete": delete(AuditEntry),
    "update of a seal": update(AuditSeal).values(digest="0" * 64),
    "delete of a seal": delete(AuditSeal),
}
PROTECTED = ("core_audit_entry", "core_audit_seal")


@pytest.fixture
def sealed(database: Database) -> int:
    """东区 with a customer that was changed twice, sealed in batches of two, one entry later."""
    _, east, west = database.write(KERNEL, make_branches)
    for place in (east, west):
        database.write(Scope.at(place, "clerk"), _customer)
    for phone in ("1", "2", "3"):
        database.write(Scope.at(east, "clerk"), partial(_call_him, phone))
    _later(database)
    for place in (east, west):
        while database.write(Scope.at(place, "seal"), partial(_seal_two, place)):
            pass
    return east


def _customer(session: Session) -> None:
    session.add(Customer(code="C", kind=CustomerKind.GROUP, name="清泉"))


def _call_him(phone: str, session: Session) -> None:
    session.scalars(select(Customer)).one().phone = phone


def _seal_two(branch_id: int, session: Session) -> int:
    return seal_next(session, branch_id, at_most=2)


def _later(database: Database) -> None:
    assert isinstance(database.clock, FixedClock)
    database.clock.advance(GRACE + timedelta(seconds=1))


def found(database: Database) -> list[str]:
    """What the doctor says of the log."""
    with speaking("en"), database.reading(KERNEL) as session:
        return [str(f.text) for check in audit_checks() for f in check.run(session)]


def tamper(database: Database, *statements: str) -> None:
    """What somebody with the database's own password does, its triggers out of the way."""

    def work(session: Session) -> None:
        connection = session.connection()
        postgres = connection.dialect.name == "postgresql"
        for table in PROTECTED:
            if postgres:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        made = [] if postgres else _unguarded(session)
        for statement in statements:
            connection.execute(text(statement))
        for table in PROTECTED:
            if postgres:
                connection.execute(text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER "
                                        f"{table}_append_only"))  # fmt: skip
        for trigger in made:
            connection.execute(text(trigger))

    database.write(KERNEL, work)


def _unguarded(session: Session) -> list[str]:
    connection = session.connection()
    asking = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    triggers = connection.execute(text(asking)).all()
    for name, _ in triggers:
        connection.execute(text(f"DROP TRIGGER {name}"))
    return [sql for _, sql in triggers]


@pytest.mark.parametrize("act", ACTS)
def test_the_database_refuses_to_change_the_log(database: Database, sealed: int, act: str) -> None:
    with pytest.raises(DBAPIError, match="is append-only"):
        database.write(KERNEL, lambda session: session.execute(ACTS[act]))


@pytest.mark.parametrize("table", PROTECTED)
def test_emptying_the_log_is_refused_too(database: Database, sealed: int, table: str) -> None:
    postgres = database.engine.dialect.name == "postgresql"
    emptying = text(f"TRUNCATE {table} CASCADE" if postgres else f"DELETE FROM {table}")
    with pytest.raises(DBAPIError, match="is append-only"):
        database.write(KERNEL, lambda session: session.execute(emptying))


def test_a_log_as_it_was_sealed_is_sound(database: Database, sealed: int) -> None:
    assert found(database) == []
    with database.reading(Scope.at(sealed, "test")) as session:
        seals = session.scalars(select(AuditSeal).order_by(AuditSeal.number)).all()
    # the sealed itself, the customer, three changes
    assert [seal.count for seal in seals] == [2, 2, 1]
    assert [seal.previous for seal in seals[1:]] == [seal.digest for seal in seals[:-1]]


TAMPERED: dict[str, tuple[str, str]] = {
    "a value": (
        "UPDATE core_audit_entry SET changes = REPLACE(CAST(changes AS VARCHAR(999)), '\"2\"',"
        " '\"9\"'){json} WHERE action = 'update'",
        "was changed",
    ),
    "who": ("UPDATE core_audit_entry SET actor = 'other' WHERE action = 'update'", "was changed"),
    "a reason": ("UPDATE core_audit_entry SET reason = 'x' WHERE action = 'update'", "was changed"),
    "an entry gone": (
        "DELETE FROM core_audit_entry WHERE id = (SELECT max(id) FROM core_audit_entry)",
        "counted 1 entries, there are 0",
    ),
    "a seal gone": ("DELETE FROM core_audit_seal WHERE number = 2", "does not follow"),
    "a seal's hash": (
        "UPDATE core_audit_seal SET digest = 'forged' WHERE number = 1", "does not follow",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_tampering_is_found(database: Database, sealed: int, what: str) -> None:
    statement, said = TAMPERED[what]
    json = "::json" if database.engine.dialect.name == "postgresql" else ""
    if json:
        statement = statement.replace("REPLACE(", "(REPLACE(").replace("){json}", "))::json")
    tamper(database, statement.replace("{json}", json))
    assert any(said in text for text in found(database))


def test_an_entry_put_in_afterwards_is_found(database: Database, sealed: int) -> None:
    tamper(database, "DELETE FROM core_audit_entry WHERE id = (SELECT min(id) + 1 FROM"
                     " core_audit_entry)")  # fmt: skip
    with database.reading(KERNEL) as session:
        ids = session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all()
    forged = {
        "id": ids[0] + 1, "branch_id": sealed, "actor": "x", "action": "create",
        "entity": "core_x", "changes": {}, "at": database.clock.now(), "request_id": "",
        "reason": "",
    }  # fmt: skip
    database.write(KERNEL, lambda s: s.execute(insert(AuditEntry), [forged]))
    assert any("was changed" in t or "counted" in t for t in found(database))


def test_missing_triggers_are_found(database: Database, sealed: int) -> None:
    def work(session: Session) -> None:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ALTER TABLE core_audit_seal DISABLE TRIGGER ALL"))
        else:
            _unguarded(session)

    database.write(KERNEL, work)
    assert "core_audit_seal" in " ".join(found(database))


def test_what_is_young_waits_for_its_seal(database: Database, sealed: int) -> None:
    database.write(Scope.at(sealed, "clerk"), lambda s: _call_him("4", s))
    seal = Scope.at(sealed, "seal")
    assert database.write(seal, lambda s: seal_next(s, sealed)) == 0
    _later(database)
    assert database.write(seal, lambda s: seal_next(s, sealed)) == 1


def test_seals_that_never_come_are_told(database: Database, sealed: int) -> None:
    database.write(Scope.at(sealed, "clerk"), lambda s: _call_him("4", s))
    assert isinstance(database.clock, FixedClock)
    database.clock.advance(timedelta(days=2))
    assert ["wait for a seal" in text for text in found(database)] == [True]


def test_two_seals_at_once_do_not_fork_the_chain(database: Database, sealed: int) -> None:
    with database.reading(Scope.at(sealed, "test")) as session:
        last = session.scalars(select(AuditSeal).order_by(AuditSeal.number.desc())).first()
    assert last is not None
    twin = {c.key: getattr(last, c.key) for c in AuditSeal.__table__.columns if c.key != "id"}
    with pytest.raises(DBAPIError):
        database.write(KERNEL, lambda s: s.execute(insert(AuditSeal), [twin]))


def test_the_job_seals_what_is_ripe_at_every_branch(database_url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=database_url, data_dir=tmp_path)
    clock = FixedClock(NOON)
    house = open_house(settings, clock=clock, found=[])
    branches = house.database.write(KERNEL, make_branches)
    for branch in branches:
        house.database.write(Scope.at(branch, "clerk"), _customer)
    clock.advance(GRACE + timedelta(hours=1))
    plan(house)
    work_until_empty(house)
    with house.database.reading(KERNEL) as session:
        assert set(session.scalars(select(AuditSeal.branch_id)).all()) == set(branches)
        assert unsealed_before(session, session.now) == 0
    assert found(house.database) == []
    house.database.engine.dispose()


def test_triggers_survive_a_rebuild_of_their_table(database: Database, sealed: int) -> None:
    with _alone(database.engine) as connection:
        batches = Operations(MigrationContext.configure(connection))
        with batches.batch_alter_table("core_audit_entry", recreate="auto") as table:
            table.alter_column("actor", existing_type=String(100), type_=String(120))
    assert found(database) == []
    with pytest.raises(DBAPIError, match="is append-only"):
        database.write(KERNEL, lambda session: session.execute(delete(AuditEntry)))


def test_a_trigger_dropped_on_purpose_stays_away(database: Database, sealed: int) -> None:
    if database.engine.dialect.name == "postgresql":
        drop = "DROP TRIGGER core_audit_seal_append_only ON core_audit_seal"
    else:
        drop = "DROP TRIGGER core_audit_seal_no_delete"
    with _alone(database.engine) as connection:
        Operations(MigrationContext.configure(connection)).execute(drop)
    assert "core_audit_seal" in " ".join(found(database))
