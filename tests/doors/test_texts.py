"""What people type into a form that is no answer to it, or hardly one."""

import json

import pytest

from tests.doors.people import answers_of, draft_of, posts
from tests.pictures import jpeg
from tests.story.people import SOLE, answers, newcomer
from tests.town import Phone, Town

pytestmark = pytest.mark.asyncio(loop_scope="package")
STRANGE = {
    "five thousand emoji": "😀" * 5000,
    "families": "👨‍👩‍👧‍👦" * 400,
    "one letter under a tower of marks": "a" + "\u0301" * 4000,
    "nul": "\x00",
    "nul within": "菓匠\x00やまもと",
    "turned around": "\u202e\u2066菓匠やまもと\u2069",
    "nothing to be seen": "\u200b\u200d\u2060\ufeff",
    "lines": "\n\r\n\t\u2028\u2029",
    "not a character": "\ufffe\uffff\U0010ffff",
    "half an emoji": "\ud83d",
    "the other half": "\ude00菓匠",
    "a format": "{words} %s %(x)s ${x} {{0}}",
    "markup": "<script>alert(1)</script> <!channel> *_~` &amp;",
    "json": '{"type":"text"}',
    "sql": "'; DROP TABLE drafts; --",
    "digits of another script": "٣٣٣१२३",
    "a very long number": "9" * 5000,
    "our own act": "a=form.send&d=1&r=1",
}


async def types(town: Town, phone: Phone, words: str) -> None:
    """Type something that is not even text, as LINE hands it on."""
    event = town.line.written(phone.user, "text", text=words)
    town.line.account.hand_out(event)
    body = json.dumps({"destination": town.line.account.bot_id, "events": [event]}).encode()
    assert (await town.line.deliver(body=body)).status == 200
    await town.idle()


@pytest.mark.parametrize("typed", STRANGE.values(), ids=STRANGE)
async def test_whatever_is_typed_is_answered_and_the_form_goes_on(town: Town, typed: str) -> None:
    phone = await town.phone().adds_us()
    await types(town, phone, typed)
    assert phone.messages[1:], "nothing was said outside a form"
    await phone.taps("登録をはじめる", "すべてはい")
    # At a choice, at free words, at a value that checks itself and on the card at the end.
    await types(town, phone, typed)
    assert "事業の形" in phone.last
    await phone.taps("個人事業主")
    before = len(phone.messages)
    await types(town, phone, typed)
    assert len(phone.messages) == before + 1
    name = (await answers_of(town, phone.user)).get("trade_name", "")
    assert len(name) <= 60 and "\x00" not in name and "\u202e" not in name
    assert name == name.strip("\u200d ")
    town.accepted()


async def test_the_same_is_true_of_every_question_and_of_the_card_at_the_end(town: Town) -> None:
    phone = await newcomer(town)
    for place, step in enumerate(SOLE):
        typed = list(STRANGE.values())[place]
        before = len(phone.messages)
        await types(town, phone, typed)
        assert len(phone.messages) == before + 1
        if f"{place + 1}/12" not in phone.last:
            await phone.says("戻る")
        assert f"{place + 1}/12" in phone.last, phone.last
        await answers(phone, step)
    for typed in STRANGE.values():
        before = len(phone.messages)
        await types(town, phone, typed)
        assert len(phone.messages) == before + 1
    assert "書類を送る" in phone.buttons()
    town.accepted()


async def test_a_number_that_is_typed_is_not_taken_for_a_file(town: Town) -> None:
    other = await newcomer(town, "高橋 涼")
    await answers(other, *SOLE)
    assert await other.uploads("書類を送る", jpeg("tax return")) == 200
    file = (await answers_of(town, other.user))["tax_return"]
    phone = await newcomer(town)
    await answers(phone, *SOLE)
    await phone.says(file)
    assert "ボタン" in phone.last and "書類を送る" in phone.buttons()
    await posts(town, phone, f"a=form.answer&d={await draft_of(town, phone.user)}&k=tax_return&v={file}")
    assert "tax_return" not in await answers_of(town, phone.user)
    town.accepted()
