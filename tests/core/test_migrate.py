"""Migrations: models equal migrations, up and down, alone, whole or not at all."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    inspect,
    text,
)

from dougong.core.database import open_engine
from dougong.core.errors import Refusal
from dougong.core.i18n import lazy
from dougong.core.manifest import Manifest
from dougong.core.migrate import (
    CoreBehind,
    MigrationFailed,
    behind,
    downgrade,
    histories,
    refuse_core_behind,
    remove,
    settle,
    status,
    upgrade,
)
from dougong.core.orm import Base
from dougong.core.plugins import Plugin, Registry
from dougong.core.revise import revision

KINDS = ", ".join(f"'kind of cellar {number}'" for number in range(9))
FIRST = """
    op.create_table(
        "{name}_wall",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(20)),
    )
    op.create_table(
        "{name}_stone",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "wall_id", sa.Integer,
            sa.ForeignKey("{name}_wall.id", name="fk_stone", ondelete="CASCADE"),
        ),
    )
"""
SECOND = """
    with op.batch_alter_table("{name}_wall") as table:
        table.alter_column("title", existing_type=sa.String(20), type_=sa.String(30))
"""
HALF = """
    op.create_table("{name}_half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO no_such_table VALUES (1)")
"""
ORPHANS = """
    op.execute("DELETE FROM {name}_wall")
"""
DOWN = """
    op.drop_table("{name}_stone")
    op.drop_table("{name}_wall")
"""


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    """A database without tables."""
    made = open_engine(empty_database_url)
    yield made
    made.dispose()


@pytest.fixture
def migrated(database_url: str) -> Iterator[Engine]:
    """A database at every head."""
    made = open_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def own(plugin_registry: Registry) -> Registry:
    """A registry of the test's own, with the same plugins."""
    return Registry(plugins=dict(plugin_registry.plugins))


class Workshop:
    """Makes packages of plugins with migrations, in a folder that Python looks into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def plugin(self, name: str, requires: tuple[str, ...] = ()) -> Plugin:
        """A plugin with a first migration of two tables."""
        (self.folder / name / "migrations" / "versions").mkdir(parents=True)
        (self.folder / name / "__init__.py").write_text("")
        importlib.invalidate_caches()
        self.migration(name, 1, FIRST, DOWN)
        manifest = Manifest(
            name=name, title=lazy(name), summary=lazy(name), version="1", core=">=0.1",
            requires=requires,
        )  # fmt: skip
        return Plugin(manifest, name, ())

    def migration(self, name: str, number: int, up: str, down: str = "    pass\n") -> None:
        """Its next migration."""
        before = f"{name}_{number - 1:04d}" if number > 1 else None
        source = "import sqlalchemy as sa\nfrom alembic import op\n"
        source += f"revision = '{name}_{number:04d}'\ndown_revision = {before!r}\n"
        for verb, body in (("upgrade", up), ("downgrade", down)):
            source += f"\ndef {verb}():\n{body.format(name=name)}\n"
        path = self.folder / name / "migrations" / "versions" / f"{name}_{number:04d}.py"
        path.write_text(source)


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """Where plugins are made; forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Workshop(tmp_path)
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("brick", "tile"):
            del sys.modules[name]


@pytest.fixture
def brick(workshop: Workshop) -> Registry:
    """A registry of one plugin that has tables."""
    return Registry(plugins={"brick": workshop.plugin("brick")})


def shape(engine: Engine, tables: list[str]) -> dict[str, Any]:
    """What the database says of the tables: columns, keys, checks, uniques, indexes."""
    found = inspect(engine)
    return {
        table: {
            "columns": sorted(  # a column added later stands last; its place means nothing
                (c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)
            ),
            "key": found.get_pk_constraint(table)["constrained_columns"],
            "foreign": by_name(found.get_foreign_keys(table), "referred_columns"),
            "unique": by_name(found.get_unique_constraints(table), "column_names"),
            "checks": by_name(found.get_check_constraints(table), "sqltext"),
            "indexes": by_name(found.get_indexes(table), "column_names"),
        }
        for table in tables
    }


def by_name(items: Any, what: str) -> list[tuple[str, Any]]:
    """Name and one trait of each, in order."""
    return sorted((str(item["name"]), item[what]) for item in items)


def tables_in(engine: Engine) -> set[str]:
    """The names of its tables."""
    return set(inspect(engine).get_table_names())


