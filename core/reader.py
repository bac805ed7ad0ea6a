"""What a hook that reads is given: SELECT only, carrying the scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, Select

from dougong.core.errors import WallBreached
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.switchboard import settings_at

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Reader:
    """A read-only window on the session; anything but a SELECT raises ``WallBreached``."""

    _session: Session

    @property
    def scope(self) -> Scope:
        """Who asks."""
        return self._session.scope

    @property
    def now(self) -> datetime:
        """The instant the asking act or page happens at."""
        return self._session.now

    def rows(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Every row of the statement."""
        self._check(statement)
        return self._session.execute(statement).all()

    def all(self, statement: Select[E]) -> Sequence[E]:
        """The first column of every row."""
        self._check(statement)
        return self._session.scalars(statement).all()

    def one(self, statement: Select[E]) -> E | None:
        """The first column of the one row there may be."""
        self._check(statement)
        return self._session.scalars(statement).one_or_none()

    def get(self, entity: type[E], key: int) -> E | None:
        """The row with that key, None when it is not there or not visible."""
        return self._session.get(entity, key)

    def settings(self, branch_id: int, values: type[E]) -> E:
        """A plugin's settings at the branch."""
        return settings_at(self._session, branch_id, values)

    @staticmethod
    def _check(statement: Select[*tuple[Any, ...]]) -> None:
        if not isinstance(statement, Select):
            raise WallBreached("A reader only selects.")
