"""The session of the house: it carries the scope and stands behind the branch walls (XX-05)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NoReturn, cast

from sqlalchemy import Connection, Engine, Table, event, orm
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.sql import Alias, Delete, Insert, Select, TableClause, TextClause, Update
from sqlalchemy.sql.elements import ClauseElement, ColumnClause
from sqlalchemy.sql.selectable import SelectBase

from dougong.core.errors import NaiveTime, WallBreached
from dougong.core.orm import Base, BranchOwned, Stamped
from dougong.core.scope import Scope

UNWALLED: Final = "unwalled"
"""Execution option that lets a Core, text or INSERT … SELECT statement on owned tables pass.

Its value says why: ``execution_options(unwalled="set-based count, filtered by branch_id")``.
"""


class Session(orm.Session):
    """An ORM session with a fixed scope; reading ones refuse to write.

    Args of its own: ``scope``; ``now``, the aware instant the work happens at; ``writable``.
    """

    def __init__(
        self, bind: Engine | Connection, scope: Scope, now: datetime, *, writable: bool = False,
        **options: Any,
    ) -> None:  # fmt: skip
        if now.tzinfo is None:
            raise NaiveTime("A session's now has a time zone.")
        super().__init__(bind, expire_on_commit=False, **options)
        self._scope = scope
        self.now = now
        self.writable = writable

    @property
    def scope(self) -> Scope:
        """Who asks; fixed for the session's life."""
        return self._scope

    def connection(self, *args: Any, **options: Any) -> Connection:
        """The kernel's alone: a raw connection knows no wall."""
        if not self.scope.unlimited:
            raise WallBreached("session.connection() passes the branch wall.")
        return super().connection(*args, **options)

    def _refuse_bulk(self, *args: Any, **options: Any) -> NoReturn:
        raise WallBreached("Legacy bulk methods pass the branch wall; use add_all or insert().")

    bulk_save_objects = _refuse_bulk
    bulk_insert_mappings = _refuse_bulk
    bulk_update_mappings = _refuse_bulk


@event.listens_for(Session, "do_orm_execute")
def _stand_at_the_door(state: ORMExecuteState) -> None:
    session = cast(Session, state.session)
    statement = cast(ClauseElement, state.statement)
    if not session.writable and isinstance(statement, Insert | Update | Delete):
        raise WallBreached("This session only reads.")
    if session.scope.unlimited or state.is_column_load:
        return
    if not (state.execution_options.get(UNWALLED) or state.is_relationship_load):
        _refuse_unguarded(state, statement)
        if isinstance(statement, Insert):
            _check_inserted(session.scope, state, statement)
            return
    if state.is_orm_statement:
        state.statement = state.statement.options(_wall(session.scope))


def _wall(scope: Scope) -> Any:
    branches = list(scope.branches)
    return with_loader_criteria(
        BranchOwned, lambda entity: entity.branch_id.in_(branches), include_aliases=True
    )


def _refuse_unguarded(state: ORMExecuteState, statement: ClauseElement) -> None:
    if isinstance(statement, TextClause):
        raise WallBreached("Text statements pass the branch wall; mark them as unwalled.")
    for table in _bare_owned_tables(statement):
        raise WallBreached(f"{table.name} is reached past the ORM; mark the statement as unwalled.")
    if isinstance(statement, Insert) and statement.select is not None:
        raise WallBreached("INSERT … SELECT passes the branch wall; mark it as unwalled.")
    if isinstance(statement, Update) and isinstance(state.parameters, list):
        raise WallBreached("UPDATE by primary key passes the branch wall; change loaded rows.")
    if isinstance(statement, Update) and any(
        getattr(column, "name", column) == "branch_id" for column in (statement._values or ())
    ):
        raise WallBreached("A row does not move to another branch by UPDATE.")


def _bare_owned_tables(statement: ClauseElement) -> Iterator[Table]:
    """Owned tables named without their entity, or by a condition alone: no criterion is added."""
    nothing: frozenset[Table] = frozenset()
    start = frozenset(_tables_in(getattr(statement, "table", None)))
    waiting: list[tuple[Any, frozenset[Table], frozenset[Table]]] = [(statement, nothing, start)]
    seen: set[tuple[int, frozenset[Table], frozenset[Table]]] = set()  # a recursive CTE comes again
    while waiting:
        element, guarded, named = waiting.pop()
        if (id(element), guarded, named) in seen:
            continue
        seen.add((id(element), guarded, named))
        if isinstance(element, TextClause):
            raise WallBreached("Text inside a statement may pass the wall; mark it as unwalled.")
        yield from (t for t in _unguarded(element, guarded, named) if "branch_id" in t.c)
        if _is_entity_alias(element):
            continue
        if isinstance(element, Select):
            guarded, named = _entity_tables(element), named | _from_tables(element)
            waiting += [(column, nothing, named) for column in element._raw_columns]
            waiting += [(part, guarded, named) for part in _written_parts(element)]
        elif not isinstance(element, ColumnClause) or _table_of(element) is None:
            waiting += [(part, guarded, named) for part in element.get_children()]


