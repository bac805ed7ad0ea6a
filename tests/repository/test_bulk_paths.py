"""What writes past the flush writes past the log: each such path is declared here (AR-04).

``update()``, ``delete()`` and ``insert()`` on an entity that the log keeps are looked for in all
the code. A new one is a decision: keep the change some other way (``record_bulk``, an event) and
say here which, or write through the session.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from dougong.core.house import load_registry
from dougong.core.orm import Base
from dougong.core.services.audit.api import tracked
from tests.repository.tree import dotted, modules

VERBS = {"insert", "update", "delete"}
DECLARED = {
    "dougong.core.purge.purge_branch": "exports the rows first, by a named path of the kernel",
    "dougong.core.services.demo.rows.write_rows": "the demo makes a whole branch; no history",
    "dougong.core.services.exchange.orders._insert": "an import: it counts itself",
    "dougong.core.services.approvals.using.try_use": "an event and an entry for every use",
    "dougong.core.services.exchange.sheets.insert": "an import: it counts itself",
    "dougong.core.services.exchange.sheets.delete": "an import that is undone: it counts itself",
    "dougong.core.services.exchange.subjects.customers._insert_profiles": "it counts itself",
    "dougong.core.services.archive.merging.write_column": "a step a row, one entry a table",
    "dougong.core.services.ownership.service._move_customers": "told by _log; every owner is kept",
    "dougong.core.services.ownership.service._move_requests": "told by _log",
    "dougong.plugins.aftersales.handing.hand_over": "told in one entry a table",
    "dougong.plugins.credit.service._take": "the ledger holds every movement of the account",
}


def test_every_bulk_write_of_kept_records_is_declared() -> None:
    load_registry()
    kept = {m.class_.__name__ for m in Base.registry.mappers if tracked(m.class_) is not None}
    known = {m.class_.__name__ for m in Base.registry.mappers} - kept
    found = {
        where
        for path in modules("core", "admin", "plugins")
        for where, entity in bulk_writes(path)
        if entity.partition(".")[0] not in known
    }
    assert found - set(DECLARED) == set(), "declare it, or write through the session"
    assert set(DECLARED) - found == set(), "gone: take it off the list"


def bulk_writes(path: Path) -> Iterator[tuple[str, str]]:
    """(function, what it writes to) of every bulk statement in a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    verbs = set(imported_verbs(tree))
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        for call in (n for n in ast.walk(function) if isinstance(n, ast.Call)):
            if is_verb(call.func, verbs) and call.args:
                yield f"{dotted(path)}.{function.name}", ast.unparse(call.args[0])


def imported_verbs(tree: ast.AST) -> Iterator[str]:
    """The names by which a module calls SQLAlchemy's bulk verbs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            yield from (a.asname or a.name for a in node.names if a.name in VERBS)


def is_verb(function: ast.expr, verbs: set[str]) -> bool:
    """``update(…)``, ``sqlalchemy.update(…)`` or a query's ``.update(…)`` with an entity."""
    if isinstance(function, ast.Name):
        return function.id in verbs
    of_module = isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
    return of_module and function.attr in VERBS and function.value.id in ("sa", "sqlalchemy")  # type: ignore[attr-defined]


def test_a_bulk_write_is_found(tmp_path: Path) -> None:
    source = (
        "import sqlalchemy as sa\n"
        "from sqlalchemy import update as change\n"
        "def one(): change(Customer)\n"
        "def two(): sa.delete(Contact)\n"
        "def three(): {}.update(Customer)\n"
    )
    tree = ast.parse(source)
    verbs = set(imported_verbs(tree))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and is_verb(n.func, verbs)]
    assert [ast.unparse(call) for call in calls] == ["change(Customer)", "sa.delete(Contact)"]
