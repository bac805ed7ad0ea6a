"""What approvals promise to other services, to admin and to plugins (XX-03).

A plugin offers a kind by ``register_approval_kinds``, asks with ``ask``, does the thing with
``use`` in the same transaction, and says ``void`` when its record changes.
"""

from dougong.core.services.approvals.asking import Matter, Request, ask
from dougong.core.services.approvals.cases import case_of, cases_of, waiting_for
from dougong.core.services.approvals.deciding import decide, void, why_not, withdraw
from dougong.core.services.approvals.events import (
    About,
    ApprovalAnswered,
    ApprovalClosed,
    ApprovalEscalated,
    ApprovalReminded,
    ApprovalUsed,
    ApprovalWaiting,
)
from dougong.core.services.approvals.foreseen import Forecast, Foreseen, foresee
from dougong.core.services.approvals.history import entries_of, histories_of
from dougong.core.services.approvals.kinds import ApprovalKind, kind_at, kinds_at
from dougong.core.services.approvals.models import (
    Approval,
    ApprovalEntry,
    ApprovalPlace,
    ApprovalPolicy,
)
from dougong.core.services.approvals.people import members_of, names_of
from dougong.core.services.approvals.policies import (
    Policy,
    PolicyFlawed,
    policy_at,
    steps_from,
    versions_of,
    write_policy,
)
from dougong.core.services.approvals.refusals import (
    AskedAlready,
    MayNotDecide,
    NobodyDecides,
    NotApproved,
    NotOpen,
    PersonNeeded,
)
from dougong.core.services.approvals.rules import (
    MOST_APPROVERS,
    MOST_STEPS,
    ApprovalState,
    Approver,
    ApproverKind,
    EntryKind,
    Json,
    Step,
    Verdict,
    fingerprint,
    steps_for,
)
from dougong.core.services.approvals.seats import Case, authority, deciders
from dougong.core.services.approvals.sweep import Swept, sweep
from dougong.core.services.approvals.using import is_usable, latest, try_use, use

__all__ = [
    "MOST_APPROVERS",
    "MOST_STEPS",
    "About",
    "Approval",
    "ApprovalAnswered",
    "ApprovalClosed",
    "ApprovalEntry",
    "ApprovalEscalated",
    "ApprovalKind",
    "ApprovalPlace",
    "ApprovalPolicy",
    "ApprovalReminded",
    "ApprovalState",
    "ApprovalUsed",
    "ApprovalWaiting",
    "Approver",
    "ApproverKind",
    "AskedAlready",
    "Case",
    "EntryKind",
    "Forecast",
    "Foreseen",
    "Json",
    "Matter",
    "MayNotDecide",
    "NobodyDecides",
    "NotApproved",
    "NotOpen",
    "PersonNeeded",
    "Policy",
    "PolicyFlawed",
    "Request",
    "Step",
    "Swept",
    "Verdict",
    "ask",
    "authority",
    "case_of",
    "cases_of",
    "decide",
    "deciders",
    "entries_of",
    "fingerprint",
    "foresee",
    "histories_of",
    "is_usable",
    "kind_at",
    "kinds_at",
    "latest",
    "members_of",
    "names_of",
    "policy_at",
    "steps_for",
    "steps_from",
    "sweep",
    "try_use",
    "use",
    "versions_of",
    "void",
    "waiting_for",
    "why_not",
    "withdraw",
    "write_policy",
]
