"""``dougong db``: bring the tables to the newest shape, and say where they stand."""

from pathlib import Path
from typing import Final

import click

from dougong.admin.cli.context import OPERATOR, house, refusals
from dougong.admin.cli.output import show_table
from dougong.core import migrate
from dougong.core.i18n import gettext as _
from dougong.core.permissions import seed_roles
from dougong.core.revise import revision
from dougong.core.session import Session


@click.group("db")
def database() -> None:
    """Upgrade the database and show its state."""


@database.command("upgrade")
@refusals
def upgrade() -> None:
    """Bring core and every loaded plugin to the head of its history."""
    opened = house()
    migrate.upgrade(opened.database.engine, opened.registry)

    def roles(session: Session) -> None:
        seed_roles(session, opened.registry)

    opened.database.write(OPERATOR, roles)
    _show()


@database.command("status")
@refusals
def status() -> None:
    """Where core and each plugin stand against the head of their history."""
    _show()


@database.command("revision")
@click.argument("name")
@click.argument("message")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where a package's first migration shall lie: its migrations/versions.",
)
@refusals
def revise(name: str, message: str, folder: Path | None) -> None:
    """Write the next migration of NAME from its models (for developers)."""
    click.echo(str(revision(name, message, house().registry, folder)))


def _show() -> None:
    opened = house()
    rows = migrate.status(opened.database.engine, opened.registry)
    shown = [
        (row.name, row.current or "-", row.head or "-", _("behind") if row.behind else _("newest"))
        for row in rows
    ]
    show_table((_("Part"), _("Now"), _("Newest"), _("State")), shown)


COMMANDS: Final = (database,)
