"""Orders, deliveries, invoices and receipts: lists, pages, and their acts as buttons."""

from dougong.admin.pages.sales.billing import InvoiceView, ReceiptView
from dougong.admin.pages.sales.deliveries import DeliveryView
from dougong.admin.pages.sales.orders import OrderView

__all__ = ["DeliveryView", "InvoiceView", "OrderView", "ReceiptView"]
