"""Queueing, words of a branch, channels, and what staff do to a message (CA-08, AF-11)."""

from datetime import date

import pytest
from sqlalchemy import func, select

from dougong.core.entities.people import User
from dougong.core.errors import Refusal, StateRefused
from dougong.core.scope import Scope
from dougong.core.services.audit.api import AuditEntry
from dougong.core.services.messages import api
from dougong.core.services.messages.api import (
    AddressRefused,
    Medium,
    Message,
    MessageState,
    OutgoingMessage,
    Reason,
    TextRefused,
    Wording,
)
from dougong.core.services.messages.channels import PAPER, Seal, check_address, masked
from dougong.core.services.messages.setup import (
    ChannelDraft,
    Place,
    add_channel,
    change_channel,
    preview,
    restore_text,
    save_text,
    try_channel,
)
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.testing import World
from tests.core.services.messages.premises import channel, customer, notice

MAIL = Place("demo.service", Medium.MAIL)


def home(session: Session) -> int:
    assert session.scope.home is not None
    return session.scope.home


def queued(session: Session, seal: Seal) -> OutgoingMessage:
    channel(session, home(session), seal)
    return api.send(session, home(session), notice(customer(session, home(session))))


def test_a_message_is_written_out_and_queued(session: Session, seal: Seal) -> None:
    row = queued(session, seal)
    assert row.state is MessageState.QUEUED
    assert (row.subject, row.body) == ("关于保养", "王芳：保养")
    assert (row.medium, row.address, row.recipient) == (Medium.MAIL, "C1@example.com", "王芳")


def test_the_same_occasion_is_told_once(session: Session, seal: Seal) -> None:
    """CA-08"""
    first = queued(session, seal)
    contact = first.contact
    assert contact is not None
    again = api.send(session, home(session), notice(contact, values={"what": "别的"}))
    assert again.id == first.id
    assert session.scalar(select(func.count(OutgoingMessage.id))) == 1


def test_two_branches_may_use_one_key(world: World, seal: Seal) -> None:
    """XX-05"""
    keys = []
    for branch_id in (world.east, world.west):
        with world.at(branch_id) as session:
            keys.append(queued(session, seal).id)
            session.commit()
    assert len(set(keys)) == 2


def test_the_first_medium_that_reaches_him_is_taken(session: Session, seal: Seal) -> None:
    for medium in (Medium.MAIL, Medium.SMS):
        channel(session, home(session), seal, medium)
    contact = customer(session, home(session), email="")
    row = api.send(session, home(session), notice(contact))
    assert (row.medium, row.address, row.subject) == (Medium.SMS, "13800138000", "")


@pytest.mark.parametrize(
    ("phone", "address"),
    [
        ("+86 138 0013 8000", "13800138000"),
        ("021-62881234", ""),
        ("+852 6123 4567", "+85261234567"),
        ("nonsense", ""),
    ],
)
def test_a_text_message_goes_to_mobiles_only(
    session: Session, seal: Seal, phone: str, address: str
) -> None:
    channel(session, home(session), seal, Medium.SMS)
    contact = customer(session, home(session), phone=phone)
    assert api.send(session, home(session), notice(contact)).address == address


def test_the_customers_own_address_serves_for_service_not_for_marketing(
    session: Session, seal: Seal
) -> None:
    """CA-08"""
    channel(session, home(session), seal)
    contact = customer(session, home(session), email="")
    contact.customer.email = "office@example.com"
    assert api.send(session, home(session), notice(contact)).address == "office@example.com"
    offer = notice(contact, "k2", kind="demo.marketing")
    assert api.send(session, home(session), offer).address == ""


def test_without_a_channel_it_shows_that_nothing_went(session: Session) -> None:
    row = api.send(session, home(session), notice(customer(session, home(session))))
    assert (row.state, row.reason) == (MessageState.DROPPED, Reason.NO_CHANNEL)


def test_a_broken_text_of_the_branch_does_not_undo_the_act(session: Session, seal: Seal) -> None:
    text = save_text(session, home(session), MAIL, Wording("{{ name }}", "S"))
    text.body = "{{ gone }}"
    row = queued(session, seal)
    assert (row.state, row.reason) == (MessageState.DEAD, Reason.BAD_TEXT)
    assert "gone" in row.detail
    with pytest.raises(StateRefused):
        api.send_again(session, row.id)


def test_staff_are_written_to_in_their_language(session: Session, seal: Seal) -> None:
    channel(session, home(session), seal)
    user = User(login="chen", name="Chen", email="chen@example.com", locale="en")
    session.add(user)
    session.flush()
    message = Message(
        kind="demo.internal", key="k", user_id=user.id, values={"what": date(2026, 3, 2)}
    )
    row = api.send(session, home(session), message)
    assert (row.subject, row.body) == ("About March 2, 2026", "Chen: March 2, 2026")


def test_values_that_the_kind_does_not_declare_are_a_mistake_of_the_plugin(
    session: Session, seal: Seal
) -> None:
    channel(session, home(session), seal)
    contact = customer(session, home(session))
    with pytest.raises(LookupError, match="what"):
        api.send(session, home(session), notice(contact, values={}))
    with pytest.raises(LookupError, match=r"demo\.nothing"):
        api.send(session, home(session), notice(contact, kind="demo.nothing"))


# --- words of a branch ----------------------------------------------------------------------------


def test_a_branch_says_it_its_own_way_and_goes_back(world: World, seal: Seal) -> None:
    with world.at(world.east) as session:
        save_text(session, world.east, MAIL, Wording("{{ customer }}，{{ what }}", "东区通知"))
        row = queued(session, seal)
        assert (row.subject, row.body) == ("东区通知", "星辰公司，保养")
        contact = row.contact
        assert contact is not None
        restore_text(session, world.east, MAIL)
        assert api.send(session, world.east, notice(contact, "k2")).subject == "关于保养"
    with world.at(world.west) as session:
        assert queued(session, seal).subject == "关于保养"


