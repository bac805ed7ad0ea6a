"""The suite's browser is real: it shows Chinese and tells of what the policy refuses."""

import pytest
from playwright.sync_api import Page

HEAD = "<!doctype html><html lang=zh-CN><meta charset=utf-8>"


def test_browser_shows_chinese(page: Page) -> None:
    page.set_content(f"{HEAD}<p style='font-size:40px;display:inline-block'>斗拱</p>")
    box = page.locator("p").bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(80, abs=6)  # two full-width characters


def test_refused_script_is_a_complaint(page: Page, complaints: list[str]) -> None:
    policy = "<meta http-equiv=Content-Security-Policy content=\"script-src 'self'\">"
    page.set_content(f"{HEAD}{policy}<script>document.title = 'ran'</script>")
    assert page.title() == ""
    (refusal,) = complaints
    assert "Content Security Policy" in refusal
    complaints.clear()