def test_migrations_make_what_the_models_say(
    engine: Engine, plugin_registry: Registry, tmp_path: Path
) -> None:
    upgrade(engine, plugin_registry)
    names = [history.name for history in histories(plugin_registry)]
    tables = [t for t in Base.metadata.sorted_tables if t.name.partition("_")[0] in names]
    migrated = shape(engine, [t.name for t in tables])
    with engine.begin() as connection:
        for name in reversed(tables):
            connection.exec_driver_sql(f"DROP TABLE {name.name}")
        Base.metadata.create_all(connection, tables=tables)
    modelled = shape(engine, [t.name for t in tables])
    for name in modelled:
        assert migrated[name] == modelled[name], name


def test_every_table_has_a_history(plugin_registry: Registry) -> None:
    names = {history.name for history in histories(plugin_registry)}
    rooms = {"core", "admin", *plugin_registry.plugins}
    homeless = {
        table.name
        for table in Base.metadata.tables.values()
        if (room := table.name.partition("_")[0]) in rooms and room not in names
    }
    assert not homeless, f"write their first migration: {sorted(homeless)}"


def test_every_history_goes_up_down_and_up(engine: Engine, plugin_registry: Registry) -> None:
    upgrade(engine, plugin_registry)
    first = tables_in(engine)
    for history in reversed(histories(plugin_registry)):
        downgrade(engine, history.name, "base", plugin_registry)
        left = tables_in(engine)
        assert not {t for t in left if t.startswith(f"{history.name}_")}
        assert history.version_table not in left
    assert tables_in(engine) == set()
    assert not [state for state in upgrade(engine, plugin_registry) if state.behind]
    assert tables_in(engine) == first


def test_upgrading_twice_changes_nothing(engine: Engine, brick: Registry) -> None:
    first = upgrade(engine, brick)
    assert upgrade(engine, brick) == first
    assert [state.current for state in first if state.name == "brick"] == ["brick_0001"]


def test_several_hosts_upgrade_at_once(engine: Engine, brick: Registry) -> None:
    hosts = 3
    start = Barrier(hosts)

    def host(number: int) -> bool:
        own = open_engine(engine.url.render_as_string(hide_password=False), answer_within=60)
        start.wait()
        try:
            return not [state for state in upgrade(own, brick) if state.behind]
        finally:
            own.dispose()

    with ThreadPoolExecutor(hosts) as hands:
        assert all(hands.map(host, range(hosts)))


def test_only_named_histories_are_upgraded(engine: Engine, brick: Registry) -> None:
    upgrade(engine, brick, ["core"])
    assert [state.name for state in behind(engine, brick)] == ["brick"]


def test_a_failing_migration_leaves_nothing(
    engine: Engine, brick: Registry, workshop: Workshop
) -> None:
    upgrade(engine, brick)
    workshop.migration("brick", 2, HALF)
    with pytest.raises(Exception, match="no_such_table"):
        upgrade(engine, brick)
    assert "brick_half" not in tables_in(engine)
    workshop.migration("brick", 2, HALF.replace("INSERT INTO no_such_table VALUES (1)", "SELECT 1"))
    upgrade(engine, brick)
    assert "brick_half" in tables_in(engine)


def test_a_rebuilt_table_keeps_its_children(
    engine: Engine, brick: Registry, workshop: Workshop
) -> None:
    upgrade(engine, brick)
    fill(engine)
    workshop.migration("brick", 2, SECOND)
    upgrade(engine, brick)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM brick_stone")).scalar_one() == 2
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_rows_without_their_parent_undo_the_migration(
    engine: Engine, brick: Registry, workshop: Workshop
) -> None:
    """PostgreSQL keeps its keys on and cascades; SQLite has them off and must look."""
    if engine.dialect.name != "sqlite":
        return
    upgrade(engine, brick)
    fill(engine)
    workshop.migration("brick", 2, ORPHANS)
    with pytest.raises(MigrationFailed, match="brick_stone"):
        upgrade(engine, brick)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM brick_wall")).scalar_one() == 1


def fill(engine: Engine) -> None:
    """A wall of two stones."""
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO brick_wall (id, title) VALUES (1, 'a')"))
        connection.execute(text("INSERT INTO brick_stone (id, wall_id) VALUES (1, 1), (2, 1)"))


def test_what_is_required_is_not_removed(
    engine: Engine, brick: Registry, workshop: Workshop
) -> None:
    brick.plugins["tile"] = workshop.plugin("tile", requires=("brick",))
    upgrade(engine, brick)
    for name in ("brick", "core"):
        with pytest.raises(Refusal) as refused:
            remove(engine, brick, name)
        assert refused.value.code == "core.required"
    remove(engine, brick, "tile")
    remove(engine, brick, "brick")
    assert not {t for t in tables_in(engine) if "brick" in t or "tile" in t}


