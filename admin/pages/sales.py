"""Orders and deliveries: lists, the page of one with its lines, and its acts as buttons."""

from typing import Any, ClassVar

from dougong.admin.views import RecordView
from dougong.core.entities.sales import Delivery, SalesOrder
from dougong.core.i18n import lazy
from dougong.core.scope import Operation


class OrderView(RecordView):
    """Orders."""

    model = SalesOrder
    entity = "core.order"
    path = "orders"
    title = lazy("Orders")
    offers = frozenset({Operation.EXPORT})
    column_list = (
        "number", "customer.name", "ordered_on", "state", "total_minor", "invoiced_minor",
        "salesperson.name",
    )  # fmt: skip
    column_default_sort = ("ordered_on", True)
    column_searchable_list = ("number", "customer.name")
    column_filters = ("state", "ordered_on", "total_minor")
    column_sortable_list = ("number", "ordered_on", "state", "total_minor")
    labels: ClassVar[dict[str, Any]] = {"number": lazy("Order number")}


class DeliveryView(RecordView):
    """Deliveries."""

    model = Delivery
    entity = "core.delivery"
    path = "deliveries"
    title = lazy("Deliveries")
    offers = frozenset()
    column_list = ("number", "order.number", "customer.name", "state", "released_at")
    column_searchable_list = ("number",)
    column_filters = ("state", "released_at")
    column_sortable_list = ("number", "state", "released_at")
