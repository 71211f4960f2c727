"""From approved claims to money on the account: two clerks, the bank's answer, another account, and money back."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from urllib.parse import urlsplit

import aiohttp
import pypdf
import pytest

from services import zengin
from services.accounts import Accounts
from services.case_records import CaseState
from services.claim_records import Claim
from services.claims import snapshot
from services.values import Yen
from tests.services import plan_people as people
from tests.services import road
from tests.services.payment_people import OTHER
from tests.services.road import acting_in
from tests.story.experts import finds, uploads
from tests.town import Desk, Phone, Town

THEN = datetime(2021, 12, 20, 3, 0, tzinfo=UTC)
ON_THE_DAY = datetime(2021, 12, 24, 3, 0, tzinfo=UTC)
THAT_EVENING = datetime(2021, 12, 24, 9, 0, tzinfo=UTC)
LATER = datetime(2021, 12, 27, 3, 0, tzinfo=UTC)


class Till:
    """A shop, its expert, an approved claim, and two clerks."""

    def __init__(self, town: Town, shop: Phone, expert: Desk, misaki: Desk, ken: Desk) -> None:
        self.town, self.shop, self.expert, self.misaki, self.ken = town, shop, expert, misaki, ken
        self.claims: list[Claim] = []

    async def claim(self, shop: Phone, desk: Desk, **other: str) -> Claim:
        """An approved claim of 104,000 yen; the ledger holds the money ready."""
        async with acting_in(self.town, desk) as services:
            expert = await people.expert(services, **other)
        async with acting_in(self.town, shop) as services:
            company = await people.company(services)
            case = await people.case(services, company, CaseState.CONTRACTED)
            plan = await road.plan(services, company, expert, case_id=case.id)
            contract = await road.contract(services, company, expert, plan=plan)
            report = await road.report(services, contract)
            claim = await road.claim(
                services, await road.invoice(services, report), bank=snapshot(expert.account)
            )
            await services.ledger.reserve(plan, Yen(contract.honorarium_yen))
            await services.ledger.confirm(plan, Yen(report.honorarium_yen))
        self.claims.append(claim)
        return claim

    async def draws_up(self) -> None:
        """One clerk makes the transfer data."""
        await self.misaki.opens_home()
        await self.misaki.presses("振込データを作る", where="home")
        await self.misaki.submits({"day": "2021-12-24"})

    async def releases(self) -> None:
        """The other one releases it."""
        await self.ken.presses("開く", where="channel")
        await self.ken.presses("確認して確定")

    async def pays(self) -> None:
        """All the way to money that arrived."""
        await self.draws_up()
        await self.releases()
        await self.town.turn(ON_THE_DAY)
        await self.ken.presses("開く", where="channel")
        await self.ken.presses("すべて振込済み")
        await self.town.turn(THAT_EVENING)

    async def fetch(self, link: str) -> bytes:
        """What lies behind a link."""
        parts = urlsplit(link)
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.town.run.origin}{parts.path}?{parts.query}") as answer,
        ):
            assert answer.status == 200
            return await answer.read()

    async def words(self, link: str) -> str:
        """The words of a PDF behind a link, without spaces."""
        pages = pypdf.PdfReader(io.BytesIO(await self.fetch(link))).pages
        return "".join("".join(page.extract_text() for page in pages).split())


@pytest.fixture
async def till(town: Town) -> Till:
    """Everybody who is there on a Monday in December."""
    shop, expert = await town.phone().adds_us(), town.desk("高橋 涼")
    await expert.opens_home()
    misaki, ken = await town.clerk("鈴木 美咲"), await town.clerk("森 健")
    await misaki.opens_home()
    await ken.opens_home()
    made = Till(town, shop, expert, misaki, ken)
    await made.claim(shop, expert)
    await town.turn(THEN)
    return made


async def test_two_clerks_pay_and_everybody_hears_of_it(town: Town, till: Till) -> None:
    claim = till.claims[0]
    await till.misaki.opens_home()
    assert "承認済みの謝金申請：1件" in till.misaki.sees("home")
    await till.misaki.presses("振込データを作る", where="home")
    await till.misaki.submits({"day": "2021-12-22"})
    assert set(till.misaki.errors()) == {"day"}
    await till.misaki.submits({"day": "2021-12-24"})
    assert "別の担当者が確認して確定します" in till.misaki.sees()
    assert claim.number in till.misaki.sees()
    assert "****567" in till.misaki.sees()
    assert "1234567" not in till.misaki.sees()
    with pytest.raises(AssertionError, match="no button"):
        await till.misaki.presses("確認して確定")
    with pytest.raises(AssertionError, match="no link"):
        till.misaki.link("全銀データ")
    channel = till.ken.sees("channel")
    assert "104,000円" in channel
    for secret in ("佐藤 健一", "専門家", "567", claim.number, "やまだ菓子店"):
        assert secret not in channel
    assert "振込手続きをしました" not in till.expert.sees("dm")
    await till.ken.presses("開く", where="channel")
    assert claim.number in await till.words(till.ken.link("一覧表（PDF）"))
    assert (await till.fetch(till.ken.link("一覧表（CSV）"))).startswith(b"\xef\xbb\xbf")
    await till.ken.presses("確認して確定")
    assert "確定しました" in till.ken.sees()
    file = zengin.read(await till.fetch(till.ken.link("全銀データ")))
    assert [(one.number, one.yen) for one in file.transfers] == [("1234567", 104_000)]
    assert "振込手続きをしました" in till.expert.sees("dm")
    with pytest.raises(AssertionError, match="no button"):
        await till.ken.presses("すべて振込済み")
    await town.turn(ON_THE_DAY)
    await till.misaki.opens_home()
    assert "銀行の結果待ち" in till.misaki.sees("home")
    await till.misaki.presses("開く", where="home")
    await till.misaki.presses("すべて振込済み")
    assert "結果入力済み" in till.misaki.sees()
    await town.turn(THAT_EVENING)
    assert "謝金をお振り込みしました" in till.expert.sees("dm")
    await till.shop.says("状況")
    assert "専門家に支払いました" in till.shop.recent
    mails = town.mails(f"expert{claim.expert_id}@example.jp")
    assert any("お振り込みしました" in str(mail) for mail in mails)
    await till.expert.presses("支払通知書を開く", where="dm")
    notice = await till.words(till.expert.link("PDFを開く"))
    assert "謝金支払通知書" in notice
    assert "104,000円" in notice
    await till.expert.commands("payments")
    await till.expert.presses("2021年の支払明細")
    assert "支払明細書" in await till.words(till.expert.link("PDFを開く"))
    town.accepted()


async def test_an_account_that_failed_is_corrected_and_paid_again(town: Town, till: Till) -> None:
    await till.draws_up()
    await till.releases()
    await town.turn(ON_THE_DAY)
    await till.misaki.presses("開く", where="channel")
    await till.misaki.presses("振込不能")
    await till.misaki.submits({"reason": "NAME_DIFFERS"})
    assert "口座名義相違" in till.misaki.sees()
    assert "振込ができませんでした" in till.expert.sees("dm")
    assert "通帳のとおりに" in till.expert.sees("dm")
    await till.expert.opens_home()
    assert "通帳のとおりに" in till.expert.sees("home")
    await till.expert.presses("口座を登録し直す", where="dm")
    await finds(till.expert, "bank", "みなと")
    await till.expert.fills({"bank": "0562"})
    await finds(till.expert, "bank_branch", "さんのみや")
    await till.expert.fills(
        {
            "bank_branch": "0562-111",
            "account_kind": "1",
            "account_number": "7654321",
            "account_holder": "サトウ ケンイチ",
        }
    )
    await uploads(till.expert, "通帳の", "cover", "spread")
    await till.expert.submits()
    assert "口座を受け付けました" in till.expert.sees()
    assert "****321" in till.expert.sees()
    channel = till.ken.sees("channel")
    assert "確認待ち" in channel
    assert "321" not in channel
    await till.ken.opens_home()
    assert "口座の確認待ち：1件" in till.ken.sees("home")
    await till.ken.presses("開く", where="home")
    assert "****567" in till.ken.sees()
    assert "****321" in till.ken.sees()
    assert await till.fetch(till.ken.link("通帳 1"))
    await till.ken.presses("この口座で確認する")
    assert "口座を確認しました" in till.expert.sees("dm")
    await till.misaki.opens_home()
    assert "承認済みの謝金申請：1件" in till.misaki.sees("home")
    town.accepted()


async def test_an_account_is_asked_for_again_in_words(town: Town, till: Till) -> None:
    async with acting_in(town, till.expert) as services:
        await Accounts(services).correct(OTHER, [])
    await till.ken.opens_home()
    await till.ken.presses("開く", where="home")
    await till.ken.presses("もう一度たずねる")
    await till.ken.submits({"sentence": "通帳の表紙が読めませんでした。"})
    assert "通帳の表紙が読めませんでした" in till.expert.sees("dm")
    town.accepted()


async def test_the_banks_list_is_pasted(town: Town, till: Till) -> None:
    other, desk = await town.phone("田中 一郎").adds_us(), town.desk("田中 美穂")
    await desk.opens_home()
    second = await till.claim(other, desk, bank_number="2222222")
    await till.draws_up()
    await till.releases()
    await town.turn(ON_THE_DAY)
    await till.ken.presses("開く", where="channel")
    await till.ken.presses("振込不能を入力")
    assert "2：口座名義相違" in till.ken.sees()
    await till.ken.submits({"failed": "H-999999 2"})
    assert set(till.ken.errors()) == {"failed"}
    await till.ken.submits({"failed": f"{second.number} たぶん"})
    assert "理由の番号" in till.ken.errors()["failed"]
    table = f"申請番号,結果,理由\n{till.claims[0].number},振込済,\n{second.number},振込不能,該当口座なし"
    await till.ken.submits({"failed": table})
    assert "結果入力済み" in till.ken.sees()
    await town.turn(THAT_EVENING)
    assert "謝金をお振り込みしました" in till.expert.sees("dm")
    assert "口座が見つかりませんでした" in desk.sees("dm")
    assert "お振り込みしました" not in desk.sees("dm")
    town.accepted()


async def test_old_buttons_explain_themselves_and_strangers_get_nowhere(town: Town, till: Till) -> None:
    await till.draws_up()
    await till.ken.presses("開く", where="channel")
    await till.misaki.presses("この振込を取り消す")
    assert "取り消しました" in till.misaki.sees()
    await till.ken.presses("確認して確定")
    assert "すでに確定または取消" in till.ken.sees()
    stranger = town.desk("山田 太郎")
    await stranger.opens_home()
    assert "お支払い" not in stranger.sees("home")
    await stranger.commands("runs")
    assert "104,000円" not in stranger.sees()
    await stranger.commands("payments")
    assert "104,000円" not in stranger.sees()


async def test_honorarium_is_demanded_back_and_comes_in(town: Town, till: Till) -> None:
    await till.pays()
    await town.turn(LATER)
    await till.misaki.presses("開く", where="channel")
    await till.misaki.presses("返還を求める")
    await till.misaki.submits({"yen": "20万", "reason": "2回分の支援が行われていませんでした。"})
    assert set(till.misaki.errors()) == {"yen"}
    await till.misaki.submits({"yen": "4万円"})
    assert "別の担当者が確認します" in till.misaki.sees()
    assert "返還" not in till.expert.sees("dm")
    assert "支援が行われて" not in till.ken.sees("channel")
    await till.ken.opens_home()
    await till.ken.presses("開く", where="home")
    await till.ken.presses("確認して請求する")
    assert "専門家に請求書を送りました" in till.ken.sees()
    assert "返還のお願い" in till.expert.sees("dm")
    await till.expert.presses("請求書を開く", where="dm")
    assert "40,000円" in await till.words(till.expert.link("PDFを開く"))
    await till.expert.opens_home()
    assert "2022年1月16日" in till.expert.sees("home")
    await till.ken.presses("入金を記録")
    await till.ken.submits({"yen": "40000", "received_on": "2021-12-27"})
    assert "返還済み" in till.ken.sees()
    assert "40,000円を受け取りました" in till.expert.sees("dm")
    town.accepted()


async def test_a_payment_that_came_back_is_entered(town: Town, till: Till) -> None:
    await till.pays()
    await town.turn(LATER)
    await till.misaki.presses("開く", where="channel")
    await till.misaki.presses("組戻しを記録")
    await till.misaki.submits({"reason": "ACCOUNT_CLOSED"})
    assert "口座解約済み" in till.misaki.sees()
    assert "解約されていました" in till.expert.sees("dm")
    await till.misaki.presses("同じ口座に再振込")
    assert "次の回に振り込みます" in till.misaki.sees()
    town.accepted()
