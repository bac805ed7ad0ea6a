"""What is handed over: from whom, to whom, of which customers; and the work that goes along."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false

from dougong.core.i18n import LazyText


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """A hand-over from one person (None: customers that are nobody's) to another at a branch.

    Without ``customer_ids`` everything of the person goes, whoever's customers it concerns.
    """

    branch_id: int
    from_id: int | None
    to_id: int
    customer_ids: tuple[int, ...] | None = None

    def covers(
        self,
        branch: SQLColumnExpression[Any],
        customer: SQLColumnExpression[Any],
        owner: SQLColumnExpression[Any],
    ) -> ColumnElement[bool]:
        """The condition by which a table's rows go along: its branch, customer and owner."""
        if self.from_id is None:
            return false()
        his = and_(branch == self.branch_id, owner == self.from_id)
        return his if self.customer_ids is None else and_(his, customer.in_(self.customer_ids))


@dataclass(frozen=True, slots=True)
class OwnedWork:
    """How much of one kind of work goes along: ``source`` names it in the record."""

    source: str
    title: LazyText
    count: int
