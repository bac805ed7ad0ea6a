"""The verbs of after-sales: each locks, reads, decides, writes and records what happened."""

from dougong.plugins.aftersales.service.calls import (
    CLOCKED,
    NewCall,
    accept,
    arrival_missed,
    arrival_near,
    arrive,
    cancel,
    close,
    dispatch,
    fix,
    mark_urgent,
    open_call,
)
from dougong.plugins.aftersales.service.contracts import (
    NewContract,
    cancel_contract,
    change_term,
    due_contracts,
    issue_notice,
    lose,
    register_contract,
    renew,
)
from dougong.plugins.aftersales.service.technicians import employ, set_active

__all__ = [
    "CLOCKED",
    "NewCall",
    "NewContract",
    "accept",
    "arrival_missed",
    "arrival_near",
    "arrive",
    "cancel",
    "cancel_contract",
    "change_term",
    "close",
    "dispatch",
    "due_contracts",
    "employ",
    "fix",
    "issue_notice",
    "lose",
    "mark_urgent",
    "open_call",
    "register_contract",
    "renew",
    "set_active",
]
