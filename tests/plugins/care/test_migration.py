"""Care's activities went to core and find their way back: none lost, none doubled (CA-01)."""

from typing import Any

from sqlalchemy import Engine, text

from dougong.core.database import Database
from dougong.core.migrate import downgrade, upgrade
from dougong.core.plugins import Registry
from dougong.core.scope import Scope
from dougong.core.services.activities.api import Outcome, complete, skip
from dougong.core.session import Session
from dougong.core.testing import make_branches
from tests.plugins.care.people import activities, met, run, settle

OURS = (
    "SELECT kind, title, customer_id, owner_id, due_on, planned_on, state, note, ended_at, "
    "ended_on, occurrence_key, occasion_on, means, contact_id FROM core_activity a "
    "{} ORDER BY occurrence_key"
)
JOINED = OURS.replace("kind,", "a.kind,").format("JOIN care_occasion c ON c.activity_id = a.id")
STEPS = (
    "SELECT a.occurrence_key, s.kind, s.note FROM core_activity_step s "
    "JOIN core_activity a ON a.id = s.activity_id ORDER BY a.occurrence_key, s.id"
)


def found(engine: Engine, asked: str) -> list[Any]:
    """The rows a statement gives."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(asked))]


def test_activities_go_there_and_back(database: Database, plugin_registry: Registry) -> None:
    database.write(Scope.kernel("test"), _fill)
    engine = database.engine
    before, steps = found(engine, JOINED), found(engine, STEPS)
    assert [row[6] for row in before] == ["planned", "done", "skipped"]
    downgrade(engine, "care", "care_0001", plugin_registry)
    old = "SELECT occurrence_key, state, result FROM care_activity ORDER BY occurrence_key"
    assert found(engine, old) == [(row[10].removeprefix("care."), row[6], row[7]) for row in before]
    assert found(engine, "SELECT id FROM core_activity") == []
    upgrade(engine, plugin_registry)
    assert found(engine, JOINED) == before
    assert found(engine, STEPS) == steps
    upgrade(engine, plugin_registry)
    assert len(found(engine, "SELECT id FROM core_activity")) == 3


def _fill(session: Session) -> None:
    people = settle(session, make_branches(session)[1])
    for day in (5, 6, 7):
        met(session, people, birth_month=3, birth_day=day)
    run(session, people.branch_id)
    _, done, left_out = activities(session)
    complete(session, done.activity_id, Outcome(note="已送花"))
    skip(session, left_out.activity_id, "客户出国")
