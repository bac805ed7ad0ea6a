"""How the kinds and means of care look on the screens."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dougong.admin.words import Word
from dougong.core.i18n import LazyText
from dougong.plugins.care.models import CareOccasion
from dougong.plugins.care.texts import FESTIVAL_NAMES, KINDS, MEANS

_SEEN: Final[tuple[Mapping[Any, LazyText], ...]] = (KINDS, MEANS)


def words() -> Iterator[Word]:
    """Every value with its name for staff."""
    for texts in _SEEN:
        for value, text in texts.items():
            yield value, text, None


def occasion_of(row: CareOccasion) -> str:
    """What it is for, in words: the festival, the title, else the kind."""
    title = row.activity.title
    return str(FESTIVAL_NAMES.get(title, title) or KINDS[row.kind])
