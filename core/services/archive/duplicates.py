"""Who may be there twice: found set-based by equal keys and by rare pieces of names (AR-05)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ScalarSelect, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased, joinedload

from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.errors import NotFound
from dougong.core.services.archive.matching import (
    SUSPICIOUS,
    Reason,
    are_alike,
    keys_of,
    plain_name,
    score_of,
)
from dougong.core.services.archive.models import (
    ArchiveFinding,
    ArchiveQuality,
    CustomerKey,
    DuplicatePair,
)
from dougong.core.services.archive.rules import CUSTOMER, Dossier, FindingKind
from dougong.core.services.search.api import search_key, sharing_tokens
from dougong.core.session import UNWALLED, Session

CROWD: Final = 20
"""A switchboard's number or a common name that more customers have says nothing."""
PART: Final = 500
"""So many keys are named in one statement."""
PEOPLE: Final = (CustomerKind.INDIVIDUAL, CustomerKind.SPECIAL)
DOUBLE: Final = "double"
_PATH: Final = {UNWALLED: "an insert names its own table; each row carries the branch"}


@dataclass(frozen=True, slots=True)
class Suspect:
    """A customer who is there already and may be the same."""

    customer_id: int
    name: str
    code: str
    score: int
    reasons: tuple[Reason, ...]


_Pair = tuple[int, int]
_Found = Mapping[_Pair, set[Reason]]


def keep_keys(
    session: Session, branch_id: int, ids: Collection[int], dossiers: Sequence[Dossier]
) -> None:
    """Make the keys of these customers what their dossiers say."""
    right = {(d.id, kind.value, value) for d in dossiers for kind, value in _keys(d)}
    mine = (CustomerKey.branch_id == branch_id, CustomerKey.customer_id.in_(ids))
    wanted = select(CustomerKey.customer_id, CustomerKey.kind, CustomerKey.value).where(*mine)
    there = {(key, kind.value, value) for key, kind, value in session.execute(wanted)}
    changed = sorted({what[0] for what in there - right})
    if changed:
        session.execute(
            delete(CustomerKey)
            .where(CustomerKey.branch_id == branch_id, CustomerKey.customer_id.in_(changed))
            .execution_options(synchronize_session=False)
        )
    fresh = sorted(what for what in right if what not in there or what[0] in changed)
    names = ("customer_id", "kind", "value")
    _write_new(
        session, CustomerKey,
        [{"branch_id": branch_id, **dict(zip(names, what, strict=True))} for what in fresh],
    )  # fmt: skip


def find_duplicates(session: Session, branch_id: int, ids: Collection[int]) -> None:
    """Find the pairs that these customers are part of; what is no pair any more is forgotten.

    A pair that somebody judged to be two stays judged.
    """
    found = _by_keys(session, branch_id, ids)
    _add_alike(session, branch_id, ids, found)
    people = _people(session, {key for pair in found for key in pair})
    scored = {
        pair: (score_of(reasons, people=pair[0] in people), reasons)
        for pair, reasons in found.items()
        if (pair[0] in people) == (pair[1] in people)  # an owner and his firm are two
    }
    right = {pair: what for pair, what in scored.items() if what[0] >= SUSPICIOUS}
    gone = _keep_pairs(session, branch_id, ids, right)
    _keep_findings(session, branch_id, {*ids, *(key for pair in (*right, *gone) for key in pair)})


def suspects(session: Session, dossier: Dossier) -> list[Suspect]:
    """Who of the branch may be the customer that is about to be written down, likeliest first."""
    keys = sorted(_keys(dossier))
    there = aliased(CustomerKey)
    people = dossier.kind in PEOPLE
    wanted = (
        select(there.customer_id, there.kind, Customer.name, Customer.code)
        .join(Customer, Customer.id == there.customer_id)
        .where(there.branch_id == dossier.branch_id, there.customer_id != dossier.id)
        .where(Customer.kind.in_(PEOPLE) if people else Customer.kind.not_in(PEOPLE))
        .where(tuple_(there.kind, there.value).in_(keys), _one_too_many(there).is_(None))
    )
    shared: defaultdict[tuple[int, str, str], set[Reason]] = defaultdict(set)
    for key, reason, name, code in session.execute(wanted) if keys else ():
        shared[key, name, code].add(reason)
    found = [
        Suspect(*who, score_of(reasons, people=people), tuple(sorted(reasons)))
        for who, reasons in shared.items()
    ]
    found = [one for one in found if one.score >= SUSPICIOUS]
    return sorted(found, key=lambda one: (-one.score, one.customer_id))


