"""Sends e-mail over SMTP, each with a Message-ID that stays the same when it is sent again."""

import ssl
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bots.delivery import Failed, Sent
from services.outbox import Letter

TIMEOUT = 15


class MailClient:
    """One SMTP server, named as `smtp://host:port` or `smtps://user:password@host`."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._sender = sender
        self._secure = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._secure else 25)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None

    async def send(self, letter: Letter) -> Sent | Failed:
        """Send one mail; address, subject and text are the letter's body."""
        assert letter.body is not None
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, letter.body["to"], letter.body["subject"]
        mail["Message-ID"] = f"<{letter.retry_key}@{self._sender.rpartition('@')[2].strip('>')}>"
        mail["Date"] = formatdate()
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.body["text"])
        try:
            await aiosmtplib.send(
                mail,
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._secure,
                start_tls=False if self._host in ("127.0.0.1", "localhost") else None,
                tls_context=ssl.create_default_context() if self._secure else None,
                timeout=TIMEOUT,
            )
        except aiosmtplib.SMTPResponseException as refusal:
            return Failed(f"SMTP {refusal.code}", again=refusal.code < 500)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Failed(type(error).__name__, again=True)
        return Sent()
