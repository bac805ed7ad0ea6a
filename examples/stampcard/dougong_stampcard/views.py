"""The plugin's page: the register of stamps, and the button that hands a card in."""

from flask import flash, redirect
from werkzeug.wrappers import Response

from dougong.admin.contributions import CUSTOMERS, Tone, ViewEntry
from dougong.admin.formats import customer_url
from dougong.admin.sessions import current_session
from dougong.admin.views import RecordView, expose, operation
from dougong.core.i18n import gettext, lazy
from dougong.core.scope import Operation
from dougong_stampcard.models import Stamp
from dougong_stampcard.rules import StampState
from dougong_stampcard.service import redeem

WORDS = (
    (StampState.OPEN, lazy("Open"), Tone.INFO),
    (StampState.REDEEMED, lazy("Redeemed"), Tone.SUCCESS),
    (StampState.EXPIRED, lazy("Expired"), Tone.NEUTRAL),
)


class StampView(RecordView):
    """Stamps are made by orders, so the page shows and exports them."""

    model = Stamp
    entity = "stampcard.stamp"
    path = "stampcard/stamps"
    title = lazy("Stamp cards")
    offers = frozenset({Operation.EXPORT})
    column_list = ("customer.name", "order.number", "state", "last_day", "created_at")
    column_searchable_list = ("customer.name", "order.number")
    column_filters = ("state", "last_day")
    labels = {"order.number": lazy("Order number"), "last_day": lazy("Counts until")}

    @expose("/redeem/<int:customer_id>", methods=["POST"])
    @operation("redeem")
    def redeem_view(self, customer_id: int) -> Response:
        """Hand in a card; a refusal is shown on the page the button stands on."""
        redeem(current_session(), customer_id)
        flash(gettext("The card was handed in. Give the customer the gift."), "success")
        return redirect(customer_url(customer_id))


VIEWS = [ViewEntry(view=StampView, group=CUSTOMERS, title=StampView.title, icon="star", order=800)]
