"""How credit says no: with the figures, the rule, and what can be done (CR-04)."""

from typing import Final

from dougong.core.errors import Refusal
from dougong.core.i18n import LazyText, lazy
from dougong.core.values import Money
from dougong.plugins.credit.rules import Exposure, free

WHAT_TO_DO: Final = lazy(
    "Make the order smaller, register a payment, ask a credit controller for a higher limit, "
    "or ask for an approval of this order on its page."
)


class LimitExceeded(Refusal):
    """An order would pass the ceiling; ``exposure`` and ``most`` are the figures (CR-04)."""

    code = "credit.limit_exceeded"

    def __init__(self, customer: str, exposure: Exposure, most: Money, more: Money) -> None:
        super().__init__(over_text(customer, exposure, most, more), next_step=WHAT_TO_DO)
        self.exposure = exposure
        self.most = most
        self.more = more


class CurrencyDiffers(Refusal):
    """An order in another currency than the account cannot be checked."""

    code = "credit.currency"

    def __init__(self, order: str, account: str) -> None:
        super().__init__(
            lazy(
                "The order is in %(order)s, the customer's credit account in %(account)s.",
                order=order,
                account=account,
            ),
            next_step=lazy("Write the order in the currency of the account."),
        )


def over_text(customer: str, exposure: Exposure, most: Money, more: Money) -> LazyText:
    """The sentence with every figure by bucket."""
    return lazy(
        "%(customer)s may owe %(most)s on account and %(free)s of it is free; this needs %(more)s. "
        "Used: confirmed orders %(reserved)s, open invoices %(invoiced)s, less unapplied payments "
        "and credit notes %(unapplied)s, less guarantees %(guaranteed)s.",
        customer=customer,
        most=most,
        free=free(exposure, most),
        more=more,
        reserved=exposure.reserved,
        invoiced=exposure.invoiced,
        unapplied=exposure.unapplied,
        guaranteed=exposure.guaranteed,
    )
