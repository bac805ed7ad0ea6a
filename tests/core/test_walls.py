"""The branch walls (XX-05): every door of the session is tried from the wrong side."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import (
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    union_all,
    update,
)  # fmt: skip
from sqlalchemy import table as named
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, selectinload

from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.errors import NaiveTime, WallBreached
from dougong.core.orm import Base, BranchOwned
from dougong.core.reader import Reader
from dougong.core.scope import Scope
from dougong.core.session import UNWALLED, Session
from dougong.core.testing import World


def customer(branch_id: int, code: str) -> Customer:
    return Customer(branch_id=branch_id, code=code, kind=CustomerKind.ENTERPRISE, name=code)


@pytest.fixture
def ids(world: World) -> tuple[int, int]:
    """A customer with a contact at each branch: (here, there)."""
    with world.session(Scope.kernel("test")) as session:
        here, there = customer(world.east, "HERE"), customer(world.west, "THERE")
        session.add_all([here, there])
        session.flush()
        for row in (here, there):
            session.add(Contact(branch_id=row.branch_id, customer_id=row.id, name=row.code))
        session.commit()
        return here.id, there.id


other = aliased(Customer)
READS: dict[str, Callable[[], Any]] = {
    "entity": lambda: select(Customer.code),
    "count": lambda: select(Customer.code).where(Customer.id.in_(select(Customer.id))),
    "alias": lambda: select(other.code),
    "join": lambda: select(Contact.name).join(Contact.customer),
    "outer join": lambda: select(Customer.code).outerjoin(
        Contact, Contact.customer_id == Customer.id
    ),
    "join of an alias": lambda: select(Contact.name).join(other, Contact.customer),
    "alias itself": lambda: select(other.code).select_from(other),
    "subquery": lambda: select(select(Customer.code).subquery().c.code),
    "cte": lambda: select(select(Customer.code).cte().c.code),
    "union": lambda: select(union_all(select(Customer.code), select(Customer.code)).subquery()),
    "exists": lambda: select(Contact.name).where(
        select(Customer.id).where(Customer.id == Contact.customer_id).exists()
    ),
    "any": lambda: select(Customer.code).where(Customer.contacts.any(Contact.name != "")),
    "has": lambda: select(Contact.name).where(Contact.customer.has(Customer.name != "")),
    "from statement": lambda: select(Customer.code).select_from(Customer),
}


@pytest.mark.parametrize("door", READS)
def test_no_select_shows_the_other_branch(world: World, ids: tuple[int, int], door: str) -> None:
    with world.at(world.east) as session:
        found = set(session.scalars(READS[door]()).all())
    assert found == {"HERE"}


def test_a_count_counts_only_what_is_visible(world: World, ids: tuple[int, int]) -> None:
    with world.at(world.east) as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 1


def test_get_and_refresh_do_not_reach_over(world: World, ids: tuple[int, int]) -> None:
    with world.at(world.east) as session:
        assert session.get(Customer, ids[1]) is None
        assert session.get(Customer, ids[0]) is not None


def test_loaded_collections_stay_inside(world: World, ids: tuple[int, int]) -> None:
    with world.at(world.east) as session:
        rows = session.scalars(select(Customer).options(selectinload(Customer.contacts))).all()
        assert [[c.name for c in row.contacts] for row in rows] == [["HERE"]]


def test_a_scope_of_several_branches_sees_them_all(world: World, ids: tuple[int, int]) -> None:
    scope = Scope(actor="headquarters", branches=frozenset({world.east, world.west}))
    with world.session(scope) as session:
        assert len(session.scalars(select(Customer)).all()) == 2


def test_no_branch_sees_nothing(world: World, ids: tuple[int, int]) -> None:
    with world.session(Scope(actor="nobody")) as session:
        assert session.scalars(select(Customer)).all() == []


def test_two_scopes_do_not_share_a_cached_wall(world: World, ids: tuple[int, int]) -> None:
    codes: list[str] = []
    for branch in (world.east, world.west, world.east):
        with world.at(branch) as session:
            codes += session.scalars(select(Customer.code)).all()
    assert codes == ["HERE", "THERE", "HERE"]


def test_update_and_delete_touch_only_own_rows(world: World, ids: tuple[int, int]) -> None:
    with world.at(world.east) as session:
        assert session.execute(update(Customer).values(remark="x")).rowcount == 1  # type: ignore[attr-defined]
        session.execute(delete(Contact))
        session.commit()
    with world.session(Scope.kernel("test")) as session:
        assert session.scalars(select(Customer.remark).order_by(Customer.code)).all() == ["x", ""]
        assert session.scalars(select(Contact.name)).all() == ["THERE"]


table = Customer.__table__
REFUSED: dict[str, Callable[[World], Any]] = {
    "core select": lambda w: select(table),
    "core column": lambda w: select(table.c.code),
    "joined table": lambda w: select(Contact.name).join(
        table, table.c.id == Contact.customer_id
    ),
    "condition alone": lambda w: select(exists().where(Customer.code == "THERE")),
    "condition beside": lambda w: select(Contact.name).where(Customer.code == "THERE"),
    "table by name": lambda w: select(column("code")).select_from(named("core_customer")),
    "text": lambda w: text("SELECT code FROM core_customer"),
    "text inside": lambda w: select(Customer.code).where(text("1=1 OR branch_id > 0")),
    "core update": lambda w: update(table).values(remark="x"),  # type: ignore[arg-type]
    "core delete": lambda w: delete(table),  # type: ignore[arg-type]
    "insert from select": lambda w: insert(Contact).from_select(
        ["branch_id", "customer_id", "name"],
        select(literal(w.west), Customer.id, Customer.name),
    ),
    "update of the branch": lambda w: update(Customer).values(branch_id=w.west),
    "insert of a foreign row": lambda w: insert(Customer).values(
        branch_id=w.west, code="X", kind=CustomerKind.GROUP, name="X"
    ),
    "insert without a branch": lambda w: insert(Customer).values(code="X", name="X"),
}  # fmt: skip


@pytest.mark.parametrize("door", REFUSED)
def test_statements_past_the_orm_are_refused(world: World, ids: tuple[int, int], door: str) -> None:
    with world.at(world.east) as session, pytest.raises(WallBreached):
        session.execute(REFUSED[door](world))


def test_update_by_primary_key_is_refused(world: World, ids: tuple[int, int]) -> None:
    with world.at(world.east) as session, pytest.raises(WallBreached):
        session.execute(update(Customer), [{"id": ids[1], "remark": "x", "version": 1}])


def test_bulk_insert_checks_every_row(world: World) -> None:
    rows = [
        {"branch_id": branch, "code": str(branch), "kind": CustomerKind.GROUP, "name": "X",
         "version": 1, "created_at": world.clock.now(), "updated_at": world.clock.now()}
        for branch in (world.east, world.west)
    ]  # fmt: skip
    with world.at(world.east) as session, pytest.raises(WallBreached):
        session.execute(insert(Customer), rows)
    with world.at(world.east) as session:
        session.execute(insert(Customer), rows[:1])
        assert session.scalars(select(Customer.code)).all() == [str(world.east)]


def test_a_marked_statement_passes(world: World, ids: tuple[int, int]) -> None:
    with world.at(world.east) as session:
        found = session.execute(select(table.c.code), execution_options={UNWALLED: "the test"})
        assert len(found.all()) == 2


def test_a_new_row_for_the_other_branch_is_refused(world: World) -> None:
    with world.at(world.east) as session:
        session.add(customer(world.west, "X"))
        with pytest.raises(WallBreached):
            session.flush()


def test_a_new_row_without_branch_goes_to_the_current_one(world: World) -> None:
    with world.at(world.east) as session:
        row = Customer(code="X", kind=CustomerKind.GROUP, name="X")
        session.add(row)
        session.flush()
        assert row.branch_id == world.east
        assert row.created_at == world.clock.now()


def test_a_row_does_not_move(world: World, ids: tuple[int, int]) -> None:
    scope = Scope(actor="headquarters", branches=frozenset({world.east, world.west}))
    with world.session(scope) as session:
        row = session.get_one(Customer, ids[0])
        row.branch_id = world.west
        with pytest.raises(WallBreached):
            session.flush()


def test_a_forged_foreign_key_does_not_cross(world: World, ids: tuple[int, int]) -> None:
    with world.at(world.east) as session:
        session.add(Contact(branch_id=world.east, customer_id=ids[1], name="forged"))
        with pytest.raises(IntegrityError):
            session.flush()


def test_a_reading_session_writes_nothing(world: World, ids: tuple[int, int]) -> None:
    with world.session(Scope.at(world.east, "test"), writable=False) as session:
        session.add(customer(world.east, "X"))
        with pytest.raises(WallBreached):
            session.flush()
    with world.session(Scope.at(world.east, "test"), writable=False) as session:
        with pytest.raises(WallBreached):
            session.execute(update(Customer).values(remark="x"))
        session.get_one(Customer, ids[0]).remark = "x"
        with pytest.raises(WallBreached):
            session.flush()


@pytest.mark.parametrize(
    "door",
    [
        lambda s: s.connection(),
        lambda s: s.bulk_save_objects([]),
        lambda s: s.bulk_insert_mappings(Customer, []),
        lambda s: s.bulk_update_mappings(Customer, []),
    ],
)
def test_back_doors_are_shut(world: World, door: Callable[[Session], Any]) -> None:
    with world.at(world.east) as session, pytest.raises(WallBreached):
        door(session)


def test_a_reader_only_selects(world: World, ids: tuple[int, int]) -> None:
    with world.at(world.east) as session:
        reader = Reader(session)
        assert reader.all(select(Customer.code)) == ["HERE"]
        assert reader.get(Customer, ids[1]) is None
        with pytest.raises(WallBreached):
            reader.rows(delete(Customer))  # type: ignore[arg-type]


def test_the_scope_cannot_be_exchanged(world: World) -> None:
    with world.at(world.east) as session, pytest.raises(AttributeError):
        session.scope = Scope.kernel("thief")  # type: ignore[misc]


def test_naive_now_is_refused(world: World) -> None:
    with pytest.raises(NaiveTime):
        Session(world.connection, Scope(actor="x"), world.clock.now().replace(tzinfo=None))


def test_every_table_with_a_branch_stands_behind_the_wall() -> None:
    free = {"core_branch_plugin", "core_membership"}
    owned = {
        mapper.local_table.name  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, BranchOwned)
    }
    without = {"core_branch", "core_user", "core_role", "core_permission", "core_request_key"}
    without |= {"core_calendar_public_day"}  # the law of the land, one for all branches
    without |= {"core_absence"}  # who is away is away at every branch
    for name, found in Base.metadata.tables.items():
        if "branch_id" in found.c:
            assert name in owned | free, name
        else:
            assert name in without or name.startswith("admin_"), name
