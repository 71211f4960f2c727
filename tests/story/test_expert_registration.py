"""An expert registers in Slack, page by page, and the secretariat reviews it."""

from tests.story.experts import (
    CLOSING,
    CONTACT,
    OFFER,
    YOU,
    applicant,
    begins,
    comes_to_bank,
    expert,
    finds,
    uploads,
)
from tests.town import Town


async def test_a_newcomer_is_invited_with_one_clear_first_action(town: Town) -> None:
    desk = town.desk()
    await desk.opens_home()
    assert "登録をはじめる" in desk.sees("home")
    assert "3,500円" in desk.sees("home")
    assert "2021年11月1日(月)（あと12日）" in desk.sees("home")
    await desk.presses("登録をはじめる", where="home")
    assert "1/8" in desk.sees()
    town.accepted()


async def test_a_mistake_is_shown_at_its_field_and_nothing_is_lost(town: Town) -> None:
    desk = await begins(town)
    await desk.submits(YOU | {"born_on": "平成16年5月1日", "kana": "高橋"})
    assert set(desk.errors()) == {"born_on", "kana"}
    assert "18歳" in desk.errors()["born_on"]
    await desk.submits({"born_on": "昭和60年4月1日", "kana": "タカハシ　リョウ"})
    assert "2/8" in desk.sees()
    await desk.submits(CONTACT | {"email_again": "ryo@takahashi.exemple"})
    assert set(desk.errors()) == {"email_again"}
    town.accepted()


async def test_the_postal_code_fills_the_address_and_a_page_is_kept(town: Town) -> None:
    desk = await begins(town)
    await desk.submits(YOU)
    await desk.submits(CONTACT)
    again = town.desk("別の人")
    await again.opens_home()
    assert "登録をはじめる" in again.sees("home")
    await desk.opens_home()
    await desk.presses("登録のつづきへ", where="home")
    assert "3/8" in desk.sees()
    await desk.presses("戻る")
    place = next(b for b in desk.modal["blocks"] if b["block_id"].startswith("place@"))
    assert place["element"]["initial_value"] == "東京都渋谷区神宮前"
    town.accepted()


async def test_the_price_shows_who_pays_what(town: Town) -> None:
    desk = await begins(town)
    await desk.submits(YOU)
    await desk.submits(CONTACT)
    await desk.submits(OFFER | {"hourly_price": "500円"})
    assert "hourly_price" in desk.errors()
    await desk.fills({"hourly_price": "25000"})
    assert "企業の負担は21,500円、謝金は3,500円" in desk.sees()
    assert "かなり高い単価" in desk.sees()
    await desk.submits()
    assert "謝金は3,500円" not in desk.sees()
    town.accepted()


async def test_an_account_in_another_name_is_pointed_out_but_not_refused(town: Town) -> None:
    clerk = await town.clerk()
    desk = await comes_to_bank(await begins(town), {"account_holder": "ヤマダ ハナコ"})
    assert "口座名義がお名前と違う" in desk.sees()
    await desk.submits()
    assert "8/8" in desk.sees()
    await desk.submits(CLOSING)
    await clerk.presses("開く", where="channel")
    assert "本人名義の口座が必要です" in clerk.sees()
    town.accepted()


async def test_a_branch_belongs_to_its_bank(town: Town) -> None:
    desk = await comes_to_bank(await begins(town))
    assert (await finds(desk, "bank", "ゆうちょ"))[0] == "ゆうちょ (9900)"
    await desk.fills({"bank": "9900"})
    await desk.submits()
    assert "7/8" in desk.sees()
    assert "別の銀行の支店" in desk.sees() or "bank_branch" in desk.errors()
    town.accepted()


