"""What plugins show beside a record is for those who may read it (AR-06)."""

import pytest

from tests.admin.conftest import Furnished

SHOWN = {"technician": ("After-sales",), "manager": ("Customer level", "Credit", "After-sales")}
HIDDEN = {"technician": ("Customer level", "Credit", "Customer care"), "manager": ()}


@pytest.mark.parametrize("login", ["technician", "manager"])
def test_panels_are_for_those_who_may_read_the_plugins_records(
    furnished: Furnished, login: str
) -> None:
    client = furnished.client(login)
    key = furnished.rows["east"].customers
    page = client.get(f"/admin/customers/details/?id={key}").get_data(as_text=True)
    for title in SHOWN[login]:
        assert f">{title}<" in page
    for title in HIDDEN[login]:
        assert f">{title}<" not in page


def test_columns_and_cards_are_for_those_who_may_read_the_plugins_records(
    furnished: Furnished,
) -> None:
    for login, shown in (("technician", False), ("manager", True)):
        client = furnished.client(login)
        customers = client.get("/admin/customers/").get_data(as_text=True)
        start = client.get("/admin/").get_data(as_text=True)
        assert ("Credit used" in customers) is shown
        assert ("Customers by level" in start) is shown
        assert ("Credit nearly used" in start) is shown
        assert "Arrivals due next" in start
