"""A note among colleagues never reaches the person: only what begins like a reply does (Chatwoot PR #15605)."""

import pytest

from conversations.expert.registration import ExpertRegistration
from conversations.handoffs_shown import packet_of
from conversations.secretariat.handoff_answers import reply_in
from conversations.sme.registration import Registration
from services.answers import Draft
from tests.conversations.test_every_form import FACTS


@pytest.mark.parametrize(
    "typed",
    [
        "返信：はい",
        "返信:はい",
        "返信： はい",
        " 返信 ：はい",
        "reply: はい",
        "ＲＥＰＬＹ：はい",
        "返信\nはい",
        "返事:\nはい",
    ],
)
def test_what_begins_like_a_reply_is_one(typed: str) -> None:
    assert reply_in(typed) == "はい"


@pytest.mark.parametrize(
    "typed",
    [
        "はい",
        "返信しておきます",
        "返信 まだですか",
        "返信、お願いします：明日",
        "replying: no",
        "reply to him",
        "note: reply: はい",
        "「返信：」で書いてください",
        "@鈴木 返信：お願いします",
        "",
    ],
)
def test_everything_else_is_a_note_among_colleagues(typed: str) -> None:
    assert reply_in(typed) is None


def test_an_empty_reply_says_nothing() -> None:
    assert reply_in("返信：") == ""


def test_contact_bank_and_identity_data_is_never_passed_on() -> None:
    given = {question.key: "1985-04-01" for form in FORMS for question in form.questions}
    passed_on = {
        key
        for form in FORMS
        for key in packet_of(form, Draft(form.name, answers=given), FACTS, "090-1111-2222").answers
    }
    assert (
        passed_on
        & {
            "full_name",
            "representative",
            "kana",
            "born_on",
            "postal_code",
            "street",
            "phone",
            "email",
            "email_again",
            "bank",
            "bank_branch",
            "account_kind",
            "account_number",
            "account_holder",
            "corporate_number",
            "identity",
            "passbook",
            "face",
        }
        == set()
    )
    assert {"trade_name", "career"} <= passed_on


def test_what_was_misheard_at_a_personal_question_is_left_out() -> None:
    packet = packet_of(ExpertRegistration, Draft("expert", editing="phone"), FACTS, "0901111222")
    assert packet.question == "phone" and packet.misheard is None and packet.left_out == 1
    packet = packet_of(ExpertRegistration, Draft("expert", editing="career"), FACTS, "？？")
    assert packet.misheard == "？？" and packet.left_out == 0


FORMS = (Registration, ExpertRegistration)
