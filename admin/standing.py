"""Who may decide about whom: nobody raises himself or takes over somebody above (AR-06, XX-05)."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select

from dougong.admin.sessions import current_session, desk
from dougong.core.entities.people import Membership, Permission, Role, User
from dougong.core.scope import ANY, Operation

DECIDING: Final = frozenset({"core.branch", "core.plugin", "core.role", "core.user"})
"""Who may write these decides over the house; who may do everything does so too."""


def is_above(role: Role) -> bool:
    """Whether the role decides more in the house than the person at the desk may."""
    return exceeds(role.permissions)


def exceeds(permissions: Iterable[Permission]) -> bool:
    """Whether any of them decides over the house and the person at the desk lacks it."""
    identity = desk().identity
    return identity is None or any(
        not identity.allows_in_house(permission.operation, permission.entity)
        for permission in permissions
        if _decides(permission)
    )


def outranks(user: User) -> bool:
    """Whether the user decides more in the house than the person at the desk."""
    return any(is_above(membership.role) for membership in user.memberships)


def is_his_own(user: User) -> bool:
    """Whether it is the person at the desk himself, unless he may do everything anyway."""
    return user.id == desk().scope.user_id and not _may_everything()


def holds(role: Role) -> bool:
    """Whether the person at the desk has the role himself, unless he may do everything anyway."""
    mine = select(Membership.id).filter_by(user_id=desk().scope.user_id, role_id=role.id)
    return current_session().scalar(mine.limit(1)) is not None and not _may_everything()


def _may_everything() -> bool:
    identity = desk().identity
    return identity is not None and identity.allows_in_house(ANY, ANY)


def _decides(permission: Permission) -> bool:
    deciding = permission.entity in DECIDING and permission.operation != Operation.READ
    return deciding or permission.entity == ANY
