"""Taking an import back: what it made goes, what it changed is put back, as far as nobody built
on it since. What stays is told row by row.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ForeignKeyConstraint, inspect, select
from sqlalchemy.exc import IntegrityError

from dougong.core.errors import Refusal
from dougong.core.i18n import LazyText, lazy
from dougong.core.orm import Base, BranchOwned, Untracked
from dougong.core.services.exchange.loading import Outcome, as_row
from dougong.core.services.exchange.models import ImportPart
from dougong.core.services.exchange.sheets import Change, Fault, Sheet
from dougong.core.session import Session


def undo_part(session: Session, sheet: Sheet, part: ImportPart) -> Outcome:
    """Take back one part of an import; the counts say how many records and how many stayed."""
    kept: list[list[Any]] = []
    back = _put_back(session, sheet, part.changed, kept)
    gone = _take_away(session, sheet, part.made, kept)
    return Outcome({"undone": back + gone, "kept": len(kept)}, faults=kept)


def _put_back(session: Session, sheet: Sheet, changed: Sequence[Any], kept: list[list[Any]]) -> int:
    known = _known(session, sheet, [key for _, key, _, _ in changed])
    changes = []
    for line, key, before, after in changed:
        if key not in known:
            kept.append(_stays(line, lazy("This record is not there any more.")))
        elif any(known[key].get(name) != value for name, value in after.items()):
            kept.append(_stays(line, lazy("Somebody changed this since the import.")))
        else:
            changes.append((line, Change(key, before)))
    return sum(_try(session, kept, line, sheet, change) for line, change in changes)


def _try(session: Session, kept: list[list[Any]], line: int, sheet: Sheet, change: Change) -> bool:
    try:
        with session.begin_nested():
            sheet.change(session, [change])
    except (IntegrityError, Refusal) as error:
        kept.append(_stays(line, _why(error)))
        return False
    return True


def _take_away(session: Session, sheet: Sheet, made: Sequence[Any], kept: list[list[Any]]) -> int:
    ids = [key for _, key in made]
    still, touched = _untouched(session, sheet, ids)
    held = dict(_hanging(session, sheet, still))
    free = []
    for line, key in made:
        if key in touched:
            kept.append(_stays(line, lazy("Somebody changed this since the import.")))
        elif key in held:
            kept.append(_stays(line, lazy("Other records belong to this by now.")))
        elif key in still:
            free.append((line, key))
    return _delete(session, sheet, free, kept)


def _delete(
    session: Session, sheet: Sheet, free: Sequence[tuple[int, int]], kept: list[list[Any]]
) -> int:
    if not free:
        return 0
    try:
        with session.begin_nested():
            sheet.delete(session, [key for _, key in free])
            session.flush()
    except (IntegrityError, Refusal) as error:
        if len(free) == 1:
            kept.append(_stays(free[0][0], _why(error)))
            return 0
        return sum(_delete(session, sheet, [one], kept) for one in free)
    return len(free)


def _known(session: Session, sheet: Sheet, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    table: Any = sheet.model
    records = sheet.load(session, table.id.in_(list(ids))) if ids else []
    return {record.id: record.values for record in records}


def _untouched(session: Session, sheet: Sheet, ids: Sequence[int]) -> tuple[set[int], set[int]]:
    """Those that are as they were made, and those that somebody changed."""
    table: Any = sheet.model
    wanted = select(table.id, table.created_at == table.updated_at).where(table.id.in_(list(ids)))
    rows = session.execute(wanted).all() if ids else []
    return {key for key, same in rows if same}, {key for key, same in rows if not same}


def _hanging(session: Session, sheet: Sheet, ids: set[int]) -> Iterator[tuple[int, bool]]:
    """The records that rows of other tables name: those would be lost, or could not stay."""
    for attribute in _naming(sheet):
        named = select(attribute).where(attribute.in_(list(ids))).distinct()
        yield from ((key, True) for key in session.scalars(named))
    for model in _about():
        about = select(model.subject_id).where(model.subject_kind == sheet.entity)
        about = about.where(model.subject_id.in_(list(ids))).distinct()
        yield from ((key, True) for key in session.scalars(about))


def _naming(sheet: Sheet) -> Iterator[Any]:
    """The attributes by which other entities name the sheet's."""
    target = sheet.model.__table__
    for mapper in Base.registry.mappers:
        if mapper.class_ in sheet.parts or not issubclass(mapper.class_, BranchOwned):
            continue
        for constraint in mapper.local_table.constraints:  # type: ignore[attr-defined]
            if isinstance(constraint, ForeignKeyConstraint) and _counts(mapper.class_, constraint):
                for key in constraint.elements:
                    if key.column.table is target and key.column.name == "id":
                        yield mapper.get_property_by_column(key.parent).class_attribute


def _counts(model: type[Any], constraint: ForeignKeyConstraint) -> bool:
    """Whether such a row is somebody's work: what is computed anew by itself is not."""
    return not (issubclass(model, Untracked) and constraint.ondelete == "CASCADE")


def _about() -> Iterator[Any]:
    """Entities that name what they are about by kind and id: files, promises, tasks."""
    for mapper in Base.registry.mappers:
        names = inspect(mapper.class_).columns
        if "subject_kind" in names and "subject_id" in names:
            yield mapper.class_


def _stays(line: int, reason: LazyText) -> list[Any]:
    return as_row(line, Fault("", reason))


def _why(error: IntegrityError | Refusal) -> LazyText:
    if isinstance(error, Refusal):
        return error.text if isinstance(error.text, LazyText) else LazyText(str(error.text), {})
    return lazy("Other records belong to this by now.")
