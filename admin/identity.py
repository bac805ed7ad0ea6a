"""Who is logged in, at which branches, with which grants: read from memberships (XX-05, AR-06)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from dougong.core.entities.branch import Branch
from dougong.core.entities.people import Membership, Role, User
from dougong.core.orm import Grade
from dougong.core.scope import Grant, Scope
from dougong.core.session import Session


@dataclass(frozen=True, slots=True)
class Place:
    """A branch the person may choose, and his clearance there."""

    id: int
    code: str
    name: str
    zone: str
    currency: str
    clearance: Grade = Grade.PUBLIC
    top: bool = False
    """Whether this is the head of the house: what belongs to no branch is decided there."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person at work: his branches in order, his grants, the roles to show beside his name."""

    user_id: int
    login: str
    name: str
    locale: str
    places: tuple[Place, ...]
    grants: frozenset[Grant]
    roles: tuple[str, ...] = ()
    everywhere: Scope = field(init=False)

    def __post_init__(self) -> None:
        whole = Scope(
            actor=self.login,
            branches=frozenset(place.id for place in self.places),
            user_id=self.user_id,
            clearance=min((p.clearance for p in self.places), default=Grade.PUBLIC),
            grants=self.grants,
        )
        object.__setattr__(self, "everywhere", whole)

    def place(self, branch_id: int | None) -> Place | None:
        """The branch with that id among his."""
        return next((place for place in self.places if place.id == branch_id), None)

    def may_choose(self, code: str) -> bool:
        """Whether the branch switcher may go there."""
        several = len(self.places) > 1
        return (code == "*" and several) or any(place.code == code for place in self.places)

    def scope(self, code: str) -> Scope:
        """The scope at the branch of that code; at all of his when he has several and names none.

        In several branches the lowest clearance counts.
        """
        chosen = next((place for place in self.places if place.code == code), None)
        if chosen is None and len(self.places) == 1:
            chosen = self.places[0]
        if chosen is None:
            return self.everywhere
        return replace(
            self.everywhere,
            branches=frozenset({chosen.id}),
            home=chosen.id,
            clearance=chosen.clearance,
        )

    def allows_in_house(self, operation: str, entity: str) -> bool:
        """Whether he may do this to what belongs to no branch: decided at the head of the house."""
        heads = [place.id for place in self.places if place.top]
        return any(self.everywhere.allows(operation, entity, head) for head in heads)


def identify(session: Session, user_id: int) -> Identity | None:
    """The person with that id as he may work now; None when he may not work at all."""
    memberships = _memberships(session, user_id)
    user = memberships[0].user if memberships else session.get(User, user_id)
    if user is None or not user.active:
        return None
    branches = session.scalars(select(Branch).where(Branch.active).order_by(Branch.id)).all()
    reach = {m.id: _reach(m, branches) for m in memberships}
    return Identity(
        user_id=user.id,
        login=user.login,
        name=user.name,
        locale=user.locale,
        places=tuple(
            _place(branch, [m for m in memberships if branch.id in reach[m.id]])
            for branch in branches
            if any(branch.id in reach[m.id] for m in memberships)
        ),
        grants=frozenset(
            Grant(branch_id, permission.entity, permission.operation)
            for membership in memberships
            for branch_id in reach[membership.id]
            for permission in membership.role.permissions
        ),
        roles=tuple(dict.fromkeys(m.role.name for m in memberships)),
    )


def _memberships(session: Session, user_id: int) -> Sequence[Membership]:
    statement = (
        select(Membership)
        .where(Membership.user_id == user_id)
        .options(
            joinedload(Membership.user),
            joinedload(Membership.role).joinedload(Role.permissions),
        )
        .order_by(Membership.id)
    )
    return session.scalars(statement).unique().all()


def _reach(membership: Membership, branches: Iterable[Branch]) -> frozenset[int]:
    if not membership.below:
        return frozenset({membership.branch_id})
    parents = {branch.id: branch.parent_id for branch in branches}
    return frozenset(b for b in parents if membership.branch_id in _upwards(b, parents))


def _upwards(branch_id: int, parents: dict[int, int | None]) -> list[int]:
    line = [branch_id]
    while (above := parents.get(line[-1])) is not None and above not in line:
        line.append(above)
    return line


def _place(branch: Branch, memberships: Sequence[Membership]) -> Place:
    return Place(
        branch.id, branch.code, branch.name, branch.zone, branch.currency,
        clearance=Grade(max(m.role.clearance for m in memberships)),
        top=branch.parent_id is None,
    )  # fmt: skip
