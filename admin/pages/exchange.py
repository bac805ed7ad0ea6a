"""Tables in and out: templates, files that are looked at and then loaded, and what became of them.

Jobs do the work (``dougong.core.services.exchange``); the page shows how far they are.
"""

from io import BytesIO
from typing import Any, Final
from urllib.parse import quote

from flask import make_response, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from dougong.admin.contributions import Tone
from dougong.admin.formats import moment_text, number_text
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import PageView, expose, operation
from dougong.admin.views.lookup import whole_number
from dougong.admin.words import add_words, tone_of, word_for
from dougong.core.errors import NotFound, Refusal
from dougong.core.i18n import LazyText, gettext, lazy
from dougong.core.scope import Operation
from dougong.core.services.exchange import api as exchange
from dougong.core.services.exchange.api import Import, ImportMode, ImportState, Sheet

AT_ONCE: Final = 20
FAULTS: Final = 100
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"

add_words(
    (
        (ImportState.RECEIVED, lazy("Columns to choose"), Tone.NEUTRAL),
        (ImportState.CHECKING, lazy("Being checked"), Tone.INFO),
        (ImportState.CHECKED, lazy("Checked, not loaded yet"), Tone.WARNING),
        (ImportState.RUNNING, lazy("Being loaded"), Tone.INFO),
        (ImportState.DONE, lazy("Loaded"), Tone.SUCCESS),
        (ImportState.REFUSED, lazy("Nothing loaded"), Tone.DANGER),
        (ImportState.UNDOING, lazy("Being undone"), Tone.INFO),
        (ImportState.UNDONE, lazy("Undone"), Tone.NEUTRAL),
        (ImportMode.BOTH, lazy("Make new records and change known ones"), None),
        (ImportMode.CREATE, lazy("Make new records only"), None),
        (ImportMode.UPDATE, lazy("Change known records only"), None),
    )
)
_CHOOSING: Final = (ImportState.RECEIVED, ImportState.CHECKED, ImportState.REFUSED)


