"""Pages that are not a list of rows, behind the same guard."""

from typing import ClassVar

from flask_admin import BaseView

from dougong.admin.views.guard import Guarded


class PageView(Guarded, BaseView):  # type: ignore[misc]
    """A page of its own: expose methods, render templates, read through ``current_session()``.

    ``path`` is the address below ``/admin/`` and, with ``_`` for ``/``, the endpoint.
    """

    path: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__(name=self.title, endpoint=self.path.replace("/", "_"), url=self.path)
