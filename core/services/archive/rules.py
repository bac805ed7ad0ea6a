"""What an archive should hold and how good it is: pure decisions (AR-02, AR-05)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from dougong.core.values.validity import (
    is_credit_code,
    is_dialable,
    is_email,
    is_identity_number,
    is_organisation_code,
)

CUSTOMER: Final = "core.customer"
CONTACT: Final = "core.contact"
GREATEST_WEIGHT: Final = 10
LONGEST_LIMIT: Final = 3650
"""Days after which nobody would call a limit a limit: ten years."""
LOOK_AGAIN: Final = timedelta(days=30)
"""Nothing is left unseen longer, also where no date comes near."""


class FindingKind(StrEnum):
    """What can be wrong with an archive."""

    MISSING = "missing"
    INVALID = "invalid"
    STALE = "stale"
    DOUBLE = "double"


class Facet(StrEnum):
    """What somebody verifies and what grows old."""

    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    CONTACTS = "contacts"


WEIGHTS: Final[dict[str, dict[str, int]]] = {
    "individual": {
        "phone": 10, "address": 6, "id_number": 6, "sex": 2, "birth_date": 4, "employer": 2,
        "title": 1, "device_number": 3, "manager": 2, "email": 1,
    },
    "enterprise": {
        "phone": 10, "address": 8, "contacts": 8, "credit_code": 10, "legal_representative": 5,
        "business_scope": 3, "headcount": 2, "registered_capital_minor": 3, "industry": 4,
        "size": 3, "cooperation_since": 2, "settlement_name": 4, "manager": 6, "email": 3,
    },
    "institution": {
        "phone": 10, "address": 8, "contacts": 8, "organisation_code": 10,
        "legal_representative": 4, "headcount": 2, "authority": 4, "funding": 3,
        "cooperation_since": 2, "manager": 6, "email": 3,
    },
    "special": {
        "phone": 10, "address": 6, "contacts": 4, "agreement": 8, "agreed_from": 4,
        "agreed_until": 6, "manager": 6, "email": 2,
    },
    "group": {
        "phone": 6, "contacts": 8, "headquarters": 8, "industry": 4, "manager": 8, "email": 2,
    },
}  # fmt: skip
"""How much each expected field counts, by kind of customer (AR-01, AR-02); 0 is not expected."""

LIMITS: Final[dict[str, int]] = {
    Facet.PHONE: 365, Facet.EMAIL: 0, Facet.ADDRESS: 730, Facet.CONTACTS: 365,
}  # fmt: skip
"""After how many days each is to be verified again; 0 is never."""


@dataclass(frozen=True, slots=True)
class Standard:
    """What a branch expects of its archives."""

    weights: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: WEIGHTS)
    limits: Mapping[str, int] = field(default_factory=lambda: LIMITS)

    def expected(self, kind: str) -> dict[str, int]:
        """The fields that count for that kind of customer, and how much."""
        chosen = {**WEIGHTS[kind], **self.weights.get(kind, {})}
        return {name: weight for name, weight in chosen.items() if weight > 0}

    def limit(self, facet: str) -> timedelta | None:
        """How long it stays fresh; None for ever."""
        days = self.limits.get(facet, LIMITS[facet])
        return timedelta(days=days) if days else None


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as far as it can be wrong."""

    id: int
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that is looked at of one customer."""

    id: int
    branch_id: int
    kind: str
    name: str
    created_at: datetime
    filled: frozenset[str] = frozenset()
    """The expected fields that hold something."""
    phone: str = ""
    email: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Credit code, organisation code, ID number, by the field's name."""
    people: tuple[Person, ...] = ()
    checked: Mapping[str, datetime] = field(default_factory=dict)
    """When each facet was last verified."""


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """One thing to mend: of the customer's own fields, or of a contact."""

    kind: FindingKind
    field: str
    subject_kind: str = CUSTOMER
    subject_id: int = 0
    """The contact, 0 for the customer."""
    other_id: int = 0
    """Of a double: the other customer."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How good one archive is."""

    score: int
    """0 to 100: how much of what is expected is there."""
    flaws: tuple[Flaw, ...]
    look_again_at: datetime
    """When time alone will change something."""

    def fields(self, kind: FindingKind) -> list[str]:
        """The fields with that flaw, the weightiest first."""
        return [flaw.field for flaw in self.flaws if flaw.kind is kind]


def judge(dossier: Dossier, standard: Standard, region: str, now: datetime) -> Verdict:
    """Completeness, validity and freshness of one archive (AR-05)."""
    score, missing = completeness(dossier, standard)
    stale, again = staleness(dossier, standard, now)
    return Verdict(score, (*missing, *invalid(dossier, region), *stale), again)


def completeness(dossier: Dossier, standard: Standard) -> tuple[int, list[Flaw]]:
    """The score of 0 to 100, and what is missing, the weightiest first.

    >>> from datetime import UTC
    >>> some = Dossier(id=1, branch_id=1, kind="group", name="", created_at=datetime.now(UTC))
    >>> completeness(some, Standard())[0]
    0
    """
    expected = standard.expected(dossier.kind)
    lacking = [name for name in expected if name not in dossier.filled]
    lacking.sort(key=lambda name: (-expected[name], name))
    whole = sum(expected.values())
    there = whole - sum(expected[name] for name in lacking)
    score = there * 100 // whole if whole else 100
    return score, [Flaw(FindingKind.MISSING, name) for name in lacking]


def invalid(dossier: Dossier, region: str) -> list[Flaw]:
    """What is written down and cannot be right; what is empty is missing instead."""
    flaws = [Flaw(FindingKind.INVALID, name) for name in _wrong_of_customer(dossier, region)]
    for person in dossier.people:
        wrong = _wrong_of_person(person, region)
        flaws += [Flaw(FindingKind.INVALID, name, CONTACT, person.id) for name in wrong]
    return flaws


def _wrong_of_customer(dossier: Dossier, region: str) -> list[str]:
    wrong = _wrong_of_person(Person(dossier.id, dossier.phone, dossier.email), region)
    return wrong + [name for name, text in dossier.codes.items() if text and not _VALID[name](text)]


_VALID: Final = {
    "credit_code": is_credit_code,
    "organisation_code": is_organisation_code,
    "id_number": is_identity_number,
}
CODES: Final = tuple(_VALID)


def _wrong_of_person(person: Person, region: str) -> list[str]:
    wrong = ["phone"] if person.phone and not is_dialable(person.phone, region) else []
    return wrong + (["email"] if person.email and not is_email(person.email) else [])


def staleness(
    dossier: Dossier, standard: Standard, now: datetime
) -> tuple[list[Flaw], datetime]:  # fmt: skip
    """What was not verified for too long, and when the next thing grows old.

    What nobody ever verified is as old as the archive; what is empty does not grow old.
    """
    flaws: list[Flaw] = []
    again = now + LOOK_AGAIN
    for facet in Facet:
        limit = standard.limit(facet)
        if limit is None or facet not in dossier.filled:
            continue
        ends = dossier.checked.get(facet, dossier.created_at) + limit
        if ends <= now:
            flaws.append(Flaw(FindingKind.STALE, facet.value))
        else:
            again = min(again, ends)
    return flaws, again
