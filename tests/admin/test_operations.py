"""Jobs with live progress, events, and deliveries that can be sent again."""

from uuid import uuid4

from dougong.core.entities.event_log import DeliveryState, EventRecord, OutboxDelivery
from dougong.core.entities.job import JobRun, RunState
from dougong.core.scope import Scope
from dougong.core.session import Session
from tests.admin.conftest import Furnished


def add_run(furnished: Furnished, branch_id: int, state: RunState) -> int:
    """A run of a job in that state."""

    def work(session: Session) -> int:
        run = JobRun(
            kind="sample.count", state=state, due_at=session.now, started_at=session.now,
            done_count=1200, total_count=5000, message="数到一千二", actor="test",
        )  # fmt: skip
        session.add(run)
        session.flush()
        return run.id

    return furnished.house.database.write(Scope.at(branch_id, "test"), work)


def test_running_job_shows_its_progress_and_the_page_goes_on_asking(furnished: Furnished) -> None:
    client = furnished.client("manager")
    key = add_run(furnished, furnished.east, RunState.RUNNING)
    page = client.get("/admin/jobs/").get_data(as_text=True)
    assert 'data-refresh-url="/admin/jobs/rows/"' in page
    rows = client.get("/admin/jobs/rows/")
    assert "1,200 / 5,000" in rows.get_data(as_text=True)
    assert "X-Refresh" not in rows.headers
    finish = Scope.at(furnished.east, "test")

    def done(session: Session) -> None:
        session.get_one(JobRun, key).state = RunState.DONE

    furnished.house.database.write(finish, done)
    assert client.get("/admin/jobs/rows/").headers["X-Refresh"] == "stop"


def test_jobs_of_another_branch_are_not_shown(furnished: Furnished) -> None:
    key = add_run(furnished, furnished.west, RunState.DEAD)
    client = furnished.client("manager")
    assert f"/admin/job-runs/details/?id={key}" not in client.get("/admin/jobs/").text
    assert client.post(f"/admin/job-runs/act/again/?id={key}").status_code == 404


def test_job_that_was_given_up_is_run_again(furnished: Furnished) -> None:
    key = add_run(furnished, furnished.east, RunState.DEAD)
    client = furnished.client("manager")
    assert "/act/again/" in client.get(f"/admin/job-runs/details/?id={key}").text
    assert client.post(f"/admin/job-runs/act/again/?id={key}").status_code == 303
    run = furnished.read(lambda session: session.get_one(JobRun, key))
    assert run.state is RunState.QUEUED


def test_delivery_that_was_given_up_is_sent_again_by_who_may(furnished: Furnished) -> None:
    def work(session: Session) -> int:
        event = EventRecord(name="core.x", payload={"a": "值"}, at=session.now, actor="test")
        session.add(event)
        session.flush()
        row = OutboxDelivery(
            event_id=event.id, subscriber=uuid4().hex, state=DeliveryState.DEAD,
            due_at=session.now, attempts=5, last_error="no route",
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id

    key = furnished.house.database.write(Scope.at(furnished.east, "test"), work)
    furnished.client("manager").post(f"/admin/outbox/act/again/?id={key}")
    read = furnished.read
    assert read(lambda s: s.get_one(OutboxDelivery, key)).state is DeliveryState.DEAD
    furnished.client("east_admin").post(f"/admin/outbox/act/again/?id={key}")
    assert read(lambda s: s.get_one(OutboxDelivery, key)).state is DeliveryState.WAITING
    assert "值" in furnished.client("east_admin").get("/admin/events/").text


def test_what_runs_every_minute_shows_its_latest_run_and_its_trouble(
    furnished: Furnished,
) -> None:
    def make(session: Session) -> list[int]:
        states = (RunState.DONE, RunState.DEAD, RunState.DONE, RunState.DONE)
        runs = [
            JobRun(branch_id=furnished.east, kind="core.deadlines.sweep", args={}, state=state,
                   due_at=session.now, actor="test")
            for state in states
        ]  # fmt: skip
        session.add_all(runs)
        session.flush()
        return [run.id for run in runs]

    keys = furnished.write(make)
    page = furnished.client("east_admin").get("/admin/jobs/").text
    shown = [f"/admin/job-runs/details/?id={key}" in page for key in keys]
    assert shown == [False, True, False, True]
    assert "Watch the deadlines" in page
