"""How the states of after-sales look on the screens."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dougong.admin.contributions import Tone
from dougong.admin.words import Word
from dougong.core.i18n import LazyText
from dougong.plugins.aftersales.rules import (
    CallAlarm,
    CallState,
    ContractState,
    RenewalState,
    Urgency,
)
from dougong.plugins.aftersales.texts import (
    CALL_ALARMS,
    CALL_STATES,
    CHANNELS,
    CONTRACT_KINDS,
    CONTRACT_STATES,
    RENEWAL_STATES,
    URGENCIES,
)

CALL_TONES: Final = {
    CallState.OPEN: Tone.WARNING,
    CallState.DISPATCHED: Tone.INFO,
    CallState.ACCEPTED: Tone.INFO,
    CallState.ARRIVED: Tone.INFO,
    CallState.FIXED: Tone.SUCCESS,
    CallState.CLOSED: Tone.NEUTRAL,
    CallState.CANCELLED: Tone.NEUTRAL,
}
ALARM_TONES: Final = {CallAlarm.WARNED: Tone.WARNING, CallAlarm.BREACHED: Tone.DANGER}
URGENCY_TONES: Final = {
    Urgency.CALM: Tone.NEUTRAL,
    Urgency.NEAR: Tone.WARNING,
    Urgency.LATE: Tone.DANGER,
    Urgency.MET: Tone.SUCCESS,
    Urgency.MISSED: Tone.DANGER,
}
CONTRACT_TONES: Final = {
    ContractState.ACTIVE: Tone.SUCCESS,
    ContractState.CANCELLED: Tone.NEUTRAL,
}
RENEWAL_TONES: Final = {
    RenewalState.NOTICED: Tone.WARNING,
    RenewalState.RENEWED: Tone.SUCCESS,
    RenewalState.LOST: Tone.DANGER,
    RenewalState.WITHDRAWN: Tone.NEUTRAL,
}
_SEEN: Final[tuple[tuple[Mapping[Any, LazyText], Mapping[Any, Tone]], ...]] = (
    (CALL_STATES, CALL_TONES),
    (CALL_ALARMS, ALARM_TONES),
    (URGENCIES, URGENCY_TONES),
    (CHANNELS, {}),
    (CONTRACT_KINDS, {}),
    (CONTRACT_STATES, CONTRACT_TONES),
    (RENEWAL_STATES, RENEWAL_TONES),
)


def words() -> Iterator[Word]:
    """Every state with its name for staff and its look."""
    for texts, tones in _SEEN:
        for state, text in texts.items():
            yield state, text, tones.get(state)
