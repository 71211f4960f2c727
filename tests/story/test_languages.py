"""A company chooses how it is spoken to: by button, by typed words, in the middle of a form."""

import pytest

from tests.story.people import applicant, newcomer
from tests.town import Phone, Town


@pytest.mark.parametrize("typed", ["やさしい日本語", "やさしいにほんご", "かんたんな日本語", "easy"])
async def test_easy_japanese_is_asked_for_in_words(town: Town, typed: str) -> None:
    phone = await newcomer(town)
    await phone.says(typed)
    assert "これから、やさしい日本語で話します。" in phone.recent
    assert "1人の店" in phone.last and "1/12" in phone.last


async def test_easy_japanese_is_chosen_by_button_and_left_again(town: Town) -> None:
    phone = await town.phone().adds_us()
    await phone.says("ヘルプ")
    await phone.taps("言葉を変える（Language）", "やさしい日本語")
    assert "これから、やさしい日本語で話します。" in phone.last
    await phone.says("日本語")
    assert "これからは日本語でお話しします。" in phone.last


async def test_a_form_goes_on_at_the_same_question_in_the_new_language(town: Town) -> None:
    phone: Phone = await newcomer(town)
    await phone.taps("個人事業主")
    await phone.says("菓匠やまもと", "やさしい日本語")
    assert "3/12" in phone.last and "代表（社長や店長）の名前は何ですか？" in phone.last
    await phone.says("もどる")
    assert "2/12" in phone.last


@pytest.mark.parametrize(
    ("language", "own"),
    [("やさしい日本語", "電話もメールもだめでした。"), ("english", "We could not reach you.")],
)
async def test_reasons_of_the_programme_are_read_in_the_readers_language(
    town: Town, language: str, own: str
) -> None:
    clerk = await town.clerk()
    phone = await applicant(town)
    await phone.says(language)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("差し戻す")
    await clerk.fills({"which": ["phone", "tax_return"]})
    await clerk.fills({"code_phone": "CONTACT_UNREACHABLE", "code_tax_return": "DOC_UNREADABLE"})
    await clerk.submits({"sentence_tax_return": "2ページ目も撮ってください。"})
    assert own in phone.last
    assert "2ページ目も撮ってください。" in phone.last, "what a clerk has written stays as it is"
    town.accepted()
