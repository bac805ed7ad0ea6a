"""The page of tables in and out: a file's way from the form to the records and back (AR-02)."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dougong.core.entities.customer import Customer
from dougong.core.entities.job import JobRun, RunState
from dougong.core.runs import run_job
from dougong.core.services.audit.api import AuditAction, AuditEntry
from dougong.core.services.exchange.api import Import, ImportState
from dougong.core.services.exchange.files import open_table
from tests.admin.conftest import Furnished
from tests.core.services.exchange.sending import as_csv

ROWS = [["客户编号", "客户名称", "类型", "电话"],
        ["X-001", "导入甲", "企业", ""], ["X-002", "导入乙", "企业", "12"]]  # fmt: skip


def send(client: FlaskClient, sheet: str = "customers", key: str = "") -> TestResponse:
    """Send the rows through the form."""
    sent = {"sheet": sheet, "file": (BytesIO(as_csv(ROWS)), "客户.csv")}
    if key:
        sent["request_key"] = key
    return client.post("/admin/exchange/receive/", data=sent)


def work_off(furnished: Furnished) -> None:
    """Let the worker do the imports that wait."""
    waiting = select(JobRun.id).where(JobRun.state == RunState.QUEUED, JobRun.kind.like("core.ex%"))
    for run_id in furnished.read(lambda session: list(session.scalars(waiting))):
        run_job(furnished.house, run_id)


def last(furnished: Furnished) -> Import:
    """The import that was sent last."""
    chosen = select(Import).order_by(Import.id.desc()).limit(1)
    return furnished.read(lambda session: session.scalars(chosen).one())


def text(answer: TestResponse) -> str:
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def names(furnished: Furnished) -> list[str]:
    chosen = select(Customer.name).where(Customer.code.like("X-%")).order_by(Customer.code)
    return furnished.read(lambda session: list(session.scalars(chosen)))


def test_file_is_sent_checked_loaded_and_undone(furnished: Furnished) -> None:
    """AR-02, XX-07"""
    client = furnished.client("manager")
    answer = send(client)
    assert answer.status_code == 303
    one = answer.location
    assert "导入甲" in text(client.get(one))
    key = last(furnished).id
    chosen = {f"column{at}": c for at, c in enumerate(["code", "name", "kind", "phone"])}
    client.post(f"/admin/exchange/plan/?id={key}", data={**chosen, "mode": "both"})
    assert "data-refresh-url" in text(client.get(one))
    work_off(furnished)
    shown = text(client.get(one))
    assert "电话" in shown
    assert names(furnished) == []
    assert client.post(f"/admin/exchange/start/?id={key}").status_code == 303
    work_off(furnished)
    assert names(furnished) == ["导入甲"]
    faulty = client.get(f"/admin/exchange/faulty/?id={key}").get_data()
    assert [line.cells[0] for line in open_table(faulty).lines] == ["X-002"]
    assert client.get(f"/admin/exchange/state/?id={key}").headers["X-Refresh"] == "stop"
    client.post(f"/admin/exchange/undo/?id={key}")
    work_off(furnished)
    assert names(furnished) == []
    assert last(furnished).state is ImportState.UNDONE


def test_form_sent_twice_is_one_file(furnished: Furnished) -> None:
    """XX-03"""
    client = furnished.client("manager")
    first, second = send(client, key="k" * 20), send(client, key="k" * 20)
    assert first.location == second.location


def test_template_and_export_are_tables(furnished: Furnished) -> None:
    """AR-06"""
    client = furnished.client("manager")
    template = client.get("/admin/exchange/template/?sheet=customers")
    assert open_table(template.get_data()).headings[0] == "Customer code"
    sent = {"sheet": "customers", "kind": "xlsx"}
    table = open_table(client.post("/admin/exchange/export/", data=sent).get_data())
    assert len(list(table.lines)) >= 1
    told = select(AuditEntry).filter_by(action=AuditAction.BULK).order_by(AuditEntry.id.desc())
    entry = furnished.read(lambda session: session.scalars(told.limit(1)).one())
    assert (entry.actor, entry.changes["sheet"]) == ("manager", [None, "customers"])


@pytest.mark.parametrize("login", ["technician", "nothing"])
def test_who_may_neither_load_nor_export_is_kept_out(furnished: Furnished, login: str) -> None:
    client = furnished.client(login)
    assert client.get("/admin/exchange/").status_code == 403
    assert send(client).status_code == 403
    sent = {"sheet": "customers", "kind": "xlsx"}
    assert client.post("/admin/exchange/export/", data=sent).status_code == 403


def test_file_of_another_branch_is_not_there(furnished: Furnished) -> None:
    """XX-05"""
    send(furnished.client("manager"))
    key = last(furnished).id
    other = furnished.client("west_admin")
    for path in ("one", "state", "faulty"):
        answer = other.get(f"/admin/exchange/{path}/?id={key}")
        assert "导入甲" not in answer.get_data(as_text=True)
        assert answer.status_code != 200 or path == "state"


def test_what_is_no_table_is_refused_in_words(furnished: Furnished) -> None:
    """XX-07"""
    client = furnished.client("manager")
    sent = {"sheet": "customers", "file": (BytesIO(b"\x00\x01"), "x.xlsx")}
    answer = client.post("/admin/exchange/receive/", data=sent, follow_redirects=True)
    assert "cannot be read as a table" in text(answer)
