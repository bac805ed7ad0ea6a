"""What activities promise to other services, to admin and to plugins.

A plugin declares its kinds by ``register_activity_kinds``, plans by ``plan`` or ``plan_many`` and
hears ``ActivityCompleted``; people settle what lies on their desks (XX-01).
"""

from dougong.core.services.activities.absences import (
    NewAbsence,
    end_absence,
    note_absence,
    stand_in_of,
    stand_ins,
    stands_in_for,
)
from dougong.core.services.activities.checks import (
    Matter,
    customers_to_check,
    left_to_check,
    pass_up,
    tick,
)
from dougong.core.services.activities.desk import (
    OnDesk,
    activities_of,
    kinds_on_desk,
    load_of,
    on_desk,
    steps_of,
)
from dougong.core.services.activities.duties import (
    Asked,
    Tally,
    duties_due,
    generate,
    owed_activities,
    tallies,
)
from dougong.core.services.activities.events import (
    ActivitiesPlanned,
    ActivityCompleted,
    ActivityDelegated,
    ActivityPlanned,
    ActivitySkipped,
)
from dougong.core.services.activities.handing import move_customer
from dougong.core.services.activities.kinds import (
    CHECK,
    TASK,
    ActivityKind,
    Audience,
    ResultCode,
    audiences_at,
    kind_of,
    known_kinds,
)
from dougong.core.services.activities.lines import colleagues, is_above, people_under
from dougong.core.services.activities.models import (
    Activity,
    ActivityStep,
    CheckedCustomer,
    Duty,
)
from dougong.core.services.activities.planning import Due, NewActivity, plan, plan_many
from dougong.core.services.activities.rights import may_settle
from dougong.core.services.activities.rules import (
    ActivityState,
    ActivityStepKind,
    Rhythm,
    period_of,
    share,
)
from dougong.core.services.activities.service import (
    NextStep,
    Outcome,
    cancel,
    complete,
    delegate,
    move,
    postpone,
    reopen,
    skip,
)

__all__ = [
    "CHECK",
    "TASK",
    "ActivitiesPlanned",
    "Activity",
    "ActivityCompleted",
    "ActivityDelegated",
    "ActivityKind",
    "ActivityPlanned",
    "ActivitySkipped",
    "ActivityState",
    "ActivityStep",
    "ActivityStepKind",
    "Asked",
    "Audience",
    "CheckedCustomer",
    "Due",
    "Duty",
    "Matter",
    "NewAbsence",
    "NewActivity",
    "NextStep",
    "OnDesk",
    "Outcome",
    "ResultCode",
    "Rhythm",
    "Tally",
    "activities_of",
    "audiences_at",
    "cancel",
    "colleagues",
    "complete",
    "customers_to_check",
    "delegate",
    "duties_due",
    "end_absence",
    "generate",
    "is_above",
    "kind_of",
    "kinds_on_desk",
    "known_kinds",
    "left_to_check",
    "load_of",
    "may_settle",
    "move",
    "move_customer",
    "note_absence",
    "on_desk",
    "owed_activities",
    "pass_up",
    "people_under",
    "period_of",
    "plan",
    "plan_many",
    "postpone",
    "reopen",
    "share",
    "skip",
    "stand_in_of",
    "stand_ins",
    "stands_in_for",
    "steps_of",
    "tallies",
    "tick",
]
