"""``dougong doctor``: proofs about this installation, and what to do about each finding."""

import sys
from typing import Final

import click

from dougong.admin.cli.context import house, refusals
from dougong.admin.cli.output import console
from dougong.core.doctor import Severity, examine
from dougong.core.i18n import gettext as _


@click.command("doctor")
@click.argument("source", required=False, default="")
@refusals
def doctor(source: str) -> None:
    """Prove that the installation is sound; SOURCE limits it to one plugin's proofs.

    Ends with code 1 when there is an error, 0 when there are warnings only.
    """
    out = console()
    errors = 0
    for result in examine(house(), source):
        mark = "[green]✓[/green]" if not result.findings else "[red]✗[/red]"
        out.print(f"{mark} {result.source}: {result.title}")
        for finding in result.findings:
            errors += finding.severity is Severity.ERROR
            out.print(f"    {_(finding.severity.value)}: {finding.text}", markup=False)
    if errors:
        out.print(_("%(count)s errors.", count=errors))
        sys.exit(1)
    out.print(_("Sound."))


COMMANDS: Final = (doctor,)
