"""The pages of messages, used as staff use them (AF-11, CA-08)."""

from datetime import time
from itertools import count

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from dougong.core.scope import Scope
from dougong.core.services.messages import api
from dougong.core.services.messages.api import (
    ChannelDraft,
    Medium,
    Message,
    MessageChannel,
    MessagePolicy,
    MessageState,
    MessageText,
    OutgoingMessage,
    Reason,
    Seal,
)
from dougong.core.session import Session
from tests.admin.conftest import Furnished

NUMBERS = count(1)
SECRET = "mailtos://user:sesame@smtp.example.com?from=a@example.com"
TEXT = "/admin/message-texts/core.test/mail/en/"
SMS_TEXT = "/admin/message-texts/core.test/sms/zh_Hans_CN/"


@pytest.fixture
def client(furnished: Furnished) -> FlaskClient:
    """The administrator of 东区."""
    return furnished.client("east_admin")


@pytest.fixture
def west(furnished: Furnished) -> FlaskClient:
    """The administrator of 西区, where no channel is in use yet."""
    switch_off = update(MessageChannel).where(MessageChannel.branch_id == furnished.west)
    furnished.write(lambda session: session.execute(switch_off.values(active=False)))
    return furnished.client("west_admin")


@pytest.fixture
def key(furnished: Furnished) -> int:
    """A message of 东区 that was given up."""

    def work(session: Session) -> int:
        channels = api.channels_of(session, furnished.east)
        if Medium.MAIL not in channels:
            draft = ChannelDraft("邮件", Medium.MAIL, "paper://")
            api.add_channel(session, furnished.east, draft, Seal(furnished.house.settings))
        customer = furnished.rows["east"].customers
        message = Message(
            kind="core.test", key=f"page:{next(NUMBERS)}", customer_id=customer,
            contact_id=furnished.rows["east"].contacts,
        )  # fmt: skip
        row = api.send(session, furnished.east, message)
        row.state, row.reason = MessageState.DEAD, Reason.UNREACHABLE
        row.detail = "451 later"
        session.flush()
        return row.id

    return furnished.house.database.write(Scope.at(furnished.east, "test"), work)


def stored(furnished: Furnished, key: int) -> OutgoingMessage:
    row = furnished.read(lambda session: session.get(OutgoingMessage, key))
    assert row is not None
    return row


def test_the_list_says_where_each_message_stands(client: FlaskClient, key: int) -> None:
    page = client.get("/admin/messages/").get_data(as_text=True)
    for word in ("张三", "Test of a channel", "Could not be sent", "cannot be reached"):
        assert word in page


def test_the_page_shows_what_was_said_and_answered(client: FlaskClient, key: int) -> None:
    page = client.get(f"/admin/messages/details/?id={key}").get_data(as_text=True)
    assert "451 later" in page
    assert "Attempts" in page
    assert "东区：消息渠道测试" in page


def test_a_message_is_sent_again_and_withdrawn(
    furnished: Furnished, client: FlaskClient, key: int
) -> None:
    assert client.post(f"/admin/messages/act/again/?id={key}").status_code == 303
    assert stored(furnished, key).state is MessageState.QUEUED
    assert client.post(f"/admin/messages/act/withdraw/?id={key}").status_code == 303
    assert stored(furnished, key).reason is Reason.WITHDRAWN


def test_many_are_sent_again_at_once(furnished: Furnished, client: FlaskClient, key: int) -> None:
    answer = client.post("/admin/messages/action/", data={"action": "again", "rowid": [str(key)]})
    assert answer.status_code == 302
    assert stored(furnished, key).state is MessageState.QUEUED


def test_who_may_only_read_sends_nothing(furnished: Furnished, key: int) -> None:
    technician = furnished.client("technician")
    assert technician.get("/admin/messages/").status_code == 403
    assert technician.post(f"/admin/messages/act/again/?id={key}").status_code == 403


def test_message_of_another_branch_is_not_there(furnished: Furnished, key: int) -> None:
    """XX-05"""
    client = furnished.client("west_admin")
    assert client.get(f"/admin/messages/details/?id={key}").status_code == 404


def test_the_customers_page_lists_his_messages(
    furnished: Furnished, client: FlaskClient, key: int
) -> None:
    customer = furnished.rows["east"].customers
    page = client.get(f"/admin/customers/details/?id={customer}").get_data(as_text=True)
    assert f"/admin/messages/details/?id={key}" in page


# --- texts ----------------------------------------------------------------------------------------


def own(furnished: Furnished) -> list[MessageText]:
    return furnished.read(lambda session: list(session.scalars(select(MessageText))))


def test_every_kind_is_listed(client: FlaskClient) -> None:
    page = client.get("/admin/message-texts/").get_data(as_text=True)
    assert "Test of a channel" in page
    assert TEXT in page


def test_the_editor_lists_values_and_previews(client: FlaskClient) -> None:
    page = client.get(TEXT).get_data(as_text=True)
    assert "{{ branch }}" in page
    assert "上海分公司: test of a channel" in page


def test_a_preview_saves_nothing(furnished: Furnished, client: FlaskClient) -> None:
    sent = {"subject": "S {{ name }}", "body": "B", "go": "preview"}
    page = client.post(TEXT, data=sent).get_data(as_text=True)
    assert "S 陈晨" in page
    assert own(furnished) == []


