"""The verbs of archive quality: look at archives anew, verify a field, say what is expected."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dougong.core.branches import zone_of
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.errors import NotFound, Refusal
from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.services.archive.dossiers import read_dossiers
from dougong.core.services.archive.duplicates import find_duplicates, keep_keys
from dougong.core.services.archive.models import (
    ArchiveFinding,
    ArchiveQuality,
    ArchiveStandard,
    CheckMeans,
    FieldCheck,
)
from dougong.core.services.archive.rules import (
    GREATEST_WEIGHT,
    LIMITS,
    LONGEST_LIMIT,
    WEIGHTS,
    Facet,
    FindingKind,
    Flaw,
    Standard,
    Verdict,
    judge,
)
from dougong.core.session import UNWALLED, Session
from dougong.core.values.validity import region_of

CHUNK: Final = 500
"""Customers that are looked at in one go."""
_COMPUTED: Final = tuple(kind for kind in FindingKind if kind is not FindingKind.DOUBLE)
_PATH: Final = {UNWALLED: "an upsert names its own table; each row carries the branch"}
_COLUMNS: Final = ("kind", "field", "subject_kind", "subject_id", "other_id")


def standard_at(session: Session | Reader, branch_id: int) -> Standard:
    """What the branch expects of its archives; the defaults where it never said."""
    wanted = select(ArchiveStandard).where(ArchiveStandard.branch_id == branch_id)
    rows = session.all(wanted) if isinstance(session, Reader) else session.scalars(wanted).all()
    return rows[0].standard if rows else Standard()


def set_standard(session: Session, branch_id: int, standard: Standard) -> None:
    """Say what the branch expects from now on; every archive is due to be looked at anew."""
    _refuse_unknown(standard)
    wanted = select(ArchiveStandard).where(ArchiveStandard.branch_id == branch_id)
    row = session.scalars(wanted.with_for_update()).one_or_none()
    if row is None:
        row = ArchiveStandard(branch_id=branch_id)
        session.add(row)
    row.weights = {kind: dict(fields) for kind, fields in standard.weights.items()}
    row.limits = dict(standard.limits)
    session.flush()
    session.execute(
        update(ArchiveQuality)
        .where(ArchiveQuality.branch_id == branch_id)
        .values(look_again_at=session.now)
        .execution_options(synchronize_session=False)
    )


def look_at(session: Session, branch_id: int, customer_ids: Collection[int]) -> int:
    """Look at these archives anew and keep what is found; how many were looked at.

    Findings that were there stay with their day; what is mended is gone (AR-05).
    """
    standard, region = _measures(session, branch_id)
    wanted = sorted(customer_ids)
    count = 0
    for at in range(0, len(wanted), CHUNK):
        ids = wanted[at : at + CHUNK]
        dossiers = read_dossiers(session, ids)
        keep_keys(session, branch_id, ids, dossiers)
        find_duplicates(session, branch_id, ids)
        verdicts = {d.id: judge(d, standard, region, session.now) for d in dossiers}
        _keep(session, branch_id, ids, verdicts)
        count += len(verdicts)
    return count


def due_customers(session: Session | Reader, branch_id: int) -> Select[int]:
    """The keys of customers never looked at, or whose time has come."""
    never = ArchiveQuality.customer_id.is_(None)
    return (
        select(Customer.id)
        .outerjoin(ArchiveQuality, ArchiveQuality.customer_id == Customer.id)
        .where(Customer.branch_id == branch_id, Customer.status != CustomerStatus.CLOSED)
        .where(or_(never, ArchiveQuality.look_again_at <= session.now))
    )


def verify(
    session: Session, customer_id: int, facet: Facet, means: CheckMeans = CheckMeans.CONFIRMED
) -> FieldCheck:
    """Write down that somebody made sure of it today; the archive is looked at anew."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound
    note_checks(session, customer.branch_id, {(customer_id, facet)}, means)
    look_at(session, customer.branch_id, [customer_id])
    return session.scalars(
        select(FieldCheck).where(FieldCheck.customer_id == customer_id, FieldCheck.field == facet)
    ).one()


def note_checks(
    session: Session, branch_id: int, checked: Iterable[tuple[int, Facet]], means: CheckMeans
) -> None:
    """Note each (customer, facet) as verified now by whoever the session is of."""
    asked = sorted(set(checked))
    mine = select(FieldCheck).where(
        FieldCheck.branch_id == branch_id, FieldCheck.customer_id.in_({key for key, _ in asked})
    )
    there = {(row.customer_id, row.field): row for row in session.scalars(mine).all()}
    for customer_id, facet in asked:
        row = there.get((customer_id, facet))
        if row is None:
            row = FieldCheck(branch_id=branch_id, customer_id=customer_id, field=facet)
            session.add(row)
        row.checked_at, row.user_id, row.means = session.now, session.scope.user_id, means
    session.flush()