def test_a_text_is_looked_at_when_it_is_saved(session: Session) -> None:
    """XX-07"""
    with pytest.raises(TextRefused) as caught:
        save_text(session, home(session), MAIL, Wording("{{ price }}", "S"))
    assert caught.value.field == "body"


def test_a_preview_shows_samples_and_a_real_customer(session: Session) -> None:
    words = Wording("{{ name }}／{{ customer }}／{{ what }}", "S")
    assert preview(session, home(session), MAIL, words, None).body == "王芳／星辰科技有限公司／样品"
    contact = customer(session, home(session), name="李雷")
    shown = preview(session, home(session), MAIL, words, contact.customer)
    assert shown.body == "李雷／星辰公司／样品"


# --- channels -------------------------------------------------------------------------------------

SECRET = "mailtos://user:sesame@smtp.example.com:465?from=a@example.com"


def test_an_address_is_stored_sealed_and_shown_without_its_secret(
    session: Session, seal: Seal
) -> None:
    row = channel(session, home(session), seal, at=SECRET)
    assert "sesame" not in row.sealed + row.shown
    assert row.shown == "mailtos://smtp.example.com:465"
    assert seal.open(row.sealed) == SECRET


def test_the_log_of_changes_knows_no_address(session: Session, seal: Seal) -> None:
    """AR-04"""
    row = channel(session, home(session), seal, at=SECRET)
    entries = session.scalars(select(AuditEntry).filter_by(entity="core_message_channel")).all()
    kept = [entry.changes for entry in entries]
    assert "shown" in kept[0]
    assert row.sealed not in str(kept)


def test_an_old_secret_still_opens_and_a_lost_one_says_what_to_do(seal: Seal) -> None:
    sealed = seal.close(SECRET)
    after = Settings(secret_key="new", secret_key_fallbacks=["for tests only"])  # type: ignore[arg-type,list-item]
    assert Seal(after).open(sealed) == SECRET
    with pytest.raises(AddressRefused):
        Seal(Settings(secret_key="new")).open(sealed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("medium", "address"),
    [
        (Medium.MAIL, "nonsense"),
        (Medium.MAIL, "json://example.com"),
        (Medium.MAIL, "dbus://"),
        (Medium.SMS, "json://example.com/send"),
        (Medium.CHAT, "wecombot://"),
    ],
)
def test_an_address_nothing_can_be_sent_by_is_refused_at_its_field(
    medium: Medium, address: str
) -> None:
    """XX-07"""
    with pytest.raises(AddressRefused) as caught:
        check_address(medium, address)
    assert caught.value.field == "address"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("wecombot://robotkey0123456789", "wecombot://***"),
        ("jsons://sms.example.com/send?apikey=sesame&:to={to}", "jsons://sms.example.com"),
        (PAPER, PAPER),
    ],
)
def test_what_staff_see_of_an_address(address: str, shown: str) -> None:
    assert masked(address) == shown


def test_one_channel_a_medium_is_in_use(session: Session, seal: Seal) -> None:
    first = channel(session, home(session), seal)
    with pytest.raises(Refusal) as caught:
        channel(session, home(session), seal)
    assert caught.value.field == "active"
    change_channel(session, first, ChannelDraft("旧", Medium.MAIL, "", active=False), seal)
    assert channel(session, home(session), seal).active


def test_a_channel_keeps_its_address_until_another_is_entered(session: Session, seal: Seal) -> None:
    row = channel(session, home(session), seal, at=SECRET)
    change_channel(session, row, ChannelDraft("改名", Medium.MAIL, ""), seal)
    assert (row.name, seal.open(row.sealed)) == ("改名", SECRET)
    with pytest.raises(AddressRefused):
        change_channel(session, row, ChannelDraft("改名", Medium.SMS, ""), seal)


def test_an_empty_address_makes_no_channel(session: Session, seal: Seal) -> None:
    with pytest.raises(AddressRefused):
        add_channel(session, home(session), ChannelDraft("x", Medium.MAIL, ""), seal)


def test_a_channel_is_tried_on_oneself(session: Session, seal: Seal) -> None:
    row = channel(session, home(session), seal)
    user = User(login="chen", name="陈晨", email="chen@example.com")
    session.add(user)
    session.flush()
    made = try_channel(session, row, user.id)
    assert (made.state, made.address, made.urgent) == (
        MessageState.QUEUED, "chen@example.com", True
    )  # fmt: skip
    user.email = ""
    with pytest.raises(Refusal) as caught:
        try_channel(session, row, user.id)
    assert caught.value.next_step


# --- what staff do --------------------------------------------------------------------------------


def test_what_waits_can_be_withdrawn_and_sent_after_all(session: Session, seal: Seal) -> None:
    row = queued(session, seal)
    api.withdraw(session, row.id)
    assert (row.state, row.reason) == (MessageState.DROPPED, Reason.WITHDRAWN)
    with pytest.raises(StateRefused):
        api.withdraw(session, row.id)
    api.send_again(session, row.id)
    assert (row.state, row.attempts) == (MessageState.QUEUED, 0)
    with pytest.raises(StateRefused):
        api.send_again(session, row.id)


def test_another_branch_sees_no_message(world: World, seal: Seal) -> None:
    """XX-05"""
    with world.at(world.east) as session:
        queued(session, seal)
        session.commit()
    with world.session(Scope.at(world.west, "test")) as session:
        assert session.scalars(select(OutgoingMessage)).all() == []
