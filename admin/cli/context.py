"""What every command needs: the house, the operator's scope, and refusals as one clear line."""

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import OperationalError, ProgrammingError

from dougong.admin.cli.output import configure_logging, fail
from dougong.core.entities.branch import Branch
from dougong.core.errors import NotFound, Refusal
from dougong.core.house import House, open_house
from dougong.core.i18n import lazy
from dougong.core.migrate import CoreBehind, MigrationFailed
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.settings import Settings, read_settings

P = ParamSpec("P")
T = TypeVar("T")
OPERATOR: Final = Scope.kernel("dougong command")
"""Whoever may run commands on the machine holds the database anyway."""


def settings() -> Settings:
    """The process's settings; a bad one ends the command with its message."""
    try:
        found = read_settings()
    except ValueError as error:
        fail(str(error))
    configure_logging(found)
    return found


def house() -> House:
    """The house of this process."""
    return open_house(settings())


def branch_named(session: Session, code: str) -> Branch:
    """The branch with that code."""
    branch = session.scalars(select(Branch).filter_by(code=code)).one_or_none()
    if branch is None:
        raise NotFound(lazy("No branch has the code %(code)s.", code=code))
    return branch


def branch_id_of(opened: House, code: str) -> int:
    """The id of the branch with that code."""
    with opened.database.reading(OPERATOR) as session:
        return branch_named(session, code).id


def refusals(function: Callable[P, T]) -> Callable[P, T]:
    """Turn a refusal or a database that is not ready into one clear line and exit code 1."""

    @wraps(function)
    def run(*args: P.args, **options: P.kwargs) -> T:
        try:
            return function(*args, **options)
        except (Refusal, CoreBehind, MigrationFailed) as no:
            fail(str(no))
        except (OperationalError, ProgrammingError) as error:
            fail(f"{str(error.orig).strip()} — dougong db status")

    return run
