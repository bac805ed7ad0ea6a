"""The start page, at one branch and over all of them."""

import re

from markupsafe import Markup

from dougong.admin.formats import dial_url, phone_text
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.plugins.tiering.models import CustomerLevel
from dougong.plugins.tiering.rules import Level
from tests.admin.conftest import Furnished


def test_all_branches_stand_side_by_side(furnished: Furnished) -> None:
    """Each with its own count; a click on its name leads there."""
    page = furnished.client("admin").get("/admin/").get_data(as_text=True)
    table = page[page.index("The branches side by side") :]
    for code, name in (("EAST", "东区"), ("WEST", "西区")):
        row = re.search(rf'<tr>(?:(?!</tr>).)*value="{code}".*?</tr>', table, re.DOTALL)
        assert row is not None
        assert name in row.group()
        figures = re.findall(r'<span class="dg-money">([\d,]+)</span>', row.group())
        assert len(figures) == 3
        assert int(figures[0].replace(",", "")) >= 1  # each has a customer


def test_cards_stand_under_the_branch_whose_plugins_are_on(furnished: Furnished) -> None:
    """XX-04: 东区 has them all, 西区 none."""
    page = furnished.client("admin").get("/admin/").get_data(as_text=True)
    assert f'id="branch-{furnished.east}"' in page
    assert f'id="branch-{furnished.west}"' not in page
    assert "Arrivals due next" in page


def test_one_branch_shows_its_own_cards_and_no_table(furnished: Furnished) -> None:
    page = furnished.client("manager").get("/admin/").get_data(as_text=True)
    assert "Arrivals due next" in page
    assert "The branches side by side" not in page


def test_list_leads_to_the_record_and_to_its_customer(furnished: Furnished) -> None:
    page = furnished.client("manager").get("/admin/orders/").get_data(as_text=True)
    assert re.search(r'<a href="/admin/orders/details/\?id=\d+[^"]*">SO', page)
    customer = furnished.rows["east"].customers
    assert f'<a href="/admin/customers/details/?id={customer}">' in page


def test_branch_list_names_the_branch_above(furnished: Furnished) -> None:
    page = furnished.client("admin").get("/admin/branches/").get_data(as_text=True)
    assert re.search(r'data-label="Belongs to"><span>\s*总部', re.sub(r">\s+<", "><", page))


def test_phone_numbers_are_rung_by_a_click() -> None:
    assert dial_url("023-6888 0001转12") == "tel:02368880001"
    assert dial_url("+86 13800138000") == "tel:+8613800138000"
    assert dial_url("不详") == dial_url(None) == ""
    assert phone_text('"><script>1234') == Markup(
        '<a href="tel:1234">&#34;&gt;&lt;script&gt;1234</a>'
    )


def test_record_kept_under_another_key_has_a_page(furnished: Furnished) -> None:
    """A customer's level is kept under the customer's key."""
    customer = furnished.rows["east"].customers

    def grade(session: Session) -> None:
        if session.get(CustomerLevel, customer) is None:
            session.add(
                CustomerLevel(
                    customer_id=customer, level=Level.C, order_count=0, since=session.now,
                    evaluated_at=session.now, currency="CNY",
                )
            )  # fmt: skip

    furnished.house.database.write(Scope.at(furnished.east, "test"), grade)
    page = furnished.client("manager").get(f"/admin/tiering/levels/details/?id={customer}")
    assert page.status_code == 200
