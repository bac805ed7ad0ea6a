"""For developers: write the next migration of a history from what its models say now."""

import ast
import re
import tempfile
from pathlib import Path
from textwrap import wrap
from typing import Any, Final, Literal

from alembic.autogenerate import RevisionContext
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import types
from sqlalchemy.types import TypeDecorator

from dougong.core.database import open_engine
from dougong.core.migrate import History, histories, options, upgrade
from dougong.core.plugins import Registry

_PLACES: Final = "%s_%04d"
_WIDTH: Final = 100
_STEP: Final = "    "
_TEXTS: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'([^'"\\]*)'""")


def revision(name: str, message: str, registry: Registry, folder: Path | None = None) -> Path:
    """Write ``<folder>/<name>_<number>.py`` and return its path; read it before committing it.

    Compares the models with a scratch database that the present migrations make. ``folder`` is
    needed for the first one of a package: its ``migrations/versions``.
    """
    with tempfile.TemporaryDirectory() as scratch:
        engine = open_engine(f"sqlite:///{scratch}/now.sqlite3")
        try:
            upgrade(engine, registry)
            with engine.connect() as connection:
                return _write(_history(name, registry, folder), message, connection)
        finally:
            engine.dispose()


def _history(name: str, registry: Registry, folder: Path | None) -> History:
    known = {history.name: history for history in histories(registry)}
    if name in known:
        return known[name]
    if folder is None:
        raise LookupError(f"{name} has no migrations yet: say in which folder they shall lie")
    folder.mkdir(parents=True, exist_ok=True)
    return History(name, folder)


def _write(history: History, message: str, connection: Any) -> Path:
    script = history.script()
    number = len(list(script.walk_revisions())) + 1
    arguments = {
        "message": message, "autogenerate": True, "sql": False, "head": "head", "splice": False,
        "branch_label": None, "version_path": str(history.folder), "depends_on": None,
        "rev_id": _PLACES % (history.name, number),
    }  # fmt: skip
    config = Config()
    config.set_main_option("file_template", "%%(rev)s")
    script.file_template = "%(rev)s"
    context = RevisionContext(config, script, arguments)

    def compare(current: Any, migration: Any) -> list[Any]:
        context.run_autogenerate(current, migration)
        return []

    with EnvironmentContext(config, script, fn=compare) as environment:
        environment.configure(
            connection=connection,
            render_item=_plain_type,
            # a first migration has only new tables: plain statements read better
            **(options(history, connection) | {"render_as_batch": number > 1}),
        )
        environment.run_migrations()
    written = next(iter(context.generate_scripts()))
    if written is None:
        raise LookupError("nothing was written")
    path = Path(written.path)
    path.write_text(_tidy(path.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def _tidy(source: str) -> str:
    """The file as a linter wants it: lines of one width, without alembic's remarks."""
    lines = [line for line in source.splitlines() if not line.lstrip().startswith("# ###")]
    for function in reversed(ast.parse("\n".join(lines)).body):
        if isinstance(function, ast.FunctionDef):
            body = [line for part in function.body[1:] for line in _statement(part, _STEP)]
            while not body[-1]:
                body.pop()
            lines[function.body[0].end_lineno : function.end_lineno] = body
    return re.sub("\n{3,}", "\n\n\n", "\n".join(lines).rstrip("\n")) + "\n"


def _statement(part: ast.stmt, indent: str) -> list[str]:
    if isinstance(part, ast.With):
        inner = [line for item in part.body for line in _statement(item, indent + _STEP)]
        opened = ", ".join(_flat(item) for item in part.items)
        return [f"{indent}with {opened}:", *inner, ""]
    if isinstance(part, ast.Expr):
        return _expression(part.value, indent, "", "")
    return [indent + line for line in ast.unparse(part).splitlines()]


def _expression(node: ast.expr, indent: str, name: str, end: str) -> list[str]:
    """The expression in one line, else its parts in one line, else each part in its own."""
    flat = f"{indent}{name}{_flat(node)}{end}"
    if len(flat) <= _WIDTH:
        return [flat]
    deeper = indent + _STEP
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        pieces = wrap(node.value, _WIDTH - len(deeper) - 3, break_on_hyphens=False)
        spaced = [f"{piece} " for piece in pieces[:-1]] + pieces[-1:]
        if "".join(spaced) != node.value:
            return [flat]
        told = [f"{deeper}{_flat(ast.Constant(piece))}" for piece in spaced]
        return [f"{indent}{name}(", *told, f"{indent}){end}"]
    if isinstance(node, ast.Call):
        opening, closing = f"{_flat(node.func)}(", ")"
        parts = [("", item) for item in node.args]
        parts += [(f"{word.arg}=", word.value) for word in node.keywords]
    elif isinstance(node, ast.List):
        opening, closing, parts = "[", "]", [("", item) for item in node.elts]
    else:
        return [flat]
    together = deeper + ", ".join(f"{word}{_flat(item)}" for word, item in parts)
    body = [together]
    if len(together) > _WIDTH:
        body = [line for word, item in parts for line in _expression(item, deeper, word, ",")]
    return [f"{indent}{name}{opening}", *body, f"{indent}{closing}{end}"]


def _flat(node: ast.AST) -> str:
    """The source in one line, its texts in double quotes."""
    return _TEXTS.sub(lambda m: m[0] if m[1] is None else f'"{m[1]}"', ast.unparse(node))


def _plain_type(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Types of ours as SQLAlchemy's own: a migration imports no model and no code of ours."""
    if kind == "type" and isinstance(item, types.BigInteger) and item._variant_mapping:
        return "KEY"  # the template defines it
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    inner = item.impl_instance
    if isinstance(inner, types.DateTime):
        return f"sa.DateTime(timezone={inner.timezone})"
    return f"sa.{inner!r}"
