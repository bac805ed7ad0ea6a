"""What the archives of branches look like, set-based: figures, the worst, what is to be mended."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Integer, case, cast, func, select
from sqlalchemy.orm import joinedload

from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.services.archive.models import ArchiveFinding, ArchiveQuality
from dougong.core.services.archive.rules import FindingKind
from dougong.core.session import Session

WORST: Final = 8
BANDS: Final = ((80, "80–100", "success"), (60, "60–79", "info"), (40, "40–59", "warning"),
                (20, "20–39", "warning"), (0, "0–19", "danger"))  # fmt: skip
"""Lower bound, name and look of each stretch of scores."""


@dataclass(frozen=True, slots=True)
class ByManager:
    """One manager's archives."""

    manager_id: int | None
    name: str
    customers: int
    average: int
    findings: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The archives of the branches in numbers; ``spread`` is (name, count, percent, look)."""

    customers: int
    average: int
    by_kind: Mapping[str, int]
    spread: tuple[tuple[str, int, int, str], ...]
    by_manager: tuple[ByManager, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which findings are looked for; what is left empty does not narrow it."""

    branches: Collection[int] = ()
    kind: FindingKind | None = None
    field: str = ""
    manager_id: int | None = None
    customer_id: int | None = None
    before: int | None = None
    """The id of the last finding already seen."""

    @property
    def narrows(self) -> bool:
        """Whether anything but the branches narrows it."""
        return bool(self.kind or self.field or self.manager_id or self.customer_id)


def figures_of(session: Session, branches: Collection[int]) -> Figures:
    """The figures of these branches: three queries however many customers there are."""
    here = ArchiveQuality.branch_id.in_(branches)
    band = case(*((ArchiveQuality.score >= low, low) for low, *_ in BANDS))
    spread = select(band, func.count(ArchiveQuality.customer_id)).where(here).group_by(band)
    counts: dict[int, int] = dict(session.execute(spread).all())
    kinds = (
        select(ArchiveFinding.kind, func.count(ArchiveFinding.id))
        .where(ArchiveFinding.branch_id.in_(branches))
        .group_by(ArchiveFinding.kind)
    )
    managers = _by_manager(session, here)
    total = sum(counts.values())
    return Figures(
        customers=total,
        average=sum(m.average * m.customers for m in managers) // total if total else 0,
        by_kind={kind.value: count for kind, count in session.execute(kinds)},
        spread=tuple(
            (name, counts.get(low, 0), counts.get(low, 0) * 100 // (total or 1), look)
            for low, name, look in BANDS
        ),
        by_manager=tuple(managers),
    )


def _by_manager(session: Session, here: ColumnElement[bool]) -> list[ByManager]:
    rows = session.execute(
        select(
            Customer.manager_id, User.name, func.count(ArchiveQuality.customer_id),
            cast(func.avg(ArchiveQuality.score), Integer), func.sum(ArchiveQuality.findings),
        )
        .join(Customer, Customer.id == ArchiveQuality.customer_id)
        .outerjoin(User, User.id == Customer.manager_id)
        .where(here)
        .group_by(Customer.manager_id, User.name)
        .order_by(func.sum(ArchiveQuality.findings).desc(), Customer.manager_id)
    )  # fmt: skip
    return [ByManager(key, name or "", *map(int, numbers)) for key, name, *numbers in rows]


def find_findings(session: Session, question: Question, limit: int) -> Sequence[ArchiveFinding]:
    """The findings of the branches that answer, newest first, their customers loaded along."""
    wanted = select(ArchiveFinding).where(ArchiveFinding.branch_id.in_(question.branches))
    exact = {ArchiveFinding.kind: question.kind, ArchiveFinding.customer_id: question.customer_id}
    for column, value in exact.items():
        wanted = wanted if value is None else wanted.where(column == value)
    if question.field:
        wanted = wanted.where(ArchiveFinding.field == question.field)
    if question.manager_id is not None:
        his = Customer.manager_id == question.manager_id
        wanted = wanted.join(Customer, Customer.id == ArchiveFinding.customer_id).where(his)
    if question.before is not None:
        wanted = wanted.where(ArchiveFinding.id < question.before)
    loaded = joinedload(ArchiveFinding.customer).joinedload(Customer.manager)
    return session.scalars(
        wanted.options(loaded).order_by(ArchiveFinding.id.desc()).limit(limit)
    ).all()


def worst_of(session: Session, branches: Collection[int]) -> Sequence[ArchiveQuality]:
    """The archives with the lowest scores, their customers loaded along."""
    return session.scalars(
        select(ArchiveQuality)
        .where(ArchiveQuality.branch_id.in_(branches), ArchiveQuality.findings > 0)
        .options(joinedload(ArchiveQuality.customer).joinedload(Customer.manager))
        .order_by(ArchiveQuality.score, ArchiveQuality.customer_id)
        .limit(WORST)
    ).all()


def quality_of(session: Session, customer_id: int) -> ArchiveQuality | None:
    """The score of this archive; None for a closed customer, and where nobody looked yet."""
    wanted = select(ArchiveQuality).where(ArchiveQuality.customer_id == customer_id)
    return session.scalars(wanted).one_or_none()


def scores_of(session: Session, branch_id: int, customer_ids: Collection[int]) -> dict[int, int]:
    """The scores of these customers; one nobody looked at yet has none."""
    wanted = select(ArchiveQuality.customer_id, ArchiveQuality.score).where(
        ArchiveQuality.branch_id == branch_id, ArchiveQuality.customer_id.in_(customer_ids)
    )
    return dict(session.execute(wanted).all())
