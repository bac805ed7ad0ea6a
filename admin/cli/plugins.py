"""``dougong plugin``: what is installed, and what is on at which branch (XX-04)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from sqlalchemy import select

from dougong.admin.cli.context import OPERATOR, branch_named, house, refusals
from dougong.admin.cli.output import fail, show_table
from dougong.core import migrate
from dougong.core.entities.branch import Branch
from dougong.core.house import House
from dougong.core.i18n import gettext as _
from dougong.core.purge import Purged, export_rows, purge_branch, refuse_if_on
from dougong.core.session import Session
from dougong.core.switchboard import settings_spec, switchboard
from dougong.core.switches import change_settings, disable, enable

BRANCH: Final = click.option("--branch", "-b", "branches", multiple=True, help="Branch code.")


@click.group("plugin")
def plugin() -> None:
    """List plugins, switch them per branch, change their settings, purge their data."""


@plugin.command("list")
@refusals
def list_plugins() -> None:
    """Every plugin, its state, and the branches where it is on."""
    opened = house()
    with opened.database.reading(OPERATOR) as session:
        board = switchboard(session)
        branches = session.scalars(select(Branch).order_by(Branch.code)).all()
        wanted = {
            name: ", ".join(
                b.code
                for b in branches
                if (row := board.rows.get((b.id, name))) is not None and row.enabled
            )
            for name in _known(opened) | {name for _, name in board.rows}
        }
    show_table(
        (_("Plugin"), _("Version"), _("State"), _("On at")),
        [(name, *_state(opened, name), wanted[name]) for name in sorted(wanted)],
    )


def _known(opened: House) -> set[str]:
    return {*opened.registry.plugins, *(p.plugin for p in opened.registry.problems)}


def _state(opened: House, name: str) -> tuple[str, str]:
    if name in opened.registry.plugins:
        return opened.registry.plugins[name].manifest.version, _("loaded")
    problem = opened.registry.problem_of(name)
    return "", _("not installed") if problem is None else f"{problem.stage}: {problem.text}"


def _chosen(session: Session, codes: tuple[str, ...]) -> list[Branch]:
    if not codes:
        return list(session.scalars(select(Branch).order_by(Branch.code)).all())
    return [branch_named(session, code) for code in codes]


@plugin.command("enable")
@click.argument("name")
@BRANCH
@refusals
def enable_plugin(name: str, branches: tuple[str, ...]) -> None:
    """Switch a plugin on at the branches given, or at every branch."""

    def work(session: Session) -> list[str]:
        chosen = _chosen(session, branches)
        for branch in chosen:
            enable(session, branch.id, name)
        return [branch.code for branch in chosen]

    codes = house().database.write(OPERATOR, work)
    click.echo(_("%(plugin)s is on at %(branches)s.", plugin=name, branches=", ".join(codes)))


@plugin.command("disable")
@click.argument("name")
@BRANCH
@refusals
def disable_plugin(name: str, branches: tuple[str, ...]) -> None:
    """Switch a plugin off at the branches given, or at every branch; its data stay."""

    def work(session: Session) -> list[str]:
        chosen = _chosen(session, branches)
        for branch in chosen:
            disable(session, branch.id, name)
        return [branch.code for branch in chosen]

    codes = house().database.write(OPERATOR, work)
    click.echo(_("%(plugin)s is off at %(branches)s.", plugin=name, branches=", ".join(codes)))


@plugin.command("settings")
@click.argument("name")
@click.argument("changes", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--branch", "-b", required=True, help="Branch code.")
@refusals
def plugin_settings(name: str, changes: tuple[str, ...], branch: str) -> None:
    """Show a plugin's settings at a branch, or change the fields given."""
    opened = house()
    wanted = dict(_pair(change) for change in changes)
    if wanted:
        opened.database.write(
            OPERATOR,
            lambda session: change_settings(
                session, branch_named(session, branch).id, name, wanted
            ),
        )
    spec = settings_spec(opened.registry, name)
    if spec is None:
        fail(_("%(plugin)s has no settings.", plugin=name))
    with opened.database.reading(OPERATOR) as session:
        values = switchboard(session).settings(branch_named(session, branch).id, spec.values)
    form = spec.form()
    show_table(
        (_("Setting"), _("Value"), _("Meaning")),
        [(field.name, getattr(values, field.name), field.label.text) for field in form],
    )


def _pair(change: str) -> tuple[str, str]:
    field, equals, value = change.partition("=")
    if not equals:
        fail(_("%(change)s is not FIELD=VALUE.", change=change))
    return field, value


@plugin.command("purge")
@click.argument("name")
@click.option("--branch", "-b", help="Branch code; without it the plugin's tables are dropped.")
@click.option("--export-to", type=click.Path(path_type=Path), help="Folder for the exported rows.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@refusals
def purge(name: str, branch: str | None, export_to: Path | None, yes: bool) -> None:
    """Export and delete a plugin's rows of one branch, or export them all and drop its tables."""
    opened = house()
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    folder = export_to or Path(f"{name}-{branch or 'all'}-{stamp}")
    if not yes:
        click.confirm(
            _("Delete the data of %(plugin)s after exporting to %(folder)s?",
              plugin=name, folder=folder),
            abort=True,
        )  # fmt: skip
    done = _purge_one(opened, name, branch, folder) if branch else _drop(opened, name, folder)
    show_table((_("Table"), _("Rows"), _("File")), [(d.table, d.rows, d.file) for d in done])


def _purge_one(opened: House, name: str, branch: str, folder: Path) -> list[Purged]:
    return opened.database.write(
        OPERATOR,
        lambda session: purge_branch(session, name, branch_named(session, branch).id, folder),
        attempts=1,
    )


def _drop(opened: House, name: str, folder: Path) -> list[Purged]:
    with opened.database.reading(OPERATOR) as session:
        refuse_if_on(session, name)
        done = export_rows(session, name, None, folder)
    migrate.remove(opened.database.engine, opened.registry, name)
    return done


COMMANDS: Final = (plugin,)
