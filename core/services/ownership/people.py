"""Who may own customers, and who owns some though he cannot any more (AR-07)."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Select, and_, func, or_, select

from dougong.core.entities.branch import Branch
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.entities.people import Membership, Permission, User
from dougong.core.scope import ANY, Operation
from dougong.core.session import Session

ENTITY: Final = "core.customer"
OWN: Final = "own"


def owners(session: Session, branch_id: int) -> Sequence[User]:
    """The active people who may own customers of the branch, by name."""
    chosen = select(User).where(User.active, User.id.in_(_able(session, branch_id, ENTITY, OWN)))
    return session.scalars(chosen.order_by(User.name, User.id)).all()


def answerers(session: Session, branch_id: int) -> Sequence[User]:
    """The active people who may answer contacts of the branch, by name."""
    able = _able(session, branch_id, "core.interaction", Operation.UPDATE)
    chosen = select(User).where(User.active, User.id.in_(able))
    return session.scalars(chosen.order_by(User.name, User.id)).all()


def may(session: Session, branch_id: int, user_id: int, entity: str, operation: str) -> bool:
    """Whether the person works here still and holds a role at the branch that may do this."""
    able = select(User.id).where(User.active, User.id == user_id)
    able = able.where(User.id.in_(_able(session, branch_id, entity, operation)))
    return session.scalars(able).one_or_none() is not None


def without_owner(session: Session, branch_id: int) -> list[tuple[User, int]]:
    """Who can own no customer of the branch any more and still does, with how many."""
    able = _able(session, branch_id, ENTITY, OWN)
    rows = session.execute(
        select(User, func.count(Customer.id))
        .join(Customer, Customer.manager_id == User.id)
        .where(Customer.branch_id == branch_id, Customer.status != CustomerStatus.CLOSED)
        .where(or_(User.active.is_(False), User.id.not_in(able)))
        .group_by(User.id)
        .order_by(func.count(Customer.id).desc(), User.id)
    )
    return [(user, count) for user, count in rows.all()]


def _able(session: Session, branch_id: int, entity: str, operation: str) -> Select[int]:
    """The members, here or above with all below, one of whose roles may do this."""
    above = _above(session, branch_id)
    return (
        select(Membership.user_id)
        .join(Permission, Permission.role_id == Membership.role_id)
        .where(
            or_(
                Membership.branch_id == branch_id,
                and_(Membership.branch_id.in_(above), Membership.below),
            ),
            Permission.entity.in_((entity, ANY)),
            Permission.operation.in_((operation, ANY)),
        )
    )


def _above(session: Session, branch_id: int) -> list[int]:
    found: list[int] = []
    at = session.get(Branch, branch_id)
    while at is not None and at.parent_id is not None and at.parent_id not in found:
        found.append(at.parent_id)
        at = session.get(Branch, at.parent_id)
    return found