async def test_an_expert_applies_and_is_registered(town: Town) -> None:
    clerk = await town.clerk()
    desk = await applicant(town)
    assert "受け付けました" in desk.sees()
    assert "専門家の登録" in clerk.sees("channel")
    assert "2分野" in clerk.sees("channel")
    assert "東京都" in clerk.sees("channel")
    assert "高橋" not in clerk.sees("channel")
    assert "審査中" in desk.sees("home")
    await clerk.presses("引き受ける", where="channel")
    assert "1985年4月1日" in clerk.sees()
    assert "36歳" in clerk.sees()
    assert "●●●4321" in clerk.sees()
    assert "7654321" not in clerk.sees()
    await clerk.presses("承認する")
    assert "登録が完了しました" in desk.sees("dm")
    assert "案件を探す" in desk.sees("home")
    assert any("登録が完了" in mail["text"] for mail in town.mails("ryo@takahashi.example"))
    town.accepted()


async def test_only_what_was_returned_is_asked_again(town: Town) -> None:
    clerk = await town.clerk()
    desk = await applicant(town)
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("差し戻す")
    await clerk.fills({"which": ["account_number", "passbook"]})
    await clerk.fills({"code_account_number": "DOC_UNREADABLE", "code_passbook": "DOC_UNREADABLE"})
    await clerk.submits({"sentence_passbook": "見開きの番号が読めませんでした。"})
    assert "見開きの番号が読めませんでした。" in desk.sees("dm")
    assert any("見開きの番号" in mail["text"] for mail in town.mails("ryo@takahashi.example"))
    await desk.opens_home()
    await desk.presses("直す", where="home")
    assert "7/8" in desk.sees()
    assert "銀行はどこですか" not in desk.sees()
    assert "見開きの番号が読めませんでした。" in desk.sees()
    number = next(b for b in desk.modal["blocks"] if b.get("block_id", "").startswith("account_number@"))
    assert "initial_value" not in number["element"]
    await uploads(desk, "通帳の", "new cover", "new spread")
    assert "2件受け取り済み" in desk.sees()
    assert "銀行はどこですか" not in desk.sees()
    await desk.submits({"account_number": "1112223"})
    assert "受け付けました" in desk.sees()
    await clerk.presses("開く", where="channel")
    assert "●●●4321 → ●●●2223" in clerk.sees()
    await clerk.presses("承認する")
    assert "登録が完了しました" in desk.sees("dm")
    town.accepted()


async def test_one_account_belongs_to_one_expert(town: Town) -> None:
    await applicant(town)
    other = await comes_to_bank(
        await begins(town, "中村 学"), {"full_name": "中村 学", "phone": "080-1111-2222"}
    )
    await other.submits()
    await other.submits(CLOSING)
    assert "すでに登録に使われています" in other.sees() + str(other.errors())
    assert "7/8" in other.sees()
    town.accepted()


async def test_a_registered_expert_changes_the_offer_and_sees_the_account_masked(town: Town) -> None:
    clerk = await town.clerk()
    desk = await expert(town, clerk)
    await desk.presses("登録内容", where="home")
    assert "●●●4321" in desk.sees()
    assert "7654321" not in desk.sees()
    await desk.presses("支援内容の変更")
    await desk.fills({"hourly_price": "5000"})
    assert "企業の負担は1,500円" in desk.sees()
    await desk.submits()
    assert "1時間 5,000円" in desk.sees()
    assert "1時間 5,000円" in desk.sees("home")
    town.accepted()


async def test_the_command_opens_the_home_the_form_and_the_help(town: Town) -> None:
    desk = town.desk()
    await desk.commands("")
    assert "登録をはじめる" in desk.sees()
    await desk.commands("登録")
    assert "1/8" in desk.sees()
    await desk.commands("ヘルプ")
    assert "ここでできること" in desk.sees()
    town.accepted()


async def test_typed_words_are_answered_in_the_direct_message(town: Town) -> None:
    desk = town.desk()
    await desk.says("登録")
    assert "登録をはじめる" in desk.sees("dm")
    await desk.says("こんにちは、相談です。よろしくお願いします")
    assert "メニュー" in desk.sees("dm")
    town.accepted()
