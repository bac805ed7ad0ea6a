"""Real servers for tests: one for mail and one for HTTP, that do as they are told."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from threading import Event, Thread
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class MailBox:
    """What a mail server received, and how it behaves."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuse: str = ""
    """What it answers to a recipient."""
    refuse_text: str = ""
    """What it answers to the mail itself."""
    hang_up: bool = False
    slow: float = 0.0

    @property
    def address(self) -> str:
        """The channel's address of this server."""
        return f"mailto://127.0.0.1:{self.port}?from=service@example.com&name=客服"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.hang_up:
            server.transport.close()
            return "451 gone"
        if self.refuse_text:
            return self.refuse_text
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        return "250 OK"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def mail_server() -> Iterator[MailBox]:
    """A mail server on a free port."""
    box = MailBox(port=free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@dataclass
class Vendor:
    """What an HTTP endpoint received, and how it answers: the status, or raw bytes."""

    port: int = 0
    posts: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    garbage: bytes = b""
    stuck: Event | None = None

    @property
    def address(self) -> str:
        """The channel's address of this endpoint."""
        return f"json://127.0.0.1:{self.port}/send?:phone={{to}}&:message=text"


@contextmanager
def http_vendor() -> Iterator[Vendor]:
    """A vendor of text messages on a free port."""
    vendor = Vendor()

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            vendor.posts.append(json.loads(self.rfile.read(length)))
            if vendor.stuck is not None:
                vendor.stuck.wait(30)
            if vendor.garbage:
                self.wfile.write(vendor.garbage)
                return
            self.send_response(vendor.status)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    vendor.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield vendor
    finally:
        if vendor.stuck is not None:
            vendor.stuck.set()
        server.shutdown()
        server.server_close()
        thread.join()
