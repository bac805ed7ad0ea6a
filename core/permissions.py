"""Which permissions exist, and the roles a new database starts with (AR-06).

A permission is (role, entity, operation); where it holds is the membership's branch. Plugins
declare theirs through ``register_permissions``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from dougong.core.entities.people import Permission, Role
from dougong.core.i18n import LazyText, lazy
from dougong.core.orm import Grade
from dougong.core.plugins import Registry
from dougong.core.scope import ANY
from dougong.core.session import Session


@dataclass(frozen=True, slots=True)
class Permit:
    """A permission that can be granted; ``roles`` are the codes of roles that start with it."""

    entity: str
    operation: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StarterRole:
    """A role a new database starts with; ``everything`` grants all operations on all entities."""

    code: str
    title: LazyText
    clearance: Grade
    everything: bool = False


ROLES: Final = (
    StarterRole("administrator", lazy("Administrator"), Grade.SECRET, everything=True),
    StarterRole("deployer", lazy("Deployer"), Grade.INTERNAL),
    StarterRole("headquarters", lazy("Headquarters reader"), Grade.CONFIDENTIAL),
    StarterRole("manager", lazy("Branch manager"), Grade.CONFIDENTIAL),
    StarterRole("account_manager", lazy("Account manager"), Grade.INTERNAL),
    StarterRole("credit", lazy("Credit controller"), Grade.CONFIDENTIAL),
    StarterRole("dispatcher", lazy("Dispatcher"), Grade.INTERNAL),
    StarterRole("technician", lazy("Technician"), Grade.PUBLIC),
    StarterRole("care", lazy("Care specialist"), Grade.INTERNAL),
)

_READERS: Final = (
    "headquarters", "manager", "account_manager", "credit", "dispatcher", "technician", "care",
)  # fmt: skip
_SELLERS: Final = ("manager", "account_manager")
_MONEY: Final = ("manager", "credit")
_CONTACTERS: Final = ("manager", "account_manager", "dispatcher", "care")

_CORE: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("core.customer", "read", _READERS),
    ("core.customer", "create", _CONTACTERS),
    ("core.customer", "update", _CONTACTERS),
    ("core.customer", "delete", ("manager",)),
    ("core.customer", "export", ("manager", "headquarters")),
    ("core.customer", "reveal", ("manager", "credit")),
    ("core.contact", "read", _READERS),
    ("core.contact", "create update", _CONTACTERS),
    ("core.contact", "delete", ("manager",)),
    ("core.contact", "reveal", ("manager", "credit")),
    ("core.address", "read", _READERS),
    ("core.address", "create update", _CONTACTERS),
    ("core.address", "delete", ("manager",)),
    ("core.interaction", "read", _READERS),
    ("core.interaction", "create update", (*_CONTACTERS, "credit", "technician")),
    ("core.attachment", "read create", _READERS),
    ("core.attachment", "delete", ("manager",)),
    ("core.product", "read", _READERS),
    ("core.product", "create update delete export", ("manager",)),
    ("core.order", "read", _READERS),
    ("core.order", "create update confirm cancel", _SELLERS),
    ("core.order", "export", _MONEY),
    ("core.delivery", "read", _READERS),
    ("core.delivery", "create update release", _SELLERS),
    ("core.invoice", "read", _READERS),
    ("core.invoice", "create update void credit export", _MONEY),
    ("core.receipt", "read", _READERS),
    ("core.receipt", "create update allocate refund export", _MONEY),
    ("core.branch", "read", ("headquarters", "manager", "deployer")),
    ("core.branch", "create update", ("deployer",)),
    ("core.user", "read", ("headquarters", "manager", "deployer")),
    ("core.user", "create update", ("deployer",)),
    ("core.role", "read", ("headquarters", "deployer")),
    ("core.role", "create update delete", ()),
    ("core.plugin", "read", ("headquarters", "manager", "deployer")),
    ("core.plugin", "update", ("deployer",)),
    ("core.job", "read", ("headquarters", "manager", "deployer")),
    ("core.job", "create update", ("manager", "deployer")),
    ("core.event", "read", ("headquarters", "manager", "deployer")),
    ("core.event", "update", ("deployer",)),
)


def core_permits() -> Iterator[Permit]:
    """The permissions of core's own entities."""
    for entity, operations, roles in _CORE:
        for operation in operations.split():
            yield Permit(entity, operation, roles)


def all_permits(registry: Registry) -> list[Permit]:
    """Every permission of core and of the loaded plugins, by entity and operation."""
    permits = [*core_permits()]
    permits += [c.item for c in registry.contributions("register_permissions")]
    return sorted(permits, key=lambda permit: (permit.entity, permit.operation))


def seed_roles(session: Session, registry: Registry) -> dict[str, Role]:
    """Make the starter roles that are missing and give them permissions new to them; by code.

    Run again after a plugin is installed. A permission that somebody took away from a role is not
    given back: each role remembers what it was given here once.
    """
    roles = {role.code: role for role in session.scalars(select(Role)).all()}
    for starter in ROLES:
        if starter.code not in roles:
            roles[starter.code] = _starter(session, starter)
    for permit in all_permits(registry):
        for code in permit.roles:
            if code in roles:
                _give_once(roles[code], permit)
    session.flush()
    return roles


def _starter(session: Session, starter: StarterRole) -> Role:
    role = Role(
        code=starter.code,
        name=starter.title.source,
        clearance=int(starter.clearance),
        permissions=[],
        seeded=[],
    )
    if starter.everything:
        role.permissions.append(Permission(entity=ANY, operation=ANY))
    session.add(role)
    return role


def _give_once(role: Role, permit: Permit) -> None:
    name = f"{permit.entity} {permit.operation}"
    if name in role.seeded:
        return
    role.seeded = [*role.seeded, name]
    held = {(p.entity, p.operation) for p in role.permissions}
    if (permit.entity, permit.operation) not in held:
        role.permissions.append(Permission(entity=permit.entity, operation=permit.operation))
