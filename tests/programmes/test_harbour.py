"""The story of the invented programme, through the doors: nothing that is said comes from the real one."""

import re

from bots.playground.players import words
from tests.pictures import jpeg
from tests.services import plan_people
from tests.services.road import acting_in
from tests.story.people import answers
from tests.town import Desk, Phone, Town

APPLICATION = (
    ("tap", "個人事業主"),
    ("say", "魚屋なぎさ"),
    ("say", "渚 海斗"),
    ("tap", "お店"),
    ("tap", "3人以下"),
    ("say", "220-0012"),
    ("say", "1-1-1"),
    ("say", "045-222-3333"),
    ("say", "kai@nagisa.example"),
    ("tap", "これから探す"),
    ("say", "271829"),
    ("say", "234020"),
    ("tap", "同意する"),
)
CASE = (
    ("tap", "お店の外"),
    ("tap", "地図・口コミ・ネット販売"),
    ("say", "従業員3名の魚屋です。注文は電話とFAXで1日20件ほど、販売の2名がノートに書いています。"),
    ("say", "注文の聞き間違いが月に2、3回あります。書き直しに毎日30分かかります。"),
    ("say", "8月末までに、聞き間違いを半分にしたいです。どの方法が合うか一緒に考えてほしいです。"),
    ("say", "電話、FAX、パソコン2台"),
    ("tap", "オンライン"),
    ("tap", "2023年8月31日(木)"),
    ("say", "1時間20分"),
    ("say", "1時間15分"),
    ("tap", "30,000円まで"),
    ("tap", "2023年6月14日(水)"),
)
"""What a fishmonger answers; an hour and twenty minutes are not whole quarters of an hour."""
PLAN = (
    {"purpose": "ネットの地図で見つけてもらい、注文の手間を半分にします。"},
    {"steps": ["SURVEY", "INTRODUCTION"], "price": "5001"},
    {"hours_survey": "1.25", "work_survey": "受注の流れを一緒に調べます", "hours_introduction": "7.5"},
    {
        "period_start": "2023-06-26",
        "period_end": "2023-08-31",
        "mode": "online",
        "tool_costs_note": "ありません",
    },
    {"relation": "none", "declared": ["harbour-2"]},
)
"""8.75 hours at 5,001 yen: 43,758 in all, honorarium 37,808, own share 5,950: all that is left of the cap."""
OF_THE_REAL_ONE = re.compile(
    r"(?<![\d,])(?:3,500円|500円|300,000円|1,500,000円)|応援隊|神戸|KOBE|202[12]年|第[ⅠⅡ]期|事務局マッチング|18歳|30分単位"
)


async def applies(town: Town) -> Phone:
    """A fishmonger asks what this is, and registers."""
    phone = await town.phone("渚 海斗").adds_us()
    assert "ご負担は1時間604円からです" in phone.last
    await phone.taps("この事業とは")
    for line in ("みなとデジタル", "4,321円", "604円", "271,828円", "2023年7月17日(月)"):
        assert line in phone.last
    await phone.taps("登録をはじめる", "わからない")
    assert "70人まで" in phone.last and "お店" in phone.last and "30人以下" in phone.last
    await phone.taps("はじめる")
    await answers(phone, *APPLICATION)
    assert await phone.uploads("書類を送る", jpeg("tax return")) == 200
    assert await phone.uploads("書類を送る", jpeg("identity")) == 200
    await phone.taps("この内容で申請する")
    return phone


async def approves(clerk: Desk) -> None:
    """Take what waits on and approve it."""
    await clerk.presses("引き受ける", where="channel")
    await clerk.presses("承認する")


async def test_the_way_to_an_agreed_plan_goes_by_the_figures_of_the_file(harbour: Town) -> None:
    clerk = await harbour.clerk()
    phone = await applies(harbour)
    await approves(clerk)
    assert "登録が完了しました" in phone.recent
    await phone.taps("相談を書く")
    assert "さんばし相談所" in phone.recent and "045-000-0000" in phone.recent
    await answers(phone, *CASE)
    await phone.taps("専門家に見える形で確認", "事務局に送る")
    await approves(clerk)

    desk = harbour.desk("佐藤 健一")
    await desk.opens_home()
    async with acting_in(harbour, desk) as services:
        await plan_people.expert(services, areas=["MAP"], terms_version="harbour-2")
    await desk.opens_home()
    assert "2023年9月15日(金)に間に合うには、支援計画の合意を2023年9月11日(月)までに" in desk.sees("home")
    await desk.commands("search 注文")
    await desk.presses("提案する")
    for page in PLAN:
        await desk.submits(page)
    assert "を送りました" in desk.sees() and "謝金 37,808円" in desk.sees()
    assert "あなたの負担 5,950円（合計 43,758円）" in phone.last
    await phone.taps("詳しく見る", "この計画で進める", "同意する")
    assert "に合意しました" in phone.recent
    everything = [words(message) for message in phone.messages]
    everything += [desk.sees(where) for where in ("home", "dm", "modal")]
    everything += [clerk.sees(where) for where in ("channel", "modal")]
    assert OF_THE_REAL_ONE.findall("\n".join(everything)) == []
    harbour.accepted()
