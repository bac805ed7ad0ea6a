"""A house with the sample as its only plugin; run as a module it is a worker process."""

import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import select

from dougong.core.clock import Clock
from dougong.core.entities.event_log import EventRecord
from dougong.core.entities.job import JobRun
from dougong.core.house import House, open_house
from dougong.core.plugins import GROUP
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.worker import work

T = TypeVar("T")
SAMPLE: Final = EntryPoint("sample", "tests.core.sample", GROUP)
KERNEL: Final = Scope.kernel("test")


def open_sample(url: str, folder: Path, clock: Clock | None = None) -> House:
    """A house on the database, its queue in the folder; no jobs but the sample's."""
    house = open_house(Settings(database_url=url, data_dir=folder), clock=clock, found=[SAMPLE])
    house.registry.always = ()  # services bring jobs of their own
    house.registry.forget()
    return house


def at(house: House, branch_id: int, act: Callable[[Session], T]) -> T:
    """Do something at a branch and commit it."""
    return house.database.write(Scope.at(branch_id, "somebody", user_id=None), act)


def look(house: House, run_id: int) -> JobRun:
    """The run as it stands now."""
    with house.database.reading(KERNEL) as session:
        return session.get_one(JobRun, run_id)


def steps(house: House, name: str = "sample.step_taken") -> list[int]:
    """The step numbers of all events of that name, in the order they were written."""
    with house.database.reading(KERNEL) as session:
        rows = session.scalars(
            select(EventRecord).where(EventRecord.name == name).order_by(EventRecord.id)
        ).all()
        return [row.payload["step"] for row in rows]


if __name__ == "__main__":
    work(open_sample(sys.argv[1], Path(sys.argv[2])))
