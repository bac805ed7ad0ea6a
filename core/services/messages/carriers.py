"""Handing a message over: mail by SMTP, all else by Apprise; what was answered, in three kinds.

Apprise reads every address. It says yes or no and not why; a refused recipient and a server that is
busy are two things, so mail is handed over here, with what Apprise read.
"""

import logging
import re
import smtplib
import ssl
import threading
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid
from typing import Any, Final
from urllib.parse import quote

from apprise import Apprise, AppriseAsset, NotifyBase
from apprise.plugins.email import NotifyEmail

from dougong.core.failures import describe
from dougong.core.i18n import lazy
from dougong.core.services.messages.channels import PAPER, TO, AddressRefused
from dougong.core.services.messages.letters import Answer, Letter
from dougong.core.services.messages.rules import Medium, Outcome
from dougong.core.services.messages.texts import plain

CONNECT_WITHIN: Final = 5.0
ANSWER_WITHIN: Final = 10.0
"""Seconds for each answer of the other side; a dozen of them stay within a message's lease."""
_ASSET: Final = AppriseAsset(app_id="Dougong", app_desc="Dougong", async_mode=False)
_LISTENING: Final = logging.getLogger("apprise")
_CODE: Final = re.compile(r"error=(\d{3})\b")
_BUSY: Final = frozenset({408, 425, 429})


def hand_over(medium: Medium, address: str, letter: Letter) -> Answer:
    """Hand the letter to whatever the channel's address names; never raises for what that does."""
    if address == PAPER:
        return Answer(Outcome.SENT)
    try:
        made = sender(address, letter.to)
    except AddressRefused as error:
        return Answer(Outcome.TEMPORARY, str(error))
    made.socket_connect_timeout, made.socket_read_timeout = CONNECT_WITHIN, ANSWER_WITHIN
    if isinstance(made, NotifyEmail):
        return _mail(made, letter)
    return _notify(made, letter, medium)


def sender(address: str, to: str) -> NotifyBase:
    """What sends by this address; ``AddressRefused`` where Apprise cannot read it."""
    made = Apprise.instantiate(address.replace(TO, quote(to, safe="")), asset=_ASSET)
    if not isinstance(made, NotifyBase):
        raise AddressRefused(
            lazy("This address cannot be read."),
            next_step=lazy("Write it like %(example)s.",
                           example="mailtos://user:password@smtp.example.com?from=me@example.com"),
            field="address",
        )  # fmt: skip
    return made


# --- mail -----------------------------------------------------------------------------------------


def _mail(made: Any, letter: Letter) -> Answer:
    try:
        message = _composed(made, letter)
        server = _connected(made)
    except ValueError as error:  # an address or subject that no header may hold
        return Answer(Outcome.PERMANENT, describe(error))
    except (OSError, smtplib.SMTPException) as error:
        return Answer(Outcome.TEMPORARY, _said(error))
    try:
        server.send_message(message, from_addr=made.from_addr[1], to_addrs=[letter.to])
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return Answer(_kind_of(error), _said(error))
    finally:
        _leave(server)
    return Answer(Outcome.SENT)


def _composed(made: Any, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    name, address = made.from_addr
    message["Subject"] = letter.text.subject
    message["From"] = formataddr((name or "", address))
    message["To"] = formataddr((letter.recipient, letter.to))
    message["Date"] = formatdate()
    domain = address.rpartition("@")[2] or "localhost"
    message["Message-ID"] = f"<{letter.name}@{domain}>" if letter.name else make_msgid()
    message["Auto-Submitted"] = "auto-generated"  # no out-of-office note should answer it
    if letter.text.html:
        message.set_content(plain(letter.text.body))
        message.add_alternative(letter.text.body, subtype="html")
    else:
        message.set_content(letter.text.body)
    return message


def _connected(made: Any) -> smtplib.SMTP:
    secure = str(getattr(made.secure_mode, "value", made.secure_mode))
    context = ssl.create_default_context()
    if not made.verify_certificate:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    make: Callable[..., smtplib.SMTP] = smtplib.SMTP_SSL if secure == "ssl" else smtplib.SMTP
    options = {"context": context} if secure == "ssl" else {}
    server = make(made.smtp_host, made.port, timeout=ANSWER_WITHIN, **options)
    try:
        if secure == "starttls":
            server.starttls(context=context)
        if made.user and made.password:
            server.login(made.user, made.password)
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def _leave(server: smtplib.SMTP) -> None:
    """Say good-bye; what the server does then changes nothing about what it took."""
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _kind_of(error: Exception) -> Outcome:
    """Permanent is what this message can never cure: its recipient or its content refused."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return Outcome.PERMANENT if all(code >= 500 for code in codes) else Outcome.TEMPORARY
    if isinstance(error, smtplib.SMTPDataError):
        return Outcome.PERMANENT if error.smtp_code >= 500 else Outcome.TEMPORARY
    return Outcome.PERMANENT if isinstance(error, ValueError) else Outcome.TEMPORARY


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(_answer(code, words) for code, words in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return describe(error)


def _answer(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"[:500]


# --- everything else ------------------------------------------------------------------------------


class _Heard(logging.Handler):
    """What Apprise complains of in this thread: the only place where it says why."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread = threading.get_ident()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line, if it is ours."""
        if record.thread == self.thread:
            self.lines.append(record.getMessage())


def _notify(made: NotifyBase, letter: Letter, medium: Medium) -> Answer:
    heard = _Heard()
    _LISTENING.addHandler(heard)
    try:
        title = letter.text.subject if medium is Medium.CHAT else ""
        went = made.notify(body=letter.text.body, title=title)
    except (OSError, ValueError, TypeError) as error:  # what a garbled answer makes of a plugin
        return Answer(Outcome.TEMPORARY, describe(error))
    finally:
        _LISTENING.removeHandler(heard)
    if went:
        return Answer(Outcome.SENT)
    said = " ".join(heard.lines)[:500]
    found = _CODE.search(said)
    code = int(found[1]) if found else 0
    refused = 400 <= code < 500 and code not in _BUSY
    return Answer(Outcome.PERMANENT if refused else Outcome.TEMPORARY, said)
