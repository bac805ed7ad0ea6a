"""The demo's customers: every kind with its profile and address (AR-01, AR-02)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Final

from dougong.core.demo import DemoContext
from dougong.core.entities.address import Address, AddressKind
from dougong.core.entities.contact import Sex
from dougong.core.entities.customer import Customer, CustomerKind, CustomerStatus
from dougong.core.entities.profiles import (
    CompanySize,
    EnterpriseProfile,
    GroupMember,
    GroupProfile,
    IndividualProfile,
    InstitutionProfile,
    PartnerRole,
    SpecialProfile,
)
from dougong.core.orm import Base
from dougong.core.services.demo import words
from dougong.core.services.demo.cast import DemoBranch, District
from dougong.core.services.demo.identity import credit_code, id_number, landline, mobile
from dougong.core.services.demo.rows import Row, write_rows
from dougong.core.services.search.api import search_key

CITY: Final = "重庆市"
SHARES: Final = {
    CustomerKind.INDIVIDUAL: 48,
    CustomerKind.ENTERPRISE: 34,
    CustomerKind.INSTITUTION: 10,
    CustomerKind.SPECIAL: 6,
    CustomerKind.GROUP: 2,
}
GROUP_CODES: Final = ("GRP-XINGHAI", "GRP-SHANCHENG", "GRP-BASHU")
"""Groups that have companies at several branches: a code, since no key crosses a wall."""
YEARS: Final = 4


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer as the rest of the demo needs it."""

    id: int
    kind: CustomerKind
    name: str
    status: CustomerStatus
    since: date
    manager_id: int | None
    sex: Sex
    born: date | None
    phone: str


def write_customers(context: DemoContext, planned: DemoBranch) -> list[Buyer]:
    """The branch's customers with profiles, addresses and groups."""
    rows = [_customer(context, planned, kind, number) for number, kind in _kinds(context, planned)]
    ids = write_rows(context.session, Customer, [row for row, _ in rows], found=True)
    buyers = [_buyer(key, row, person) for key, (row, person) in zip(ids, rows, strict=True)]
    _profiles(context, buyers)
    _groups(context, buyers)
    write_rows(context.session, Address, list(_addresses(context, planned, buyers)))
    return buyers


def _kinds(context: DemoContext, planned: DemoBranch) -> Iterator[tuple[int, CustomerKind]]:
    kinds, weights = list(SHARES), list(SHARES.values())
    yield from enumerate(context.rng.choices(kinds, weights, k=planned.customers), start=1)


@dataclass(frozen=True, slots=True)
class _Person:
    sex: Sex
    born: date | None


def _customer(
    context: DemoContext, planned: DemoBranch, kind: CustomerKind, number: int
) -> tuple[Row, _Person]:
    rng = context.rng
    person = _person(context) if _is_person(kind, number) else _Person(Sex.UNKNOWN, None)
    name = _name(context, planned, kind, number) if person.born is None else _human(context, person)
    since = context.today - timedelta(days=rng.randrange(20, YEARS * 365))
    managed = kind is not CustomerKind.INDIVIDUAL or rng.random() < 0.2
    managers = context.people("account_manager")
    short = name.removeprefix("重庆").partition("有限")[0].partition("股份")[0]
    return {
        "code": f"{planned.code}{number:05d}",
        "kind": kind,
        "name": name,
        "short_name": short if short != name else "",
        "search_key": search_key(name),
        "phone": mobile(rng) if person.born else landline(rng),
        "email": "" if rng.random() < 0.6 else f"{planned.code.lower()}{number}@customer.example",
        "status": _status(context),
        "manager_id": rng.choice(managers).id if managed and managers else None,
        "since": since,
        "group_code": None,
        "remark": rng.choice(words.REMARKS),
    }, person


def _is_person(kind: CustomerKind, number: int) -> bool:
    return kind is CustomerKind.INDIVIDUAL or (kind is CustomerKind.SPECIAL and number % 2 == 0)


