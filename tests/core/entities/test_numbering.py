"""Document numbers: one series a branch and year, no gaps, no doubles, whoever takes them."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context

import pytest
from sqlalchemy import text

from dougong.core.clock import FixedClock
from dougong.core.database import Database, open_engine
from dougong.core.entities.branch import Branch
from dougong.core.entities.numbering import DocumentNumber, take_number
from dougong.core.house import load_registry
from dougong.core.migrate import downgrade, upgrade
from dougong.core.plugins import Registry
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY
from dougong.core.testing import NOON, World, make_branches

HANDS = 8
ROUNDS = 6


class ThrownAway(Exception):
    """The work of this round is undone."""


def test_a_series_counts_from_one(session: Session, world: World) -> None:
    taken = [take_number(session, world.east, "SO") for _ in range(2)]
    assert taken == ["SO-2026-000001", "SO-2026-000002"]
    assert take_number(session, world.east, "IN") == "IN-2026-000001"


def test_each_branch_counts_for_itself(world: World) -> None:
    with world.session(Scope.kernel("test")) as session:
        assert take_number(session, world.east, "SO") == "SO-2026-000001"
        assert take_number(session, world.west, "SO") == "SO-2026-000001"


def test_what_is_undone_leaves_no_gap(session: Session, world: World) -> None:
    take_number(session, world.east, "SO")
    undone = session.begin_nested()
    take_number(session, world.east, "SO")
    undone.rollback()
    assert take_number(session, world.east, "SO") == "SO-2026-000002"


def test_a_new_year_begins_at_one(world: World) -> None:
    with world.at(world.east) as session:
        take_number(session, world.east, "SO")
        session.now = datetime(2027, 1, 1, 12, tzinfo=UTC)
        assert take_number(session, world.east, "SO") == "SO-2027-000001"


@pytest.mark.parametrize(("zone", "year"), [("Asia/Shanghai", 2027), ("Europe/London", 2026)])
def test_the_year_is_the_branch_s(world: World, zone: str, year: int) -> None:
    """XX-02: at 16:30 UTC of the last day it is next year in Shanghai already."""
    with world.session(Scope.kernel("test")) as session:
        session.get_one(Branch, world.east).zone = zone
        session.now = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
        assert take_number(session, world.east, "SO") == f"SO-{year}-000001"


def take_some(database: Database, branch_id: int, hand: int) -> list[str]:
    """The numbers kept by one hand that throws every third round away."""
    scope, kept = Scope.at(branch_id, f"hand{hand}"), []
    for turn in range(ROUNDS):
        try:
            kept.append(
                database.write(scope, lambda s, at=hand + turn: _one(s, branch_id, at), attempts=20)  # type: ignore[misc]
            )
        except ThrownAway:
            continue
    return kept


def _one(session: Session, branch_id: int, turn: int) -> str:
    taken = take_number(session, branch_id, "SO")
    if turn % 3 == 0:
        raise ThrownAway
    return taken


def take_in_process(url: str, branch_id: int, hand: int) -> list[str]:
    """The same in a process of its own."""
    engine = open_engine(url)
    database = Database(engine, FixedClock(NOON), {REGISTRY: load_registry()})
    try:
        return take_some(database, branch_id, hand)
    finally:
        engine.dispose()


def _expected(count: int) -> list[str]:
    return [f"SO-2026-{n:06d}" for n in range(1, count + 1)]


def test_eight_threads_take_each_number_once(database: Database) -> None:
    _, east, _ = database.write(Scope.kernel("test"), make_branches)
    with ThreadPoolExecutor(HANDS) as pool:
        taken = pool.map(lambda hand: take_some(database, east, hand), range(HANDS))
        numbers = sorted(number for kept in taken for number in kept)
    assert numbers == _expected(HANDS * ROUNDS * 2 // 3)


def test_processes_take_each_number_once(database: Database, database_url: str) -> None:
    _, east, _ = database.write(Scope.kernel("test"), make_branches)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(take_in_process, database_url, east, hand) for hand in range(4)]
        numbers = sorted(number for job in jobs for number in job.result())
    assert numbers == _expected(4 * ROUNDS * 2 // 3)


def test_numbers_counted_before_years_survive_the_migration(
    empty_database_url: str, plugin_registry: Registry
) -> None:
    """A series of no year stays as it was, and goes on from there if the migration is undone."""
    engine = open_engine(empty_database_url)
    upgrade(engine, plugin_registry, ["core"])
    database = Database(engine, FixedClock(NOON), {REGISTRY: plugin_registry})
    _, east, _ = database.write(Scope.kernel("test"), make_branches)
    before = DocumentNumber(branch_id=east, series="SO", year=0, next=124)
    database.write(Scope.at(east, "test"), lambda session: session.add(before))
    database.write(Scope.at(east, "test"), lambda session: take_number(session, east, "SO"))
    downgrade(engine, "core", "core_0005", plugin_registry)
    with engine.connect() as connection:
        left = connection.execute(text("SELECT series, next FROM core_document_number")).all()
    engine.dispose()
    assert [tuple(row) for row in left] == [("SO", 124)]
