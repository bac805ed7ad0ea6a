"""Handing over to real servers, and what is made of each of their answers (AF-11, CA-08)."""

from collections.abc import Iterator
from threading import Event

import pytest

from dougong.core.services.messages import carriers
from dougong.core.services.messages.kinds import Wording
from dougong.core.services.messages.letters import Answer, Letter
from dougong.core.services.messages.rules import Medium, Outcome
from tests.core.services.messages.servers import (
    MailBox,
    Vendor,
    free_port,
    http_vendor,
    mail_server,
)

TEXT = Wording("王芳，您好：\n\n您的保养合同即将到期。", "保养到期通知书 【星辰公司】")
LETTER = Letter(to="wang@example.com", recipient="王芳", text=TEXT, name="dougong.2.7")
SMS = Letter(to="13800138000", recipient="王芳", text=Wording("您好，王芳"), name="n")


@pytest.fixture
def box() -> Iterator[MailBox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with http_vendor() as vendor:
        yield vendor


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for an answer half a second only."""
    monkeypatch.setattr(carriers, "ANSWER_WITHIN", 0.5)


def mail(box: MailBox, letter: Letter = LETTER) -> Answer:
    return carriers.hand_over(Medium.MAIL, box.address, letter)


def sms(vendor: Vendor) -> Answer:
    return carriers.hand_over(Medium.SMS, vendor.address, SMS)


def test_a_mail_arrives_in_chinese(box: MailBox) -> None:
    assert mail(box) == Answer(Outcome.SENT)
    (got,) = box.mails
    assert box.recipients == ["wang@example.com"]
    assert got["Subject"] == TEXT.subject
    assert got["To"] == "王芳 <wang@example.com>"
    assert got["From"].endswith("<service@example.com>")
    assert got["Message-ID"] == "<dougong.2.7@example.com>"
    assert got.get_content().replace("\r\n", "\n").strip() == TEXT.body


def test_html_comes_with_plain_words(box: MailBox) -> None:
    html = Wording("<p>您好，<b>王芳</b></p>", "S", html=True)
    mail(box, Letter(to="a@example.com", recipient="王芳", text=html, name="n"))
    (got,) = box.mails
    parts = {part.get_content_type(): part.get_content() for part in got.iter_parts()}
    assert parts["text/plain"].strip() == "您好，王芳"
    assert "<b>王芳</b>" in parts["text/html"]


def test_a_refused_recipient_is_refused_for_good(box: MailBox) -> None:
    box.refuse = "550 5.1.1 no such user"
    assert mail(box) == Answer(Outcome.PERMANENT, "550 5.1.1 no such user")


def test_a_refused_text_is_refused_for_good(box: MailBox) -> None:
    box.refuse_text = "554 looks like spam"
    assert mail(box) == Answer(Outcome.PERMANENT, "554 looks like spam")


def test_a_busy_server_is_asked_again_later(box: MailBox) -> None:
    box.refuse = "451 4.7.1 try again later"
    assert mail(box) == Answer(Outcome.TEMPORARY, "451 4.7.1 try again later")
    box.refuse, box.refuse_text = "", "452 no space"
    assert mail(box).outcome is Outcome.TEMPORARY


def test_a_dropped_connection_is_tried_again(box: MailBox) -> None:
    box.hang_up = True
    answer = mail(box)
    assert answer.outcome is Outcome.TEMPORARY
    assert answer.detail


@pytest.mark.usefixtures("hurried")
def test_a_slow_server_is_not_waited_for(box: MailBox) -> None:
    box.slow = 1.5
    assert mail(box).outcome is Outcome.TEMPORARY
    assert box.mails == []


def test_nobody_at_the_port_is_tried_again() -> None:
    address = f"mailto://127.0.0.1:{free_port()}?from=a@example.com"
    assert carriers.hand_over(Medium.MAIL, address, LETTER).outcome is Outcome.TEMPORARY


def test_no_line_break_gets_into_a_header(box: MailBox) -> None:
    letter = Letter(to="a@example.com\r\nBcc: x@example.com", recipient="x", text=TEXT, name="n")
    assert mail(box, letter).outcome is Outcome.PERMANENT
    assert box.mails == []


def test_a_vendor_gets_number_and_text(vendor: Vendor) -> None:
    assert sms(vendor) == Answer(Outcome.SENT)
    (posted,) = vendor.posts
    assert (posted["phone"], posted["text"]) == ("13800138000", "您好，王芳")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (500, Outcome.TEMPORARY),
        (503, Outcome.TEMPORARY),
        (429, Outcome.TEMPORARY),
        (400, Outcome.PERMANENT),
        (404, Outcome.PERMANENT),
    ],
)
def test_what_a_vendor_answers(vendor: Vendor, status: int, outcome: Outcome) -> None:
    vendor.status = status
    answer = sms(vendor)
    assert answer.outcome is outcome
    assert str(status) in answer.detail


def test_a_vendor_who_talks_garbage_is_tried_again(vendor: Vendor) -> None:
    vendor.garbage = b"\x00\xff no http at all\r\n"
    assert sms(vendor).outcome is Outcome.TEMPORARY


@pytest.mark.usefixtures("hurried")
def test_a_stuck_vendor_is_not_waited_for(vendor: Vendor) -> None:
    vendor.stuck = Event()
    assert sms(vendor).outcome is Outcome.TEMPORARY
