"""Papers on pages of records: a button for each on the record's page, a selection from the list."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import request, url_for
from flask_admin.actions import action
from werkzeug.utils import redirect

from dougong.admin.formats import moment_text
from dougong.admin.sessions import current_session
from dougong.admin.views.acts import Button, Related
from dougong.admin.views.guard import operation
from dougong.admin.views.lookup import whole_number
from dougong.core.i18n import lazy
from dougong.core.scope import Operation
from dougong.core.services.printing import api as printing
from dougong.core.services.printing.api import Paper, PrintEntry

PRINT = "print"


class Printable:
    """What a record's view offers to print (XX-06)."""

    model: ClassVar[Any]

    def print_buttons(self, row: Any) -> list[Button]:
        """A button for each paper this record has now."""
        return [
            Button(paper.title, print_url(paper, row.id), True, "", "print", False)
            for paper in self._papers(row)
            if paper.offered(row)
        ]

    def prints(self, row: Any) -> list[Related]:
        """Which papers of the record were printed, by whom and how often."""
        kinds = {paper.entity for paper in self._papers(row)}
        entries = [e for kind in kinds for e in printing.prints_of(current_session(), kind, row.id)]
        heads = (lazy("Time"), lazy("Paper"), lazy("Number"), lazy("Print no."), lazy("Who"))
        rows = [("", _cells(entry)) for entry in entries]
        return [Related(lazy("Printed papers"), heads, rows)] if rows else []

    def _papers(self, row: Any) -> list[Paper]:
        session = current_session()
        known = printing.has_papers(session, self.model)
        return printing.papers_of(session, self.model, row.branch_id) if known else []

    def printable(self) -> list[Paper]:
        """The papers of these records that the person may print at any branch of the list."""
        session = current_session()
        if not printing.has_papers(session, self.model):
            return []
        branches = sorted(self.branches())  # type: ignore[attr-defined]
        found = {p.code: p for b in branches for p in printing.papers_of(session, self.model, b)}
        return list(found.values())

    def is_action_allowed(self, name: str) -> bool:
        """Printing is offered where there is something to print."""
        if name == PRINT:
            return bool(self.printable())
        return bool(super().is_action_allowed(name))  # type: ignore[misc]

    @operation(Operation.READ)
    @action(PRINT, lazy("Print"))  # type: ignore[untyped-decorator]
    def action_print(self, ids: Sequence[str]) -> Any:
        """Print the chosen rows; where they have several papers, ask which."""
        keys = [key for key in map(whole_number, ids) if key is not None]
        papers = self.printable()
        if len(papers) == 1:
            return redirect(run_url(papers[0], keys), 303)
        chosen = url_for("print.index", of=self.model.__tablename__, id=keys, back=request.referrer)
        return redirect(chosen, 303)


def print_url(paper: Paper, key: int) -> str:
    """Where a button prints a paper of one record."""
    return url_for("print.print_view", paper=paper.code, id=key)


def run_url(paper: Paper, keys: Sequence[int]) -> str:
    """Print a paper of these records; where the result is shown."""
    run = printing.print_papers(current_session(), paper.code, keys)
    return url_for("print.run_view", run=run)


def _cells(entry: PrintEntry) -> tuple[object, ...]:
    paper = printing.paper_named(current_session(), entry.paper)
    return (
        moment_text(entry.at, entry.branch_id), paper.title if paper else entry.paper,
        entry.number, entry.turn, entry.actor,
    )  # fmt: skip
