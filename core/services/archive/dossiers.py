"""Reading archives set-based: a fixed number of queries for however many customers."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import inspect, select

from dougong.core.entities.address import Address
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind, CustomerStatus
from dougong.core.entities.profiles import (
    EnterpriseProfile,
    GroupProfile,
    IndividualProfile,
    InstitutionProfile,
    SpecialProfile,
)
from dougong.core.reader import Reader
from dougong.core.services.archive.models import FieldCheck
from dougong.core.services.archive.rules import CODES, Dossier, Facet, Person
from dougong.core.session import Session

PROFILES: Final[dict[str, type[Any]]] = {
    CustomerKind.INDIVIDUAL: IndividualProfile,
    CustomerKind.ENTERPRISE: EnterpriseProfile,
    CustomerKind.INSTITUTION: InstitutionProfile,
    CustomerKind.SPECIAL: SpecialProfile,
    CustomerKind.GROUP: GroupProfile,
}
_KEYS: Final = frozenset({"id", "branch_id", "customer_id", "created_at", "updated_at"})
_EMPTY: Final = (None, "", "unknown")
_OWN: Final = ("phone", "email", "since", "short_name")


@dataclass(slots=True)
class _Gathered:
    """What belongs to one customer, as it is read."""

    profile: Mapping[str, Any] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    addresses: int = 0
    checked: dict[str, datetime] = field(default_factory=dict)


def read_dossiers(session: Session | Reader, ids: Collection[int]) -> list[Dossier]:
    """The dossiers of these customers, but for closed ones: nobody mends those."""
    customers = _all(
        session,
        select(
            Customer.id, Customer.branch_id, Customer.kind, Customer.name, Customer.created_at,
            Customer.phone, Customer.email, Customer.manager_id, Customer.since,
            Customer.short_name,
        ).where(Customer.id.in_(ids), Customer.status != CustomerStatus.CLOSED),
    )  # fmt: skip
    gathered = _gather(session, {row.id: row.kind for row in customers})
    return [_dossier(row, gathered[row.id]) for row in sorted(customers, key=lambda row: row.id)]


def _gather(session: Session | Reader, kinds: Mapping[int, str]) -> defaultdict[int, _Gathered]:
    found: defaultdict[int, _Gathered] = defaultdict(_Gathered)
    ids = list(kinds)
    for kind in sorted(set(kinds.values())):
        _read_profiles(session, PROFILES[kind], [i for i in ids if kinds[i] == kind], found)
    people = select(Contact.customer_id, Contact.id, Contact.phone, Contact.email)
    for row in _all(session, people.where(Contact.customer_id.in_(ids)).order_by(Contact.id)):
        found[row.customer_id].people.append(Person(row.id, row.phone, row.email))
    for row in _all(session, select(Address.customer_id).where(Address.customer_id.in_(ids))):
        found[row.customer_id].addresses += 1
    checks = select(FieldCheck.customer_id, FieldCheck.field, FieldCheck.checked_at)
    for row in _all(session, checks.where(FieldCheck.customer_id.in_(ids))):
        found[row.customer_id].checked[row.field] = row.checked_at
    return found


def _read_profiles(
    session: Session | Reader, profile: type[Any], ids: Sequence[int],
    found: defaultdict[int, _Gathered],
) -> None:  # fmt: skip
    names = [a.key for a in inspect(profile).column_attrs if a.key not in _KEYS]
    columns = [getattr(profile, name) for name in names]
    wanted = select(profile.customer_id, *columns).where(profile.customer_id.in_(ids))
    for customer_id, *values in _all(session, wanted):
        found[customer_id].profile = dict(zip(names, values, strict=True))


def _dossier(row: Any, has: _Gathered) -> Dossier:
    filled = {name for name in _OWN if getattr(row, name) not in _EMPTY}
    filled |= {name for name, value in has.profile.items() if value not in _EMPTY}
    filled |= {"manager"} if row.manager_id else set()
    filled |= {Facet.CONTACTS.value} if has.people else set()
    filled |= {Facet.ADDRESS.value} if has.addresses else set()
    return Dossier(
        id=row.id, branch_id=row.branch_id, kind=row.kind.value, name=row.name,
        created_at=row.created_at, filled=frozenset(filled), phone=row.phone, email=row.email,
        codes={name: has.profile[name] for name in CODES if name in has.profile},
        people=tuple(has.people), checked=has.checked,
    )  # fmt: skip


def _all(session: Session | Reader, statement: Any) -> Sequence[Any]:
    if isinstance(session, Reader):
        return session.rows(statement)
    return session.execute(statement).all()
