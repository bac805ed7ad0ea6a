"""The demo's contacts, their days, and what was spoken with them (AR-02, AR-03)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from dougong.core.demo import DemoContext
from dougong.core.entities.contact import Contact, ContactDay, DayKind, Sex
from dougong.core.entities.customer import CustomerKind, CustomerStatus
from dougong.core.entities.interaction import (
    Direction,
    Interaction,
    InteractionKind,
    InteractionState,
)
from dougong.core.services.demo import words
from dougong.core.services.demo.customers import Buyer
from dougong.core.services.demo.identity import landline, mobile
from dougong.core.services.demo.rows import Row, write_rows
from dougong.core.values.lunar import LunarDate

THIS_WEEK: Final = 0.03
"""The share of birthdays that fall within the next seven days."""
LUNAR: Final = 0.3
OPEN_REQUESTS: Final = 24
PLACES: Final = ("客户办公室", "我公司展厅", "客户会议室", "现场")


def write_contacts(context: DemoContext, buyers: list[Buyer]) -> dict[int, list[int]]:
    """Each customer's contacts with birthdays and days; their ids by customer."""
    rows = [row for buyer in buyers for row in _contacts(context, buyer)]
    ids = write_rows(context.session, Contact, rows, found=True)
    write_rows(context.session, ContactDay, list(_days(context, ids)))
    of: dict[int, list[int]] = {}
    for key, row in zip(ids, rows, strict=True):
        of.setdefault(row["customer_id"], []).append(key)
    return of


def write_interactions(
    context: DemoContext, buyers: list[Buyer], contacts: dict[int, list[int]]
) -> None:
    """Two years of talks, and service requests that are still open."""
    rows = [row for buyer in buyers for row in _talks(context, buyer, contacts)]
    rows += _open_requests(context, buyers, contacts)
    write_rows(context.session, Interaction, rows)


def _contacts(context: DemoContext, buyer: Buyer) -> Iterator[Row]:
    if buyer.born is not None:
        yield _contact(context, buyer, primary=True)
        return
    several = buyer.kind is CustomerKind.ENTERPRISE or buyer.kind is CustomerKind.GROUP
    for number in range(context.rng.choice((1, 1, 2, 3)) if several else 1):
        yield _contact(context, buyer, primary=number == 0)


def _contact(context: DemoContext, buyer: Buyer, *, primary: bool) -> Row:
    rng, himself = context.rng, buyer.born is not None
    sex = buyer.sex if himself else rng.choice((Sex.MALE, Sex.FEMALE))
    make = context.faker.name_male if sex is Sex.MALE else context.faker.name_female
    quiet = rng.random() < 0.2
    return {
        "customer_id": buyer.id,
        "name": buyer.name if himself else str(make()),
        "sex": sex,
        "title": "" if himself else rng.choice(words.TITLES),
        "department": "" if himself else rng.choice(words.DEPARTMENTS),
        "phone": buyer.phone if himself else rng.choice((mobile, mobile, landline))(rng),
        **_birthday(context, buyer),
        "is_primary": primary,
        "consent": rng.random() < 0.7,
        "quiet_from": time(21, 30) if quiet else None,
        "quiet_to": time(8, 30) if quiet else None,
        "best_time": rng.choice(words.BEST_TIMES),
        "relation": "" if himself else rng.choice(words.RELATIONS),
    }


def _birthday(context: DemoContext, buyer: Buyer) -> Row:
    rng = context.rng
    unknown = buyer.born is None and rng.random() < 0.4
    day = buyer.born or context.today - timedelta(days=rng.randrange(24 * 365, 60 * 365))
    soon = rng.random() < THIS_WEEK
    if soon:
        day = context.today + timedelta(days=rng.randrange(7))
    lunar = rng.random() < LUNAR
    if unknown and not soon:
        return {"birth_month": None, "birth_day": None, "birth_year": None,
                "birth_lunar": False, "birth_leap": False}  # fmt: skip
    year = None if soon else day.year
    if not lunar:
        return {"birth_month": day.month, "birth_day": day.day, "birth_year": year,
                "birth_lunar": False, "birth_leap": False}  # fmt: skip
    moon = LunarDate.on(day)
    return {"birth_month": moon.month, "birth_day": moon.day, "birth_year": year,
            "birth_lunar": True, "birth_leap": moon.leap}  # fmt: skip


def _days(context: DemoContext, contacts: list[int]) -> Iterator[Row]:
    rng = context.rng
    for contact in contacts:
        if rng.random() > 0.15:
            continue
        kind, title = rng.choice(words.DAYS)
        ahead = rng.randrange(7) if rng.random() < 0.1 else rng.randrange(365)
        day = context.today + timedelta(days=ahead)
        lunar = kind == "relative_birthday" and rng.random() < LUNAR
        moon = LunarDate.on(day)
        yield {
            "contact_id": contact,
            "kind": DayKind(kind),
            "title": title,
            "month": moon.month if lunar else day.month,
            "day": moon.day if lunar else day.day,
            "year": None,
            "lunar": lunar,
            "leap": lunar and moon.leap,
        }


def _talks(context: DemoContext, buyer: Buyer, contacts: dict[int, list[int]]) -> Iterator[Row]:
    rng = context.rng
    often = 1 if buyer.kind is CustomerKind.INDIVIDUAL else 4
    for _ in range(rng.randrange(often + 1)):
        at = _moment(context, max(buyer.since, context.today - timedelta(days=700)))
        if rng.random() < 0.2:
            content, need = rng.choice(words.REQUESTS)
            talk = ("service_request", "incoming", content, need, rng.choice(words.OUTCOMES))
        else:
            talk = rng.choice(words.TALKS)
        yield _talk(context, buyer, contacts, talk, at)


def _talk(
    context: DemoContext, buyer: Buyer, contacts: dict[int, list[int]],
    talk: tuple[str, str, str, str, str], at: datetime,
) -> Row:  # fmt: skip
    kind, direction, content, need, outcome = talk
    met = kind in ("visit", "meeting")
    return {
        "customer_id": buyer.id,
        "contact_id": contacts[buyer.id][0],
        "kind": InteractionKind(kind),
        "direction": Direction(direction),
        "at": at,
        "place": context.rng.choice(PLACES) if met else "",
        "number": buyer.phone if kind in ("call", "message", "service_request") else "",
        "content": content,
        "need": need,
        "state": InteractionState.HANDLED if outcome else InteractionState.OPEN,
        "outcome": outcome,
        "user_id": buyer.manager_id,
        "respond_by": None,
    }


def _open_requests(
    context: DemoContext, buyers: list[Buyer], contacts: dict[int, list[int]]
) -> list[Row]:
    """Requests of the last hours, to be answered soon or already late."""
    rng = context.rng
    active = [buyer for buyer in buyers if buyer.status is CustomerStatus.ACTIVE]
    rows = []
    for buyer in rng.sample(active, min(OPEN_REQUESTS, len(active))):
        content, need = rng.choice(words.REQUESTS)
        at = context.now - timedelta(minutes=rng.randrange(10, 60 * 30))
        row = _talk(
            context, buyer, contacts, ("service_request", "incoming", content, need, ""), at
        )
        rows.append({**row, "respond_by": at + timedelta(hours=24)})
    return rows


def _moment(context: DemoContext, since: date) -> datetime:
    """Some working hour between that day and now."""
    days = max((context.today - since).days, 1)
    ago = timedelta(days=context.rng.randrange(1, days + 1), minutes=context.rng.randrange(480))
    return context.now - ago