def test_a_text_is_saved_and_given_up_again(furnished: Furnished, client: FlaskClient) -> None:
    sent = {"subject": "Ours", "body": "Line\r\n{{ name }}", "go": "save"}
    assert client.post(TEXT, data=sent).status_code == 303
    (text,) = own(furnished)
    assert (text.branch_id, text.subject, text.body) == (furnished.east, "Ours", "Line\n{{ name }}")
    assert "own words" in client.get(TEXT).get_data(as_text=True)
    assert client.post(f"{TEXT}restore/").status_code == 303
    assert own(furnished) == []


@pytest.mark.parametrize("go", ["save", "preview"])
def test_a_bad_text_is_told_at_its_field(
    furnished: Furnished, client: FlaskClient, go: str
) -> None:
    """XX-07"""
    sent = {"subject": "S", "body": "{% for x in name %}x{% endfor %}", "go": go}
    page = client.post(TEXT, data=sent).get_data(as_text=True)
    assert 'id="body-errors"' in page
    assert own(furnished) == []


def test_a_text_message_is_counted(client: FlaskClient) -> None:
    sent = {"body": "好" * 71, "go": "preview"}
    page = client.post(SMS_TEXT, data=sent).get_data(as_text=True)
    assert "71 characters, billed as 2 text messages; 63 left" in page


def test_html_is_shown_in_a_locked_frame(client: FlaskClient) -> None:
    sent = {"subject": "S", "body": "<b>{{ name }}</b><script>x</script>", "html": "y"}
    page = client.post(TEXT, data=sent).get_data(as_text=True)
    assert "<script>x" not in page
    assert "sandbox srcdoc=" in page


def test_a_customer_nobody_knows_is_told(client: FlaskClient) -> None:
    sent = {"subject": "S", "body": "B", "customer": "nobody", "go": "preview"}
    assert 'id="customer-errors"' in client.post(TEXT, data=sent).get_data(as_text=True)


@pytest.mark.parametrize("path", ["core.test/fax/en/", "core.test/mail/fr/", "no.kind/mail/en/"])
def test_a_text_that_does_not_exist_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(f"/admin/message-texts/{path}").status_code == 404


def test_who_may_not_write_texts_reads_them(furnished: Furnished) -> None:
    technician = furnished.client("technician")
    assert technician.get(TEXT).status_code == 403


# --- channels and policy --------------------------------------------------------------------------


def test_a_channel_is_set_up_and_its_address_never_shown(
    furnished: Furnished, west: FlaskClient
) -> None:
    sent = {"name": "公司邮箱", "medium": "mail", "active": "y", "address": SECRET}
    answer = west.post("/admin/message-channels/new/", data=sent)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    page = west.get("/admin/message-channels/").get_data(as_text=True)
    assert "mailtos://smtp.example.com" in page
    assert "sesame" not in page
    found = furnished.read(lambda session: session.scalars(select(MessageChannel)).all())[-1]
    edit = west.get(f"/admin/message-channels/edit/?id={found.id}").get_data(as_text=True)
    assert "sesame" not in edit
    assert found.sealed not in edit


def test_a_bad_address_is_told_at_its_field(west: FlaskClient) -> None:
    """XX-07"""
    sent = {"name": "x", "medium": "mail", "active": "y", "address": "ftp://example.com"}
    page = west.post("/admin/message-channels/new/", data=sent).get_data(as_text=True)
    assert "The address begins with one of" in page


def test_a_channel_is_tried_on_oneself(furnished: Furnished, client: FlaskClient, key: int) -> None:
    channel = furnished.read(
        lambda session: session.scalars(
            select(MessageChannel.id).filter_by(branch_id=furnished.east, active=True)
        ).one()
    )
    answer = client.post(
        f"/admin/message-channels/act/try/?id={channel}", follow_redirects=True
    ).get_data(as_text=True)
    assert "no address of yours" in answer


def test_quiet_hours_are_the_houses_until_somebody_says_else(
    furnished: Furnished, client: FlaskClient
) -> None:
    page = client.get("/admin/message-policy/").get_data(as_text=True)
    assert 'value="21:00"' in page
    sent = {"quiet_from": "20:30", "quiet_to": "09:00", "cap_count": "1", "cap_days": "30"}
    for _ in range(2):
        assert client.post("/admin/message-policy/", data=sent).status_code == 303
    (policy,) = furnished.read(lambda session: session.scalars(select(MessagePolicy)).all())
    assert (policy.branch_id, policy.quiet_from) == (furnished.east, time(20, 30))
    sent["cap_days"] = "0"
    assert client.post("/admin/message-policy/", data=sent).status_code == 200


def test_headquarters_is_asked_to_choose_a_branch(furnished: Furnished) -> None:
    client = furnished.client("admin")
    client.post("/desk/branch", data={"branch": "all"})
    for page in ("message-texts", "message-policy"):
        answer = client.get(f"/admin/{page}/")
        assert answer.status_code == 200


def test_a_contact_is_written_to_by_hand(
    furnished: Furnished, client: FlaskClient, key: int
) -> None:
    contact = furnished.rows["east"].contacts
    address = f"/admin/contacts/act/write/?id={contact}"
    assert 'value="mail"' in client.get(address).get_data(as_text=True)
    sent = {"medium": "mail", "subject": "", "text": "明天上门"}
    assert 'id="subject-errors"' in client.post(address, data=sent).get_data(as_text=True)
    assert client.post(address, data=sent | {"subject": "上门时间"}).status_code == 303
    found = furnished.read(
        lambda session: session.scalars(
            select(OutgoingMessage).filter_by(kind="core.letter").order_by(OutgoingMessage.id)
        ).all()
    )
    assert found[-1].subject == "上门时间"
    assert "明天上门" in found[-1].body