def test_removing_what_never_had_tables_is_quiet(engine: Engine) -> None:
    remove(engine, Registry(), "cellar")
    assert tables_in(engine) == set()


def test_what_is_not_installed_is_not_taken_back(engine: Engine) -> None:
    with pytest.raises(Refusal) as refused:
        downgrade(engine, "cellar", "base")
    assert refused.value.code == "core.no_history"


def test_a_plugin_s_missing_files_disturb_nobody(
    engine: Engine, brick: Registry, workshop: Workshop
) -> None:
    upgrade(engine, brick)
    del brick.plugins["brick"]
    assert not [state for state in upgrade(engine, brick) if state.behind]
    assert "brick_wall" in tables_in(engine)


def test_core_behind_names_the_command(engine: Engine) -> None:
    with pytest.raises(CoreBehind, match="dougong db upgrade"):
        refuse_core_behind(engine)
    upgrade(engine)
    refuse_core_behind(engine)


def test_a_plugin_behind_is_taken_out_by_name(engine: Engine, brick: Registry) -> None:
    upgrade(engine)
    settle(engine, brick)
    assert brick.plugins == {}
    problem = brick.problem_of("brick")
    assert problem is not None
    assert problem.stage == "migrate"
    assert problem.manifest is not None
    assert "dougong db upgrade" in problem.text


def test_those_that_require_one_behind_go_with_it(
    engine: Engine, brick: Registry, workshop: Workshop
) -> None:
    brick.plugins["tile"] = workshop.plugin("tile", requires=("brick",))
    upgrade(engine)
    settle(engine, brick)
    assert brick.plugins == {}


def test_tables_newer_than_the_files_are_said_so(
    engine: Engine, brick: Registry, workshop: Workshop
) -> None:
    workshop.migration("brick", 2, SECOND)
    upgrade(engine, brick)
    (workshop.folder / "brick" / "migrations" / "versions" / "brick_0002.py").unlink()
    (state,) = [state for state in status(engine, brick) if state.name == "brick"]
    assert state.behind
    assert not state.known
    settle(engine, brick)
    problem = brick.problem_of("brick")
    assert problem is not None
    assert "newer" in problem.text


@pytest.fixture
def cellar() -> Iterator[None]:
    """Models of the brick's two tables and of a third, taken out again afterwards."""
    models: MetaData = Base.metadata
    wall = ForeignKey("brick_wall.id", name="fk_stone", ondelete="CASCADE")
    made = [
        Table("brick_wall", models, key(), Column("title", String(20)), Column("age", Integer)),
        Table("brick_stone", models, key(), Column("wall_id", Integer, wall)),
        Table(
            "brick_cellar",
            models,
            key(),
            Column("title", String(20), nullable=False),
            CheckConstraint(f"title IN ({KINDS})", name="ck_brick_cellar_kind"),
        ),
    ]
    yield
    for table in made:
        models.remove(table)


def key() -> Column[int]:
    """A primary key."""
    return Column("id", Integer, primary_key=True)


@pytest.mark.usefixtures("cellar")
def test_the_next_revision_is_written_from_the_models(migrated: Engine, brick: Registry) -> None:
    path = revision("brick", "A cellar.", brick)
    source = path.read_text()
    assert path.name == "brick_0002.py"
    assert source.count("create_table") == source.count("drop_table") == 1
    assert "brick_cellar" in source
    assert "core_" not in source
    assert "import dougong" not in source
    upgrade(migrated, brick)
    assert "brick_cellar" in tables_in(migrated)


@pytest.mark.usefixtures("cellar")
def test_a_revision_is_written_as_the_linter_wants_it(brick: Registry) -> None:
    path = revision("brick", "A cellar.", brick)
    config = Path(__file__).parents[2] / "pyproject.toml"
    for verb in (("check",), ("format", "--check")):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *verb, "--no-cache", "--config", config, path],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + path.read_text()
    assert "###" not in path.read_text()


def test_a_first_revision_needs_a_folder(brick: Registry) -> None:
    with pytest.raises(LookupError, match="folder"):
        revision("cellar", "First", brick)


def test_migrations_import_nothing_of_ours(plugin_registry: Registry) -> None:
    for history in histories(plugin_registry):
        for path in history.folder.glob("*.py"):
            assert "dougong" not in dedent(path.read_text()), path
