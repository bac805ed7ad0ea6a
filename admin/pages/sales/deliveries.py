"""Deliveries: releasing one is the second gate for credit (CR-05)."""

from typing import Any

from dougong.admin.formats import number_cell, number_text
from dougong.admin.views import Act, RecordView, Related
from dougong.core.entities.sales import Delivery, ShipmentState
from dougong.core.i18n import lazy
from dougong.core.services.sales import api as sales


def _in(*states: ShipmentState) -> Any:
    return lambda delivery: delivery.state in states


class DeliveryView(RecordView):
    """Goods on their way."""

    model = Delivery
    entity = "core.delivery"
    path = "deliveries"
    with_files = True
    title = lazy("Deliveries")
    one = lazy("Delivery")
    offers = frozenset()
    column_list = ("number", "order.number", "customer.name", "state", "released_at")
    column_details_list = (
        "number", "order.number", "customer.name", "state", "released_at", "delivered_at", "remark",
    )  # fmt: skip
    column_default_sort = ("id", True)
    column_searchable_list = ("number",)
    column_filters = ("state", "released_at")
    column_sortable_list = ("number", "state", "released_at", "id")
    acts = (
        Act(
            name="release", title=lazy("Release delivery"), operation="release", primary=True,
            icon="truck", offered=_in(ShipmentState.DRAFT),
            done=lazy("The delivery is released; the goods may leave."),
            run=lambda session, row, _: sales.release_delivery(session, row.id),
        ),
        Act(
            name="deliver", title=lazy("Has arrived"), icon="check", primary=True,
            offered=_in(ShipmentState.RELEASED),
            run=lambda session, row, _: sales.deliver(session, row.id),
        ),
        Act(
            name="cancel", title=lazy("Cancel delivery"), icon="x",
            confirm=lazy("Cancel this delivery?"),
            offered=_in(ShipmentState.DRAFT, ShipmentState.RELEASED),
            run=lambda session, row, _: sales.cancel_delivery(session, row.id),
        ),
    )  # fmt: skip

    def related(self, row: Delivery) -> list[Related]:
        """How much of which line goes with it."""
        texts = {ordered.id: ordered.text for ordered in row.order.lines}
        shown: list[tuple[str, tuple[object, ...]]] = [
            (
                "",
                (
                    texts.get(line.order_line_id, ""),
                    number_cell(number_text(line.quantity.normalize())),
                ),
            )
            for line in row.lines
        ]
        return [Related(lazy("Lines"), (lazy("Description"), lazy("Quantity")), shown)]
