"""``dougong job``: what can be run in the background, and running it now."""

from typing import Final

import click

from dougong.admin.cli.context import OPERATOR, branch_id_of, house, refusals
from dougong.admin.cli.output import fail, show_table
from dougong.core.entities.job import JobRun, RunState
from dougong.core.errors import NotFound
from dougong.core.house import House
from dougong.core.i18n import gettext as _
from dougong.core.i18n import lazy
from dougong.core.jobs import enqueue, find_kind, job_kinds
from dougong.core.runs import run_job
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.switchboard import refuse_if_off


@click.group("job")
def job() -> None:
    """List the kinds of job, and run one now."""


@job.command("list")
@refusals
def list_jobs() -> None:
    """Every kind of job and its schedule."""
    kinds = job_kinds(house().registry).values()
    shown = [(kind.item.name, kind.source, kind.item.every or _("on request")) for kind in kinds]
    show_table((_("Job"), _("From"), _("When")), sorted(shown))


@job.command("run")
@click.argument("kind")
@click.argument("arguments", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--branch", "-b", required=True, help="Branch code.")
@refusals
def run(kind: str, arguments: tuple[str, ...], branch: str) -> None:
    """Run a job now, in this process: dougong job run tiering.evaluate as_of=1998-07-01 -b B01."""
    opened = house()
    given = dict(_pair(argument) for argument in arguments)
    run_id = _ask(opened, kind, branch_id_of(opened, branch), given)
    run_job(opened, run_id)
    with opened.database.reading(OPERATOR) as session:
        row = session.get_one(JobRun, run_id)
        if row.state is not RunState.DONE:
            fail(_("%(job)s did not finish: %(why)s", job=kind, why=row.last_error or row.message))
        click.echo(_("%(job)s is done: %(count)s.", job=kind, count=row.done_count))


def _pair(argument: str) -> tuple[str, str]:
    name, equals, value = argument.partition("=")
    if not equals:
        fail(_("%(argument)s is not NAME=VALUE.", argument=argument))
    return name, value


def _ask(opened: House, kind: str, branch_id: int, given: dict[str, str]) -> int:
    offer = find_kind(opened.registry, kind)
    if offer is None:
        raise NotFound(lazy("No job is named %(name)s; see: dougong job list", name=kind))

    def work(session: Session) -> int:
        for plugin in sorted(offer.needs):
            refuse_if_off(session, branch_id, plugin)
        return enqueue(session, kind, branch_id, given).id

    return opened.database.write(Scope.at(branch_id, OPERATOR.actor), work)


COMMANDS: Final = (job,)