class ExchangePage(PageView):
    """What comes in and goes out at the chosen branch, and the files of before."""

    path = "exchange"
    title = lazy("Import and export")
    entity = "core.import"

    @expose("/")
    def index(self) -> Any:
        """The sheets, the form to send a file, and the files of before."""
        home = desk().scope.home
        page = max(whole_number(request.args.get("page")) or 0, 0)
        rows = self._earlier(page) if home is not None else []
        return self.render(
            "dougong/exchange.html",
            sheets=[self._offered(sheet) for sheet in _sheets()],
            may_send=home is not None and self.allows(Operation.CREATE),
            at_one_branch=home is not None, chosen=request.args.get("sheet", ""),
            imports=[self._summary(row) for row in rows[:AT_ONCE]],
            older_url=url_for("exchange.index", page=page + 1) if len(rows) > AT_ONCE else "",
        )  # fmt: skip

    @expose("/template/")
    def template(self) -> Response:
        """The empty table of a sheet."""
        sheet = _asked_sheet()
        target = BytesIO()
        exchange.write_template(target, sheet)
        name = gettext("%(sheet)s, template", sheet=sheet.title)
        return _file(target, name, exchange.FileKind.XLSX)

    @operation(Operation.READ)
    @expose("/export/", methods=("POST",))
    def export(self) -> Response:
        """The records of a sheet as a file; who took them is kept (AR-06)."""
        sheet = _asked_sheet()
        kind = exchange.FileKind(request.form.get("kind", "xlsx"))
        target = BytesIO()
        reason = request.form.get("reason", "")
        exchange.export(current_session(), exchange.Asked(sheet, kind, reason=reason), target)
        return _file(target, str(sheet.title), kind)

    @operation(Operation.CREATE)
    @expose("/receive/", methods=("POST",))
    def receive(self) -> Response:
        """A file that somebody sends; next its columns are chosen."""
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise Refusal(lazy("Choose a file first."), code="exchange.no_file", field="file")
        asked = request.form.get("sheet", "")
        row = exchange.receive(current_session(), asked, sent.filename, sent.read())
        return redirect(url_for("exchange.one", id=row.id), 303)

    @expose("/one/")
    def one(self) -> Any:
        """One file: its columns, what it would do, what it did."""
        row = _asked_import()
        sheet = exchange.sheet_named(current_session(), row.sheet)
        choosing = row.state in _CHOOSING and self.allows(Operation.UPDATE)
        return self.render(
            "dougong/exchange_one.html",
            row=row, sheet=sheet, choosing=choosing, columns=_columns(row, sheet, choosing),
            choices=[(c.key, str(c.label), c.required) for c in sheet.columns],
            modes=[(mode.value, word_for(mode)) for mode in ImportMode],
            page_title=row.file_name, **self._state(row),
        )  # fmt: skip

    @expose("/state/")
    def state(self) -> Any:
        """The fragment that refreshes while a job is at work."""
        row = _asked_import()
        told = self._state(row)
        answer = make_response(self.render("dougong/exchange_state.html", row=row, **told))
        if not told["progress"].going_on:
            answer.headers["X-Refresh"] = "stop"
        return answer

    @operation(Operation.UPDATE)
    @expose("/plan/", methods=("POST",))
    def plan(self) -> Response:
        """Look at every row with these columns; nothing is written."""
        row = _asked_import()
        chosen = tuple(request.form.get(f"column{at}", "") for at in range(len(row.headings)))
        mode = ImportMode(request.form.get("mode", ImportMode.BOTH))
        asked = exchange.Plan(chosen, mode, bool(request.form.get("whole")))
        exchange.plan(current_session(), row.id, asked)
        return redirect(url_for("exchange.one", id=row.id), 303)

    @operation(Operation.UPDATE)
    @expose("/start/", methods=("POST",))
    def start(self) -> Response:
        """Load the file."""
        row = exchange.start(current_session(), _asked_import().id)
        return redirect(url_for("exchange.one", id=row.id), 303)

    @operation(Operation.UPDATE)
    @expose("/undo/", methods=("POST",))
    def undo(self) -> Response:
        """Take it back."""
        row = exchange.undo(current_session(), _asked_import().id)
        return redirect(url_for("exchange.one", id=row.id), 303)

    @expose("/faulty/")
    def faulty(self) -> Response:
        """The rows that were not taken, to mend and send again."""
        row = _asked_import()
        target = BytesIO()
        exchange.write_rows_to_mend(current_session(), row.id, target)
        name = gettext("%(file)s, rows to mend", file=row.file_name.rpartition(".")[0])
        return _file(target, name, exchange.FileKind.XLSX)

    # --- what is shown ---------------------------------------------------------------------------

    def _offered(self, sheet: Sheet) -> dict[str, Any]:
        scope = desk().scope
        may = {name: scope.allows(name, sheet.entity, scope.home) for name in Operation}
        graded = any(column.grade and scope.clears(column.grade) for column in sheet.columns)
        return {
            "key": sheet.key, "title": sheet.title,
            "loads": may[Operation.CREATE] or may[Operation.UPDATE],
            "exports": may[Operation.EXPORT],
            "reveals": graded and may[Operation.REVEAL],
            "template_url": url_for("exchange.template", sheet=sheet.key),
        }  # fmt: skip

    def _earlier(self, page: int) -> list[Import]:
        wanted = select(Import).where(Import.branch_id.in_(self.branches()))
        wanted = wanted.options(joinedload(Import.user)).order_by(Import.id.desc())
        found = current_session().scalars(wanted.offset(page * AT_ONCE).limit(AT_ONCE + 1))
        return list(found)

    def _summary(self, row: Import) -> dict[str, Any]:
        titles = {sheet.key: sheet.title for sheet in _sheets()}
        return {
            "url": url_for("exchange.one", id=row.id), "name": row.file_name,
            "sheet": titles.get(row.sheet, row.sheet), "who": row.user.name if row.user else "",
            "at": moment_text(row.created_at, row.branch_id), "state": word_for(row.state),
            "kind": tone_of(row.state) or Tone.NEUTRAL,
            "made": number_text(row.created_count), "changed": number_text(row.updated_count),
            "bad": number_text(row.faulty_count),
        }  # fmt: skip

    def _state(self, row: Import) -> dict[str, Any]:
        session = current_session()
        sheet = exchange.sheet_named(session, row.sheet)
        labels = {column.key: str(column.label) for column in sheet.columns}
        progress = exchange.progress_of(session, row)
        faults = exchange.faults_of(session, row, FAULTS)
        may = self.allows(Operation.UPDATE, row)
        return {
            "progress": progress, "state_word": word_for(row.state),
            "state_kind": tone_of(row.state) or Tone.NEUTRAL,
            "progress_text": _progress_text(progress),
            "counts": _counts(row), "refresh_url": url_for("exchange.state", id=row.id),
            "faults": [(f.line, labels.get(f.column, ""), f.text) for f in faults],
            "more_faults": len(faults) == FAULTS,
            "may_start": may and row.state is ImportState.CHECKED
            and row.created_count + row.updated_count > 0
            and not (row.whole and row.faulty_count),
            "may_undo": may and exchange.may_undo(row, session.now),
            "faulty_url": url_for("exchange.faulty", id=row.id)
            if row.faulty_count and row.state is not ImportState.UNDONE else "",
        }  # fmt: skip


