"""The second wall (XX-05): on PostgreSQL the server itself keeps the branches apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, insert, literal_column, make_url, select, text, update
from sqlalchemy.exc import ProgrammingError

from dougong.core.clock import FixedClock
from dougong.core.database import Database, open_engine
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.people import User
from dougong.core.events import record
from dougong.core.plugins import Registry
from dougong.core.policies import passes_policies, unprotected
from dougong.core.scope import Scope
from dougong.core.services.audit.models import AuditEntry
from dougong.core.session import UNWALLED, Session
from dougong.core.switchboard import REGISTRY
from dougong.core.switches import PluginEnabled
from dougong.core.testing import NOON, make_branches

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("database_url", ["postgres"], indirect=True),
]
KERNEL = Scope.kernel("test")
PASSED = {UNWALLED: "the test goes round the first wall on purpose"}
table = Customer.__table__


@dataclass(frozen=True, slots=True)
class Served:
    """A database reached by a role that owns nothing, with a customer at each of two branches."""

    database: Database
    owner: Engine
    east: int
    west: int

    def reading(self, branch_id: int) -> Session:
        return Session(self.database.engine, Scope.at(branch_id, "test"), NOON)


@pytest.fixture
def served(database_url: str, plugin_registry: Registry) -> Iterator[Served]:
    owner = create_engine(database_url)
    role = f"dougong_app_{uuid4().hex[:8]}"
    with owner.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD 'app'"))
        connection.execute(text(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"))
        connection.execute(text(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}"))
    url = make_url(database_url).set(username=role, password="app")
    engine = open_engine(url.render_as_string(hide_password=False))
    database = Database(engine, FixedClock(NOON), {REGISTRY: plugin_registry})
    _, east, west = database.write(KERNEL, make_branches)
    database.write(KERNEL, lambda session: session.add_all([customer(east), customer(west)]))
    yield Served(database, owner, east, west)
    engine.dispose()
    with owner.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {role}"))
        connection.execute(text(f"DROP ROLE {role}"))
    owner.dispose()


def customer(branch_id: int) -> Customer:
    return Customer(
        branch_id=branch_id, code=f"C{branch_id}", kind=CustomerKind.ENTERPRISE, name="甲"
    )


def test_every_business_table_has_the_policy(served: Served) -> None:
    assert unprotected(served.owner) == []


@pytest.mark.parametrize(
    "statement",
    [
        select(table.c.branch_id),
        text("SELECT branch_id FROM core_customer"),
        select(literal_column("(SELECT max(branch_id) FROM core_customer)")),
        text("UPDATE core_customer SET remark = 'x' RETURNING branch_id"),
    ],
    ids=["core select", "text", "literal column", "update"],
)
def test_what_passes_the_first_wall_meets_the_second(served: Served, statement: object) -> None:
    for branch in (served.east, served.west):
        with served.reading(branch) as session:
            found = session.execute(statement, execution_options=PASSED)  # type: ignore[call-overload]
            assert set(found.scalars()) == {branch}


def test_a_row_for_another_branch_is_refused_by_the_server(served: Served) -> None:
    def forge(session: Session) -> None:
        row = {"branch_id": served.west, "code": "X", "kind": "enterprise", "name": "X",
               "short_name": "", "phone": "", "email": "", "status": "active", "search_key": "",
               "remark": "", "version": 1, "created_at": NOON, "updated_at": NOON}  # fmt: skip
        session.execute(insert(table), [row], execution_options=PASSED)  # type: ignore[arg-type]

    with pytest.raises(ProgrammingError, match="row-level security"):
        served.database.write(Scope.at(served.east, "test"), forge)


def test_the_kernel_sees_all_and_a_bare_connection_nothing(served: Served) -> None:
    with served.database.reading(KERNEL) as session:
        assert len(session.scalars(select(Customer)).all()) == 2
    with served.database.engine.connect() as connection:
        assert connection.execute(select(table.c.id)).all() == []
    nobody = Session(served.database.engine, Scope(actor="nobody"), NOON)
    with nobody as session:
        assert session.execute(select(table.c.id), execution_options=PASSED).all() == []


def test_a_pooled_connection_carries_no_scope_over(served: Served) -> None:
    with served.database.reading(KERNEL) as session:
        session.scalars(select(Customer.id)).all()
    with served.database.engine.connect() as connection:
        assert connection.execute(select(table.c.id)).all() == []


def test_ordinary_work_goes_on_behind_both_walls(served: Served) -> None:
    """A customer, an event, and a change of a person, whose log is kept at headquarters."""
    person = served.database.write(KERNEL, _hire)

    def work(session: Session) -> None:
        session.add(Customer(code="NEW", kind=CustomerKind.GROUP, name="乙"))
        session.get_one(User, person).name = "陈经理"
        record(session, PluginEnabled(branch_id=served.east, plugin="credit"))
        session.execute(update(Customer).values(remark="y"))

    served.database.write(Scope.at(served.east, "test"), work)
    with served.database.reading(KERNEL) as session:
        codes = select(Customer.code).where(Customer.remark == "y").order_by(Customer.code)
        assert session.scalars(codes).all() == [f"C{served.east}", "NEW"]
        changed = select(AuditEntry.id).where(AuditEntry.entity == "core_user")
        assert len(session.scalars(changed).all()) == 2


def _hire(session: Session) -> int:
    person = User(login="chen", name="陈", active=True)
    session.add(person)
    session.flush()
    return person.id


def test_the_doctor_knows_whom_policies_do_not_bind(served: Served) -> None:
    assert passes_policies(served.owner)
    assert not passes_policies(served.database.engine)
