"""Several hosts plan at once, on databases that really commit (CA-01)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from dougong.core.database import Database
from dougong.core.entities.event_log import EventRecord
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.testing import make_branches
from dougong.plugins.care.events import CareActivityPlanned
from dougong.plugins.care.models import CareOccasion
from dougong.plugins.care.planning import contacts_in_question, plan_for
from tests.plugins.care.people import met, settle

HOSTS = 4
BIRTHDAYS = 6


def test_hosts_at_once_plan_each_birthday_once(database: Database) -> None:
    """CA-01: all see the same days as not planned before any of them writes."""
    branch_id = database.write(Scope.kernel("test"), _fill)
    scope, looked = Scope.at(branch_id, "job"), Barrier(HOSTS)

    def job(_: int) -> int:
        with database.reading(scope) as session:
            asked = list(session.scalars(contacts_in_question(session, branch_id)))
        looked.wait()
        return database.write(scope, lambda session: plan_for(session, branch_id, asked))

    with ThreadPoolExecutor(HOSTS) as hosts:
        assert sum(hosts.map(job, range(HOSTS))) == BIRTHDAYS
    with database.reading(scope) as session:
        planned = select(func.count()).where(EventRecord.name == CareActivityPlanned.name)
        assert session.scalars(planned.select_from(EventRecord)).one() == BIRTHDAYS
        assert session.scalars(select(func.count(CareOccasion.activity_id))).one() == BIRTHDAYS


def _fill(session: Session) -> int:
    people = settle(session, make_branches(session)[1])
    for day in range(BIRTHDAYS):
        met(session, people, birth_month=3, birth_day=day + 3)
    return people.branch_id
