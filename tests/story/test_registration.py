"""A business registers on LINE, and the secretariat reviews it in Slack."""

from tests.pictures import jpeg
from tests.story.people import SOLE, answers, applicant, newcomer
from tests.town import Town


async def test_a_new_friend_is_greeted_with_one_clear_first_action(town: Town) -> None:
    phone = await town.phone().adds_us()
    assert "ようこそ" in phone.last
    assert "登録をはじめる" in phone.buttons()
    town.accepted()


async def test_the_check_comes_before_any_question(town: Town) -> None:
    phone = await town.phone().adds_us()
    await phone.taps("登録をはじめる")
    assert "かんたんな確認" in phone.last
    await phone.taps("すべてはい")
    assert "事業の形" in phone.last


async def test_a_sole_proprietor_is_asked_twelve_questions(town: Town) -> None:
    phone = await newcomer(town)
    assert "1/12" in phone.last
    await answers(phone, *SOLE[:-1])
    assert "12/12" in phone.last
    assert len([how for how, _what in SOLE if how == "say"]) == 6
    town.accepted()


async def test_a_business_applies_and_is_registered(town: Town) -> None:
    clerk = await town.clerk()
    phone = await applicant(town)
    assert "受け付けました" in phone.recent
    assert "事業者の登録" in clerk.sees("channel")
    assert "山本" not in clerk.sees("channel")
    await clerk.presses("引き受ける", where="channel")
    assert "菓匠やまもと" in clerk.sees()
    assert "078-331-8181" in clerk.sees()
    await clerk.presses("承認する")
    assert "登録が完了しました" in phone.last
    assert "鈴木 美咲" in clerk.sees("channel")
    assert any("登録が完了" in mail["text"] for mail in town.mails("aki@yamamoto.example"))
    town.accepted()


async def test_only_what_was_returned_is_asked_again(town: Town) -> None:
    clerk = await town.clerk()
    phone = await applicant(town)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("差し戻す")
    await clerk.fills({"which": ["phone", "tax_return"]})
    await clerk.fills({"code_phone": "CONTACT_UNREACHABLE", "code_tax_return": "DOC_UNREADABLE"})
    await clerk.submits({"sentence_tax_return": "2ページ目も撮ってください。"})
    assert "2ページ目も撮ってください。" in phone.last
    assert "お電話もメールも" in phone.last
    await phone.taps("直す")
    assert "電話番号" in phone.last
    await phone.says("090-1234-5678")
    assert await phone.uploads("書類を送る", jpeg("second page")) == 200
    assert "確認してください" in phone.last
    await phone.taps("この内容で申請する")
    await clerk.presses("開く", where="channel")
    assert "078-331-8181 → 090-1234-5678" in clerk.sees()
    await clerk.presses("承認する")
    assert "登録が完了しました" in phone.last
    town.accepted()
