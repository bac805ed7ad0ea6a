"""Browser tests drive the system's chromium; everything in this folder carries the mark.

``page`` is a page of its own that fails the test when the console shows an error or the content
security policy refused something, so that no test has to look for that; ``new_page`` makes more of
them and ``enter`` logs somebody in on one, at the ``premises``.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    sync_playwright,
)

from dougong.core.clock import FixedClock
from dougong.core.house import open_house
from dougong.core.settings import Settings
from dougong.core.testing import NOON
from tests.browser.premises import PASSWORD, Premises, opened
from tests.conftest import migrated_copy

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SIZE: ViewportSize = {"width": 1366, "height": 860}
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Called with all collected tests; marks those of this folder."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's chromium, started once a process; skips with the reason where it is missing."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of; a test that expects a complaint clears it."""
    return []


@pytest.fixture
def new_page(browser: Browser, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Makes fresh pages, each of a browser of its own; what they complain of fails the test."""
    contexts: list[BrowserContext] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def make(locale: str = "zh-CN", width: int = SIZE["width"]) -> Page:
        viewport: ViewportSize = {"width": width, "height": SIZE["height"]}
        context = browser.new_context(
            viewport=viewport, locale=locale, timezone_id="Asia/Shanghai", reduced_motion="reduce"
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints, f"the browser complained: {complaints}"


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A fresh page in Chinese; what is left in ``complaints`` fails the test."""
    return new_page()


@pytest.fixture(scope="session")
def premises(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Premises]:
    """A furnished house behind a server of its own, one for all tests of this process."""
    folder = tmp_path_factory.mktemp("premises")
    for url in migrated_copy(request, "sqlite", folder):
        settings = Settings(
            database_url=url, data_dir=folder, secret_key="for tests only",  # type: ignore[arg-type]
            cheap_passwords=True,
        )  # fmt: skip
        house = open_house(settings, clock=FixedClock(NOON))
        with opened(house) as made:
            yield made
        house.database.engine.dispose()


@pytest.fixture
def enter(premises: Premises, new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Logs a person in on a page of his own."""

    def log_in(login: str, locale: str = "zh-CN", width: int = SIZE["width"]) -> Page:
        page = new_page(locale, width)
        page.goto(f"{premises.address}/login")
        page.fill("[name=username]", login)
        page.fill("[name=password]", PASSWORD)
        page.click("[type=submit]")
        page.wait_for_url("**/admin/")
        return page

    return log_in
