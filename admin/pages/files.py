"""Files on pages of records: sent, listed, given out and removed (AR-02)."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, g, request, url_for
from werkzeug.utils import redirect

from dougong.admin.sessions import current_house, current_session
from dougong.admin.views import PageView, expose, operation
from dougong.admin.views.filed import views_with_files
from dougong.admin.views.guard import back_to
from dougong.admin.views.lookup import whole_number
from dougong.core.errors import NotFound, Refusal
from dougong.core.i18n import gettext, lazy
from dougong.core.scope import Operation
from dougong.core.services.files import api as files
from dougong.core.services.files.api import Attachment, Upload
from dougong.core.values.media import JPEG, PNG

AT_ONCE = 10
_SHOWN = frozenset({PNG.type, JPEG.type})
_MEGABYTE = 1024 * 1024


class FilePage(PageView):
    """The doors of files; each opens the record first, by its own view's walls and permissions."""

    path = "files"
    title = lazy("Files")
    entity = "core.attachment"

    @operation(Operation.CREATE)
    @expose("/", methods=("POST",))
    def index(self) -> Any:
        """Take in what was sent for a record: all of it or nothing."""
        view = _view(lambda view: view.model.__tablename__ == request.values.get("of"))
        row = view.record_with_files(request.values.get("id"))
        most = current_house().settings.largest_file_mb * _MEGABYTE
        sent = _sent(most)
        if not 0 < len(sent) <= AT_ONCE:
            raise Refusal(lazy("Choose one to %(most)s files.", most=AT_ONCE), field="files")
        for upload in sent:
            files.attach(current_session(), view.subject_of_files(row), upload, most=most)
        flash(gettext("%(count)s files were added.", count=len(sent)), "success")
        return redirect(view.page_of_files(row), 303)

    @expose("/<int:key>/")
    def download(self, key: int) -> Any:
        """The file as it was sent, always as a download."""
        return _answer(_opened(key), "attachment")

    @expose("/<int:key>/picture")
    def picture(self, key: int) -> Any:
        """A picture for our own pages; nothing else is ever shown in place."""
        row = _opened(key)
        return _answer(row, "inline") if row.media_type in _SHOWN else abort(404)

    @operation(Operation.DELETE)
    @expose("/<int:key>/remove/", methods=("POST",))
    def remove(self, key: int) -> Any:
        """Take the file away, for a reason."""
        row = _opened(key)
        files.remove(current_session(), row.id, request.form.get("reason", ""))
        flash(gettext("%(name)s was removed.", name=row.name), "success")
        return redirect(back_to(url_for("admin.index")), 303)


def _sent(most: int) -> list[Upload]:
    """What the form carries, read once: the unit of work may run again."""
    if "sent_files" not in g:
        chosen = [one for one in request.files.getlist("files") if one.filename]
        g.sent_files = [Upload(one.filename or "", one.stream.read(most + 1)) for one in chosen]
        for one in chosen:
            one.close()
    sent: list[Upload] = g.sent_files
    return sent


def _opened(key: int) -> Attachment:
    """The file, after its record was opened by the view that shows it."""
    row = files.file_named(current_session(), whole_number(key) or 0)
    view = _view(lambda view: view.entity == row.subject_kind)
    view.record_with_files(row.subject_id)
    return row


def _view(fits: Callable[[Any], bool]) -> Any:
    found = next((view for view in views_with_files() if fits(view)), None)
    if found is None:
        raise NotFound
    return found


def _answer(row: Attachment, how: str) -> Response:
    answer = Response(row.content, mimetype=row.media_type)
    answer.headers.set("Content-Disposition", how, filename=row.name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
