"""Maintenance contracts come in from a table by their verbs and go out as one (AF-10)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from dougong.core.clock import FixedClock
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.errors import NotFound
from dougong.core.house import House, open_house
from dougong.core.scope import Scope
from dougong.core.services.exchange.api import FileKind, ImportState
from dougong.core.settings import Settings
from dougong.core.switches import disable, enable
from dougong.core.testing import NOON, make_branches
from dougong.core.values import Money
from dougong.plugins.aftersales.models import ContractRenewal, ServiceContract
from dougong.plugins.aftersales.rules import ContractKind, ContractState, RenewalState
from dougong.plugins.aftersales.service import cancel_contract, issue_notice
from tests.core.services.exchange.sending import Sender, as_csv, counted

KEY = "aftersales.contracts"
HEADS = ["合同号", "客户编号", "合同类型", "设备", "开始日期", "到期日期", "合同金额", "币别"]
FIRST = [
    HEADS,
    ["MC-1", "K1", "保养", "-A 型", "2025-04-01", "2026-03-31", "1,200.00", ""],
    ["", "K1", "订阅", "", "2026/1/1", "2027年1月1日", "", "USD"],
]


@pytest.fixture
def clock() -> FixedClock:
    """Noon in Shanghai, until it is moved."""
    return FixedClock(NOON)


@pytest.fixture
def house(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """A house with everything that is bundled."""
    house = open_house(Settings(database_url=database_url, data_dir=tmp_path / "d"), clock=clock)
    yield house
    house.database.engine.dispose()


@pytest.fixture
def senders(house: House) -> tuple[Sender, Sender]:
    """Somebody at 东区 and somebody at 西区, each with the customer K1."""
    _, east, west = house.database.write(Scope.kernel("test"), make_branches)
    senders = (Sender.at(house, east), Sender.at(house, west))
    for sender in senders:
        sender.do(lambda s: enable(s, s.scope.home or 0, "aftersales"))
        customer = Customer(code="K1", kind=CustomerKind.ENTERPRISE, name="客户")
        sender.do(lambda s, row=customer: s.add(row))  # type: ignore[misc]
    return senders


def told(sender: Sender) -> list[tuple[object, ...]]:
    return [
        (c.kind, c.machines, c.starts_on, c.ends_on, c.price, c.state)
        for c in sender.all(ServiceContract)
    ]


def test_rows_become_contracts_in_force(senders: tuple[Sender, Sender]) -> None:
    east = senders[0]
    done = east.load(KEY, as_csv(FIRST))
    assert counted(done) == (2, 0, 0, 0, 0), east.faults(done)
    assert told(east) == [
        (ContractKind.MAINTENANCE, "-A 型", date(2025, 4, 1), date(2026, 3, 31),
         Money.of("1200", "CNY"), ContractState.ACTIVE),
        (ContractKind.SUBSCRIPTION, "", date(2026, 1, 1), date(2027, 1, 1),
         Money.of("0", "USD"), ContractState.ACTIVE),
    ]  # fmt: skip
    first, second = east.all(ServiceContract)
    assert first.number == "MC-1"
    assert second.number.startswith("MC-2026-")


def test_bad_rows_are_told_and_good_ones_come_in(senders: tuple[Sender, Sender]) -> None:
    east = senders[0]
    rows = [
        HEADS,
        ["A", "K9", "保养", "", "2026-01-01", "2027-01-01", "", ""],
        ["B", "K1", "保养", "", "2026-01-01", "2025-01-01", "", ""],
        ["C", "K1", "", "", "2026-01-01", "", "", ""],
        ["D", "K1", "保养", "", "2026-01-01", "2027-01-01", "-5", ""],
        ["E", "K1", "保养", "", "2026-01-01", "2027-01-01", "5", ""],
        ["E", "K1", "保养", "", "2026-01-01", "2027-01-01", "5", ""],
    ]
    done = east.load(KEY, as_csv(rows))
    assert counted(done) == (1, 0, 0, 0, 5)
    assert [(f.line, f.column) for f in east.faults(done)] == [
        (2, "customer"), (3, "ends_on"), (4, "kind"), (4, "ends_on"), (5, "price"), (7, "number"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", FileKind)
def test_contracts_come_back_the_same(senders: tuple[Sender, Sender], kind: FileKind) -> None:
    east, west = senders
    east.load(KEY, as_csv([*FIRST, ["X", "K1", "保养", "", "2026-01-01", "2027-01-01", "", ""]]))
    east.do(lambda s: cancel_contract(s, east.all(ServiceContract)[2].id))
    content = east.export(KEY, kind)
    assert counted(east.load(KEY, content)) == (0, 0, 2, 0, 0)
    loaded = west.load(KEY, content)
    assert counted(loaded) == (2, 0, 0, 0, 0), west.faults(loaded)
    assert told(west) == told(east)[:2]
    assert counted(west.load(KEY, content)) == (0, 0, 2, 0, 0)


def test_moved_term_withdraws_its_notice_and_undoing_gives_it_back(
    senders: tuple[Sender, Sender], clock: FixedClock
) -> None:
    """AF-11"""
    east = senders[0]
    east.load(KEY, as_csv(FIRST))
    contract = east.all(ServiceContract)[0].id
    east.do(lambda s: issue_notice(s, contract))
    clock.advance(timedelta(minutes=1))
    moved = east.load(KEY, as_csv([["合同号", "到期日期"], ["MC-1", "2026-12-31"]]))
    assert counted(moved) == (0, 1, 0, 0, 0), east.faults(moved)
    assert [r.state for r in east.all(ContractRenewal)] == [RenewalState.WITHDRAWN]
    east.undo(moved)
    assert east.all(ServiceContract)[0].ends_on == date(2026, 3, 31)
    assert [r.state for r in east.all(ContractRenewal)] == [RenewalState.NOTICED]


def test_undoing_takes_contracts_away_but_for_one_with_a_notice(
    senders: tuple[Sender, Sender],
) -> None:
    east = senders[0]
    done = east.load(KEY, as_csv(FIRST))
    contract = east.all(ServiceContract)[0].id
    east.do(lambda s: issue_notice(s, contract))
    undone = east.undo(done)
    assert (undone.state, undone.kept_count) == (ImportState.UNDONE, 1)
    assert [c.id for c in east.all(ServiceContract)] == [contract]
    assert [f.line for f in east.faults(undone)] == [2]


def test_branch_keeps_its_own_and_sees_no_other(senders: tuple[Sender, Sender]) -> None:
    east, west = senders
    east.load(KEY, as_csv(FIRST))
    assert counted(west.load(KEY, as_csv(FIRST[:2]))) == (1, 0, 0, 0, 0)
    assert (len(east.all(ServiceContract)), len(west.all(ServiceContract))) == (2, 1)
    assert "MC-2026" not in west.export(KEY, FileKind.CSV).decode("utf-8")


def test_sheet_is_gone_where_the_plugin_is_off(senders: tuple[Sender, Sender]) -> None:
    """XX-04"""
    east = senders[0]
    east.do(lambda s: disable(s, east.scope.home or 0, "aftersales"))
    with pytest.raises(NotFound):
        east.export(KEY)
