"""Printing: choose a paper, look at it, send it to the printer or take it as a PDF (XX-06)."""

from typing import Any, ClassVar, Final

from flask import Response, abort, current_app, request, url_for
from flask_wtf.file import FileField
from werkzeug.utils import redirect

from dougong.admin.sessions import current_session, desk
from dougong.admin.views import PageView, RecordView, Section, expose, operation
from dougong.admin.views.guard import back_to
from dougong.admin.views.lookup import whole_number
from dougong.admin.views.printable import run_url
from dougong.admin.words import word_for
from dougong.core.errors import NotFound, Refusal
from dougong.core.i18n import form_text as _
from dougong.core.i18n import lazy
from dougong.core.scope import Operation
from dougong.core.services.audit.api import entity_of
from dougong.core.services.printing import api as printing
from dougong.core.services.printing.api import Letterhead, PrintEntry, Printout
from dougong.core.values.media import media_of

LARGEST_LOGO: Final = 300 * 1024


class PrintPage(PageView):
    """Prints what records of other pages say; each record's own permission is asked."""

    path = "print"
    title = lazy("Print")
    entity = "core.paper"

    @expose("/")
    def index(self) -> Any:
        """The papers that the chosen records have, to pick one."""
        model, keys = entity_of(request.args.get("of", "")), _keys()
        here = sorted(self.branches(Operation.CREATE))
        found = {
            paper.code: paper
            for branch_id in here
            for paper in (printing.papers_of(current_session(), model, branch_id) if model else [])
        }
        return self.render(
            "dougong/print_choice.html",
            papers=[(paper.title, paper.code) for paper in found.values()], keys=keys,
            back=back_to(url_for("admin.index")),
        )  # fmt: skip

    @operation(Operation.CREATE)
    @expose("/", methods=("POST",))
    def print_view(self) -> Any:
        """Count and log the print, then show it."""
        paper = printing.paper_named(current_session(), request.values.get("paper", ""))
        if paper is None:
            raise NotFound
        return redirect(run_url(paper, _keys()), 303)

    @expose("/<run>/")
    def run_view(self, run: str) -> Any:
        """The papers as the printer gets them, with buttons that it does not."""
        printouts = self._printed(run)
        wide = {printout.paper.landscape for printout in printouts} == {True}
        return self.render(
            "dougong/print.html",
            pieces=printing.pieces(current_session(), printouts, word_for), count=len(printouts),
            title=_title(printouts), wide=wide, pdf_url=_pdf_url(run),
            no_font=printing.has_chinese_font() is False, back=_back(printouts[0]),
        )  # fmt: skip

    @expose("/<run>/paper.pdf")
    def pdf_view(self, run: str) -> Any:
        """The same as a file."""
        printouts = self._printed(run)
        content = printing.pdf(current_session(), printouts, word_for)
        answer = Response(content, mimetype="application/pdf")
        answer.headers.set("Content-Disposition", "attachment", filename=f"{_title(printouts)}.pdf")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @staticmethod
    def _printed(run: str) -> list[Printout]:
        return printing.printed(current_session(), run) or abort(404)


def _keys() -> list[int]:
    asked = request.values.getlist("id")
    return [key for key in map(whole_number, asked) if key is not None]


def _title(printouts: list[Printout]) -> str:
    first = printouts[0]
    name = first.number or first.sheet.subject
    return f"{first.paper.title} {name}" if len(printouts) == 1 else str(first.paper.title)


def _pdf_url(run: str) -> str:
    return url_for("print.pdf_view", run=run) if printing.can_make_pdf() else ""


def _back(printout: Printout) -> str:
    """The page of the printed record, where it has one."""
    model = printout.paper.model
    for view in current_app.extensions["admin"][0]._views:
        if getattr(view, "model", None) is model:
            return url_for(f"{view.endpoint}.details_view", id=printout.sheet.subject_id)
    return url_for("admin.index")


class PrintView(RecordView):
    """Who printed which paper when, and how often."""

    model = PrintEntry
    entity = "core.print"
    path = "prints"
    title = lazy("Printed papers")
    one = lazy("Printed paper")
    offers = frozenset({Operation.EXPORT})
    column_list = ("at", "paper", "subject", "number", "turn", "actor")
    column_default_sort = ("id", True)
    column_searchable_list = ("subject", "number", "actor")
    column_filters = ("at", "turn")
    column_sortable_list = ("at", "number", "turn", "actor")
    labels: ClassVar[dict[str, Any]] = {
        "paper": lazy("Paper"), "subject": lazy("About"), "turn": lazy("Print no."),
    }  # fmt: skip

    def _get_field_value(self, model: Any, name: str) -> Any:
        value = super()._get_field_value(model, name)
        if name != "paper":
            return value
        paper = printing.paper_named(current_session(), value)
        return paper.title if paper else value


class LetterheadView(RecordView):
    """What stands at the head of the branch's papers."""

    model = Letterhead
    entity = "core.letterhead"
    path = "letterheads"
    title = lazy("Letterhead")
    offers = frozenset({Operation.CREATE, Operation.UPDATE})
    column_list = ("company", "address", "phone", "bank")
    column_details_list = (
        "company", "address", "phone", "tax_number", "bank", "account", "note", "logo_type",
    )  # fmt: skip
    column_sortable_list = ("company",)
    form_extra_fields: ClassVar[dict[str, Any]] = {
        "picture": FileField(
            _("Logo"), description=_("PNG or JPEG, at most 300 KB. Empty: it stays as it is."),
        ),
    }  # fmt: skip
    sections = (
        Section(lazy("Head"), ("company", "address", "phone", "picture")),
        Section(lazy("Account"), ("tax_number", "bank", "account")),
        Section(lazy("Foot"), ("note",)),
    )
    labels: ClassVar[dict[str, Any]] = {
        "company": lazy("Name on papers"), "tax_number": lazy("Tax number"),
        "bank": lazy("Bank"), "account": lazy("Account"), "note": lazy("Line under every paper"),
        "logo_type": lazy("Logo"),
    }  # fmt: skip

    def create_row(self, form: Any) -> Letterhead:
        """The branch's one head."""
        row = Letterhead(branch_id=desk().scope.home)
        self._fill(form, row)
        current_session().add(row)
        return row

    def update_row(self, form: Any, row: Letterhead) -> None:
        """Its texts, and its logo where one is sent."""
        self._fill(form, row)

    def _fill(self, form: Any, row: Letterhead) -> None:
        for name in ("company", "address", "phone", "tax_number", "bank", "account", "note"):
            setattr(row, name, form[name].data or "")
        sent = form.picture.data
        if sent:
            _take_logo(row, sent.filename or "", sent.read(LARGEST_LOGO + 1))


def _take_logo(row: Letterhead, name: str, content: bytes) -> None:
    media = media_of(name, content)
    if media is None or not media.picture or len(content) > LARGEST_LOGO:
        raise Refusal(lazy("The logo is a PNG or JPEG picture of at most 300 KB."), field="picture")
    row.logo, row.logo_type = content, media.type
