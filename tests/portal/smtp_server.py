"""A real SMTP server on loopback that keeps what it accepts and answers what a test wants."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller

ACCEPTED = "250 diterima"


@dataclass
class Mailbox:
    """`answers` are given to one DATA after another, then `250`; `refuses` is the answer to RCPT of these addresses."""

    url: str = ""
    answers: list[str] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    got: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    tried: int = 0

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        self.tried += 1
        time.sleep(self.delay)
        answer = self.answers.pop(0) if self.answers else ACCEPTED
        if answer.startswith("2"):
            self.got.append(message_from_bytes(envelope.content, policy=policy.SMTP))
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        return answer


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    kept = Mailbox()
    controller = Controller(kept, hostname="127.0.0.1", port=_free_port())
    controller.start()
    kept.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield kept
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]
