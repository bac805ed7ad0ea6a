"""What ownership promises to other services, to admin and to plugins."""

from dougong.core.services.ownership.events import CustomersHandedOver, RequestHandedOver
from dougong.core.services.ownership.models import HandOver, OwnerChange, TeamMember
from dougong.core.services.ownership.moving import Moving, OwnedWork
from dougong.core.services.ownership.people import answerers, may, owners, without_owner
from dougong.core.services.ownership.rules import TeamRole
from dougong.core.services.ownership.service import (
    hand_over,
    hand_over_request,
    movings,
    owners_of,
    preview,
)
from dougong.core.services.ownership.team import NewMember, join_team, leave_team, members_of

__all__ = [
    "CustomersHandedOver",
    "HandOver",
    "Moving",
    "NewMember",
    "OwnedWork",
    "OwnerChange",
    "RequestHandedOver",
    "TeamMember",
    "TeamRole",
    "answerers",
    "hand_over",
    "hand_over_request",
    "join_team",
    "leave_team",
    "may",
    "members_of",
    "movings",
    "owners",
    "owners_of",
    "preview",
    "without_owner",
]
