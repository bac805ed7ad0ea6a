"""Where audit touches the world: every flush of every session, always, at every branch.

A bulk ``insert()``, ``update()`` or ``delete()`` passes by here, as it passes every ORM event: such
paths are declared and tell of themselves by ``api.record_bulk``.
"""

from datetime import timedelta
from typing import cast

from sqlalchemy import event
from sqlalchemy.orm import Session as AnySession

from dougong.core.doctor import Check
from dougong.core.hookspecs import hookimpl
from dougong.core.i18n import lazy
from dougong.core.jobs import Every, JobKind
from dougong.core.permissions import Permit
from dougong.core.services.audit.checks import audit_checks
from dougong.core.services.audit.recorder import load_what_was, write_entries
from dougong.core.services.audit.seals import seal_all
from dougong.core.session import Session


@event.listens_for(Session, "before_flush")
def _read_what_was(session: AnySession, context: object, instances: object) -> None:
    load_what_was(cast(Session, session))


@event.listens_for(Session, "after_flush")
def _keep_what_changed(session: AnySession, context: object) -> None:
    write_entries(cast(Session, session))


@hookimpl
def register_permissions() -> list[Permit]:
    """Who may search the log."""
    return [Permit("core.audit", "read", roles=("headquarters", "manager"))]


@hookimpl
def register_jobs() -> list[JobKind]:
    """Entries are sealed within the hour."""
    every = Every(timedelta(hours=1))
    return [JobKind("core.audit.seal", seal_all, every, title=lazy("Seal the log of changes"))]


@hookimpl
def register_checks() -> list[Check]:
    """Tampering is found."""
    return audit_checks()
