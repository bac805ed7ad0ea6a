"""The renewal notice goes to the customer beside the paper: once a term (AF-11)."""

from datetime import date, timedelta

from sqlalchemy import select

from dougong.core.entities.contact import Contact
from dougong.core.services.messages.api import (
    ChannelDraft,
    Medium,
    MessageState,
    OutgoingMessage,
    Reason,
    Seal,
    add_channel,
)
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.testing import World
from dougong.plugins.aftersales.models import ContractRenewal
from dougong.plugins.aftersales.service import cancel_contract, change_term, lose
from tests.plugins.aftersales.desk import Desk
from tests.plugins.aftersales.test_contracts import TODAY, run, signed

SOON = TODAY + timedelta(days=20)


def reachable(session: Session, world: World, desk: Desk, **address: str) -> None:
    """Channels for mail and text messages, and a contact with these addresses."""
    seal = Seal(Settings(secret_key="for tests only"))  # type: ignore[arg-type]
    for medium in (Medium.MAIL, Medium.SMS):
        add_channel(session, world.east, ChannelDraft(medium.value, medium, "paper://"), seal)
    contact = Contact(branch_id=world.east, customer_id=desk.customer.id, name="王芳", **address)
    session.add(contact)
    session.flush()
    session.expire(session.get_one(type(desk.customer), desk.customer.id), ["contacts"])


def messages(session: Session) -> list[OutgoingMessage]:
    session.flush()
    return list(session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)))


def test_the_notice_is_mailed_once_a_term(session: Session, world: World, desk: Desk) -> None:
    reachable(session, world, desk, email="wang@example.com", phone="13800138000")
    contract = signed(session, desk, SOON)
    run(session, world.east)
    run(session, world.east)
    (told,) = messages(session)
    assert (told.state, told.medium, told.address) == (
        MessageState.QUEUED, Medium.MAIL, "wang@example.com"
    )  # fmt: skip
    assert told.subject == f"保养到期通知书：合同{contract.number}"
    for words in ("王芳，您好", "2026年3月22日", "复印机 3 台", "陈经理"):
        assert words in told.body


def test_without_mail_it_goes_as_a_text_message(session: Session, world: World, desk: Desk) -> None:
    reachable(session, world, desk, phone="13800138000")
    signed(session, desk, SOON)
    run(session, world.east)
    (told,) = messages(session)
    assert (told.medium, told.address) == (Medium.SMS, "13800138000")


def test_without_a_channel_the_paper_is_issued_all_the_same(
    session: Session, world: World, desk: Desk
) -> None:
    signed(session, desk, SOON)
    assert run(session, world.east)
    (told,) = messages(session)
    assert (told.state, told.reason) == (MessageState.DROPPED, Reason.NO_CHANNEL)


def test_a_withdrawn_notice_keeps_its_message_back_and_one_that_returns_lets_it_go(
    session: Session, world: World, desk: Desk
) -> None:
    reachable(session, world, desk, email="wang@example.com")
    contract = signed(session, desk, SOON)
    run(session, world.east)
    change_term(session, contract.id, contract.starts_on, date(2027, 3, 1))
    assert messages(session)[0].reason is Reason.WITHDRAWN
    change_term(session, contract.id, contract.starts_on, SOON)
    assert messages(session)[0].state is MessageState.QUEUED
    cancel_contract(session, contract.id)
    assert messages(session)[0].reason is Reason.WITHDRAWN


def test_a_settled_renewal_is_not_written_about(session: Session, world: World, desk: Desk) -> None:
    reachable(session, world, desk, email="wang@example.com")
    signed(session, desk, SOON)
    run(session, world.east)
    renewal = session.scalars(select(ContractRenewal)).one()
    lose(session, renewal.id, "换了供应商")
    assert messages(session)[0].reason is Reason.WITHDRAWN
