"""Staff's words for the kinds of limits and of ledger lines."""

from typing import Final

from dougong.core.i18n import LazyText, lazy
from dougong.plugins.credit.rules import EntryKind, LimitKind, WithoutLimit

WITHOUT_LIMIT: Final[dict[WithoutLimit, LazyText]] = {
    WithoutLimit.PREPAID: lazy("Only what is paid before"),
    WithoutLimit.DEFAULT: lazy("Up to the branch's usual limit"),
    WithoutLimit.UNLIMITED: lazy("Without limit"),
}
LIMIT_KINDS: Final[dict[LimitKind, LazyText]] = {
    LimitKind.AMOUNT: lazy("Up to an amount"),
    LimitKind.UNLIMITED: lazy("Unlimited"),
    LimitKind.ZERO: lazy("Nothing on account"),
    LimitKind.NONE: lazy("No limit agreed"),
}
ENTRY_KINDS: Final[dict[EntryKind, LazyText]] = {
    EntryKind.RESERVE: lazy("Order reserved"),
    EntryKind.RELEASE: lazy("Order released"),
    EntryKind.INVOICE: lazy("Invoice"),
    EntryKind.CREDIT_NOTE: lazy("Credit note"),
    EntryKind.RECEIPT: lazy("Payment"),
    EntryKind.WRITE_OFF: lazy("Write-off"),
    EntryKind.GUARANTEE: lazy("Guarantee"),
    EntryKind.ADJUSTMENT: lazy("Adjustment"),
    EntryKind.OPENING: lazy("Opening from the documents"),
}
