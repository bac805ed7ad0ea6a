"""The customer's archive on paper 客户档案表, in the sections that the archive has (AR-02)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from dougong.core.branches import zone_of
from dougong.core.entities.contact import Contact, ContactDay
from dougong.core.entities.customer import Customer
from dougong.core.entities.interaction import Interaction
from dougong.core.i18n import LazyText, gettext, lazy
from dougong.core.reader import Reader
from dougong.core.scope import Operation
from dougong.core.services.printing.papers import Paper, Sheet, seen

LATEST: Final = 8
"""So many contacts with the customer fit under the archive."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A section of labelled values."""

    title: LazyText
    pairs: tuple[tuple[LazyText, Any], ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A section that is a table."""

    title: LazyText
    heads: tuple[LazyText, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class ArchiveDoc:
    """A customer as the archive knows him."""

    name: str
    facts: tuple[Facts, ...]
    tables: tuple[Rows, ...]


_BASIC: Final[Mapping[str, LazyText]] = {
    "code": lazy("Customer code"), "kind": lazy("Kind"), "short_name": lazy("Short name"),
    "status": lazy("Status"), "phone": lazy("Phone"), "email": lazy("E-mail"),
    "since": lazy("Customer since"), "group_code": lazy("Group code"), "remark": lazy("Remark"),
}  # fmt: skip
_PROFILES: Final[Mapping[str, tuple[LazyText, Mapping[str, LazyText]]]] = {
    "individual": (lazy("Person"), {
        "sex": lazy("Sex"), "id_number": lazy("ID number"), "birth_date": lazy("Date of birth"),
        "employer": lazy("Employer"), "department": lazy("Department"), "title": lazy("Position"),
        "device_number": lazy("Device number"), "card_number": lazy("Card number"),
    }),
    "enterprise": (lazy("Enterprise"), {
        "credit_code": lazy("Unified social credit code"),
        "legal_representative": lazy("Legal representative"),
        "business_scope": lazy("Business scope"), "headcount": lazy("Headcount"),
        "registered_capital": lazy("Registered capital"), "industry": lazy("Industry"),
        "size": lazy("Size"), "cooperation_since": lazy("Cooperation since"),
        "settlement_name": lazy("Settlement name"),
    }),
    "institution": (lazy("Public institution"), {
        "organisation_code": lazy("Organisation code"),
        "legal_representative": lazy("Legal representative"), "headcount": lazy("Headcount"),
        "authority": lazy("Authority above"), "funding": lazy("Funding"),
        "cooperation_since": lazy("Cooperation since"),
    }),
    "special": (lazy("Special subscriber"), {
        "partner_role": lazy("Leader or partner"), "agreement": lazy("Agreement"),
        "agreed_from": lazy("Agreed from"), "agreed_until": lazy("Agreed until"),
    }),
    "group": (lazy("Group"), {
        "headquarters": lazy("Headquarters of the group"), "industry": lazy("Industry"),
        "remark": lazy("Remark on the group"),
    }),
}  # fmt: skip


def load_archives(reader: Reader, keys: Sequence[int]) -> list[Sheet]:
    """Archive sheets, each as far as the person may read it."""
    rows = reader.all(
        select(Customer)
        .where(Customer.id.in_(keys))
        .options(
            joinedload(Customer.manager),
            *(joinedload(getattr(Customer, relation)) for relation in _PROFILES),
            selectinload(Customer.addresses),
            selectinload(Customer.contacts).selectinload(Contact.days),
        )
    )
    return [
        Sheet(subject_id=row.id, branch_id=row.branch_id, content=_doc(reader, row),
              subject=row.name, number=row.code, customer_id=row.id)
        for row in rows
    ]  # fmt: skip


def _doc(reader: Reader, row: Customer) -> ArchiveDoc:
    parts: dict[str, Callable[[Reader, Customer], Rows]] = {
        "core.contact": _contacts, "core.address": _addresses, "core.interaction": _latest,
    }  # fmt: skip
    scope = reader.scope
    made = [
        make(reader, row)
        for entity, make in parts.items()
        if scope.allows(Operation.READ, entity, row.branch_id)
    ]
    return ArchiveDoc(row.name, _facts(reader, row), tuple(made))


def _facts(reader: Reader, row: Customer) -> tuple[Facts, ...]:
    manager = row.manager.name if row.manager else ""
    basic = [*_pairs(reader, row, _BASIC), (lazy("Account manager"), manager)]
    found = [Facts(lazy("Archive"), tuple(basic))]
    for relation, (title, fields) in _PROFILES.items():
        held = getattr(row, relation)
        if held is not None:
            found.append(Facts(title, tuple(_pairs(reader, held, fields))))
    return tuple(found)


def _pairs(reader: Reader, row: Any, fields: Mapping[str, LazyText]) -> list[tuple[LazyText, Any]]:
    return [(label, seen(reader, row, field)) for field, label in fields.items()]


def _contacts(reader: Reader, row: Customer) -> Rows:
    heads = (lazy("Name"), lazy("Position"), lazy("Phone"), lazy("Birthday"),
             lazy("Days to remember"))  # fmt: skip
    return Rows(
        lazy("Contacts"), heads,
        tuple(
            (c.name, c.title, c.phone, _birthday(c), "；".join(map(_day, c.days)))
            for c in row.contacts
        ),
    )  # fmt: skip


def _birthday(contact: Contact) -> str:
    if contact.birth_month is None or contact.birth_day is None:
        return ""
    return _month_day(contact.birth_month, contact.birth_day, lunar=contact.birth_lunar)


def _day(day: ContactDay) -> str:
    return f"{day.title} {_month_day(day.month, day.day, lunar=day.lunar)}"


def _month_day(month: int, day: int, *, lunar: bool) -> str:
    text = f"{month:02d}-{day:02d}"
    return gettext("%(day)s (lunar)", day=text) if lunar else text


def _addresses(reader: Reader, row: Customer) -> Rows:
    heads = (lazy("Kind"), lazy("Address"), lazy("Postcode"), lazy("Area"))
    return Rows(
        lazy("Addresses"), heads, tuple((a.kind, str(a), a.postcode, a.area) for a in row.addresses)
    )


def _latest(reader: Reader, row: Customer) -> Rows:
    latest = reader.all(
        select(Interaction)
        .where(Interaction.customer_id == row.id)
        .options(joinedload(Interaction.user))
        .order_by(Interaction.at.desc(), Interaction.id.desc())
        .limit(LATEST)
    )
    zone = zone_of(reader, row.branch_id)
    heads = (lazy("Time"), lazy("Means"), lazy("Content"), lazy("Need"), lazy("Handled by"))
    return Rows(
        lazy("Latest contacts"), heads,
        tuple(
            (f"{i.at.astimezone(zone):%Y-%m-%d %H:%M}", i.kind, i.content, i.need,
             i.user.name if i.user else "")
            for i in latest
        ),
    )  # fmt: skip


ARCHIVE: Final = (
    Paper(
        code="core.archive_sheet",
        title=lazy("Customer archive sheet"),
        entity="core.customer",
        model=Customer,
        template="printing/archive.html",
        load=load_archives,
    ),
)
