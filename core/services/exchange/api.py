"""What exchange promises to other services, to admin and to plugins."""

from dougong.core.services.exchange.orders import (
    ImportReport,
    OrdersFile,
    Progress,
    import_orders,
)
from dougong.core.services.exchange.purchases import FORMATS, BadRow, Format
from dougong.core.services.exchange.statistics import refresh_statistics

__all__ = [
    "FORMATS",
    "BadRow",
    "Format",
    "ImportReport",
    "OrdersFile",
    "Progress",
    "import_orders",
    "refresh_statistics",
]
