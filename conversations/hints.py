"""What helps somebody whose answer could not be understood: each time another way to say it, and it gets shorter."""

from __future__ import annotations

from typing import Any

from conversations import menu
from conversations.choices import Choice, Choices, Consent, Documents
from conversations.form import Form, Stop
from conversations.messages import Button, Words
from conversations.questions import Day, Duration, Line, Money, Number, Question
from locales import Text, _
from services.session_rules import TimeOfDay
from services.values import CorporateNumber, EmailAddress, Kana, PersonName, PhoneNumber, PostalCode

MANY_OPTIONS = 15
"""More are not read once again; they stand above."""
PERSON_FROM = 2
"""From the second answer in a row that was not understood on, a person is offered."""

_BY_KIND: dict[type[Question[Any]], Text] = {
    Consent: _("Please read it, then press the button below. Words alone are not enough here."),
    Documents: _("Press the button below, choose a photo of it, and send it."),
    Day: _("For example: “11/8”, “tomorrow” or “Monday next week”."),
    Duration: _("For example: “2 hours”, “1.5” or “90 minutes”."),
    Money: _("For example: “3000”, “3,000 yen” or “30 thousand yen”."),
    Number: _("A number alone is enough. For example: “3”."),
}
_BY_VALUE: dict[object, Text] = {
    PostalCode: _("For example: “650-0001”."),
    PhoneNumber: _("For example: “078-123-4567”."),
    EmailAddress: _("For example: “name@example.jp”."),
    CorporateNumber: _("For example: “7000012050002”, without hyphens."),
    Kana: _("For example: “Yamada Hanako” in katakana."),
    PersonName: _("Family name and first name. For example: “Yamada Hanako”."),
    TimeOfDay: _("For example: “13:30” or “half past one in the afternoon”."),
}
_A_FEW_WORDS = _("A few words are enough. You can change them later.")
_BY_NUMBER = _("You can also type the number:")
_SEVERAL = _("Several numbers can be typed, with a comma between them:")
_UNSURE = _("It is fine to answer “I don't know”.")
_SKIP = _("You can skip this one.")
_STOP = _("No hurry: “Stop for now” keeps your answers.")
_PERSON = _("Somebody of ours can also help you: “Talk to a person”.")


def hint(form: type[Form], here: Stop, reason: Words, times: int) -> list[Words]:
    """What to say the first time (why), the second (how, with an example) and from then on (how to get past it)."""
    if times <= 1:
        return [reason]
    return _how(form, here) if times == 2 else _past(here)


def ways(times: int) -> list[Button]:
    """What is offered beside the ways of the question."""
    return [menu.HUMAN] if times >= PERSON_FROM else []


def _how(form: type[Form], here: Stop) -> list[Words]:
    question, facts = here.question, here.facts
    if isinstance(question, Choice | Choices):
        options = [facts.say(label) for label in question.options_for(facts).values()]
        if len(options) > MANY_OPTIONS:
            return [_("Type it as it is written above. For example: “{words}”")(words=options[0])]
        lead = _SEVERAL if isinstance(question, Choices) else _BY_NUMBER
        return [lead, "\n".join(f"{place}. {label}" for place, label in enumerate(options, start=1))]
    example = form.hint(question.key, facts)[1]
    if example:
        return [_("For example: “{words}”")(words=example)]
    if isinstance(question, Line):
        return [_BY_VALUE.get(question.value, _A_FEW_WORDS)]
    return [next((words for kind, words in _BY_KIND.items() if isinstance(question, kind)), _A_FEW_WORDS)]


def _past(here: Stop) -> list[Words]:
    if here.question.unsure:
        return [_UNSURE, _PERSON]
    return [_STOP if here.question.required else _SKIP, _PERSON]
