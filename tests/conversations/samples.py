"""An answer to any question of any form, for tests of what holds for all of them."""

from datetime import date, timedelta

from conversations.choices import Choices, Consent, Documents
from conversations.form import Stop
from conversations.questions import Day, Duration, Line, Money, Number, Question, Story
from services.session_rules import Fingerprint, TimeOfDay
from services.values import (
    AccountHolderKana,
    BankAccountNumber,
    CorporateNumber,
    EmailAddress,
    Kana,
    PhoneNumber,
    PostalCode,
)

VALUES = {
    CorporateNumber: "7000012050002",
    PostalCode: "650-0001",
    PhoneNumber: "078-331-8181",
    EmailAddress: "aki@yamamoto.example",
    Kana: "ヤマモト アキ",
    AccountHolderKana: "ヤマモト アキ",
    BankAccountNumber: "1234567",
    TimeOfDay: "13:30",
    Fingerprint: "ab" * 32,
}
"""What is typed for a line that must make a value, by the kind of value."""
KEYS = {
    "basis": "1920:3750:1",
    "bank": "0001",
    "branch": "001",
    "bank_branch": "001",
    "certificate_number": "第12345号",
    "expert": "E-000014\t佐藤IT相談室\t4000\tEC",
}


def sample(stop: Stop, turn: int = 0) -> str:
    """A good answer to a question where it stands; `turn` chooses among several."""
    question: Question[object] = stop.question
    if isinstance(question, Documents):
        return ",".join(str(turn + n + 1) for n in range(question.at_least))
    if isinstance(question, Consent):
        return question.version(stop.facts)
    options = list(question.options_for(stop.facts))
    if options and not isinstance(question, Money):
        chosen = options[turn % len(options)]
        return (
            ",".join({chosen, options[0]})
            if isinstance(question, Choices) and question.at_most != 1
            else chosen
        )
    if isinstance(question, Day):
        first = question.first(stop.facts) if question.first else date(1980, 1, 1)
        last = question.last(stop.facts) if question.last else first + timedelta(days=30)
        return min(first + timedelta(days=turn), last).isoformat()
    if isinstance(question, Duration):
        return str(1 + turn)
    if isinstance(question, (Number, Money)):
        return str(max(question.at_least, min(question.at_most, 4000 + turn)))
    if isinstance(question, Story):
        return f"従業員{turn + 2}名の和菓子店です。注文は電話とFAXで1日20件ほど。11月中に見直したいです。"
    made = VALUES.get(question.value) if isinstance(question, Line) else None
    return made or KEYS.get(question.key, f"山本{'一二三四五'[turn % 5]}")
