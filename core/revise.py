"""For developers: write the next migration of a history from what its models say now."""

import tempfile
from pathlib import Path
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
    return Path(written.path)


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
