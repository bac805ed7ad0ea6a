"""The search box: what a person finds, and what stays behind wall and permission (XX-05)."""

import pytest

from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.session import Session
from tests.admin.conftest import KERNEL, Furnished


@pytest.fixture(scope="module")
def searched(furnished: Furnished) -> Furnished:
    def add(session: Session) -> None:
        for branch in (furnished.east, furnished.west):
            name = f"重庆长江{'东' if branch == furnished.east else '西'}厂"
            session.add(
                Customer(
                    branch_id=branch, code=f"FIND-{branch}", name=name, phone="023-60007788",
                    kind=CustomerKind.ENTERPRISE,
                )
            )  # fmt: skip

    furnished.house.database.write(KERNEL, add)
    return furnished


@pytest.mark.parametrize("words", ["长江", "cjdc", "changjiang", "7788", "find-"])
def test_manager_finds_his_branchs_customer_only(searched: Furnished, words: str) -> None:
    page = searched.client("manager").get("/admin/search/", query_string={"q": words})
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "重庆长江东厂" in text
    assert "重庆长江西厂" not in text


def test_person_without_permission_finds_nothing(searched: Furnished) -> None:
    page = searched.client("nothing").get("/admin/search/", query_string={"q": "长江"})
    assert "重庆长江东厂" not in page.get_data(as_text=True)