def _person(context: DemoContext) -> _Person:
    years = context.rng.randrange(22, 78)
    born = context.today - timedelta(days=years * 365 + context.rng.randrange(365))
    return _Person(context.rng.choice((Sex.MALE, Sex.FEMALE)), born)


def _human(context: DemoContext, person: _Person) -> str:
    make = context.faker.name_male if person.sex is Sex.MALE else context.faker.name_female
    return str(make())


def _status(context: DemoContext) -> CustomerStatus:
    chosen = context.rng.choices(list(CustomerStatus), (90, 8, 2))
    return chosen[0]


def _name(context: DemoContext, planned: DemoBranch, kind: CustomerKind, number: int) -> str:
    rng = context.rng
    brand = rng.choice(words.BRAND_FIRST) + rng.choice(words.BRAND_SECOND)
    if kind is CustomerKind.GROUP:
        return f"{brand}集团"
    if kind is CustomerKind.INSTITUTION:
        pattern, _ = words.INSTITUTIONS[number % len(words.INSTITUTIONS)]
        numeral = words.NUMERALS[number // 7 % len(words.NUMERALS)]
        return pattern.format(district=rng.choice(planned.districts).name, n=numeral)
    if kind is CustomerKind.SPECIAL:
        return f"{brand}{rng.choice(('便利店', '水站', '茶楼', '文印店', '健身房'))}"
    trade, _, _ = rng.choice(words.TRADES)
    return f"重庆{brand}{trade}{rng.choice(words.FORMS)}"


def _buyer(key: int, row: Row, person: _Person) -> Buyer:
    return Buyer(
        id=key, kind=row["kind"], name=row["name"], status=row["status"], since=row["since"],
        manager_id=row["manager_id"], sex=person.sex, born=person.born, phone=row["phone"],
    )  # fmt: skip


def _profiles(context: DemoContext, buyers: list[Buyer]) -> None:
    makers: dict[CustomerKind, tuple[type[Base], Any]] = {
        CustomerKind.INDIVIDUAL: (IndividualProfile, _individual),
        CustomerKind.ENTERPRISE: (EnterpriseProfile, _enterprise),
        CustomerKind.INSTITUTION: (InstitutionProfile, _institution),
        CustomerKind.SPECIAL: (SpecialProfile, _special),
        CustomerKind.GROUP: (GroupProfile, _group),
    }
    for kind, (model, make) in makers.items():
        rows = [
            {"customer_id": buyer.id, **make(context, buyer)}
            for buyer in buyers
            if buyer.kind is kind
        ]
        write_rows(context.session, model, rows)


def _individual(context: DemoContext, buyer: Buyer) -> Row:
    rng = context.rng
    born = buyer.born or context.today
    return {
        "sex": buyer.sex,
        "id_number": id_number(rng, born) if rng.random() < 0.5 else "",
        "birth_date": born,
        "title": rng.choice(("教师", "工程师", "个体经营", "退休", "公务员", "司机", "")),
        "device_number": f"YSJ{rng.randrange(10**6):06d}" if rng.random() < 0.7 else "",
        "card_number": f"SP{rng.randrange(10**8):08d}" if rng.random() < 0.4 else "",
    }


def _enterprise(context: DemoContext, buyer: Buyer) -> Row:
    rng = context.rng
    _, industry, business = next(
        (trade for trade in words.TRADES if trade[0] in buyer.name), words.TRADES[0]
    )
    heads = int(rng.lognormvariate(3.4, 1.1)) + 3
    sizes = ((20, CompanySize.MICRO), (100, CompanySize.SMALL), (300, CompanySize.MEDIUM))
    return {
        "credit_code": credit_code(rng),
        "legal_representative": context.faker.name(),
        "business_scope": f"一般项目：{business}。",
        "headcount": heads,
        "registered_capital_minor": rng.choice((50, 100, 200, 500, 1000, 3000)) * 1_000_000,
        "currency": context.branch.currency,
        "industry": industry,
        "size": next((size for most, size in sizes if heads < most), CompanySize.LARGE),
        "cooperation_since": buyer.since,
        "settlement_name": buyer.name if rng.random() < 0.95 else f"{buyer.name}（结算中心）",
    }


def _institution(context: DemoContext, buyer: Buyer) -> Row:
    authority = next(
        (body for pattern, body in words.INSTITUTIONS if pattern[-3:] in buyer.name), "区人民政府"
    )
    return {
        "organisation_code": credit_code(context.rng, institution=True),
        "legal_representative": context.faker.name(),
        "headcount": context.rng.randrange(15, 400),
        "authority": authority,
        "funding": context.rng.choice(("财政全额拨款", "财政差额拨款", "自收自支")),
        "cooperation_since": buyer.since,
    }


def _special(context: DemoContext, buyer: Buyer) -> Row:
    ends = context.today + timedelta(days=context.rng.randrange(-20, 300))
    return {
        "partner_role": context.rng.choice(list(PartnerRole)),
        "agreement": context.rng.choice(words.AGREEMENTS),
        "agreed_from": ends - timedelta(days=365),
        "agreed_until": ends,
    }


def _group(context: DemoContext, buyer: Buyer) -> Row:
    return {"headquarters": f"{CITY}{context.rng.choice(words.STREETS)}", "industry": "综合"}


def _groups(context: DemoContext, buyers: list[Buyer]) -> None:
    """Members of each group, and the codes that tie companies together across branches."""
    firms = [buyer for buyer in buyers if buyer.kind is CustomerKind.ENTERPRISE]
    groups = [buyer for buyer in buyers if buyer.kind is CustomerKind.GROUP]
    context.rng.shuffle(firms)
    pool = iter(firms)
    rows = [
        {"group_id": group.id, "member_id": member.id}
        for group in groups
        for member in _some(pool, context.rng.randrange(2, 6))
    ]
    write_rows(context.session, GroupMember, rows)
    for code, buyer in zip(GROUP_CODES, groups, strict=False):
        row = context.session.get(Customer, buyer.id)
        if row is not None:
            row.group_code = code


def _some(pool: Iterator[Buyer], most: int) -> list[Buyer]:
    return [buyer for _, buyer in zip(range(most), pool, strict=False)]


def _addresses(context: DemoContext, planned: DemoBranch, buyers: list[Buyer]) -> Iterator[Row]:
    for buyer in buyers:
        home = buyer.born is not None
        kind = AddressKind.HOME if home else AddressKind.OFFICE
        kinds = (kind, AddressKind.SITE) if not home and context.rng.random() < 0.25 else (kind,)
        for number, each in zip(count(), kinds, strict=False):
            district = context.rng.choice(planned.districts)
            yield _address(context, buyer, each, district, default=number == 0)


def _address(
    context: DemoContext, buyer: Buyer, kind: AddressKind, district: District, *, default: bool
) -> Row:
    rng = context.rng
    street, house = rng.choice(words.STREETS), rng.randrange(1, 400)
    if kind is AddressKind.HOME:
        door = f"{rng.randrange(1, 30)}栋{rng.randrange(1, 33)}-{rng.randrange(1, 5)}"
        place = f"{rng.choice(words.ESTATES)}{door}"
    else:
        place = f"{rng.choice(words.OFFICES)}{rng.choice('ABC')}座{rng.randrange(2, 30)}楼"
    return {
        "customer_id": buyer.id,
        "kind": kind,
        "line": f"{street}{house}号{place}",
        "district": district.name,
        "city": CITY,
        "postcode": district.postcode,
        "area": district.area,
        "latitude": _near(context, district.latitude),
        "longitude": _near(context, district.longitude),
        "is_default": default,
    }


def _near(context: DemoContext, degrees: float) -> Decimal:
    return Decimal(str(round(degrees + context.rng.gauss(0, 0.02), 6)))
