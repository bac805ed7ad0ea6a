"""A day's work, done by clicking: what staff are shown, asked and refused, in Chinese."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from dougong.core.entities.contact import Contact
from dougong.core.scope import Scope
from tests.browser.premises import Premises

Enter = Callable[..., Page]


@pytest.fixture
def spare(premises: Premises) -> str:
    """The name of a contact nobody else's test looks at."""
    name = f"临时{uuid4().hex[:6]}"
    east = premises.branches["east"]

    def work(session):  # type: ignore[no-untyped-def]
        session.add(Contact(customer_id=premises.customers["east"], name=name))

    premises.house.database.write(Scope.at(east, "test"), work)
    return name


def see_customer(page: Page, premises: Premises, branch: str) -> None:
    """Open the customer of that branch."""
    page.goto(f"{premises.address}/admin/customers/details/?id={premises.customers[branch]}")


def choose(page: Page, menu: str, item: str) -> None:
    """Open a menu of the top bar and click an item."""
    page.locator(f"summary[title='{menu}']").click()
    page.get_by_role("button", name=item).click()


def send(page: Page) -> None:
    """Send the form that an act asked, whatever its button says."""
    page.locator("main form[method=post] button.btn-primary").click()


def test_log_in_refuses_then_lets_in_and_speaks_two_languages(
    page: Page, premises: Premises
) -> None:
    page.goto(f"{premises.address}/admin/")
    page.fill("[name=username]", "clerk")
    page.fill("[name=password]", "wrong")
    page.click("[type=submit]")
    expect(page.get_by_role("alert").first).to_be_visible()
    page.fill("[name=username]", "clerk")
    page.fill("[name=password]", "correct horse")
    page.click("[type=submit]")
    expect(page.get_by_role("heading", level=1)).to_have_text("您好，员工clerk")
    choose(page, "语言", "English")
    expect(page.get_by_role("heading", level=1)).to_have_text("Good day, 员工clerk")
    choose(page, "Language", "简体中文")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_credit_appears_at_one_branch_without_a_restart(premises: Premises, enter: Enter) -> None:
    """XX-04: the deployer clicks, the next page of the customer there has the panel."""
    boss, deployer = enter("boss"), enter("deployer")
    panel = boss.locator(".dg-panel").filter(has=boss.get_by_role("heading", name="信用"))
    see_customer(boss, premises, "west")
    expect(panel).to_have_count(0)
    deployer.goto(f"{premises.address}/admin/plugins/")
    switch = deployer.get_by_role("switch", name="信用额度 · 西区")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    boss.reload()
    expect(panel).to_have_count(1)
    see_customer(boss, premises, "north")
    expect(panel).to_have_count(0)


def test_order_over_the_limit_is_refused_with_figures_then_a_smaller_one_confirmed(
    premises: Premises, enter: Enter
) -> None:
    """CR-04: the limit is 1000."""
    page = enter("seller")
    page.goto(f"{premises.address}/admin/orders/new/?customer={premises.customers['east']}")
    page.fill("[name=lines-0-text]", "复印机")
    page.fill("[name=lines-0-quantity]", "1")
    page.fill("[name=lines-0-unit_price_minor]", "5000")
    page.fill("[name=lines-0-tax_percent]", "0")
    page.get_by_role("button", name="保存").first.click()
    page.get_by_role("button", name="确认订单").click()
    refusal = page.locator(".alert-danger")
    expect(refusal).to_contain_text("5,000.00")
    expect(refusal).to_contain_text("1,000.00")
    page.get_by_role("link", name="编辑").click()
    page.fill("[name=lines-0-unit_price_minor]", "600")
    page.get_by_role("button", name="保存").first.click()
    page.get_by_role("button", name="确认订单").click()
    expect(page.locator(".details-table")).to_contain_text("已确认")
    expect(page.locator(".details-table")).to_contain_text("¥600.00")


