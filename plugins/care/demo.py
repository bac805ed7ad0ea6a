"""The demo's care: what the calendar plans around today, some of it done."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from dougong.core.demo import DemoContext, DemoPart
from dougong.core.services.activities.api import Activity, Outcome, complete, skip
from dougong.plugins.care.models import CareOccasion
from dougong.plugins.care.planning import contacts_in_question, plan_for
from dougong.plugins.care.rules import Means
from dougong.plugins.care.service import NewCare, plan

RESULTS: Final = ("已致电祝贺，客户很高兴", "已登门送上鲜花和蛋糕", "已发送祝福短信")
BY_HAND: Final = (
    ("开业五周年", 4, Means.VISIT),
    ("新办公楼启用", 9, Means.GIFT),
    ("合作十周年答谢", 16, Means.VISIT),
)


def load(demo: DemoContext) -> None:
    """Plan what is due, settle part of what is past, plan a few by hand."""
    contacts = demo.session.scalars(contacts_in_question(demo.session, demo.branch.id)).all()
    plan_for(demo.session, demo.branch.id, contacts)
    _settle_past(demo)
    customers = [c for c in demo.customers() if c.manager_id is not None]
    for (title, days, means), customer in zip(BY_HAND, customers, strict=False):
        day = demo.today + timedelta(days=days)
        plan(
            demo.session,
            NewCare(customer_id=customer.id, occasion_on=day, title=title, means=means),
        )


def _settle_past(demo: DemoContext) -> None:
    past = (
        select(Activity.id)
        .join(CareOccasion, CareOccasion.activity_id == Activity.id)
        .where(Activity.branch_id == demo.branch.id, Activity.due_on < demo.today)
    )
    for n, activity_id in enumerate(demo.session.scalars(past.order_by(Activity.id)).all()):
        if n % 5 == 4:
            skip(demo.session, activity_id, "客户出差，回来后再联系")
        elif n % 5 != 3:
            complete(demo.session, activity_id, Outcome(note=demo.rng.choice(RESULTS)))


DEMO: Final = DemoPart("care", load, order=70)
