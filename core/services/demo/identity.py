"""Numbers that pass their check digit and can be nobody's: region 99 does not exist."""

from datetime import date
from random import Random
from typing import Final

from stdnum.cn import ric, uscc

NOWHERE: Final = "990199"
_LETTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def id_number(rng: Random, born: date) -> str:
    """A resident's identity number with its check digit."""
    front = f"{NOWHERE}{born:%Y%m%d}{rng.randrange(1000):03d}"
    return front + str(ric.calc_check_digit(f"{front}0"))  # it leaves the last place out


def credit_code(rng: Random, *, institution: bool = False) -> str:
    """A unified social credit code with its check character; 12 begins an institution's."""
    body = "".join(rng.choice(_LETTERS) for _ in range(7))
    front = f"{'12' if institution else '91'}{NOWHERE}MA{body}"
    return front + str(uscc.calc_check_digit(front))


def mobile(rng: Random) -> str:
    """A mobile number of a block with only zeros in its middle."""
    return f"1990000{rng.randrange(10000):04d}"


def landline(rng: Random) -> str:
    """A Chongqing landline whose exchange is all zeros."""
    return f"023-6000{rng.randrange(10000):04d}"
