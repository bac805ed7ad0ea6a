"""The start page, at one branch and over all of them."""

import re

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