def _unguarded(element: Any, guarded: frozenset[Table], named: frozenset[Table]) -> Iterator[Table]:
    """What the element itself reaches without a criterion: past its entity, or in no FROM."""
    table = _table_of(element)
    is_column = isinstance(element, ColumnClause)
    if table is not None and not (is_column and table in guarded):
        yield table
    if is_column:
        yield from _tables_in(element) - named


def _tables_in(source: Any) -> frozenset[Table]:
    """The tables that a table, alias, join, column or expression is made of."""
    if isinstance(source, orm.attributes.QueryableAttribute):
        return frozenset({source.property.mapper.local_table})
    if source is None:
        return frozenset()
    found: set[Table] = set()
    waiting = [source]
    while waiting:
        part = waiting.pop()
        table = _plain(part.table if isinstance(part, ColumnClause) else part)
        if isinstance(table, Table):
            found.add(table)
        elif not isinstance(part, ColumnClause | SelectBase):  # a select within names its own
            waiting += part.get_children()
    return frozenset(found)


def _plain(source: Any) -> Any:
    while isinstance(source, Alias):
        source = source.element
    name = source.name if isinstance(source, TableClause) else None
    return Base.metadata.tables.get(str(name), source)


def _from_tables(statement: Select[Any]) -> frozenset[Table]:
    """The tables of the statement's columns, FROM and joins."""
    joined = [part for target, _, left, *_ in statement._setup_joins for part in (target, left)]
    parts = (*statement._raw_columns, *statement._from_obj, *joined)
    return frozenset(table for part in parts for table in _tables_in(part))


def _table_of(element: Any) -> Table | None:
    """The table an unannotated table, alias or column stands for."""
    if "parententity" in element._annotations:
        return None
    source = element.table if isinstance(element, ColumnClause) else element
    source = _plain(source)
    return source if isinstance(source, Table) else None


def _is_entity_alias(element: Any) -> bool:
    """``aliased(Entity)``: the wall adds its criterion to it, though the table within is bare."""
    plain = isinstance(element, Alias) and isinstance(element.element, Table)
    return plain and "parententity" in element._annotations


def _sources(statement: Select[Any]) -> Iterator[Any]:
    yield from statement._from_obj
    for target, *_ in statement._setup_joins:
        if not isinstance(target, orm.attributes.QueryableAttribute):
            yield target


def _entity_tables(statement: Select[Any]) -> frozenset[Table]:
    """Tables that stand in the statement as entities: the wall adds its criterion to them."""
    named = (*statement._raw_columns, *_sources(statement))
    mappers = (getattr(part, "_annotations", {}).get("parentmapper") for part in named)
    return frozenset(mapper.local_table for mapper in mappers if mapper is not None)


def _written_parts(statement: Select[Any]) -> Iterator[Any]:
    """What somebody wrote beside the columns: not the tables derived from entities' columns."""
    sources = list(_sources(statement))
    skipped = {id(part) for part in (*statement._raw_columns, *sources)}
    yield from sources
    for child in statement.get_children():
        if id(child) not in skipped and not isinstance(child, Table | Alias):
            yield child


def _check_inserted(scope: Scope, state: ORMExecuteState, statement: Insert) -> None:
    mapper = state.bind_mapper
    if mapper is None or not issubclass(mapper.class_, BranchOwned):
        return
    parameters = state.parameters
    rows = [parameters] if isinstance(parameters, dict) else list(parameters or ())
    values: dict[Any, Any] = dict(statement._values or {})
    fixed = {getattr(c, "name", c): v for c, v in values.items()}
    for row in rows or [{}]:
        branch = cast(dict[str, Any], row).get("branch_id", fixed.get("branch_id"))
        branch = getattr(branch, "value", branch)
        if not isinstance(branch, int) or not scope.sees(branch):
            raise WallBreached(f"A row for branch {branch} stands outside the scope.")


@event.listens_for(Session, "after_begin")
def _tell_the_server(session: Session, transaction: object, connection: Connection) -> None:
    """Second wall: row-level security on PostgreSQL reads the scope of each transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "SELECT set_config('dougong.branches', %(branches)s, true)",
            {"branches": session.scope.as_text()},
        )


@event.listens_for(Session, "before_flush")
def _guard_the_flush(session: Session, context: object, instances: object) -> None:
    changed = [row for row in session.dirty if session.is_modified(row)]
    if not session.writable and (session.new or session.deleted or changed):
        raise WallBreached("This session only reads.")
    for row in (*session.new, *changed):
        _stamp(session, row)
    for row in (*session.new, *changed, *session.deleted):
        if isinstance(row, BranchOwned):
            _refuse_outside(session.scope, row)


def _stamp(session: Session, row: object) -> None:
    if isinstance(row, BranchOwned) and row.__dict__.get("branch_id") is None:
        row.branch_id = session.scope.home
    if isinstance(row, Stamped):
        if row.__dict__.get("created_at") is None:
            row.created_at = session.now
        row.updated_at = session.now


def _refuse_outside(scope: Scope, row: BranchOwned) -> None:
    branch_id: int | None = row.branch_id
    if branch_id is None or not scope.sees(branch_id):
        name = type(row).__name__
        raise WallBreached(f"{name} of branch {branch_id} stands outside the scope.")
    history = orm.attributes.get_history(row, "branch_id")
    if history.deleted and history.deleted != [row.branch_id]:
        raise WallBreached("A row does not move to another branch.")
