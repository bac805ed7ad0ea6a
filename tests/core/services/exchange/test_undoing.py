"""Taking an import back: what nobody built on goes, what somebody changed stays and is told."""

from datetime import timedelta

import pytest

from dougong.core.clock import FixedClock
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer
from dougong.core.errors import Forbidden, Refusal
from dougong.core.services.audit.api import AuditAction, AuditEntry
from dougong.core.services.exchange import api as exchange
from dougong.core.services.exchange import imports, jobs, undoing
from dougong.core.services.exchange.api import ImportState
from dougong.core.services.search.api import find
from dougong.core.session import Session
from tests.core.services.exchange.sending import Sender, as_csv

FIRST = [["客户编号", "客户名称", "类型", "备注"],
         *([f"K{n}", f"客户{n}", "企业", "旧"] for n in range(5))]  # fmt: skip


def later(clock: FixedClock, **by: int) -> None:
    clock.advance(timedelta(**by))


def test_all_of_it_goes_when_nobody_built_on_it(
    east: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PART", 2)
    undone = east.undo(east.load("customers", as_csv(FIRST)))
    assert (undone.state, undone.kept_count) == (ImportState.UNDONE, 0)
    assert east.all(Customer) == []
    assert east.do(lambda s: find(s, "客户")) == []
    told = [e.reason for e in east.all(AuditEntry) if e.action is AuditAction.BULK]
    assert "An import was undone" in told


def test_what_was_changed_is_put_back(east: Sender, clock: FixedClock) -> None:
    east.load("customers", as_csv(FIRST))
    later(clock, minutes=1)
    news = [["客户编号", "备注", "电话"], *([f"K{n}", "新", "02162345678"] for n in range(5))]
    second = east.load("customers", as_csv(news))
    later(clock, minutes=1)

    def touch(session: Session) -> None:
        rows = {row.code: row for row in session.query(Customer)}
        rows["K0"].remark = "手改"
        rows["K1"].short_name = "别的栏"

    east.do(touch)
    undone = east.undo(second)
    assert [c.remark for c in east.all(Customer)] == ["手改", "旧", "旧", "旧", "旧"]
    assert east.all(Customer)[0].phone == "02162345678"
    assert east.all(Customer)[1].short_name == "别的栏"
    assert [f.line for f in east.faults(undone)] == [2]
    assert undone.kept_count == 1


def test_record_that_others_hang_on_stays_and_is_told(east: Sender, clock: FixedClock) -> None:
    done = east.load("customers", as_csv(FIRST))
    later(clock, minutes=1)

    def build(session: Session) -> None:
        rows = {row.code: row for row in session.query(Customer)}
        session.add(Contact(customer_id=rows["K0"].id, name="王芳"))
        rows["K1"].remark = "手改"

    east.do(build)
    undone = east.undo(done)
    assert [c.code for c in east.all(Customer)] == ["K0", "K1"]
    assert [f.line for f in east.faults(undone)] == [2, 3]
    assert len(east.all(Contact)) == 1


def test_killed_undoing_goes_on_where_it_was(east: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PART", 2)
    done = east.load("customers", as_csv(FIRST))
    undo, left = undoing.undo_part, [1]

    def die(*arguments: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return undo(*arguments)  # type: ignore[arg-type]

    east.do(lambda s: exchange.undo(s, done.id))
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "undo_part", die)
        with pytest.raises(KeyboardInterrupt):
            east.work_off()
    assert len(east.all(Customer)) == 4
    east.work_off()
    assert east.all(Customer) == []


def test_undoing_asks_for_the_permissions_of_the_import(east: Sender) -> None:
    done = east.load("customers", as_csv(FIRST))
    with pytest.raises(Forbidden):
        east.may(("core.customer", "update")).undo(done)


def test_after_thirty_days_the_file_is_dropped_and_nothing_is_undone(
    east: Sender, clock: FixedClock
) -> None:
    done = east.load("customers", as_csv(FIRST))
    later(clock, days=31)
    with pytest.raises(Refusal):
        east.undo(done)
    assert east.do(lambda s: imports.forget_old(s, done.branch_id)) == 1
    assert east.do(lambda s: imports.forget_old(s, done.branch_id)) == 0
    assert east.do(lambda s: exchange.first_rows(s, done.id)) == []
