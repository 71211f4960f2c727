"""The fake mailbox takes real SMTP and shows what arrived."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from urllib.parse import urlsplit

import aiosmtplib
import pytest

from bots.playground.mailbox import FakeMailbox
from bots.playground.store import MemoryStore
from tests.bots.playground.stub_people import START


@pytest.fixture
async def mailbox() -> AsyncIterator[FakeMailbox]:
    box = FakeMailbox(store=MemoryStore(), now=lambda: START)
    box.url = urlsplit(await box.start())
    yield box
    await box.close()


def mail(to: str, subject: str, text: str, id: str = "<1@ouentai>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = (
        "jimukyoku@example.jp",
        to,
        subject,
        id,
    )
    message.set_content(text)
    return message


async def send(box: FakeMailbox, message: EmailMessage) -> None:
    await aiosmtplib.send(message, hostname=box.url.hostname, port=box.url.port)


async def test_a_japanese_mail_arrives_as_it_was_written(mailbox):
    heard = []
    mailbox.on_change = lambda: heard.append(True)
    await send(
        mailbox, mail("yamamoto@example.jp", "登録が承認されました", "山本様\n\nおめでとうございます。")
    )
    [arrived] = mailbox.mails()
    assert (arrived["to"], arrived["subject"]) == ("yamamoto@example.jp", "登録が承認されました")
    assert arrived["text"] == "山本様\n\nおめでとうございます。"
    assert arrived["at"] == START.isoformat()
    assert heard == [True]


async def test_a_mail_sent_again_under_its_message_id_is_counted_and_shown_once(mailbox):
    for _ in range(2):
        await send(mailbox, mail("a@example.jp", "一度だけ", "本文"))
    assert [(each["subject"], each["times"]) for each in mailbox.mails()] == [("一度だけ", 2)]


async def test_a_mail_to_two_people_lies_in_both_mailboxes(mailbox):
    await send(mailbox, mail("a@example.jp, b@example.jp", "お知らせ", "本文"))
    assert [each["to"] for each in mailbox.mails()] == ["a@example.jp", "b@example.jp"]
