"""Proofs about a running house: each check answers with its findings, none meaning sound."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from dougong.core.entities.branch import Branch, BranchPlugin
from dougong.core.entities.event_log import DeliveryState, OutboxDelivery
from dougong.core.entities.job import JobRun, RunState
from dougong.core.house import House
from dougong.core.i18n import LazyText, lazy
from dougong.core.migrate import status, without_migrations
from dougong.core.policies import passes_policies, unprotected
from dougong.core.scope import Scope
from dougong.core.session import Session

PATIENCE: Final = timedelta(minutes=15)
"""A wake-up comes each minute; what is due for longer means that no worker runs."""


class Severity(StrEnum):
    """How bad a finding is; errors make ``dougong doctor`` fail."""

    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, in words a deployer can act on."""

    text: LazyText | str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Check:
    """A named proof over all branches; ``run`` gets a reading session without walls."""

    source: str
    title: LazyText
    run: Callable[[Session], list[Finding]]


@dataclass(frozen=True, slots=True)
class Result:
    """A check and what it found; no findings mean sound."""

    source: str
    title: LazyText
    findings: tuple[Finding, ...]


def examine(house: House, source: str = "") -> Iterator[Result]:
    """Run every check (of one source only, if named), the house's own first.

    Stops after the database when that does not answer or is behind: the rest would only repeat it.
    """
    yield Result("core", lazy("Plugins load"), tuple(_plugin_problems(house)))
    database = Result("core", lazy("The database is at its newest shape"), tuple(_shape(house)))
    yield database
    if database.findings:
        return
    checks = [
        *_own_checks(house),
        *(c.item for c in house.registry.contributions("register_checks")),
    ]
    with house.database.reading(Scope.kernel("doctor")) as session:
        for check in checks:
            if source in ("", check.source):
                yield Result(check.source, check.title, tuple(check.run(session)))


def _plugin_problems(house: House) -> Iterator[Finding]:
    for problem in house.registry.problems:
        severity = Severity.WARNING if problem.stage == "blocked" else Severity.ERROR
        text = lazy("%(plugin)s: %(stage)s: %(why)s", plugin=problem.plugin, stage=problem.stage,
                    why=problem.text)  # fmt: skip
        yield Finding(text, severity)


def _shape(house: House) -> Iterator[Finding]:
    try:
        states = status(house.database.engine, house.registry)
    except DBAPIError as error:
        yield Finding(lazy("The database does not answer: %(why)s", why=str(error.orig).strip()))
        return
    for state in states:
        if state.behind:
            yield Finding(lazy("%(part)s is behind; run: dougong db upgrade", part=state.name))
    for name in without_migrations(house.registry):
        text = lazy("%(plugin)s has models but no migrations; write the first one by: "
                    "dougong db revision %(plugin)s", plugin=name)  # fmt: skip
        yield Finding(text)


def _own_checks(house: House) -> list[Check]:
    return [
        Check("core", lazy("There is one headquarters"), _one_top),
        Check("core", lazy("What is on is loaded"), lambda session: _on_but_lost(house, session)),
        Check("core", lazy("Events are delivered"), _deliveries),
        Check("core", lazy("Jobs are carried out"), _jobs),
        Check("core", lazy("The second branch wall stands"), lambda _: _second_wall(house)),
        Check("core", lazy("Several hosts share one signing key"), lambda _: _key(house)),
    ]


def _one_top(session: Session) -> list[Finding]:
    tops = session.scalars(select(Branch.code).where(Branch.parent_id.is_(None))).all()
    if len(tops) == 1:
        return []
    text = lazy("Branches under nothing: %(codes)s; there must be one.", codes=", ".join(tops))
    return [Finding(text)]


def _on_but_lost(house: House, session: Session) -> list[Finding]:
    rows = session.scalars(select(BranchPlugin).where(BranchPlugin.enabled)).all()
    return [_lost(house, row) for row in rows if row.plugin not in house.registry.plugins]


def _lost(house: House, row: BranchPlugin) -> Finding:
    told = {"plugin": row.plugin, "branch": row.branch.name, "acts": ", ".join(row.guards) or "-"}
    if row.plugin in house.registry.blocked:
        text = lazy("%(plugin)s is on at %(branch)s but blocked; unguarded there: %(acts)s", **told)
        return Finding(text, Severity.WARNING)
    return Finding(
        lazy("%(plugin)s is on at %(branch)s but not loaded; refused there: %(acts)s", **told)
    )


def _deliveries(session: Session) -> list[Finding]:
    dead = select(func.count()).where(OutboxDelivery.state == DeliveryState.DEAD)
    late = select(func.count()).where(
        OutboxDelivery.state == DeliveryState.WAITING,
        OutboxDelivery.due_at < session.now - PATIENCE,
    )
    return [
        *_counted(session.scalar(dead), lazy("deliveries were given up; send them again")),
        *_counted(session.scalar(late), lazy("deliveries wait too long; does a worker run?")),
    ]


def _jobs(session: Session) -> list[Finding]:
    dead = select(func.count()).where(JobRun.state == RunState.DEAD)
    late = select(func.count()).where(
        JobRun.state == RunState.QUEUED, JobRun.due_at < session.now - PATIENCE
    )
    return [
        *_counted(session.scalar(dead), lazy("jobs were given up; run them again")),
        *_counted(session.scalar(late), lazy("jobs wait too long; does a worker run?")),
    ]


def _counted(number: int | None, what: LazyText) -> list[Finding]:
    return [Finding(f"{number} {what}", Severity.WARNING)] if number else []


def _key(house: House) -> list[Finding]:
    own = house.settings.secret_key.get_secret_value()
    if own or house.database.engine.dialect.name == "sqlite":
        return []
    text = lazy("Set DOUGONG_SECRET_KEY: each host made its own, and log-ins do not carry over.")
    return [Finding(text, Severity.WARNING)]


def _second_wall(house: House) -> list[Finding]:
    """Row-level security on PostgreSQL: in place, and binding for the role we come as (XX-05)."""
    engine = house.database.engine
    missing = unprotected(engine)
    if missing:
        text = lazy("Without the policy of branches: %(tables)s; run: dougong db upgrade",
                    tables=", ".join(missing))  # fmt: skip
        return [Finding(text)]
    if not passes_policies(engine):
        return []
    text = lazy("Row-level security does not bind this database role; use one that owns no tables.")
    return [Finding(text, Severity.WARNING)]
