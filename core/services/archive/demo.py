"""Archives of the demo that lack something, are wrong, or are there twice."""

from typing import Final

from sqlalchemy import select

from dougong.core.demo import DemoContext, DemoPart
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.profiles import EnterpriseProfile
from dougong.core.services.archive.service import look_at

WRONG: Final = ("不详", "1380{:06d}", "023-63", "")
EACH: Final = 5
"""Of so many customers one has a phone that is wrong or none at all."""
DOUBLES: Final = 3


def _load(context: DemoContext) -> None:
    customers = context.customers()
    for number, customer in enumerate(customers[::EACH]):
        customer.phone = WRONG[number % len(WRONG)].format(number)
    firms = [row for row in customers if row.kind is CustomerKind.ENTERPRISE]
    for number, firm in enumerate(context.rng.sample(firms, min(DOUBLES, len(firms)))):
        _write_twice(context, firm, number)
    context.session.flush()
    look_at(context.session, context.branch.id, [row.id for row in context.customers()])


def _write_twice(context: DemoContext, firm: Customer, number: int) -> None:
    """The firm once more, as somebody else wrote it down."""
    name = firm.name.replace("有限公司", "有限责任公司").replace("重庆", "重庆市", number % 2)
    double = Customer(
        branch_id=firm.branch_id, code=f"{firm.code}X", kind=firm.kind, name=name,
        phone=firm.phone, manager_id=firm.manager_id,
    )  # fmt: skip
    wanted = select(EnterpriseProfile.credit_code).where(EnterpriseProfile.customer_id == firm.id)
    code = context.session.scalars(wanted).first() or ""
    double.enterprise = EnterpriseProfile(branch_id=firm.branch_id, credit_code=code)
    context.session.add(double)


DEMO: Final = DemoPart("archive", _load, order=90)
