"""The pages for deployers and authors: commands, settings and code in them are real."""

import re
import shlex
from pathlib import Path

import click
import pytest

from dougong.admin.cli import main
from dougong.core.settings import Settings
from tests.repository.tree import ROOT

PAGES = sorted((ROOT / "docs").glob("*.md"))
FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"(?:[A-Z_]+=\S+ )*(?P<call>dougong .*)")
SETTING = re.compile(r"^\| `(?P<name>\w+)` \| (?:`(?P<default>[^`]*)`|empty) \|", re.MULTILINE)


def commands(page: Path) -> list[str]:
    """The lines in plain fences that call our command, without the variables before it."""
    text = page.read_text(encoding="utf-8")
    lines = [line for m in FENCE.finditer(text) if not m["kind"] for line in m["text"].splitlines()]
    return [m["call"] for m in (CALL.match(line) for line in lines) if m]


CALLS = sorted({line.partition("#")[0].strip() for page in PAGES for line in commands(page)})


@pytest.mark.parametrize("call", CALLS)
def test_every_command_named_is_understood(call: str) -> None:
    command: click.Command = main
    _, *words = shlex.split(call)
    context = click.Context(command)
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None, f"{call}: there is no such command"
        command, context = found, click.Context(found, parent=context)
    command.parse_args(context, [*words, *_asked_for(command, words)])


def _asked_for(command: click.Command, words: list[str]) -> list[str]:
    """What the command would ask for at the keyboard."""
    asked = [p for p in command.params if isinstance(p, click.Option) and p.prompt]
    return [word for p in asked if p.opts[0] not in words for word in (p.opts[0], "secret")]


def test_pages_name_commands() -> None:
    assert any(call.startswith("dougong plugin enable") for call in CALLS)


def test_settings_table_names_every_setting_and_its_default() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    told = {m["name"]: m["default"] or "" for m in SETTING.finditer(page)}
    real = {name: _shown(field.get_default()) for name, field in Settings.model_fields.items()}
    assert told == real


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return str(getattr(default, "get_secret_value", lambda: default)())


def test_settings_in_the_example_file_are_settings() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    files = [m["text"] for m in FENCE.finditer(page) if m["kind"] == "toml"]
    named = set(re.findall(r"^(\w+) =", "".join(files), re.MULTILINE))
    assert named
    assert named <= set(Settings.model_fields)
