"""A merge is undone: every step put back exactly, or refused with the reason why that cannot be."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Table, and_, func, inspect, or_, select
from sqlalchemy.orm import aliased

from dougong.core.entities.billing import Allocation, Invoice, Receipt
from dougong.core.errors import NotFound, Refusal, StateRefused
from dougong.core.events import record
from dougong.core.i18n import LazyText, lazy
from dougong.core.orm import Base
from dougong.core.services.archive.events import MergeUndone
from dougong.core.services.archive.links import Link, keys_of, links
from dougong.core.services.archive.merging import (
    CHUNK,
    MERGING,
    as_json,
    lock_pair,
    write_column,
)
from dougong.core.services.archive.models import CustomerMerge, MergeState, MergeStep
from dougong.core.services.archive.service import look_at
from dougong.core.services.audit.api import record_bulk
from dougong.core.session import Session


class NotUndoable(Refusal):
    """Something happened since the merge that undoing it would tear apart."""

    code = "core.merge_not_undoable"

    def __init__(self, text: LazyText) -> None:
        super().__init__(text, next_step=lazy("Nothing was changed."))


def undo_merge(session: Session, merge_id: int) -> CustomerMerge:
    """Make them two again; what was booked on the survivor since stays with him."""
    row = session.scalars(
        select(CustomerMerge)
        .where(CustomerMerge.id == merge_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.state is not MergeState.MERGED:
        raise StateRefused(lazy("This merge was undone already."))
    lock_pair(session, row.customer_id, row.merged_id)
    _refuse_merged_on(session, row)
    session.info[MERGING] = True
    try:
        _move_back(session, row)
        _change_back(session, row)
        row.state, row.undone_at, row.undone_by = (
            MergeState.UNDONE,
            session.now,
            session.scope.user_id,
        )
        session.flush()
        session.expire_all()
        record(session, _told(row))
        _refuse_torn(session, row)
    finally:
        session.info.pop(MERGING, None)
    look_at(session, row.branch_id, [row.customer_id, row.merged_id])
    return row


def _refuse_merged_on(session: Session, row: CustomerMerge) -> None:
    later = select(CustomerMerge.id).where(
        CustomerMerge.merged_id == row.customer_id, CustomerMerge.state == MergeState.MERGED
    )
    if session.scalars(later).first() is not None:
        raise NotUndoable(
            lazy("The customer was merged into another one since; undo that merge first.")
        )


def _steps(session: Session, row: CustomerMerge, *, moved: bool) -> Sequence[MergeStep]:
    wanted = select(MergeStep).where(
        MergeStep.branch_id == row.branch_id, MergeStep.merge_id == row.id,
        MergeStep.moved.is_(moved),
    )  # fmt: skip
    return session.scalars(wanted.order_by(MergeStep.id)).all()


def _move_back(session: Session, row: CustomerMerge) -> None:
    by_link: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for step in _steps(session, row, moved=True):
        by_link[step.table_name, step.column_name].append(step.row_id)
    known = {(link.table, link.column): link for link in links()}
    for name, keys in sorted(by_link.items()):
        if name not in known:
            raise NotUndoable(lazy("The plugin of %(table)s is not loaded.", table=name[0]))
        _put_back(session, row, known[name], keys)


def _put_back(session: Session, row: CustomerMerge, link: Link, keys: Sequence[int]) -> None:
    for at in range(0, len(keys), CHUNK):
        some = keys[at : at + CHUNK]
        here = and_(link.rows(row.branch_id, row.customer_id), link.key.in_(some))
        if len(keys_of(session, link, here)) < len(some):
            text = lazy("Records that had moved were moved on or deleted since (%(table)s).",
                        table=link.table)  # fmt: skip
            raise NotUndoable(text)
        write_column(session, link, some, row.merged_id)
    reason = str(lazy("merge %(number)s undone", number=row.id))
    record_bulk(session, link.entity, row.branch_id,
                {"rows": len(keys), "customer_id": row.merged_id}, reason)  # fmt: skip


def _change_back(session: Session, row: CustomerMerge) -> None:
    entities = {m.local_table.name: m.class_ for m in Base.registry.mappers}  # type: ignore[attr-defined]
    for step in reversed(_steps(session, row, moved=False)):
        entity = entities[step.table_name]
        key = inspect(entity).primary_key[-1]
        attribute = inspect(entity).get_property_by_column(key).class_attribute
        with session.no_autoflush:  # the fields of a row go back together
            held = session.scalars(select(entity).where(attribute == step.row_id)).one_or_none()
        if held is None or as_json(getattr(held, step.column_name)) != step.after:
            text = lazy("The field %(field)s was changed since.", field=step.column_name)
            raise NotUndoable(text)
        setattr(held, step.column_name, _restored(entity, step))
    session.flush()


def _restored(entity: type[Any], step: MergeStep) -> Any:
    """The value as the column takes it: days came as texts."""
    kind = inspect(entity).columns[step.column_name].type
    is_day = getattr(kind, "python_type", str).__name__ == "date"
    if is_day and isinstance(step.before, str):
        return kind.python_type.fromisoformat(step.before)
    states = getattr(kind, "states", None)
    return states(step.before) if states and step.before is not None else step.before


def _refuse_torn(session: Session, row: CustomerMerge) -> None:
    """Refuse where records that belong together would stand at two customers.

    Only what was made since the merge can be so: an invoice of an order that went back.
    """
    for table, count in (*_torn(session, row), *_torn_allocations(session, row)):
        if count:
            raise NotUndoable(
                lazy("Since the merge, %(count)s records were made that belong to records of both"
                     " (%(table)s).", count=count, table=table)
            )  # fmt: skip


def _torn(session: Session, row: CustomerMerge) -> Iterator[tuple[str, int]]:
    pair = (row.customer_id, row.merged_id)
    direct = {
        link.table: link for link in links() if not link.by_subject and hasattr(link.entity, "id")
    }
    for link in direct.values():
        for column, target in _references(link.entity.__table__):
            if target not in direct or not hasattr(link.entity, "created_at"):
                continue
            other = aliased(direct[target].entity)
            mine, his = getattr(link.entity, link.column), getattr(other, direct[target].column)
            since = [link.entity.created_at > row.at]
            since += [other.created_at > row.at] if hasattr(other, "created_at") else []
            torn = (
                select(func.count(link.entity.id))
                .join(other, other.id == getattr(link.entity, column))
                .where(link.entity.branch_id == row.branch_id, mine.in_(pair), his.in_(pair))
                .where(mine != his, or_(*since))
            )
            yield link.table, session.scalars(torn).one()


def _references(table: Table) -> Iterator[tuple[str, str]]:
    """(column, table) of each key beside the branch."""
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            for element in constraint.elements:
                if element.parent.name != "branch_id":
                    yield element.parent.name, element.column.table.name


def _torn_allocations(session: Session, row: CustomerMerge) -> Iterator[tuple[str, int]]:
    """Money of the one on papers of the other."""
    pair, note = (row.customer_id, row.merged_id), aliased(Invoice)
    for source, key in ((Receipt, Allocation.receipt_id), (note, Allocation.credit_note_id)):
        torn = (
            select(func.count(Allocation.id))
            .join(Invoice, Invoice.id == Allocation.invoice_id)
            .join(source, source.id == key)
            .where(Allocation.branch_id == row.branch_id, Allocation.created_at > row.at)
            .where(Invoice.customer_id.in_(pair), source.customer_id.in_(pair))
            .where(Invoice.customer_id != source.customer_id)
        )
        yield Allocation.__tablename__, session.scalars(torn).one()


def _told(row: CustomerMerge) -> MergeUndone:
    return MergeUndone(
        branch_id=row.branch_id, merge_id=row.id, survivor_id=row.customer_id,
        merged_id=row.merged_id,
    )  # fmt: skip
