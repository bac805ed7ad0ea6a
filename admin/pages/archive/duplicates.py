"""Customers that may be there twice: seen in pairs, merged or judged to be two (AR-05)."""

from typing import Any, Final

from flask import flash, request, url_for
from werkzeug.utils import redirect

from dougong.admin.formats import customer_url, number_text
from dougong.admin.pages.customers.quality import ENTITY
from dougong.admin.sessions import current_session
from dougong.admin.views import PageView, expose
from dougong.core.errors import NotFound
from dougong.core.i18n import LazyText, gettext, lazy
from dougong.core.services.archive.api import DuplicatePair, Reason, dismiss, open_pairs

AT_ONCE: Final = 30
LAST: Final = 10_000
REASONS: Final[dict[str, LazyText]] = {
    Reason.CODE: lazy("same credit code"),
    Reason.PERSON: lazy("same ID number"),
    Reason.PHONE: lazy("same phone"),
    Reason.NAME: lazy("same name"),
    Reason.SOUND: lazy("sounds the same"),
    Reason.SIMILAR: lazy("similar name"),
}


class DuplicatePage(PageView):
    """The pairs of the branch that nobody judged yet, the likeliest first."""

    path = "duplicates"
    title = lazy("Possible duplicates")
    entity = ENTITY

    @expose("/")
    def index(self) -> Any:
        """A page of pairs."""
        try:
            after = min(max(int(request.args.get("after", "0")), 0), LAST)
        except ValueError:
            after = 0
        found = open_pairs(current_session(), self.branches(), AT_ONCE + 1, after)
        more = url_for("duplicates.index", after=after + AT_ONCE) if len(found) > AT_ONCE else ""
        return self.render(
            "archive/duplicates.html", rows=[self._row(pair) for pair in found[:AT_ONCE]],
            more_url=more, customer_url=customer_url,
        )  # fmt: skip

    def _row(self, pair: DuplicatePair) -> dict[str, Any]:
        may = self.allows("update", pair)
        return {
            "pair": pair, "score": f"{number_text(pair.score)}%",
            "reasons": [REASONS[Reason(reason)] for reason in pair.reasons],
            "compare_url": url_for("merging.index", survivor=pair.low_id, merged=pair.high_id),
            "dismiss_url": url_for("duplicates.dismiss_pair", pair_id=pair.id) if may else "",
        }  # fmt: skip

    @expose("/dismiss/<int:pair_id>/", methods=("POST",))
    def dismiss_pair(self, pair_id: int) -> Any:
        """These are two customers; it is remembered."""
        row = current_session().get(DuplicatePair, min(pair_id, 2**63 - 1))
        if row is None or not self.allows("update", row):
            raise NotFound
        dismiss(current_session(), row.id)
        flash(gettext("Remembered: these are two customers."), "success")
        return redirect(url_for("duplicates.index"), 303)
