"""``dougong import``: data of other systems, with a progress bar and a report of bad rows."""

from pathlib import Path
from typing import Final

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from dougong.admin.cli.context import branch_id_of, house, refusals
from dougong.admin.cli.output import console
from dougong.core.i18n import gettext as _
from dougong.core.services.exchange.api import FORMATS, OrdersFile, import_orders


@click.group("import")
def imports() -> None:
    """Load data from files; run again, nothing comes in twice."""


@imports.command("orders")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--branch", "-b", required=True, help="Branch code.")
@click.option("--format", "layout", type=click.Choice(sorted(FORMATS)), required=True)
@click.option("--currency", default="", help="ISO code; the branch's own when not given.")
@click.option("--report", type=click.Path(path_type=Path), help="File for rows not taken.")
@refusals
def orders(file: Path, branch: str, layout: str, currency: str, report: Path | None) -> None:
    """Read purchases from FILE into customers, orders, invoices and receipts."""
    opened = house()
    report = report or file.with_name(f"{file.stem}-rejected.csv")
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console()) as bar:
        task = bar.add_task(_("Purchases"), total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        source = OrdersFile(branch_id_of(opened, branch), file, layout, currency.upper())
        source = OrdersFile(branch_id_of(opened, branch), file, layout, currency.upper())
        result = import_orders(opened.database, source, report=report, progress=show)
    click.echo(
        _(
            "%(read)s rows read: %(new)s orders new, %(known)s known before, %(bad)s not taken.",
            read=result.rows_read,
            new=result.orders_new,
            known=result.orders_known,
            bad=result.rows_rejected,
        )
    )
    if result.rows_rejected:
        click.echo(_("The rows not taken, with reasons: %(file)s", file=report))


COMMANDS: Final = (imports,)
