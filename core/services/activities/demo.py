"""The demo's desks: something overdue, today and coming for everybody, duties of past weeks."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import cycle
from typing import Final

from sqlalchemy import select

from dougong.core.demo import DemoContext, DemoPart
from dougong.core.entities.absence import Absence
from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.services.activities.checks import Matter, customers_to_check, pass_up, tick
from dougong.core.services.activities.duties import generate
from dougong.core.services.activities.kinds import CHECK, TASK
from dougong.core.services.activities.models import Activity, Duty
from dougong.core.services.activities.planning import NewActivity, plan
from dougong.core.services.activities.rules import ActivityState, Rhythm
from dougong.core.services.activities.service import Outcome, complete, skip

TASKS: Final = (
    ("回访报价是否收到", -3), ("催收上月对账单", -1), ("送样品并取签收单", 0),
    ("确认本周送水时间", 0), ("核对开票资料", 1), ("约采购负责人见面", 2),
    ("跟进续约意向", 4), ("整理客户年度用量", 8),
)  # fmt: skip
NOTES: Final = ("已电话沟通，客户认可", "已上门拜访，需求已记录", "客户近期无新增需求")
WEEKS: Final = 6
CHECKED: Final = 40


def load(demo: DemoContext) -> None:
    """Duties of the last weeks, mostly kept; tasks for everybody; one who is away."""
    if not demo.people("account_manager"):
        return
    _duties(demo)
    _tasks(demo)
    _absence(demo)


def _duties(demo: DemoContext) -> None:
    begin = demo.today - timedelta(weeks=WEEKS)
    weekly = Duty(title="每周客户梳理", rhythm=Rhythm.WEEK, audience="", starts_on=begin,
                  instructions="逐户看需求、欠款与投诉，超出权限的上报。", active=True)  # fmt: skip
    visits = Duty(title="重点客户季度走访", rhythm=Rhythm.QUARTER, audience="core.key_customers",
                  starts_on=begin, active=True)  # fmt: skip
    demo.session.add_all([weekly, visits])
    demo.session.flush()
    now = demo.session.now
    for weeks in range(WEEKS, -1, -1):
        demo.session.now = now - timedelta(weeks=weeks)
        generate(demo.session, weekly.id)
        if weeks:
            _settle(demo, weekly)
    demo.session.now = now
    generate(demo.session, visits.id)
    _begin(demo, weekly)


def _settle(demo: DemoContext, duty: Duty) -> None:
    """Most go through their customers in time; some forget, one has a reason."""
    for n, row in enumerate(_open(demo, duty)):
        demo.session.now += timedelta(days=1)
        dice = demo.rng.random()
        if dice < 0.75:
            _tick_all(demo, row)
            complete(demo.session, row.id, Outcome(note=demo.rng.choice(NOTES)))
        elif n % 2:
            skip(demo.session, row.id, "本周参加培训")
        demo.session.now -= timedelta(days=1)


def _begin(demo: DemoContext, duty: Duty) -> None:
    """This week some are half-way, and something was passed up."""
    for row in list(_open(demo, duty))[-3:]:
        his = demo.session.scalars(customers_to_check(row).limit(CHECKED)).all()
        tick(demo.session, row.id, his[: len(his) // 2])
        above = demo.session.get_one(User, row.owner_id).supervisor_id
        if above is not None and his:
            matter = Matter(what="客户要求账期延长到 90 天，请定夺", customer_id=his[-1])
            pass_up(demo.session, row.id, matter)


def _open(demo: DemoContext, duty: Duty) -> Sequence[Activity]:
    return demo.session.scalars(
        select(Activity)
        .where(Activity.duty_id == duty.id, Activity.kind == CHECK)
        .where(Activity.state == ActivityState.PLANNED)
        .where(Activity.planned_on >= demo.session.now.date())
        .order_by(Activity.id)
    ).all()


def _tick_all(demo: DemoContext, row: Activity) -> None:
    tick(demo.session, row.id, demo.session.scalars(customers_to_check(row)).all())


def _tasks(demo: DemoContext) -> None:
    for person, customers in _people(demo):
        for (title, days), customer in zip(TASKS, customers, strict=False):
            plan(demo.session, demo.branch.id, NewActivity(
                kind=TASK, due=demo.today + timedelta(days=days), title=title,
                owner_id=person.id, customer_id=customer.id, urgent=demo.rng.random() < 0.15,
            ))  # fmt: skip


def _people(demo: DemoContext) -> Iterator[tuple[User, Iterator[Customer]]]:
    """Everybody of the branch with customers to see to: his own where he has some."""
    customers = demo.customers()
    others = cycle(customers)
    for people in demo.staff.values():
        for person in people:
            own = [customer for customer in customers if customer.manager_id == person.id]
            yield person, cycle(own) if own else others


def _absence(demo: DemoContext) -> None:
    away, *others = reversed(demo.people("account_manager"))
    if others:
        demo.session.add(Absence(
            user_id=away.id, first_day=demo.today, last_day=demo.today + timedelta(days=4),
            stand_in_id=others[-1].id, remark="年休假，急事电话联系",
        ))  # fmt: skip


DEMO: Final = DemoPart("core.activities", load, order=80)
