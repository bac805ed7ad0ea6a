"""Where ownership touches the world: permissions, a check, and the history of account managers."""

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session as AnySession

from dougong.core.demo import DemoPart
from dougong.core.doctor import Check
from dougong.core.entities.customer import Customer
from dougong.core.hookspecs import hookimpl
from dougong.core.permissions import Permit
from dougong.core.services.ownership.checks import CHECKS
from dougong.core.services.ownership.demo import DEMO
from dougong.core.services.ownership.people import ENTITY, OWN
from dougong.core.services.ownership.service import HAND_OVER, note_owner
from dougong.core.session import Session

_READERS = ("headquarters", "manager", "account_manager", "credit", "dispatcher", "care")
_OWNERS = ("manager", "account_manager")


@hookimpl
def register_permissions() -> list[Permit]:
    """Managers hand over; they and account managers own customers and say who helps them."""
    return [
        Permit(ENTITY, OWN, _OWNERS),
        Permit(ENTITY, HAND_OVER, ("manager",)),
        Permit("core.hand_over", "read", ("headquarters", "manager", "account_manager")),
        Permit("core.team", "read", _READERS),
        Permit("core.team", "create", _OWNERS),
        Permit("core.team", "update", _OWNERS),
    ]


@hookimpl
def register_checks() -> list[Check]:
    """Customers of people who left."""
    return list(CHECKS)


@hookimpl
def register_demos() -> list[DemoPart]:
    """Teams, and a hand-over."""
    return [DEMO]


@event.listens_for(Session, "after_flush")
def _keep_the_owners(session: AnySession, context: object) -> None:
    """Whatever door the archive was changed by, the history of account managers is whole."""
    for row in (*session.new, *session.dirty):
        if isinstance(row, Customer):
            held = inspect(row).attrs.manager_id.history
            before = next(iter(held.deleted or ()), None)
            if held.added and held.added[0] != before:
                _note(session, row, before)


def _note(session: AnySession, row: Customer, before: int | None) -> None:
    assert isinstance(session, Session)
    note_owner(session, row, before)
