"""Everybody can work with the pages: on a phone, with a screen reader, in both languages."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.premises import Premises

PAGES = (
    "/admin/",
    "/admin/customers/",
    "/admin/customers/details/?id={customer}",
    "/admin/customers/edit/?id={customer}",
    "/admin/customers/new/",
    "/admin/orders/details/?id={order}",
    "/admin/orders/new/",
    "/admin/aftersales/calls/",
    "/admin/aftersales/calls/new/",
    "/admin/care/activities/",
    "/admin/search/?q=星辰",
)
OF_THE_HOUSE = ("/admin/", "/admin/plugins/", "/admin/users/", "/admin/jobs/", "/admin/roles/")
GRAVE = {"serious", "critical"}


def addresses(premises: Premises, paths: tuple[str, ...]) -> list[str]:
    """Where those pages are."""
    known = {"customer": premises.customers["east"], "order": premises.orders["draft"]}
    return [premises.address + path.format(**known) for path in paths]


def grave_findings(page: Page) -> list[str]:
    """What axe calls serious or critical on the page, with the first place of each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {v['id']}: {v['nodes'][0]['html'][:160]}"
        for v in found
        if v["impact"] in GRAVE
    ]


@pytest.mark.parametrize(("login", "paths"), [("manager", PAGES), ("boss", OF_THE_HOUSE)])
def test_phone_shows_pages_without_sideways_scroll(
    premises: Premises, enter: Callable[..., Page], login: str, paths: tuple[str, ...]
) -> None:
    page = enter(login, width=390)
    wide = []
    for address in addresses(premises, paths):
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            wide.append((address, width))
    assert not wide


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize(("login", "paths"), [("manager", PAGES), ("boss", OF_THE_HOUSE)])
def test_pages_have_no_grave_barrier(
    premises: Premises, enter: Callable[..., Page], login: str, paths: tuple[str, ...], locale: str
) -> None:
    page = enter(login, locale)
    lang = page.locator("html").get_attribute("lang") or ""
    assert lang.startswith(locale[:2])
    found = []
    for address in addresses(premises, paths):
        page.goto(address)
        found += grave_findings(page)
    assert not found, "\n".join(found)


def test_log_in_has_no_grave_barrier(premises: Premises, page: Page) -> None:
    page.goto(f"{premises.address}/login")
    assert not grave_findings(page)
