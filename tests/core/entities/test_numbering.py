"""Document numbers: one series a branch, no gaps."""

from dougong.core.entities.numbering import take_number
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.testing import World


def test_a_series_counts_from_one(session: Session, world: World) -> None:
    taken = [take_number(session, world.east, "SO") for _ in range(2)]
    assert taken == ["SO-000001", "SO-000002"]
    assert take_number(session, world.east, "IN") == "IN-000001"


def test_each_branch_counts_for_itself(world: World) -> None:
    with world.session(Scope.kernel("test")) as session:
        assert take_number(session, world.east, "SO") == "SO-000001"
        assert take_number(session, world.west, "SO") == "SO-000001"


def test_what_is_undone_leaves_no_gap(session: Session, world: World) -> None:
    take_number(session, world.east, "SO")
    undone = session.begin_nested()
    take_number(session, world.east, "SO")
    undone.rollback()
    assert take_number(session, world.east, "SO") == "SO-000002"
