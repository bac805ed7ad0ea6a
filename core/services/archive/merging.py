"""Two archives become one: previewed, moved set-based in one transaction, each step written down.

Locks in this order: both customers by key, their rows as they move, the accounts of plugins that
hear ``CustomersMerged``. A document that is being confirmed is waited for, and then moves.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Final

from sqlalchemy import func, insert, inspect, select, update

from dougong.core.acts import Act, refuse_if_blocked
from dougong.core.entities.address import Address
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.errors import Blocker, NotFound, Refusal
from dougong.core.events import record
from dougong.core.i18n import lazy
from dougong.core.orm import Json
from dougong.core.reader import Reader
from dougong.core.services.archive.events import CustomersMerged
from dougong.core.services.archive.links import Link, keys_of, links
from dougong.core.services.archive.models import CustomerMerge, MergeState, MergeStep
from dougong.core.services.archive.service import look_at
from dougong.core.services.audit.api import record_bulk
from dougong.core.session import Session
from dougong.core.switchboard import hooks_at

MERGING: Final = "archive.merging"
"""In a session's info while rows move: the guard against rows on merged customers looks away."""
CHUNK: Final = 1000
_FIELDS: Final = (
    "name", "short_name", "phone", "email", "manager_id", "since", "group_code", "remark",
)  # fmt: skip
_KEPT: Final = frozenset({"id", "branch_id", "customer_id", "created_at", "updated_at"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A field in which the two differ: which value shall stand."""

    field: str
    """``phone`` of the customer, ``enterprise.credit_code`` of his profile."""
    ours: Any
    theirs: Any
    entity: type[Any]

    @property
    def suggested(self) -> bool:
        """Whether the other one's value is the better guess: ours is empty."""
        return self.ours in (None, "", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePlan:
    """Who stays, who is merged into him, and whose fields are taken over (by name)."""

    survivor_id: int
    merged_id: int
    taken: frozenset[str] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would do: the choices, the rows that move and stay by table, who objects."""

    choices: tuple[Choice, ...]
    moving: dict[str, int]
    staying: dict[str, int]
    blockers: tuple[Blocker, ...]


class NotMergeable(Refusal):
    """These two cannot become one."""

    code = "core.not_mergeable"


def preview(session: Session, survivor: Customer, merged: Customer) -> Preview:
    """Look at a merge beforehand; nothing is written."""
    branch_id = survivor.branch_id
    moving: dict[str, int] = {}
    staying: dict[str, int] = {}
    for link in links():
        rows = _count(session, link, link.rows(branch_id, merged.id))
        if rows:
            able = _count(session, link, link.movable(branch_id, merged.id, survivor.id))
            _add(moving, link.table, able)
            _add(staying, link.table, rows - able)
    answers = hooks_at(session, branch_id).merge_blockers(
        survivor=survivor, merged=merged, reader=Reader(session)
    )
    blockers = sorted((b for answer in answers for b in answer), key=lambda b: (b.source, b.code))
    return Preview(tuple(choices(survivor, merged)), moving, staying, tuple(blockers))


def refuse_pair(survivor: Customer, merged: Customer) -> None:
    """Refuse what can never be merged: one with itself, two kinds, two branches."""
    if survivor.id == merged.id:
        raise NotMergeable(lazy("A customer is not merged with himself."))
    if survivor.branch_id != merged.branch_id:
        raise NotMergeable(lazy("Customers of two branches stay two."))
    if survivor.kind is not merged.kind:
        raise NotMergeable(
            lazy("The two are of different kinds."),
            next_step=lazy("Write one of them down anew with the right kind, then merge."),
        )


def choices(survivor: Customer, merged: Customer) -> list[Choice]:
    """The fields in which the two differ."""
    found = [
        Choice(name, getattr(survivor, name), getattr(merged, name), Customer) for name in _FIELDS
    ]
    relation = survivor.kind.value
    mine, his = getattr(survivor, relation), getattr(merged, relation)
    if mine is not None and his is not None:
        names = [a.key for a in inspect(type(mine)).column_attrs if a.key not in _KEPT]
        found += [
            Choice(f"{relation}.{name}", getattr(mine, name), getattr(his, name), type(mine))
            for name in names
        ]
    empty = (None, "", "unknown")
    return [c for c in found if c.ours != c.theirs and c.theirs not in empty]


def merge(session: Session, plan: MergePlan) -> CustomerMerge:
    """Make the two one; blockers and subscribers may refuse, and then nothing is changed."""
    survivor, merged = lock_pair(session, plan.survivor_id, plan.merged_id)
    refuse_pair(survivor, merged)
    _refuse_merged(session, (survivor, merged))
    branch_id = survivor.branch_id
    refuse_if_blocked(
        session, branch_id, Act.MERGE_CUSTOMERS, "merge_blockers",
        survivor=survivor, merged=merged, reader=Reader(session),
    )  # fmt: skip
    row = CustomerMerge(
        branch_id=branch_id, customer_id=survivor.id, merged_id=merged.id, at=session.now,
        user_id=session.scope.user_id, state=MergeState.MERGED, moved={},
        note=plan.note.strip(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.info[MERGING] = True
    try:
        _take_over(session, row, (survivor, merged), plan.taken)
        _demote(session, row)
        row.moved = _move_all(session, row)
        change(session, row, merged, {"status": CustomerStatus.CLOSED})
        session.flush()
        session.expire_all()
        record(session, _told(row))
    finally:
        session.info.pop(MERGING, None)
    look_at(session, branch_id, [survivor.id, merged.id])
    return row


def change(session: Session, merge: CustomerMerge, row: Any, values: dict[str, Any]) -> None:
    """Change fields of a row as part of a merge, so that undoing puts them back.

    For subscribers of ``CustomersMerged``; fields that are sums of others are computed anew.
    """
    for name, value in values.items():
        before = getattr(row, name)
        if before == value:
            continue
        setattr(row, name, value)
        session.add(
            MergeStep(
                branch_id=merge.branch_id, merge_id=merge.id, table_name=row.__tablename__,
                row_id=_key_of(row), column_name=name, moved=False,
                before=as_json(before), after=as_json(value),
            )
        )  # fmt: skip
    session.flush()


def leads_to(session: Session, customer_id: int) -> int | None:
    """Into whom this customer was merged in the end; None for one who stands for himself."""
    seen = {customer_id}
    found: int | None = None
    while True:
        wanted = select(CustomerMerge.customer_id).where(
            CustomerMerge.merged_id == (found or customer_id),
            CustomerMerge.state == MergeState.MERGED,
        )
        following = session.scalars(wanted).one_or_none()
        if following is None or following in seen:
            return found
        found = following
        seen.add(following)


def lock_pair(session: Session, *ids: int) -> list[Customer]:
    """Both customers, locked in the order of their keys, given in the order asked for."""
    rows = session.scalars(
        select(Customer)
        .where(Customer.id.in_(ids))
        .order_by(Customer.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    found = {row.id: row for row in rows}
    if set(found) != set(ids):
        raise NotFound
    return [found[key] for key in ids]


def as_json(value: Any) -> Json:
    """A field's value as a step keeps it."""
    if isinstance(value, Enum):
        return str(value.value)
    return value.isoformat() if isinstance(value, date) else value


def _refuse_merged(session: Session, pair: Collection[Customer]) -> None:
    gone = select(CustomerMerge.merged_id).where(
        CustomerMerge.merged_id.in_([one.id for one in pair]),
        CustomerMerge.state == MergeState.MERGED,
    )
    for key in session.scalars(gone):
        name = next(one.name for one in pair if one.id == key)
        raise NotMergeable(lazy("%(customer)s was merged already.", customer=name))


def _take_over(
    session: Session, row: CustomerMerge, pair: tuple[Customer, Customer], taken: Collection[str]
) -> None:
    survivor, merged = pair
    for choice in choices(survivor, merged):
        if choice.field in taken:
            holder = survivor if choice.entity is Customer else getattr(survivor, survivor.kind)
            change(session, row, holder, {choice.field.rpartition(".")[2]: choice.theirs})


def _demote(session: Session, merge: CustomerMerge) -> None:
    """One primary contact and one default address: the survivor's, where he has them."""
    for entity, flag in ((Contact, "is_primary"), (Address, "is_default")):
        column = getattr(entity, flag)
        mine = select(entity).where(entity.customer_id == merge.customer_id, column)
        if session.scalars(mine.limit(1)).first() is not None:
            his = select(entity).where(entity.customer_id == merge.merged_id, column)
            for one in session.scalars(his).all():
                change(session, merge, one, {flag: False})


def _move_all(session: Session, merge: CustomerMerge) -> dict[str, int]:
    moved: dict[str, int] = {}
    for link in links():
        able = link.movable(merge.branch_id, merge.merged_id, merge.customer_id)
        keys = keys_of(session, link, able)
        if keys:
            _move(session, merge, link, keys)
            _add(moved, link.table, len(keys))
            facts: dict[str, Json] = {"rows": len(keys), "customer_id": merge.customer_id}
            reason = str(lazy("merge %(number)s", number=merge.id))
            record_bulk(session, link.entity, merge.branch_id, facts, reason)
    return moved


def _move(session: Session, merge: CustomerMerge, link: Link, keys: Sequence[int]) -> None:
    by_id = link.key.key != link.column
    for at in range(0, len(keys), CHUNK):
        write_column(session, link, keys[at : at + CHUNK], merge.customer_id)
        session.execute(
            insert(MergeStep),
            [
                {
                    "branch_id": merge.branch_id, "merge_id": merge.id, "table_name": link.table,
                    "row_id": key if by_id else merge.customer_id, "column_name": link.column,
                    "moved": True, "before": merge.merged_id, "after": merge.customer_id,
                }
                for key in keys[at : at + CHUNK]
            ],
        )  # fmt: skip


def write_column(session: Session, link: Link, keys: Sequence[int], customer_id: int) -> None:
    """Let these rows refer to that customer; nothing else of them changes."""
    session.execute(
        update(link.entity)
        .where(link.key.in_(keys))
        .values({link.column: customer_id})
        .execution_options(synchronize_session=False)
    )


def _key_of(row: Any) -> int:
    key = inspect(row).identity
    return int(key[-1])


def _count(session: Session, link: Link, condition: Any) -> int:
    return session.scalars(select(func.count(link.key)).where(condition)).one()


def _add(counts: dict[str, int], table: str, count: int) -> None:
    if count:
        counts[table] = counts.get(table, 0) + count


def _told(row: CustomerMerge) -> CustomersMerged:
    return CustomersMerged(
        branch_id=row.branch_id, merge_id=row.id, survivor_id=row.customer_id,
        merged_id=row.merged_id,
    )  # fmt: skip