def checks_of(session: Session | Reader, customer_id: int) -> dict[Facet, FieldCheck]:
    """Who verified what of this customer last."""
    wanted = select(FieldCheck).where(FieldCheck.customer_id == customer_id)
    rows = session.all(wanted) if isinstance(session, Reader) else session.scalars(wanted).all()
    return {row.field: row for row in rows}


def _measures(session: Session | Reader, branch_id: int) -> tuple[Standard, str]:
    return standard_at(session, branch_id), region_of(zone_of(session, branch_id))


def _refuse_unknown(standard: Standard) -> None:
    weights = [
        (kind, name, weight)
        for kind, fields in standard.weights.items()
        for name, weight in fields.items()
    ]
    known = all(name in WEIGHTS.get(kind, {}) for kind, name, _ in weights)
    if not known or any(facet not in LIMITS for facet in standard.limits):
        raise ValueError("A standard names fields that no archive has.")
    if any(not 0 <= weight <= GREATEST_WEIGHT for *_, weight in weights):
        raise Refusal(
            lazy("A weight is a whole number from 0 to %(most)s.", most=GREATEST_WEIGHT),
            code="core.archive_weight",
        )
    if any(not 0 <= days <= LONGEST_LIMIT for days in standard.limits.values()):
        raise Refusal(
            lazy("A limit is a number of days from 0 to %(most)s.", most=LONGEST_LIMIT),
            code="core.archive_limit",
        )


def _keep(
    session: Session, branch_id: int, ids: Sequence[int], verdicts: Mapping[int, Verdict]
) -> None:
    """Make what is stored of these customers equal the verdicts; a fixed number of statements."""
    there = _known(session, branch_id, ids)
    right = {
        (customer_id, *_values(flaw))
        for customer_id, verdict in verdicts.items()
        for flaw in verdict.flaws
    }
    doubles = _doubles(there, verdicts)
    gone = [key for what, key in there.items() if what not in right | doubles]
    for at in range(0, len(gone), CHUNK):
        session.execute(
            delete(ArchiveFinding)
            .where(ArchiveFinding.branch_id == branch_id)
            .where(ArchiveFinding.id.in_(gone[at : at + CHUNK]))
            .execution_options(synchronize_session=False)
        )
    fresh = sorted(right - set(there))
    if fresh:
        session.execute(insert(ArchiveFinding), [_row(session, branch_id, one) for one in fresh])
    _keep_scores(session, branch_id, ids, verdicts, doubles)


_What = tuple[int, str, str, str, int, int]


def _known(session: Session, branch_id: int, ids: Sequence[int]) -> dict[_What, int]:
    columns = [getattr(ArchiveFinding, name) for name in _COLUMNS]
    wanted = select(ArchiveFinding.id, ArchiveFinding.customer_id, *columns).where(
        ArchiveFinding.branch_id == branch_id, ArchiveFinding.customer_id.in_(ids)
    )
    return {
        (customer_id, kind.value, *rest): key
        for key, customer_id, kind, *rest in session.execute(wanted)
    }


def _values(flaw: Flaw) -> tuple[str, str, str, int, int]:
    return (flaw.kind.value, flaw.field, flaw.subject_kind, flaw.subject_id, flaw.other_id)


def _row(session: Session, branch_id: int, what: _What) -> dict[str, Any]:
    customer_id, *values = what
    return {
        "branch_id": branch_id, "customer_id": customer_id, "found_at": session.now,
        **dict(zip(_COLUMNS, values, strict=True)),
    }  # fmt: skip


def _doubles(there: Collection[_What], verdicts: Mapping[int, Verdict]) -> set[_What]:
    """Findings of doubles, which another look settles; a closed customer's go."""
    return {what for what in there if what[1] == FindingKind.DOUBLE and what[0] in verdicts}


def _keep_scores(
    session: Session, branch_id: int, ids: Sequence[int], verdicts: Mapping[int, Verdict],
    doubles: Collection[_What],
) -> None:  # fmt: skip
    closed = [key for key in ids if key not in verdicts]
    if closed:
        session.execute(
            delete(ArchiveQuality)
            .where(ArchiveQuality.branch_id == branch_id, ArchiveQuality.customer_id.in_(closed))
            .execution_options(synchronize_session=False)
        )
    rows = [
        {
            "branch_id": branch_id, "customer_id": key, "score": verdict.score,
            "findings": len(verdict.flaws) + sum(what[0] == key for what in doubles),
            "looked_at": session.now, "look_again_at": verdict.look_again_at,
        }
        for key, verdict in sorted(verdicts.items())
    ]  # fmt: skip
    if rows:
        session.execute(_upsert(session), rows, execution_options=_PATH)


def _upsert(session: Session) -> Any:
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    statement: Any = (postgresql.insert if on_postgresql else sqlite.insert)(ArchiveQuality)
    changed = {
        name: statement.excluded[name]
        for name in ("score", "findings", "looked_at", "look_again_at")
    }
    return statement.on_conflict_do_update(
        index_elements=[ArchiveQuality.customer_id], set_=changed
    )