def _sheets() -> list[Sheet]:
    """The sheets of the branch whose records the person may read, change or take out."""
    scope = desk().scope
    if scope.home is None:
        return []
    asked = (Operation.CREATE, Operation.UPDATE, Operation.EXPORT)
    return [
        sheet
        for sheet in exchange.sheets_at(current_session())
        if any(scope.allows(name, sheet.entity, scope.home) for name in asked)
    ]


def _asked_sheet() -> Sheet:
    key = request.values.get("sheet", "")
    return next((s for s in _sheets() if s.key == key), None) or _no_sheet()


def _no_sheet() -> Any:
    raise NotFound


def _asked_import() -> Import:
    key = whole_number(request.args.get("id"))
    row = exchange.import_named(current_session(), key or 0)
    if row.branch_id != desk().scope.home:
        raise NotFound
    return row


def _columns(row: Import, sheet: Sheet, choosing: bool) -> list[dict[str, Any]]:
    """Each heading of the file, what stands under it, and the column chosen for it."""
    labels = {column.key: str(column.label) for column in sheet.columns}
    shown = exchange.first_rows(current_session(), row.id) if choosing else []
    return [
        {
            "heading": heading, "chosen": key, "label": labels.get(key, ""),
            "samples": [line[at] for line in shown if at < len(line) and line[at]][:3],
        }
        for at, (heading, key) in enumerate(zip(row.headings, row.mapping, strict=False))
    ]  # fmt: skip


def _counts(row: Import) -> list[tuple[LazyText, str, str]]:
    if row.state in (ImportState.RECEIVED, ImportState.CHECKING, ImportState.RUNNING):
        return []
    if row.state is ImportState.CHECKED:
        labels = (lazy("Would be made"), lazy("Would be changed"), lazy("Stay as they are"),
                  lazy("Passed over"), lazy("Cannot be taken"))  # fmt: skip
    else:
        labels = (lazy("Made"), lazy("Changed"), lazy("Stayed as they were"),
                  lazy("Passed over"), lazy("Not taken"))  # fmt: skip
    counts = (row.created_count, row.updated_count, row.unchanged_count, row.skipped_count,
              row.faulty_count)  # fmt: skip
    told = [(label, number_text(n), "") for label, n in zip(labels[:4], counts, strict=False)]
    told.append((labels[4], number_text(counts[4]), "danger" if counts[4] else ""))
    if row.state is ImportState.UNDONE:
        told.append((lazy("Could not be undone"), number_text(row.kept_count), ""))
    return told


def _progress_text(progress: exchange.Progress) -> str:
    if progress.total:
        return f"{number_text(progress.done)} / {number_text(progress.total)}"
    return number_text(progress.done) if progress.done else ""


def _file(target: BytesIO, name: str, kind: exchange.FileKind) -> Response:
    media = XLSX if kind is exchange.FileKind.XLSX else CSV
    answer = Response(target.getvalue(), mimetype=media)
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=table.{kind}; filename*=UTF-8''{quote(name)}.{kind}"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
