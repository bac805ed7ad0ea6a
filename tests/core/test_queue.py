"""The queue carries signed ids on SQLite and on PostgreSQL; nothing is opened before it is used."""

from pathlib import Path

import pytest
from huey.serializer import Serializer
from pydantic import SecretStr
from sqlalchemy import URL

from dougong.core.house import House
from dougong.core.jobs import enqueue
from dougong.core.queue import Queue
from dougong.core.settings import Settings
from tests.core.sample.house import at, look
from tests.core.sample.plugin import Steps


def settings(folder: Path, url: str = "") -> Settings:
    """Settings with a queue at the URL."""
    return Settings(data_dir=folder, queue_url=url, secret_key=SecretStr("k"))


def test_a_house_that_queues_nothing_makes_no_file(house: House, branch: int) -> None:
    at(house, branch, lambda session: None)
    assert not house.settings.queue_file.exists()
    house.queue.wake_deliveries()
    assert house.settings.queue_file.exists()


@pytest.mark.postgres
def test_postgresql_carries_wake_ups_between_processes(
    postgres_server_url: URL, tmp_path: Path
) -> None:
    url = postgres_server_url.render_as_string(hide_password=False)
    sender, receiver = Queue(settings(tmp_path, url)), Queue(settings(tmp_path, url))
    sender.huey.flush()
    sender.wake_run(7)
    task = receiver.huey.dequeue()
    assert (task.name, task.args) == ("run_job", (7,))
    for queue in (sender, receiver):
        queue.huey.storage.close()


def test_a_forged_message_is_not_unpickled(tmp_path: Path) -> None:
    queue = Queue(settings(tmp_path))
    queue.huey.storage.enqueue(Serializer().serialize(("run_job", 1)))
    with pytest.raises(ValueError, match=r"mismatch|not found"):
        queue.huey.dequeue()
    queue.huey.storage.close()


def test_another_scheme_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="amqp"):
        Queue(settings(tmp_path, "amqp://somewhere")).wake_run(1)


def test_a_queue_that_is_away_does_not_undo_what_is_committed(
    house: House, branch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(run_id: int) -> None:
        raise ConnectionError("the queue is away")

    monkeypatch.setattr(house.queue, "wake_run", away)
    run_id = at(house, branch, lambda s: enqueue(s, "sample.count", branch, Steps(1)).id)
    assert look(house, run_id).kind == "sample.count"
