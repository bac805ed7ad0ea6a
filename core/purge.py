"""Taking a plugin's data away: exported first, then deleted, by a path of its own (XX-04)."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Table, delete, func, select

from dougong.core.entities.branch import Branch, BranchPlugin
from dougong.core.errors import NotFound, Refusal
from dougong.core.i18n import lazy
from dougong.core.orm import Base
from dougong.core.session import UNWALLED, Session
from dougong.core.switchboard import forget_switches

_PATH = {UNWALLED: "purge: exported and deleted for one branch by the kernel"}


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows of a table were exported (and deleted), and to which file."""

    table: str
    rows: int
    file: Path


def tables_of(plugin: str) -> list[Table]:
    """The plugin's tables, each after those it refers to."""
    return [t for t in Base.metadata.sorted_tables if t.name.startswith(f"{plugin}_")]


def export_rows(session: Session, plugin: str, branch_id: int | None, folder: Path) -> list[Purged]:
    """Write the plugin's rows (of one branch, or all) to one CSV file per table in ``folder``."""
    folder.mkdir(parents=True, exist_ok=False)
    return [_export(session, table, branch_id, folder) for table in tables_of(plugin)]


def purge_branch(session: Session, plugin: str, branch_id: int, folder: Path) -> list[Purged]:
    """Export and delete the plugin's rows of one branch, and its switch there.

    Refused while the plugin is on at the branch. Nothing is deleted when the export fails.
    """
    if session.get(Branch, branch_id) is None:
        raise NotFound(lazy("No such branch."))
    refuse_if_on(session, plugin, branch_id)
    done = export_rows(session, plugin, branch_id, folder)
    for table in reversed(tables_of(plugin)):
        statement = delete(table).where(table.c.branch_id == branch_id)
        session.execute(statement, execution_options=_PATH)
    session.execute(delete(BranchPlugin).filter_by(plugin=plugin, branch_id=branch_id))
    forget_switches(session)
    return done


def refuse_if_on(session: Session, plugin: str, branch_id: int | None = None) -> None:
    """Refuse while the plugin is on at the branch, or at any branch when None."""
    statement = (
        select(Branch.name)
        .join(BranchPlugin, BranchPlugin.branch_id == Branch.id)
        .where(BranchPlugin.plugin == plugin, BranchPlugin.enabled)
    )
    if branch_id is not None:
        statement = statement.where(Branch.id == branch_id)
    names: Sequence[str] = session.scalars(statement.order_by(Branch.code)).all()
    if names:
        raise Refusal(
            lazy("%(plugin)s is on at %(branches)s.", plugin=plugin, branches=", ".join(names)),
            code="core.plugin_on",
            next_step=lazy("Switch it off there first."),
        )


def _export(session: Session, table: Table, branch_id: int | None, folder: Path) -> Purged:
    statement = select(table).order_by(*table.primary_key.columns)
    count = select(func.count()).select_from(table)
    if branch_id is not None:
        statement = statement.where(table.c.branch_id == branch_id)
        count = count.where(table.c.branch_id == branch_id)
    expected = session.execute(count, execution_options=_PATH).scalar_one()
    file = folder / f"{table.name}.csv"
    written = 0
    with file.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow([column.name for column in table.columns])
        for row in session.execute(statement, execution_options={**_PATH, "yield_per": 1000}):
            writer.writerow(list(row))
            written += 1
    if written != expected:
        raise OSError(f"{table.name}: {written} of {expected} rows were exported")
    return Purged(table.name, written, file)
