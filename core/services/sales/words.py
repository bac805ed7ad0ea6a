"""What states and steps are called in refusals."""

from typing import Final

from dougong.core.i18n import LazyText, lazy
from dougong.core.services.sales.rules import OrderStep, ShipmentStep
from dougong.core.values.documents import InvoiceState, OrderState, ShipmentState

STATES: Final[dict[OrderState, LazyText]] = {
    OrderState.DRAFT: lazy("draft"),
    OrderState.CONFIRMED: lazy("confirmed"),
    OrderState.SHIPPED: lazy("shipped"),
    OrderState.CLOSED: lazy("closed"),
    OrderState.CANCELLED: lazy("cancelled"),
}
SHIPMENT_STATES: Final[dict[ShipmentState, LazyText]] = {
    ShipmentState.DRAFT: lazy("draft"),
    ShipmentState.RELEASED: lazy("released"),
    ShipmentState.DELIVERED: lazy("delivered"),
    ShipmentState.CANCELLED: lazy("cancelled"),
}
INVOICE_STATES: Final[dict[InvoiceState, LazyText]] = {
    InvoiceState.OPEN: lazy("open"),
    InvoiceState.PAID: lazy("paid"),
    InvoiceState.VOID: lazy("void"),
}
STEPS: Final[dict[OrderStep, LazyText]] = {
    OrderStep.CHANGE: lazy("change"),
    OrderStep.CONFIRM: lazy("confirm"),
    OrderStep.CANCEL: lazy("cancel"),
    OrderStep.REOPEN: lazy("open again"),
    OrderStep.DELIVER: lazy("deliver"),
    OrderStep.SHIP: lazy("ship"),
    OrderStep.UNSHIP: lazy("call back"),
    OrderStep.INVOICE: lazy("invoice the order"),
    OrderStep.CLOSE: lazy("close"),
    OrderStep.UNCLOSE: lazy("open again"),
}
SHIPMENT_STEPS: Final[dict[ShipmentStep, LazyText]] = {
    ShipmentStep.RELEASE: lazy("release"),
    ShipmentStep.DELIVER: lazy("hand over"),
    ShipmentStep.CANCEL: lazy("cancel"),
}
