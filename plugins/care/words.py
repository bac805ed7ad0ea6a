"""How the kinds, means and states of care look on the screens."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dougong.admin.contributions import Tone
from dougong.admin.words import Word
from dougong.core.i18n import LazyText
from dougong.plugins.care.models import CareActivity
from dougong.plugins.care.rules import ActivityKind, ActivityState
from dougong.plugins.care.texts import FESTIVAL_NAMES, KINDS, MEANS, STATES

STATE_TONES: Final = {
    ActivityState.PLANNED: Tone.INFO,
    ActivityState.DONE: Tone.SUCCESS,
    ActivityState.SKIPPED: Tone.NEUTRAL,
}
_SEEN: Final[tuple[tuple[Mapping[Any, LazyText], Mapping[Any, Tone]], ...]] = (
    (KINDS, {}),
    (MEANS, {}),
    (STATES, STATE_TONES),
)


def words() -> Iterator[Word]:
    """Every value with its name for staff and its look."""
    for texts, tones in _SEEN:
        for state, text in texts.items():
            yield state, text, tones.get(state)


def occasion_of(activity: CareActivity) -> str:
    """What the activity is for, in words: the festival, the title, else the kind."""
    if activity.kind is ActivityKind.FESTIVAL and activity.title in FESTIVAL_NAMES:
        return str(FESTIVAL_NAMES[activity.title])
    return activity.title or str(KINDS[activity.kind])
