"""The papers of after-sales: notice of the end 保养到期通知书 (AF-11), service voucher (AF-02)."""

from datetime import date

import pytest
from sqlalchemy import select

from dougong.core.entities.customer import Customer
from dougong.core.errors import Forbidden
from dougong.core.i18n import speaking
from dougong.core.services.printing import api as printing
from dougong.core.session import Session
from dougong.core.switches import disable
from dougong.core.testing import World
from dougong.plugins.aftersales.models import ContractRenewal
from dougong.plugins.aftersales.rules import CallChannel
from dougong.plugins.aftersales.service import NewCall, issue_notice, open_call
from tests.plugins.aftersales.desk import Desk
from tests.plugins.aftersales.test_contracts import signed


def page(session: Session, code: str, key: int) -> str:
    """The paper as HTML, in Chinese."""
    with speaking("zh_Hans_CN"):
        run = printing.print_papers(session, code, [key])
        return "".join(printing.pieces(session, printing.printed(session, run)))


@pytest.fixture
def renewal(session: Session, desk: Desk) -> ContractRenewal:
    """A notice that was issued."""
    contract = signed(session, desk, date(2026, 3, 20))
    issue_notice(session, contract.id)
    return session.scalars(select(ContractRenewal)).one()


def test_notice_prints_with_its_own_number(session: Session, renewal: ContractRenewal) -> None:
    """AF-11, XX-06"""
    html = page(session, "aftersales.renewal_notice", renewal.id)
    for said in (
        "保养到期通知书", "RN-2026-000001", "重庆长江印务有限公司", "复印机 3 台", "2026年3月20日",
        "2027年3月20日", "¥3,600.00", "陈经理", "回执",
    ):  # fmt: skip
        assert said in html, said
    assert "RN-2026-000001" in page(session, "aftersales.renewal_notice", renewal.id)


def test_voucher_prints_for_both_sides(session: Session, desk: Desk) -> None:
    """AF-02: the technician's proof, signed by the customer."""
    asked = NewCall(
        customer_id=desk.customer.id, fault="卡纸", channel=CallChannel.PHONE, model="MX-2300",
        serial="A001", address_id=desk.urban.id,
    )  # fmt: skip
    html = page(session, "aftersales.voucher", open_call(session, asked).id)
    for said in ("服务凭证", "CALL-2026-000001", "卡纸", "MX-2300", "公司联", "客户联", "客户签字"):
        assert said in html, said


def test_papers_go_with_the_plugin(
    world: World, session: Session, renewal: ContractRenewal
) -> None:
    """XX-04"""
    disable(session, world.east, "aftersales")
    assert printing.papers_of(session, ContractRenewal, world.east) == []
    assert printing.papers_of(session, Customer, world.east)
    with pytest.raises(Forbidden):
        printing.print_papers(session, "aftersales.renewal_notice", [renewal.id])
