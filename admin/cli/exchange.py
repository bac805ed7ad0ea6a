"""``dougong import`` and ``dougong export``: tables of every sheet; purchases of other systems."""

from functools import partial
from pathlib import Path
from typing import Final

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from dougong.admin.cli.context import branch_id_of, house, refusals
from dougong.admin.cli.output import console
from dougong.core.errors import Refusal
from dougong.core.house import House
from dougong.core.i18n import gettext as _
from dougong.core.i18n import lazy
from dougong.core.runs import run_job
from dougong.core.scope import Scope
from dougong.core.services.exchange import api as exchange
from dougong.core.services.exchange.api import (
    FORMATS,
    Import,
    ImportMode,
    OrdersFile,
    import_orders,
)
from dougong.core.session import Session

ACTOR: Final = "dougong command"


@click.command("import")
@click.argument("sheet")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--branch", "-b", required=True, help="Branch code.")
@click.option("--mode", type=click.Choice([mode.value for mode in ImportMode]), default="both")
@click.option("--whole", is_flag=True, help="All rows or none.")
@click.option("--dry-run", is_flag=True, help="Check only; write nothing.")
@click.option("--format", "layout", type=click.Choice(sorted(FORMATS)), help="Of purchases.")
@click.option("--currency", default="", help="Of purchases: ISO code, else the branch's own.")
@click.option("--report", type=click.Path(path_type=Path), help="File for rows not taken.")
@refusals
def imports(  # noqa: PLR0913 - one argument an option
    sheet: str, file: Path, branch: str, mode: str, whole: bool, dry_run: bool,
    layout: str | None, currency: str, report: Path | None,
) -> None:  # fmt: skip
    """Load the rows of FILE into SHEET (customers, contacts, products, …).

    Run again, nothing comes in twice. With --format, orders are read as another system's purchases.
    """
    opened = house()
    branch_id = branch_id_of(opened, branch)
    if layout is not None:
        if sheet != "orders":
            raise Refusal(lazy("Only orders have formats."), code="exchange.format")
        _purchases(opened, OrdersFile(branch_id, file, layout, currency.upper()), report)
        return
    row = _checked(opened, branch_id, sheet, file, (ImportMode(mode), whole))
    if not dry_run:
        row = _loaded(opened, row)
    _tell(opened, row, report or file.with_name(f"{file.stem}-rejected.xlsx"))


@click.command("export")
@click.argument("sheet")
@click.option("--branch", "-b", required=True, help="Branch code.")
@click.option("--file", "-f", type=click.Path(path_type=Path), required=True, help=".xlsx or .csv")
@click.option("--reason", default="", help="Why what is confidential is taken out too.")
@refusals
def exports(sheet: str, branch: str, file: Path, reason: str) -> None:
    """Write the records of SHEET into a file that can be loaded again."""
    opened = house()
    csv = file.suffix.lower() == ".csv"
    kind = exchange.FileKind.CSV if csv else exchange.FileKind.XLSX

    def write(session: Session) -> int:
        asked = exchange.Asked(exchange.sheet_named(session, sheet), kind, reason=reason)
        with file.open("wb") as target:
            return exchange.export(session, asked, target)

    count = opened.database.write(Scope.at(branch_id_of(opened, branch), ACTOR), write)
    click.echo(_("%(count)s rows written to %(file)s.", count=count, file=file))


def _checked(
    opened: House, branch_id: int, sheet: str, file: Path, how: tuple[ImportMode, bool]
) -> Import:
    scope = Scope.at(branch_id, ACTOR)
    content = _read(file)

    def send(session: Session) -> Import:
        row = exchange.receive(session, sheet, file.name, content)
        return exchange.plan(session, row.id, exchange.Plan(tuple(row.mapping), *how))

    return _worked_off(opened, opened.database.write(scope, send))


def _loaded(opened: House, row: Import) -> Import:
    scope = Scope.at(row.branch_id, ACTOR)
    return _worked_off(opened, opened.database.write(scope, partial(_start, import_id=row.id)))


def _start(session: Session, import_id: int) -> Import:
    return exchange.start(session, import_id)


def _worked_off(opened: House, row: Import) -> Import:
    """Do the import's job here and now, unless a worker was faster: then wait for nothing."""
    with console().status(row.file_name):
        run_job(opened, row.run_id or 0)
    with opened.database.reading(Scope.at(row.branch_id, ACTOR)) as session:
        return exchange.import_named(session, row.id)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refusal(
            lazy("The file %(path)s cannot be read.", path=file),
            code="exchange.unreadable",
            next_step=lazy("Check the path and your rights to it."),
            field="file",
        ) from error


def _tell(opened: House, row: Import, report: Path) -> None:
    click.echo(
        _(
            "%(made)s made, %(changed)s changed, %(same)s as they were, %(bad)s not taken.",
            made=row.created_count,
            changed=row.updated_count,
            same=row.unchanged_count,
            bad=row.faulty_count,
        )
    )
    if row.faulty_count:
        scope = Scope.at(row.branch_id, ACTOR)
        with opened.database.reading(scope) as session, report.open("wb") as target:
            exchange.write_rows_to_mend(session, row.id, target)
        click.echo(_("The rows not taken, with reasons: %(file)s", file=report))


def _purchases(opened: House, source: OrdersFile, report: Path | None) -> None:
    report = report or source.path.with_name(f"{source.path.stem}-rejected.csv")
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


COMMANDS: Final = (imports, exports)
