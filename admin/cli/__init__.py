"""The command ``dougong``: one group of commands per reader's question."""

import os
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from dougong.core.i18n import DEFAULT_LOCALE, add_catalogue, speaking

ROOMS: Final = {
    "serve": "run",
    "worker": "run",
    "demo": "run",
    "db": "database",
    "plugin": "plugins",
    "branch": "people",
    "user": "people",
    "import": "exchange",
    "export": "exchange",
    "job": "jobs",
    "doctor": "doctor",
}
"""Each command and the module it is in: imported when it is asked for, so others start sooner."""


class _Rooms(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(ROOMS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ROOMS:
            return None
        offered: tuple[click.Command, ...] = import_module(f"{__name__}.{ROOMS[cmd_name]}").COMMANDS
        return next(command for command in offered if command.name == cmd_name)


@click.group(cls=_Rooms)
@click.version_option(package_name="dougong")
@click.pass_context
def main(context: click.Context) -> None:
    """Dougong: customers, credit, service and care, switched per branch."""
    add_catalogue(Path(__file__).parents[1] / "locale")
    context.with_resource(speaking(_locale_of_terminal()))


def _locale_of_terminal() -> str:
    """Chinese where the terminal speaks Chinese, else English."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    return DEFAULT_LOCALE if spoken.startswith("zh") else "en"
