"""The global search: one question over all records of the person's branches."""

from typing import Any

from flask_admin import expose

from dougong.admin.views import PageView
from dougong.core.i18n import lazy


class SearchPage(PageView):
    """What the box in the top bar asks."""

    path = "search"
    title = lazy("Search")

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> Any:
        """Hits by kind of record, best first."""
        return self.render("dougong/search.html", query="", groups=[], too_short=False)
