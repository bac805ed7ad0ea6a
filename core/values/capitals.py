"""Amounts in capital figures (金额大写), as receipts and contracts write them."""

from typing import Final

import cn2an

from dougong.core.values.money import Money

_WRITTEN_SO: Final = "CNY"
_MOST: Final = 10**17
"""Fen from which on no name of a number is in use."""


def capitals(money: Money) -> str:
    """The amount in capital figures: ``壹佰元叁角`` for 100.30 CNY.

    Empty for another currency, and for amounts beyond all names of numbers: neither is written so.
    """
    if money.currency != _WRITTEN_SO or abs(money.minor) >= _MOST:
        return ""
    text: str = cn2an.an2cn(f"{abs(money.amount):f}", "rmb")
    return f"负{text}" if money.minor < 0 else text
