"""Look-ups for form fields: the same walls, a capped number of rows, bad keys find nothing."""

from typing import Any, Final

from flask_admin.contrib.sqla.ajax import QueryAjaxModelLoader
from sqlalchemy import or_
from sqlalchemy.orm import InstrumentedAttribute

from dougong.admin.sessions import current_session, desk
from dougong.core.entities.branch import Branch
from dougong.core.entities.people import Membership, User
from dougong.core.i18n import lazy
from dougong.core.orm import BranchOwned

AT_MOST: Final = 50
SEARCHED: Final = ("name", "code", "number", "search_key", "login", "title", "phone")
"""The columns a look-up searches where a view names none, as far as the entity has them."""
_LARGEST: Final = 2**63 - 1


def whole_number(text: object) -> int | None:
    """A key as a database holds it, None for anything else."""
    try:
        number = int(str(text))
    except ValueError:
        return None
    return number if 0 < number <= _LARGEST else None


def searched(model: type[Any]) -> tuple[str, ...]:
    """The columns of ``model`` that a look-up searches unless told."""
    columns = [n for n in SEARCHED if isinstance(getattr(model, n, None), InstrumentedAttribute)]
    return tuple(columns) or ("id",)


class Lookup(QueryAjaxModelLoader):  # type: ignore[misc]
    """Finds rows the person may see: behind the branch wall, people of his branches only."""

    def __init__(self, name: str, session: Any, model: type[Any], **options: Any) -> None:
        options.setdefault("placeholder", lazy("Choose…"))
        super().__init__(name, session, model, **options)

    def get_query(self) -> Any:
        """Every row he may choose."""
        query = current_session().query(self.model)
        here = desk().scope
        if self.model is User:
            at = User.memberships.any(Membership.branch_id.in_(here.branches))
            return query.filter(User.active, at)
        if self.model is Branch:
            return query.filter(Branch.id.in_(desk().identity.everywhere.branches))  # type: ignore[union-attr]
        if here.home is not None and issubclass(self.model, BranchOwned):
            return query.filter(self.model.branch_id == here.home)
        return query

    def get_one(self, pk: object) -> Any:
        """The row with that key, None when there is none or it is not his."""
        key = whole_number(pk)
        if key is None:
            return None
        with current_session().no_autoflush:
            column = getattr(self.model, self.pk)
            return self.get_query().filter(column == key).one_or_none()

    def get_list(self, term: str | None, offset: int | None = 0, limit: int | None = 10) -> Any:
        """Rows whose searched columns contain the term."""
        query = self.get_query()
        if term:
            matches = [f.icontains(term[:100], autoescape=True) for f in self._cached_fields]
            query = query.filter(or_(*matches))
        query = query.order_by(self.order_by or getattr(self.model, self.pk))
        capped = min(max(limit or 10, 1), AT_MOST)
        return query.offset(min(max(offset or 0, 0), 10_000)).limit(capped).all()
