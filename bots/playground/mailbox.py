"""A mailbox for everybody: an SMTP server that keeps what it is given and delivers nothing."""

import asyncio
import email
import email.policy
import logging
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from bots.playground.store import Store

KIND = "mail"
# aiosmtpd would otherwise log who writes to whom.
logging.getLogger("mail.log").setLevel(logging.WARNING)


class FakeMailbox:
    """Keeps each mail once for each recipient; a mail sent again under its Message-ID counts up `times`."""

    def __init__(self, *, store: Store, now: Callable[[], datetime]) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self._store = store
        self._now = now
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Opens a free port on loopback; returns the address for `SMTP_URL`."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(
                self, enable_SMTPUTF8=True, hostname="localhost", ident="Ouentai playground", loop=loop
            ),
            "127.0.0.1",
            0,
        )
        host, port = self._server.sockets[0].getsockname()
        return f"smtp://{host}:{port}"

    async def close(self) -> None:
        """Stops listening; the mails stay."""
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    def mails(self) -> list[dict[str, Any]]:
        """Every mail, oldest first: id, to, sender, subject, text, at (ISO, programme time), times."""
        return list(self._store.all(KIND).values())

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd)
        """Takes one mail for all its recipients."""
        content = envelope.content or b""
        mail = email.message_from_bytes(
            content.encode() if isinstance(content, str) else content, policy=email.policy.default
        )
        count = len(self._store.all(KIND))
        for number, recipient in enumerate(envelope.rcpt_tos):
            id = f"{mail['Message-ID'] or count + number} {recipient}"
            before = self._store.get(KIND, id)
            self._store.put(
                KIND,
                id,
                before | {"times": before["times"] + 1} if before else self._doc(id, recipient, mail),
            )
        self.on_change()
        return "250 OK"

    def _doc(self, id: str, recipient: str, mail: EmailMessage) -> dict[str, Any]:
        body = mail.get_body(("plain", "html"))
        return {
            "id": id,
            "to": recipient,
            "sender": str(mail["From"] or ""),
            "subject": str(mail["Subject"] or ""),
            "text": "\n".join(body.get_content().splitlines()).rstrip() if body else "",
            "at": self._now().isoformat(),
            "times": 1,
        }