def test_call_is_opened_dispatched_arrived_and_closed(premises: Premises, enter: Enter) -> None:
    """AF-01, AF-06."""
    page = enter("manager")
    calls = f"{premises.address}/admin/aftersales/calls"
    page.goto(f"{calls}/new/?customer={premises.customers['east']}")
    page.fill("[name=phone]", "1380013800")
    page.fill("[name=fault]", "压缩机异响")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#phone-errors")).to_contain_text("请填写一个电话号码")
    page.fill("[name=phone]", "13800138000")
    page.get_by_role("button", name="保存", exact=True).click()
    row = page.get_by_role("row").filter(has_text="压缩机异响")
    row.get_by_role("link", name="派工").click()
    fitter = page.locator("[name=technician_id] option").filter(has_text="员工fitter")
    page.select_option("[name=technician_id]", fitter.get_attribute("value"))
    send(page)
    page.get_by_role("button", name="登记到场").click()
    expect(page.locator(".details-table")).to_contain_text("已到场")
    page.get_by_role("link", name="结案").click()
    page.fill("[name=result]", "更换密封圈")
    send(page)
    expect(page.locator(".details-table")).to_contain_text("已结案")
    page.get_by_role("link", name="星辰印务有限公司").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("星辰印务有限公司")


def test_noticed_renewal_is_renewed(premises: Premises, enter: Enter) -> None:
    """AF-11."""
    page = enter("manager")
    page.goto(f"{premises.address}/admin/aftersales/renewals/")
    row = page.get_by_role("row").filter(has_text="星辰印务有限公司")
    expect(row).to_contain_text("已通知")
    row.get_by_role("link", name="续签").click()
    send(page)
    expect(page.locator(".details-table")).to_contain_text("已续签")


def test_birthday_is_celebrated(premises: Premises, enter: Enter) -> None:
    """CA-01: tomorrow is 张三's birthday."""
    page = enter("manager")
    expect(page.locator(".dg-panel").filter(has_text="张三").first).to_be_visible()
    page.goto(f"{premises.address}/admin/care/activities/")
    row = page.get_by_role("row").filter(has_text="张三")
    row.get_by_role("link", name="完成").click()
    page.fill("[name=note]", "已电话祝福")
    send(page)
    expect(page.locator(".details-table")).to_contain_text("已完成")


def test_delete_asks_and_can_be_declined(premises: Premises, enter: Enter, spare: str) -> None:
    page = enter("manager")
    page.goto(f"{premises.address}/admin/contacts/?search={spare}")
    row = page.get_by_role("row").filter(has_text=spare)
    row.locator("button[form=row-delete]").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="取消").click()
    expect(dialog).to_be_hidden()
    expect(row).to_have_count(1)
    row.locator("button[form=row-delete]").click()
    dialog.get_by_role("button", name="删除").click()
    expect(page.get_by_role("row").filter(has_text=spare)).to_have_count(0)


def test_leaving_with_unsaved_changes_is_asked_about(premises: Premises, enter: Enter) -> None:
    page = enter("manager")
    asked: list[str] = []

    def stay(dialog):  # type: ignore[no-untyped-def]
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto(f"{premises.address}/admin/customers/edit/?id={premises.customers['east']}")
    page.locator("[name=short_name]").press_sequentially("星辰")
    with page.expect_event("dialog"):
        page.evaluate("setTimeout(() => document.querySelector('.side a, nav a').click())")
    assert asked == ["beforeunload"]
    expect(page.locator("[name=short_name]")).to_have_value("星辰")


def test_all_branches_stand_side_by_side_and_one_click_leads_to_one(
    premises: Premises, enter: Enter
) -> None:
    page = enter("boss")
    rows = page.get_by_role("row")
    expect(rows.filter(has_text="东区")).to_be_visible()
    expect(rows.filter(has_text="北区")).to_be_visible()
    expect(page.get_by_role("heading", name="东区", level=2)).to_be_visible()
    rows.filter(has_text="北区").get_by_role("button").click()
    expect(page.locator("summary[title='当前网点']")).to_contain_text("北区")
