"""The graded list, the panel, and the button that grades anew (TI-04, TI-08)."""

from sqlalchemy import select

from dougong.core.entities.job import JobRun
from dougong.core.runs import run_job
from dougong.plugins.tiering.models import CustomerLevel
from tests.admin.conftest import Furnished, furnished

__all__ = ["furnished"]


def evaluate(furnished: Furnished, login: str = "manager") -> int:
    client = furnished.client(login)
    code = client.post("/admin/tiering/levels/act/evaluate/", data={"as_of": ""}).status_code
    for run in furnished.read(lambda session: session.scalars(select(JobRun)).all()):
        run_job(furnished.house, run.id)
    return code


def test_manager_grades_anew_from_the_list(furnished: Furnished) -> None:
    assert evaluate(furnished) == 303
    levels = furnished.read(
        lambda session: session.scalars(select(CustomerLevel.customer_id)).all()
    )
    assert levels == [furnished.rows["east"].customers]


def test_who_may_not_grade_is_told_so(furnished: Furnished) -> None:
    assert evaluate(furnished, "technician") == 403


def test_list_panel_card_and_export_show_the_level(furnished: Furnished) -> None:
    """TI-03, TI-08, TI-11: the level in list, sheet, page and start card, and in the export."""
    evaluate(furnished)
    client = furnished.client("east_admin")
    customer_id = furnished.rows["east"].customers
    for path in (
        "/admin/tiering/levels/",
        f"/admin/tiering/levels/details/?id={customer_id}",
        f"/admin/customers/details/?id={customer_id}",
        "/admin/customers/",
    ):
        assert "is-level-c" in client.get(path).get_data(as_text=True), path
    assert "Customers by level" in client.get("/admin/").get_data(as_text=True)
    exported = client.get("/admin/tiering/levels/export/csv/").get_data(as_text=True)
    assert "C1," in exported


def test_where_tiering_is_off_the_list_is_not_there(furnished: Furnished) -> None:
    client = furnished.client("west_admin")
    assert client.get("/admin/tiering/levels/").status_code == 404