def open_pairs(
    session: Session, branches: Collection[int], limit: int, after: int = 0
) -> Sequence[DuplicatePair]:
    """The pairs nobody judged yet, the likeliest first, both customers loaded along."""
    return session.scalars(
        select(DuplicatePair)
        .where(DuplicatePair.branch_id.in_(branches), DuplicatePair.dismissed_at.is_(None))
        .options(joinedload(DuplicatePair.low), joinedload(DuplicatePair.high))
        .order_by(DuplicatePair.score.desc(), DuplicatePair.id)
        .offset(after)
        .limit(limit)
    ).all()


def dismiss(session: Session, pair_id: int) -> DuplicatePair:
    """Somebody judged: these are two. It is remembered, and they are not shown again."""
    row = session.scalars(
        select(DuplicatePair).where(DuplicatePair.id == pair_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    row.dismissed_at, row.dismissed_by = session.now, session.scope.user_id
    session.flush()
    _keep_findings(session, row.branch_id, {row.low_id, row.high_id})
    return row


def _keys(dossier: Dossier) -> set[tuple[Reason, str]]:
    return keys_of(dossier, search_key(plain_name(dossier.name)).partition(" ")[0])


def _by_keys(
    session: Session, branch_id: int, ids: Collection[int]
) -> defaultdict[_Pair, set[Reason]]:
    mine, his = aliased(CustomerKey), aliased(CustomerKey)
    same = and_(
        his.branch_id == mine.branch_id, his.kind == mine.kind, his.value == mine.value,
        his.customer_id != mine.customer_id,
    )  # fmt: skip
    rows = session.execute(
        select(mine.customer_id, his.customer_id, mine.kind)
        .join(his, same)
        .where(mine.branch_id == branch_id, mine.customer_id.in_(ids))
        .where(_one_too_many(mine).is_(None))
    )
    found: defaultdict[_Pair, set[Reason]] = defaultdict(set)
    for one, other, reason in rows:
        found[min(one, other), max(one, other)].add(reason)
    return found


def _one_too_many(mine: type[CustomerKey]) -> ScalarSelect[int]:
    """Stops at the crowd: what a whole town shares is not counted to its end."""
    crowd = aliased(CustomerKey)
    return (
        select(crowd.customer_id)
        .where(crowd.branch_id == mine.branch_id, crowd.kind == mine.kind)
        .where(crowd.value == mine.value)
        .limit(1)
        .offset(CROWD)
        .correlate(mine)
        .scalar_subquery()
    )


def _add_alike(
    session: Session, branch_id: int, ids: Collection[int],
    found: defaultdict[_Pair, set[Reason]],
) -> None:  # fmt: skip
    """Names with rare pieces in common: few enough candidates to be looked at one by one."""
    pairs = sharing_tokens(session, branch_id, CUSTOMER, ids)
    names: dict[int, str] = {}
    for some in _parts({key for pair in pairs for key in pair}):
        names |= dict(
            session.execute(
                select(Customer.id, Customer.name)
                .join(CustomerKey, CustomerKey.customer_id == Customer.id)
                .where(CustomerKey.kind == Reason.NAME, Customer.id.in_(some))
            ).all()
        )
    for pair in pairs:
        if Reason.NAME in found.get(pair, ()) or not all(key in names for key in pair):
            continue
        if are_alike(names[pair[0]], names[pair[1]]):
            found[pair].add(Reason.SIMILAR)


def _people(session: Session, ids: Collection[int]) -> set[int]:
    found: set[int] = set()
    for some in _parts(ids):
        mine = select(Customer.id).where(Customer.id.in_(some))
        found |= set(session.scalars(mine.where(Customer.kind.in_(PEOPLE))))
    return found


def _keep_pairs(
    session: Session, branch_id: int, ids: Collection[int],
    right: Mapping[_Pair, tuple[int, set[Reason]]],
) -> list[_Pair]:  # fmt: skip
    """Make the open pairs of these customers the right ones; those that are none any more."""
    mine = or_(DuplicatePair.low_id.in_(ids), DuplicatePair.high_id.in_(ids))
    rows = session.scalars(
        select(DuplicatePair)
        .where(DuplicatePair.branch_id == branch_id, mine)
        .execution_options(populate_existing=True)
    )
    there = {(row.low_id, row.high_id): row for row in rows}
    gone = [pair for pair, row in there.items() if pair not in right and row.dismissed_at is None]
    for some in _parts(there[pair].id for pair in gone):
        session.execute(
            delete(DuplicatePair)
            .where(DuplicatePair.branch_id == branch_id, DuplicatePair.id.in_(some))
            .execution_options(synchronize_session=False)
        )
    for pair in gone:
        session.expunge(there[pair])
    fresh = []
    for pair, (score, shared) in sorted(right.items()):
        reasons = sorted(reason.value for reason in shared)
        if pair not in there:
            fresh.append(_new_pair(session, branch_id, pair) | {"score": score, "reasons": reasons})
        elif (there[pair].score, there[pair].reasons) != (score, reasons):
            there[pair].score, there[pair].reasons = score, reasons
    _write_new(session, DuplicatePair, fresh)
    session.flush()
    return gone


def _new_pair(session: Session, branch_id: int, pair: _Pair) -> dict[str, Any]:
    return {
        "branch_id": branch_id, "low_id": pair[0], "high_id": pair[1], "found_at": session.now,
    }  # fmt: skip


def _keep_findings(session: Session, branch_id: int, ids: Iterable[int]) -> None:
    """Each open pair is a finding of both."""
    for asked in _parts(ids):
        right = _ways(session, branch_id, asked)
        wanted = select(
            ArchiveFinding.id, ArchiveFinding.customer_id, ArchiveFinding.other_id
        ).where(
            ArchiveFinding.branch_id == branch_id, ArchiveFinding.customer_id.in_(asked),
            ArchiveFinding.kind == FindingKind.DOUBLE,
        )  # fmt: skip
        there = {(one, other): key for key, one, other in session.execute(wanted)}
        for some in _parts(key for way, key in there.items() if way not in right):
            session.execute(
                delete(ArchiveFinding)
                .where(ArchiveFinding.branch_id == branch_id, ArchiveFinding.id.in_(some))
                .execution_options(synchronize_session=False)
            )
        fresh = sorted(right - set(there))
        _write_new(session, ArchiveFinding, [_finding(session, branch_id, way) for way in fresh])
        _count_anew(session, branch_id, {way[0] for way in right ^ set(there)})


def _ways(session: Session, branch_id: int, asked: Collection[int]) -> set[_Pair]:
    """The open pairs of these customers, seen from each of them."""
    mine = or_(DuplicatePair.low_id.in_(asked), DuplicatePair.high_id.in_(asked))
    pairs = session.execute(
        select(DuplicatePair.low_id, DuplicatePair.high_id).where(
            DuplicatePair.branch_id == branch_id, mine, DuplicatePair.dismissed_at.is_(None)
        )
    )
    both = {way for low, high in pairs for way in ((low, high), (high, low))}
    return {way for way in both if way[0] in asked}


def _count_anew(session: Session, branch_id: int, ids: Collection[int]) -> None:
    """How many findings they have: the other one of a pair is not looked at again himself."""
    if not ids:
        return
    his = select(func.count(ArchiveFinding.id)).where(
        ArchiveFinding.customer_id == ArchiveQuality.customer_id,
        ArchiveFinding.branch_id == branch_id,
    )
    session.execute(
        update(ArchiveQuality)
        .where(ArchiveQuality.branch_id == branch_id, ArchiveQuality.customer_id.in_(ids))
        .values(findings=his.scalar_subquery())
        .execution_options(synchronize_session=False)
    )


def _finding(session: Session, branch_id: int, way: tuple[int, int]) -> dict[str, Any]:
    return {
        "branch_id": branch_id, "customer_id": way[0], "other_id": way[1],
        "kind": FindingKind.DOUBLE, "field": DOUBLE, "subject_kind": CUSTOMER, "subject_id": 0,
        "found_at": session.now,
    }  # fmt: skip


def _write_new(session: Session, entity: type[Any], rows: list[dict[str, Any]]) -> None:
    """Two who look at one customer at once find the same: it is there once."""
    if not rows:
        return
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    statement: Any = (postgresql.insert if on_postgresql else sqlite.insert)(entity)
    session.execute(statement.on_conflict_do_nothing(), rows, execution_options=_PATH)


def _parts(ids: Iterable[int]) -> Iterable[list[int]]:
    """However many there are, a statement names so many at most."""
    keys = sorted(set(ids))
    return [keys[at : at + PART] for at in range(0, len(keys), PART)]
