"""The words staff know for the states and kinds of after-sales."""

from collections.abc import Mapping
from typing import Final

from dougong.core.i18n import LazyText, lazy
from dougong.plugins.aftersales.rules import (
    CallAlarm,
    CallChannel,
    CallState,
    ContractKind,
    ContractState,
    RenewalState,
    Urgency,
)

CALL_STATES: Final[Mapping[CallState, LazyText]] = {
    CallState.OPEN: lazy("Waiting for dispatch"),
    CallState.DISPATCHED: lazy("Dispatched"),
    CallState.ACCEPTED: lazy("Accepted"),
    CallState.ARRIVED: lazy("On site"),
    CallState.FIXED: lazy("Fixed"),
    CallState.CLOSED: lazy("Closed"),
    CallState.CANCELLED: lazy("Cancelled"),
}
CALL_ALARMS: Final[Mapping[CallAlarm, LazyText]] = {
    CallAlarm.NONE: lazy("No alarm"),
    CallAlarm.WARNED: lazy("Warned"),
    CallAlarm.BREACHED: lazy("Arrival missed"),
}
CHANNELS: Final[Mapping[CallChannel, LazyText]] = {
    CallChannel.PHONE: lazy("Telephone"),
    CallChannel.WECHAT: lazy("WeChat"),
    CallChannel.WEB: lazy("Website"),
    CallChannel.COUNTER: lazy("Counter"),
    CallChannel.VISIT: lazy("During a visit"),
}
URGENCIES: Final[Mapping[Urgency, LazyText]] = {
    Urgency.CALM: lazy("In time"),
    Urgency.NEAR: lazy("Nearly due"),
    Urgency.LATE: lazy("Late"),
    Urgency.MET: lazy("Arrived in time"),
    Urgency.MISSED: lazy("Arrived late"),
}
CONTRACT_KINDS: Final[Mapping[ContractKind, LazyText]] = {
    ContractKind.MAINTENANCE: lazy("Maintenance contract"),
    ContractKind.SUBSCRIPTION: lazy("Subscription"),
}
CONTRACT_STATES: Final[Mapping[ContractState, LazyText]] = {
    ContractState.ACTIVE: lazy("In force"),
    ContractState.CANCELLED: lazy("Cancelled"),
}
RENEWAL_STATES: Final[Mapping[RenewalState, LazyText]] = {
    RenewalState.NOTICED: lazy("Noticed"),
    RenewalState.RENEWED: lazy("Renewed"),
    RenewalState.LOST: lazy("Lost"),
    RenewalState.WITHDRAWN: lazy("Withdrawn"),
}
