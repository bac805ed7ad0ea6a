"""Purging a plugin exports first, then deletes one branch's rows only (XX-04)."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dougong.core.entities.branch import BranchPlugin
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.errors import NotFound, Refusal
from dougong.core.i18n import speaking
from dougong.core.purge import export_rows, purge_branch, tables_of
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.switches import disable, enable
from dougong.core.testing import World
from dougong.core.values import Money
from dougong.plugins.credit.api import Limit, LimitKind, set_limit
from dougong.plugins.credit.models import CreditAccount

LIMIT = Limit(LimitKind.AMOUNT, Money(100_000, "CNY"), 30, date(2026, 12, 31))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The sentences of this file's refusals are asked for in English."""
    with speaking("en"):
        yield


@pytest.fixture
def kernel(world: World) -> Session:
    """A session without walls, with a credit limit at each branch and credit off again."""
    session = world.session(Scope.kernel("test"))
    for branch in (world.east, world.west):
        enable(session, branch, "credit")
        customer = Customer(branch_id=branch, code="C1", kind=CustomerKind.ENTERPRISE, name="甲")
        session.add(customer)
        session.flush()
        set_limit(session, customer.id, LIMIT, "年度授信")
    disable(session, world.east, "credit")
    return session


def accounts(session: Session) -> list[int]:
    return list(session.scalars(select(CreditAccount.branch_id)).all())


def test_one_branch_is_exported_and_deleted(world: World, kernel: Session, tmp_path: Path) -> None:
    done = {p.table: p for p in purge_branch(kernel, "credit", world.east, tmp_path / "out")}
    assert set(done) == {table.name for table in tables_of("credit")}
    with done["credit_account"].file.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["branch_id"]) for row in rows] == [world.east]
    assert accounts(kernel) == [world.west]
    switches = select(func.count()).select_from(BranchPlugin).filter_by(branch_id=world.east)
    assert kernel.scalar(switches) == 0


def test_where_it_is_on_nothing_is_purged(world: World, kernel: Session, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="is on at"):
        purge_branch(kernel, "credit", world.west, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert sorted(accounts(kernel)) == sorted([world.east, world.west])


def test_an_export_is_never_written_over(world: World, kernel: Session, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(FileExistsError):
        purge_branch(kernel, "credit", world.east, tmp_path / "out")
    assert len(accounts(kernel)) == 2


def test_every_branch_is_exported_when_none_is_named(kernel: Session, tmp_path: Path) -> None:
    counts = {p.table: p.rows for p in export_rows(kernel, "credit", None, tmp_path / "out")}
    assert counts["credit_account"] == 2


def test_an_unknown_branch_is_refused(kernel: Session, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        purge_branch(kernel, "credit", 999_999, tmp_path / "out")
