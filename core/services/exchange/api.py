"""What exchange promises to other services, to admin and to plugins."""

from dougong.core.services.exchange.columns import (
    Checked,
    Choice,
    Column,
    ColumnType,
    Reference,
    Values,
    choices_of,
    column,
)
from dougong.core.services.exchange.events import FileImported
from dougong.core.services.exchange.exports import Asked, FileKind, export
from dougong.core.services.exchange.imports import (
    Plan,
    Progress,
    faults_of,
    first_rows,
    import_named,
    may_undo,
    plan,
    progress_of,
    receive,
    rights,
    start,
    undo,
)
from dougong.core.services.exchange.loading import Told
from dougong.core.services.exchange.mending import write_rows_to_mend
from dougong.core.services.exchange.models import Import, ImportMode, ImportState
from dougong.core.services.exchange.orders import ImportReport, OrdersFile, import_orders
from dougong.core.services.exchange.purchases import FORMATS, BadRow, Format
from dougong.core.services.exchange.sheets import (
    Change,
    Fault,
    Known,
    Sheet,
    currency_here,
    sheet_named,
    sheets_at,
    stored,
)
from dougong.core.services.exchange.statistics import refresh_statistics
from dougong.core.services.exchange.subjects.checks import check_currency
from dougong.core.services.exchange.subjects.references import CUSTOMER, PRODUCT, USER
from dougong.core.services.exchange.workbooks import write_template

__all__ = [
    "CUSTOMER",
    "FORMATS",
    "PRODUCT",
    "USER",
    "Asked",
    "BadRow",
    "Change",
    "Checked",
    "Choice",
    "Column",
    "ColumnType",
    "Fault",
    "FileImported",
    "FileKind",
    "Format",
    "Import",
    "ImportMode",
    "ImportReport",
    "ImportState",
    "Known",
    "OrdersFile",
    "Plan",
    "Progress",
    "Reference",
    "Sheet",
    "Told",
    "Values",
    "check_currency",
    "choices_of",
    "column",
    "currency_here",
    "export",
    "faults_of",
    "first_rows",
    "import_named",
    "import_orders",
    "may_undo",
    "plan",
    "progress_of",
    "receive",
    "refresh_statistics",
    "rights",
    "sheet_named",
    "sheets_at",
    "start",
    "stored",
    "undo",
    "write_rows_to_mend",
    "write_template",
]
