"""Every flush is watched: whose archive was touched is looked at again before the commit (AR-05).

A bulk ``insert()`` passes by here; the nightly look finds whom nobody looked at.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, cast

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.orm import joinedload

from dougong.core.entities.address import Address
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer
from dougong.core.errors import Refusal
from dougong.core.i18n import lazy
from dougong.core.services.archive.dossiers import PROFILES
from dougong.core.services.archive.links import links_of
from dougong.core.services.archive.merging import MERGING
from dougong.core.services.archive.models import CheckMeans, CustomerMerge, MergeState
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
    if MERGING not in session.info:
        _refuse_on_merged(session, written)
    for row in (*written, *session.deleted):
        if isinstance(row, _WATCHED):
            _of(session, _TOUCHED)[row.branch_id].add(_customer_of(row))
    if cast(Session, session).scope.user_id is None:
        return  # an import or a job verifies nothing
    for row in written:
        for facet, names in _FACETS.get(type(row), {}).items():
            if any(inspect(row).attrs[name].history.added for name in names):
                _of(session, _EDITED)[row.branch_id].add((_customer_of(row), facet))


def _refuse_on_merged(session: AnySession, written: list[Any]) -> None:
    """Nothing new lands on a merged customer; after the flush, so that a merge was waited for."""
    asked = {key for row in written for key in _newly_named(row) if key is not None}
    if not asked:
        return
    wanted = select(CustomerMerge).where(
        CustomerMerge.merged_id.in_(asked), CustomerMerge.state == MergeState.MERGED
    )
    gone = session.scalars(wanted.options(joinedload(CustomerMerge.customer))).first()
    if gone is not None:
        raise Refusal(
            lazy("This customer was merged into %(survivor)s.", survivor=gone.customer.name),
            code="core.customer_merged",
            next_step=lazy("Use that customer."),
        )


def _newly_named(row: Any) -> Iterator[int | None]:
    """The customers that a written row refers to from now on."""
    if isinstance(row, Customer):
        if _has_old(row, "status"):
            yield row.id
        return
    for name in _columns_of(row.__class__):
        if _has_new(row, name):
            yield getattr(row, name)


@cache
def _columns_of(entity: Any) -> tuple[str, ...]:
    return tuple(link.column for link in links_of(entity) if not link.by_subject)


def _has_old(row: Any, name: str) -> bool:
    return bool(inspect(row).attrs[name].history.deleted)


def _has_new(row: Any, name: str) -> bool:
    return bool(inspect(row).attrs[name].history.added)


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
