"""Every flush is watched: whose archive was touched is looked at again before the commit (AR-05).

A bulk ``insert()`` passes by here; the nightly look finds whom nobody looked at.
"""

from collections import defaultdict
from typing import Any, Final, cast

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session as AnySession

from dougong.core.entities.address import Address
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer
from dougong.core.services.archive.dossiers import PROFILES
from dougong.core.services.archive.models import CheckMeans
from dougong.core.services.archive.rules import Facet
from dougong.core.services.archive.service import look_at, note_checks
from dougong.core.session import Session

_TOUCHED: Final = "archive.touched"
_EDITED: Final = "archive.edited"
_WATCHED: Final[tuple[type[Any], ...]] = (Customer, Contact, Address, *PROFILES.values())
_FACETS: Final[dict[type[Any], dict[Facet, tuple[str, ...]]]] = {
    Customer: {Facet.PHONE: ("phone",), Facet.EMAIL: ("email",)},
    Contact: {Facet.CONTACTS: ("name", "phone", "email")},
    Address: {Facet.ADDRESS: ("line", "district", "city", "postcode")},
}
"""Editing one of these fields by hand is verifying the facet."""


@event.listens_for(Session, "after_flush")
def _remember(session: AnySession, context: object) -> None:
    written = [*session.new, *session.dirty]
    for row in (*written, *session.deleted):
        if isinstance(row, _WATCHED):
            _of(session, _TOUCHED)[row.branch_id].add(_customer_of(row))
    if cast(Session, session).scope.user_id is None:
        return  # an import or a job verifies nothing
    for row in written:
        for facet, names in _FACETS.get(type(row), {}).items():
            if any(inspect(row).attrs[name].history.added for name in names):
                _of(session, _EDITED)[row.branch_id].add((_customer_of(row), facet))


@event.listens_for(Session, "before_commit")
def _look_again(session: AnySession) -> None:
    """Once a unit of work, at its end."""
    ours = cast(Session, session)
    ours.flush()
    edited, touched = ours.info.pop(_EDITED, {}), ours.info.pop(_TOUCHED, {})
    for branch_id, checked in sorted(edited.items()):
        there = _there(ours, {key for key, _ in checked})
        note_checks(ours, branch_id, {one for one in checked if one[0] in there}, CheckMeans.EDITED)
    for branch_id, ids in sorted(touched.items()):
        look_at(ours, branch_id, _there(ours, ids))
    ours.info.pop(_TOUCHED, None)


@event.listens_for(Session, "after_rollback")
def _forget(session: AnySession) -> None:
    session.info.pop(_EDITED, None)
    session.info.pop(_TOUCHED, None)


def _there(session: Session, ids: set[int]) -> set[int]:
    """Those of the customers who were not deleted meanwhile."""
    return set(session.scalars(select(Customer.id).where(Customer.id.in_(ids))))


def _of(session: AnySession, name: str) -> defaultdict[int, set[Any]]:
    kept: defaultdict[int, set[Any]] = session.info.setdefault(name, defaultdict(set))
    return kept


def _customer_of(row: Any) -> int:
    return cast(int, row.id if isinstance(row, Customer) else row.customer_id)
