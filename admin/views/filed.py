"""The files of a record on its page: who may see and add them is the record's own question."""

from dataclasses import dataclass
from typing import Any, ClassVar

from babel.numbers import format_decimal
from flask import current_app, g, render_template, url_for
from markupsafe import Markup

from dougong.admin.formats import moment_text
from dougong.admin.sessions import current_house, current_session, desk
from dougong.core.entities.customer import Customer
from dougong.core.errors import Forbidden
from dougong.core.i18n import current_locale
from dougong.core.scope import Operation
from dougong.core.services.files import api as files
from dougong.core.services.files.api import Attachment, Subject
from dougong.core.values.media import JPEG, PNG, TAKEN

FILES = "core.attachment"


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file as the panel shows it."""

    name: str
    url: str
    picture_url: str
    remove_url: str
    size: str
    time: str
    person: str


class Filed:
    """What a record's view does with files; ``with_files`` puts the panel on its pages."""

    with_files: ClassVar[bool] = False
    model: ClassVar[Any]
    entity: ClassVar[str]

    def record_with_files(self, key: object) -> Any:
        """The record, if the person may open its page."""
        view: Any = self
        if not view.is_accessible():
            raise Forbidden
        g.asked_operation = Operation.READ
        return view.get_one(key)

    def subject_of_files(self, row: Any) -> Subject:
        """The record as its files name it."""
        own = row.id if isinstance(row, Customer) else getattr(row, "customer_id", None)
        return Subject(self.entity, row.id, row.branch_id, own)

    def page_of_files(self, row: Any) -> str:
        """Where the files stand."""
        return f"{url_for(f'{self.endpoint}.details_view', id=row.id)}#files"  # type: ignore[attr-defined]

    def files_panel(self, row: Any) -> Markup:
        """The files of the record and the way to add some; empty where there are none to see."""
        scope = desk().scope
        if not self.with_files or not scope.allows(Operation.READ, FILES, row.branch_id):
            return Markup("")
        found = files.files_of(current_session(), self.entity, row.id)
        may_add = scope.allows(Operation.CREATE, FILES, row.branch_id)
        may_remove = scope.allows(Operation.DELETE, FILES, row.branch_id)
        add_url = url_for("files.index", of=self.model.__tablename__, id=row.id)
        shown = render_template(
            "admin_pages/files.html",
            files=[_line(one, may_remove=may_remove) for one in found],
            page=self.page_of_files(row),
            add_url=add_url if may_add else "",
            most=current_house().settings.largest_file_mb,
            accept=",".join(ending for kind in TAKEN for ending in kind.endings),
        )  # fmt: skip
        return Markup(shown)  # noqa: S704 - our own template, escaped


def views_with_files() -> list[Any]:
    """The views whose records have files."""
    views = current_app.extensions["admin"][0]._views
    return [view for view in views if getattr(view, "with_files", False)]


def _line(row: Attachment, *, may_remove: bool) -> FileLine:
    picture = row.media_type in (PNG.type, JPEG.type)
    return FileLine(
        row.name, url_for("files.download", key=row.id),
        url_for("files.picture", key=row.id) if picture else "",
        url_for("files.remove", key=row.id) if may_remove else "",
        size_text(row.size), moment_text(row.created_at, row.branch_id),
        row.user.name if row.user else "",
    )  # fmt: skip


def size_text(size: int) -> str:
    """A size as people read it: ``3.4 MB``."""
    if size < 1024 * 1024:
        return f"{format_decimal(max(size // 1024, 1), locale=current_locale())} KB"
    return f"{format_decimal(round(size / 1024 / 1024, 1), locale=current_locale())} MB"
