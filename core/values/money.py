"""Money: integer minor units and a currency; never a float."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import total_ordering
from typing import Final, Self

from babel.numbers import format_currency

from dougong.core.errors import CurrencyMismatch
from dougong.core.i18n import current_locale, shown
from dougong.core.values.percentage import Percentage

_DIGITS: Final = {"JPY": 0, "KRW": 0, "VND": 0}


def minor_digits(currency: str) -> int:
    """How many decimal places the currency has (ISO 4217; two unless listed)."""
    return _DIGITS.get(currency, 2)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (fen, cents) of one currency; mixing currencies raises."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError(f"Money counts whole minor units, not {self.minor!r}.")
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ValueError(f"{self.currency!r} is not an ISO 4217 currency code.")

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> Self:
        """From major units ("12.30" CNY → 1230 fen); more decimals than the currency has raise."""
        if isinstance(amount, float):
            raise TypeError("Money is never made from a float.")
        scaled = Decimal(amount).scaleb(minor_digits(currency))
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{amount} has more decimals than {currency} allows.")
        return cls(int(scaled), currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in ``currency``."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable["Money"], currency: str) -> "Money":
        """The sum of ``amounts``, zero of ``currency`` when there are none."""
        result = Money(0, currency)
        for amount in amounts:
            result = result + amount
        return result

    @property
    def amount(self) -> Decimal:
        """In major units."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def _same(self, other: "Money") -> None:
        if not isinstance(other, Money):
            raise TypeError(f"Money and {type(other).__name__} do not mix.")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not mix.")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor < other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def times(self, factor: Decimal | int) -> "Money":
        """Multiplied, rounded half to even to a whole minor unit."""
        if isinstance(factor, float):
            raise TypeError("Money is never multiplied by a float.")
        product = (Decimal(self.minor) * Decimal(factor)).to_integral_value(ROUND_HALF_EVEN)
        return Money(int(product), self.currency)

    def share(self, percentage: Percentage) -> "Money":
        """That percentage of it, rounded half to even."""
        return self.times(percentage.fraction)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


@shown.register
def money_text(money: Money) -> str:
    """``¥1,234.50`` in the reader's language."""
    return format_currency(money.amount, money.currency, locale=current_locale())
