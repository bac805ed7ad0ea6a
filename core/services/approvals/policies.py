"""How a branch decides: its policies by kind, each change a new version (XX-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import func, select

from dougong.core.entities.branch import Branch
from dougong.core.entities.people import User
from dougong.core.errors import NotFound, Refusal
from dougong.core.i18n import LazyText, lazy
from dougong.core.services.approvals.kinds import ApprovalKind, kind_at
from dougong.core.services.approvals.models import ApprovalPolicy
from dougong.core.services.approvals.rules import (
    MOST_APPROVERS,
    MOST_STEPS,
    Flaw,
    Step,
    flaw_of,
    in_currency,
)
from dougong.core.session import Session

_ADAPTER: Final = TypeAdapter(tuple[Step, ...])


@dataclass(frozen=True, slots=True)
class Policy:
    """The steps that hold at a branch for one kind; version 0 are the kind's own."""

    kind: str
    version: int
    steps: tuple[Step, ...]


class PolicyFlawed(Refusal):
    """A policy that could not be carried out; ``field`` names the step (``step-2``)."""

    code = "core.approval_policy"


def policy_at(session: Session, branch_id: int, kind: ApprovalKind) -> Policy:
    """What holds now at the branch for that kind."""
    row = _latest(session, branch_id, kind.code)
    if row is not None:
        return Policy(kind.code, row.version, steps_from(row.steps))
    branch = session.get(Branch, branch_id)
    if branch is None:
        raise NotFound
    return Policy(kind.code, 0, in_currency(kind.steps, branch.currency))


def write_policy(session: Session, branch_id: int, code: str, steps: Sequence[Step]) -> Policy:
    """A new version; requests that were asked before keep theirs. The same again changes nothing.

    ``PolicyFlawed`` names the first step that is wrong.
    """
    kind = kind_at(session, branch_id, code)
    _refuse_flawed(steps)
    now = policy_at(session, branch_id, kind)
    if now.steps == tuple(steps):
        return now
    # the branch's row orders those who write at once: the second gets the next number
    branch = select(Branch).where(Branch.id == branch_id).with_for_update(key_share=True)
    session.scalars(branch).one()
    highest = session.scalar(
        select(func.max(ApprovalPolicy.version)).where(
            ApprovalPolicy.branch_id == branch_id, ApprovalPolicy.kind == code
        )
    )
    row = ApprovalPolicy(
        branch_id=branch_id, kind=code, version=(highest or 0) + 1, steps=steps_as_json(steps),
        author_id=session.scope.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return Policy(code, row.version, tuple(steps))


def versions_of(
    session: Session, branch_id: int, code: str
) -> Sequence[tuple[ApprovalPolicy, str | None]]:
    """Every version of the branch's, the newest first, each with who wrote it."""
    found = session.execute(
        select(ApprovalPolicy, User.name)
        .outerjoin(User, User.id == ApprovalPolicy.author_id)
        .where(ApprovalPolicy.branch_id == branch_id, ApprovalPolicy.kind == code)
        .order_by(ApprovalPolicy.version.desc())
    )
    return found.all()


def steps_from(stored: list[Any]) -> tuple[Step, ...]:
    """Steps as they are kept with a policy or a request."""
    return _ADAPTER.validate_python(stored)


def steps_as_json(steps: Sequence[Step]) -> list[Any]:
    """The steps as JSON values."""
    kept: list[Any] = _ADAPTER.dump_python(tuple(steps), mode="json")
    return kept


def _latest(session: Session, branch_id: int, code: str) -> ApprovalPolicy | None:
    return session.scalars(
        select(ApprovalPolicy)
        .where(ApprovalPolicy.branch_id == branch_id, ApprovalPolicy.kind == code)
        .order_by(ApprovalPolicy.version.desc())
        .limit(1)
    ).first()


def _refuse_flawed(steps: Sequence[Step]) -> None:
    found = flaw_of(steps)
    if found is not None:
        number, flaw = found
        raise PolicyFlawed(_FLAWS[flaw], field=f"step-{number}")


_FLAWS: Final[dict[Flaw, LazyText]] = {
    Flaw.EMPTY: lazy("A policy has at least one step."),
    Flaw.TOO_LONG: lazy("A policy has at most %(most)s steps.", most=MOST_STEPS),
    Flaw.NOBODY: lazy("Say who decides this step."),
    Flaw.TOO_MANY: lazy("A step has at most %(most)s places.", most=MOST_APPROVERS),
    Flaw.NEEDED: lazy("More people are needed than the step has places."),
    Flaw.FIRST_FROM: lazy(
        "The first step holds for every amount: nothing is approved by asking alone."
    ),
    Flaw.HOURS: lazy("Hours are zero or more."),
}
