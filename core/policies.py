"""The second branch wall: row-level security on PostgreSQL (XX-05).

Each transaction tells the server its scope (``Session``'s begin); a policy on every business table
lets only rows of those branches be seen or written, whatever the statement. It holds for a role
that neither owns the tables nor is a superuser; ``dougong doctor`` says when it does not.
"""

from typing import Final, cast

from sqlalchemy import Connection, Engine, Table, text

from dougong.core.orm import Base, BranchOwned

POLICY: Final = "branch_wall"
ANYWHERE: Final = "insert_anywhere"
_SCOPE: Final = "current_setting('dougong.branches', true)"
# NULLIF keeps the planner from casting '*' to a number, CASE from looking at the rest for it.
_VISIBLE: Final = (
    f"CASE WHEN {_SCOPE} = '*' THEN true ELSE branch_id = "
    f"ANY (string_to_array(NULLIF({_SCOPE}, '*'), ',')::bigint[]) END"
)


def raise_policies(connection: Connection, prefix: str) -> None:
    """Put the policy on the business tables of that prefix that lack it; nothing on SQLite."""
    if connection.dialect.name != "postgresql":
        return
    there = set(connection.scalars(text("SELECT tablename FROM pg_tables")).all())
    guarded = _guarded(connection)  # protecting locks the table: only what is new
    for table in owned_tables(prefix):
        if table in there - guarded:
            _protect(connection, table)


def owned_tables(prefix: str) -> list[str]:
    """The tables of branch-owned entities whose names begin with ``prefix_``."""
    return sorted(table.name for table in _owned() if table.name.startswith(f"{prefix}_"))


def unprotected(engine: Engine) -> list[str]:
    """Business tables without the policy; none on SQLite."""
    if engine.dialect.name != "postgresql":
        return []
    with engine.connect() as connection:
        guarded = _guarded(connection)
    return sorted({table.name for table in _owned()} - guarded)


def passes_policies(engine: Engine) -> bool:
    """Whether the database's role is one that policies do not bind: an owner or a superuser."""
    if engine.dialect.name != "postgresql":
        return False
    with engine.connect() as connection:
        powerful = connection.scalar(
            text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        )
        owner = connection.scalar(
            text("SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'core_branch'")
        )
    return bool(powerful or owner)


def _owned() -> list[Table]:
    owned = [m for m in Base.registry.mappers if issubclass(m.class_, BranchOwned)]
    return [cast(Table, mapper.local_table) for mapper in owned]


def _guarded(connection: Connection) -> set[str]:
    found = text(
        "SELECT tablename FROM pg_policies JOIN pg_class ON relname = tablename "
        "WHERE policyname = :name AND relrowsecurity"
    )
    return set(connection.scalars(found, {"name": POLICY}).all())


def _protect(connection: Connection, table: str) -> None:
    connection.exec_driver_sql(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    connection.exec_driver_sql(f'CREATE POLICY {POLICY} ON "{table}" USING ({_VISIBLE})')
    if Base.metadata.tables[table].info.get(ANYWHERE):
        connection.exec_driver_sql(
            f'CREATE POLICY {POLICY}_{ANYWHERE} ON "{table}" FOR INSERT WITH CHECK (true)'
        )
