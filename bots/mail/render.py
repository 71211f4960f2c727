"""Shows messages as a plain e-mail."""

from collections.abc import Sequence
from typing import assert_never

from conversations.messages import Ask, Card, Deck, FormPage, Heading, Message, Say, Screen, Sides, Voice
from locales import _
from locales.language import Speaker

SUBJECT_LENGTH = 70


def render(said: Sequence[Message], say: Speaker) -> dict[str, str]:
    """Subject and text of the e-mail that tells these messages; buttons are left to the chat."""
    parts = [part for message in said for part in _paragraphs(message, say)]
    first = parts[0].splitlines()[0] if parts else ""
    closing = "\n".join(
        say(line)
        for line in (
            _("You can go on in the chat where you registered."),
            _("Replies to this mail are not read. Ask us in the chat: “Talk to a person”."),
            _("The secretariat of the programme"),
        )
    )
    subject = say(_("[Ouentai] {what}")(what=first[:SUBJECT_LENGTH]))
    return {"subject": " ".join(subject.split()), "text": "\n\n".join([*parts, closing]) + "\n"}


def _paragraphs(message: Message | Heading | Sides, say: Speaker) -> list[str]:
    match message:
        case Say():
            return [say(message.text)]
        case Voice():
            sent = [say(_("{name} sent you a file.")(name=message.name))]
            return [
                "\n".join(filter(None, (say(message.name), message.text.strip()))),
                *(sent if message.picture or message.file else []),
            ]
        case Heading():
            return [say(message.text)]
        case Card():
            title = say(message.title)
            badge = f"\n[{say(message.badge)}]" if message.badge else ""
            facts = "\n".join(f"{say(fact.label)}: {say(fact.value)}" for fact in message.facts)
            body = "\n".join(say(line) for line in message.body)
            note = say(message.note) if message.note else ""
            return [part for part in (title + badge, facts, body, note) if part]
        case Deck():
            return [say(message.lead), *(part for card in message.cards for part in _paragraphs(card, say))]
        case Ask():
            return [say(message.question)]
        case Sides():
            both = (message.left, message.right)
            return [f"{say(side.label)}\n{say(side.value)}" for side in both]
        case Screen():
            return [say(message.title), *(text for part in message.parts for text in _paragraphs(part, say))]
        case FormPage():
            return [say(message.title)]
        case _:
            assert_never(message)
