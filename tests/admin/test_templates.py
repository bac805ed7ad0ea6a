"""Templates and scripts obey the strict content security policy; every icon asked for is drawn."""

import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

import dougong.admin
import dougong.plugins

ADMIN = Path(dougong.admin.__file__).parent
PLUGINS = Path(dougong.plugins.__file__).parent
TEMPLATES = sorted([*ADMIN.glob("templates/**/*.html"), *PLUGINS.glob("*/templates/**/*.html")])
SCRIPTS = sorted([*ADMIN.glob("static/**/*.js"), *PLUGINS.glob("*/static/**/*.js")])
STYLES = sorted([*ADMIN.glob("static/**/*.css"), *PLUGINS.glob("*/static/**/*.css")])

FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "inline style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"<[^>{%]*\sstyle=", re.IGNORECASE),
    "event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+=", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "foreign address": re.compile(r"""(?:src|href)=["'](?:https?:)?//""", re.IGNORECASE),
}


def without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)


def identity(path: Path) -> str:
    return "/".join(path.parts[-3:])


@pytest.mark.parametrize("path", TEMPLATES, ids=identity)
def test_template_has_nothing_inline_and_nothing_foreign(path: Path) -> None:
    text = without_comments(path.read_text("utf-8"))
    found = [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]
    assert not found


@pytest.mark.parametrize("path", SCRIPTS, ids=identity)
def test_script_neither_evaluates_nor_writes_markup(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.findall(r"\beval\(|new Function|innerHTML|insertAdjacentHTML|https?://", text)


@pytest.mark.parametrize("path", STYLES, ids=identity)
def test_style_sheet_loads_nothing_foreign(path: Path) -> None:
    assert not re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//", path.read_text("utf-8"))


def test_every_icon_asked_for_is_drawn() -> None:
    sprite = (ADMIN / "static/dougong/img/icons.svg").read_text("utf-8")
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', sprite))
    asked = {
        name
        for path in TEMPLATES
        for name in re.findall(r"""icon(?:=|\(|\(.* or )'([a-z-]+)'""", path.read_text("utf-8"))
        if not name.startswith("fa-")
    }
    macros = (ADMIN / "templates/dougong/macros.html").read_text("utf-8")
    asked |= set(re.findall(r"'fa-[a-z-]+': '([a-z-]+)'", macros))
    assert len(asked) > 30
    assert asked <= drawn


def test_badges_and_gauges_render_their_kinds_escaped() -> None:
    env = Environment(loader=FileSystemLoader(ADMIN / "templates"), autoescape=True)
    env.globals.update(url_for=lambda *_, **values: f"/{values}", _=lambda text, **_values: text)
    macros: Any = env.get_template("dougong/macros.html").module
    assert "is-level-a" in macros.badge("a", "A 级")
    assert "is-neutral" in macros.badge("", "x")
    assert "&lt;b&gt;" in macros.badge("info", "<b>")
    assert 'width="100"' in macros.gauge("12", "10", percent=120)
    assert "is-danger" in macros.gauge("12", "10", percent=120)
    assert "is-warning" in macros.gauge("9", "10", percent=90, mark=80)
    due = "2026-11-21T10:00:00+08:00"
    assert f'data-countdown="{due}"' in macros.countdown(due)


def test_button_that_posts_is_signed_sent_once_and_asks() -> None:
    env = Environment(loader=FileSystemLoader(ADMIN / "templates"), autoescape=True)
    env.globals.update(csrf_token=lambda: "signed", new_request_key=lambda: "once")
    macros: Any = env.get_template("dougong/macros.html").module
    plain = macros.post_button("/gifts/1", "<Give>")
    assert 'method="post" action="/gifts/1"' in plain
    assert "data-confirm" not in plain
    assert "&lt;Give&gt;</button>" in plain
    asking = macros.post_button("/gifts/1", "Give", confirm="Sure?", fields={"number": 3})
    assert 'data-confirm="Sure?"' in asking
    sent = re.findall(r'type="hidden" name="(\w+)" value="(\w*)"', asking)
    assert sent == [("csrf_token", "signed"), ("request_key", "once"), ("number", "3")]
