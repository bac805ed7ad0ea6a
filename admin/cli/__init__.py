"""The command ``dougong``: one group of commands per reader's question."""

import click

from dougong.admin.cli import database, doctor, exchange, jobs, people, plugins, run
from dougong.admin.cli.context import locale_of_terminal
from dougong.core.i18n import speaking


@click.group()
@click.version_option(package_name="dougong")
@click.pass_context
def main(context: click.Context) -> None:
    """Dougong: customers, credit, service and care, switched per branch."""
    context.with_resource(speaking(locale_of_terminal()))


for _room in (run, database, plugins, people, exchange, jobs, doctor):
    for _command in _room.COMMANDS:
        main.add_command(_command)
