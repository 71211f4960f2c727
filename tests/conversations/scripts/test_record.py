"""A conversation that took place becomes a script in which nobody is recognised, and which goes again as it went."""

from pathlib import Path

import pytest

from bots.terminal.masks import Masks
from bots.terminal.record import record
from tests.conversations.scripts.conftest import Stage, opened
from tests.conversations.scripts.play import Player, read

together = pytest.mark.asyncio(loop_scope="package")
TOOK_PLACE = """# happy: somebody registers, with much to and fro
はじまり: だれもいない
人 adds us
人 taps: 登録をはじめる
人 sticker: OK, agreed
人 taps: 個人事業主
人: 菓匠やまもと
人: 戻る
人: 菓匠はなむら
人: 花村 さくら
人: ほげほげ
人 taps: 小売業
人: ３人
人: ６５０ー０００１
人: 旭通４丁目2-1
人: わからない
人: ０７８ー３３１ー８１８１
人: ちがいました。やっぱり090-1234-5678
→ 「電話番号」を「
人: sakura@hanamura.example
人: いつまでに終わりますか？
人 sends: photo
人: やめる
人: ありがとう
人: 続き
人 taps: 未マッチング
人 taps: ない・今回がはじめて
人 taps: 同意する
→ 確定申告書
"""
PRIVATE = ("花村", "はなむら", "さくら", "旭通", "331", "8181", "1234-5678", "sakura", "やまもと")


@together
async def test_it_goes_again_as_it_went_and_nobody_is_recognised(
    stage: Stage, template: str, tmp_path: Path
) -> None:
    player = Player(stage, read(TOOK_PLACE))
    await player.play()
    file = tmp_path / "recorded.txt"
    ouentai = stage.ouentai
    assert await record(ouentai.engine, ouentai.programme, player.cast.phone.user, file) == 0
    script = file.read_text("utf-8")
    assert [private for private in PRIVATE if private in script] == []
    assert "人 taps: 個人事業主" in script and "人: 見本の店" in script and "→ 3/12" in script
    assert script.count("→") > 20
    async with opened(template, tmp_path / "fresh") as fresh:
        await Player(fresh, read(script)).play()
        fresh.accepted()


@together
async def test_who_never_wrote_has_nothing_to_record(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    for who in ("U" + "0" * 32, "999999999", "nobody"):
        assert await record(stage.ouentai.engine, stage.ouentai.programme, who, None) == 2
    assert "Nothing is kept" in capsys.readouterr().err


def test_a_name_within_a_name_is_not_replaced_twice() -> None:
    masks = Masks([("山本", "見本"), ("菓匠山本", "見本の店"), ("見", "x")])
    assert masks.dress("菓匠山本の山本です") == "見本の店の見本です"
    assert masks.dress("電話は078-331-8181です") != "電話は078-331-8181です"
    assert masks.concern("山本") and not masks.concern("はい")
