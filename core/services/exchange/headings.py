"""Which column of a sheet stands under which heading of a file: guessed by every known name."""

import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from dougong.core.services.exchange.columns import Column

_ASIDE: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]")
"""What people add to a heading: a unit, or that it is needed."""
_NOISE: Final = re.compile(r"[\s*:._/\\()\[\]-]+")


def bare(heading: str) -> str:
    """A heading without what people put round it: ``客户名称 *`` is ``客户名称``."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return _NOISE.sub("", text) or re.sub(r"\s", "", text)


def _core(heading: str) -> str:
    """A heading without what stands in brackets: ``金额（元）`` is ``金额``."""
    return bare(_ASIDE.sub("", unicodedata.normalize("NFKC", heading)))


def guess(headings: Sequence[str], columns: Sequence[Column]) -> tuple[str, ...]:
    """The key of the column under each heading, empty where none is known; none twice."""
    whole: dict[str, str] = {}
    core: dict[str, str] = {}
    for column in columns:
        for name in column.headings():
            whole.setdefault(bare(name), column.key)
            core.setdefault(_core(name), column.key)
    taken: set[str] = set()
    found = []
    for heading in headings:
        key = whole.get(bare(heading)) or core.get(_core(heading), "") if heading else ""
        found.append("" if key in taken else key)
        taken.add(key)
    return tuple(found)


def digest(headings: Sequence[str]) -> str:
    """What tells one set of headings from another, to remember a choice by."""
    return sha256("\x1f".join(map(bare, headings)).encode()).hexdigest()
