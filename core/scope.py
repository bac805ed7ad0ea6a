"""Who is asking and what he may see: the scope that every session carries (XX-05, AR-06)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from dougong.core.orm import Grade

ANY: Final = "*"


class Operation(StrEnum):
    """The operations every entity has; plugins add verbs of their own (``confirm``, ``lift``)."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    EXPORT = "export"
    REVEAL = "reveal"


@dataclass(frozen=True, slots=True)
class Grant:
    """At ``branch_id`` the person may do ``operation`` on ``entity``; ``*`` stands for all."""

    branch_id: int
    entity: str
    operation: str


@dataclass(frozen=True, slots=True)
class Scope:
    """User, branches, clearance and permissions; it never changes within a session.

    ``branches`` are the ids whose rows are visible; ``home`` is the one current branch, None when
    headquarters looks at several. ``unlimited`` is for the kernel's own work only.
    """

    actor: str
    branches: frozenset[int] = frozenset()
    home: int | None = None
    user_id: int | None = None
    clearance: Grade = Grade.PUBLIC
    grants: frozenset[Grant] = frozenset()
    unlimited: bool = False
    _index: dict[tuple[int, str, str], bool] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @classmethod
    def kernel(cls, actor: str) -> Self:
        """Without walls, for the kernel's own work: boot, migrations, sweeps over all branches."""
        return cls(actor=actor, clearance=Grade.SECRET, unlimited=True)

    @classmethod
    def at(cls, branch_id: int, actor: str, *, user_id: int | None = None) -> Self:
        """A job or command at one branch, with every permission there."""
        return cls(
            actor=actor,
            branches=frozenset({branch_id}),
            home=branch_id,
            user_id=user_id,
            clearance=Grade.SECRET,
            grants=frozenset({Grant(branch_id, ANY, ANY)}),
        )

    def sees(self, branch_id: int) -> bool:
        """Whether rows of that branch stand inside the scope."""
        return self.unlimited or branch_id in self.branches

    def as_text(self) -> str:
        """The visible branches for the database server: ids with commas, ``*`` for the kernel."""
        return "*" if self.unlimited else ",".join(map(str, sorted(self.branches)))

    def allows(self, operation: str, entity: str, branch_id: int | None = None) -> bool:
        """Whether the permission is held at ``branch_id`` (at any visible branch when None)."""
        if self.unlimited:
            return True
        branches: Iterable[int] = self.branches if branch_id is None else (branch_id,)
        return any(self._granted(branch, entity, str(operation)) for branch in branches)

    def _granted(self, branch: int, entity: str, operation: str) -> bool:
        key = (branch, entity, operation)
        if key not in self._index:
            self._index[key] = branch in self.branches and any(
                Grant(branch, e, o) in self.grants for e in (entity, ANY) for o in (operation, ANY)
            )
        return self._index[key]

    def clears(self, grade: Grade) -> bool:
        """Whether fields of that grade are within reach; some ask for a reason besides (AR-06)."""
        return self.clearance >= grade
