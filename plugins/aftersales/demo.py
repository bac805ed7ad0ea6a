"""The demo's after-sales: technicians, calls near their deadlines, contracts about to end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final

from sqlalchemy import select

from dougong.core.demo import DemoContext, DemoPart
from dougong.core.entities.address import Address, Area
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.services.deadlines.api import sweep
from dougong.core.session import Session
from dougong.core.switchboard import settings_at
from dougong.core.values import Money
from dougong.plugins.aftersales.models import Technician
from dougong.plugins.aftersales.rules import CallChannel, ContractKind
from dougong.plugins.aftersales.service import (
    NewCall,
    NewContract,
    arrive,
    close,
    dispatch,
    due_contracts,
    employ,
    issue_notice,
    lose,
    open_call,
    register_contract,
    renew,
)
from dougong.plugins.aftersales.settings import AftersalesSettings

SKILLS: Final = ("复印机、打印机", "饮水机、净水设备", "空调、制冷", "网络、监控")
FAULTS: Final = (
    ("A3 复合机 MX-2652", "频繁卡纸，搓纸轮磨损"),
    ("立式饮水机 YR-5", "不出热水，指示灯不亮"),
    ("商用净水机 RO-400", "出水量变小，滤芯报警"),
    ("激光打印机 P3375", "打印有黑线，需要更换硒鼓"),
    ("制冰机 ZB-60", "漏水并伴有异响"),
    ("复合机 C3226", "扫描无法发送到电脑"),
    ("直饮机 ZY-2", "水温过高，温控失灵"),
    ("票据打印机 LQ-630", "色带不走，打印模糊"),
)
RESULTS: Final = (
    "更换搓纸轮，测试正常",
    "更换滤芯并冲洗管路",
    "清洁激光器，打印清晰",
    "更换温控器，水温正常",
)
SHARES: Final = (1.6, 1.2, 1.05, 0.97, 0.9, 0.8, 0.7, 0.5, 0.35, 0.2, 0.1, 0.02)
"""How much of each open call's promised time is gone: some missed, some near, some fresh."""
ENDS: Final = (-5, 2, 5, 9, 14, 18, 21, 25, 28, 30, 33, 45, 60, 90, 150, 210, 300)
"""In how many days the demo's contracts end."""


def load(demo: DemoContext) -> None:
    """Fill one branch."""
    technicians = _technicians(demo)
    customers = _customers(demo)
    if not customers:
        return
    _contracts(demo, customers)
    if technicians:
        _history(demo, customers, technicians)
        _open_calls(demo, customers, technicians)
    sweep(demo.session, demo.branch.id)


def _technicians(demo: DemoContext) -> list[Technician]:
    people = demo.people("technician")
    areas = (None, Area.URBAN, Area.SUBURBAN)
    return [
        employ(demo.session, demo.branch.id, user.id, skills=SKILLS[n % len(SKILLS)],
               area=areas[n % len(areas)])
        for n, user in enumerate(people)
    ]  # fmt: skip


def _customers(demo: DemoContext) -> list[Customer]:
    found = [c for c in demo.customers() if c.status is not CustomerStatus.CLOSED]
    return demo.rng.sample(found, min(len(found), 60))


def _addresses(demo: DemoContext, customers: list[Customer]) -> dict[int, Address]:
    ids = [customer.id for customer in customers]
    statement = select(Address).where(Address.customer_id.in_(ids)).order_by(Address.id.desc())
    return {address.customer_id: address for address in demo.session.scalars(statement)}


def _asked(rng: Random, customer: Customer, address: Address | None) -> NewCall:
    model, fault = rng.choice(FAULTS)
    return NewCall(
        customer_id=customer.id,
        fault=fault,
        model=model,
        serial=f"SN{rng.randrange(10**8):08d}",
        channel=rng.choice(tuple(CallChannel)),
        address_id=address.id if address else None,
        urgent=rng.random() < 0.15,
    )


def _open_calls(
    demo: DemoContext, customers: list[Customer], technicians: list[Technician]
) -> None:
    addresses = _addresses(demo, customers)
    settings = settings_at(demo.session, demo.branch.id, AftersalesSettings)
    for n, share in enumerate(SHARES):
        customer = customers[n % len(customers)]
        address = addresses.get(customer.id)
        promised = settings.arrival(address.area or Area.URBAN if address else Area.URBAN).allowed
        asked = _asked(demo.rng, customer, address)
        call = open_call(demo.session, replace(asked, called_at=demo.now - promised * share))
        if n % 3 == 1:
            dispatch(demo.session, call.id, technicians[n % len(technicians)].id)
        if n % 6 == 4:
            arrive(demo.session, call.id)


def _history(demo: DemoContext, customers: list[Customer], technicians: list[Technician]) -> None:
    addresses = _addresses(demo, customers)
    for days in _days_ago(demo.rng):
        customer = demo.rng.choice(customers)
        asked = _asked(demo.rng, customer, addresses.get(customer.id))
        with _ago(demo.session, timedelta(days=days)) as session:
            call = open_call(session, asked)
            session.now += timedelta(minutes=10)
            dispatch(session, call.id, demo.rng.choice(technicians).id)
            session.now += timedelta(minutes=demo.rng.randrange(30, 220))
            arrive(session, call.id)
            session.now += timedelta(minutes=50)
            close(session, call.id, demo.rng.choice(RESULTS))


@contextmanager
def _ago(session: Session, by: timedelta) -> Iterator[Session]:
    """The session in the past, so that clocks and steps tell what would have happened then."""
    now = session.now
    session.now = now - by
    yield session
    session.now = now


def _days_ago(rng: Random) -> Iterator[int]:
    yield from sorted((rng.randrange(2, 180) for _ in range(24)), reverse=True)


def _contracts(demo: DemoContext, customers: list[Customer]) -> None:
    for n, days in enumerate(ENDS):
        ends = demo.today + timedelta(days=days)
        asked = NewContract(
            customer_id=customers[-1 - n % len(customers)].id,
            kind=ContractKind.SUBSCRIPTION if n % 5 == 4 else ContractKind.MAINTENANCE,
            starts_on=ends - timedelta(days=364),
            ends_on=ends,
            price=Money.of(demo.rng.randrange(12, 96) * 100, demo.branch.currency),
            machines=f"{demo.rng.choice(FAULTS)[0]} {demo.rng.randrange(1, 6)} 台",
        )
        register_contract(demo.session, asked)
    due = demo.session.scalars(due_contracts(demo.session, demo.branch.id).order_by("id")).all()
    notices = [notice for key in due if (notice := issue_notice(demo.session, key))]
    if len(notices) > 3:
        renew(demo.session, notices[0].id)
        lose(demo.session, notices[1].id, "客户已更换供应商")


DEMO: Final = DemoPart("aftersales", load, order=60)
