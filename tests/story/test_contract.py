"""The contract is read, signed on both sides and lived with: changed, ended, or never made (story step 9)."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import aiohttp
import pytest

from services.cases import CaseState
from services.contracts import Contract
from services.ledger import Stage
from services.values import Yen
from tests.services import plan_people as people
from tests.services import road
from tests.services.road import acting_in
from tests.story.test_plans import settled
from tests.town import Desk, Phone, Town

AFTER_CONTRACTS = datetime(2021, 12, 17, 15, 0, 2, tzinfo=UTC)


@dataclass
class Pair:
    """A shop and its expert, with the contract between them."""

    town: Town
    shop: Phone
    desk: Desk
    contract: Contract

    async def both_sign(self) -> None:
        await self.shop.taps("契約する", "この内容で契約する")
        await self.desk.presses("契約する", where="dm")

    async def now(self) -> Contract:
        async with acting_in(self.town, self.shop) as services:
            found = await services.contracts.get(self.contract.id)
            assert found is not None
            return found

    async def reserved(self) -> int:
        async with acting_in(self.town, self.shop) as services:
            standing = await services.ledger.of_plan(self.contract.plan_id)
            return standing.get(Stage.RESERVED, Yen(0))


async def pair_in(town: Town) -> Pair:
    """A plan was approved: the contract waits for both signatures."""
    shop, desk = await town.phone().adds_us(), town.desk()
    await desk.opens_home()
    await settled(town, desk, lambda services: people.expert(services, display_name="佐藤 健一"))
    async with acting_in(town, desk) as services:
        expert = await services.experts.mine()
    async with acting_in(town, shop) as services:
        company = await people.company(services)
        case = await people.case(services, company, CaseState.PLAN_AGREED)
        assert expert is not None
        plan = await road.plan(services, company, expert, case_id=case.id)
        await services.ledger.reserve(plan, Yen(104_000))
    made = await town.ouentai.dispatcher.run(lambda services: services.contracts.prepare(plan))
    await town.idle()
    return Pair(town, shop, desk, made)


@pytest.fixture
async def pair(town: Town) -> AsyncIterator[Pair]:
    """The pair; in the end no platform may have refused anything."""
    made = await pair_in(town)
    yield made
    town.accepted()


async def fetched(town: Town, link: str) -> tuple[aiohttp.ClientResponse, bytes]:
    """What a link shows."""
    parts = urlsplit(link)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{town.run.origin}{parts.path}?{parts.query}") as answer,
    ):
        return answer, await answer.read()


async def test_both_are_told_in_plain_lines_and_by_mail(pair: Pair) -> None:
    for line in (
        "契約書K-",
        "佐藤 健一",
        "注文の手間を半分",
        "32時間",
        "あなたの負担 16,000円（合計 120,000円）",
        "2021年12月17日",
        "まず契約書をお読みください",
    ):
        assert line in pair.shop.recent
    assert "やまだ菓子店" in pair.desk.sees("dm")
    assert "謝金 104,000円" in pair.desk.sees("dm")
    mailed = {mail["to"].partition("@")[0].rstrip("0123456789") for mail in pair.town.mailbox.mails()}
    assert mailed == {"company", "expert"}


async def test_the_text_is_opened_by_a_fresh_link_and_has_the_agreed_bytes(pair: Pair) -> None:
    await pair.shop.taps("契約書を読む")
    receipt = pair.contract.digest[:8].upper()
    assert receipt in pair.shop.last
    answer, data = await fetched(pair.town, pair.shop.button("契約書を開く")["uri"])
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline")
    assert hashlib.sha256(data).hexdigest() == pair.contract.digest
    await pair.desk.presses("契約書を読む", where="dm")
    assert receipt in pair.desk.sees("dm")
    _answer, same = await fetched(pair.town, pair.desk.link("契約書を開く", "dm"))
    assert same == data


async def test_both_sign_and_the_contract_is_concluded(pair: Pair) -> None:
    await pair.shop.taps("契約書を読む", "契約する")
    assert "この内容で契約しますか" in pair.shop.last
    assert pair.contract.digest[:8].upper() in pair.shop.last
    await pair.shop.taps("この内容で契約する")
    assert "署名しました" in pair.shop.last
    assert "専門家の署名待ち" in pair.shop.last
    assert "企業が署名しました" in pair.desk.sees("dm")
    await pair.desk.presses("契約する", where="dm")
    assert "が成立しました" in pair.desk.sees("dm")
    assert "が成立しました" in pair.shop.recent
    receipt = pair.contract.digest[:8].upper()
    last = pair.town.mailbox.mails()[-2:]
    assert all(receipt in str(mail) for mail in last)
    assert len({mail["to"] for mail in last}) == 2
    await pair.shop.says("状況")
    await pair.shop.taps("全体を見る", "契約を見る")
    assert "契約成立・支援中" in pair.shop.last
    await pair.desk.commands("contracts")
    assert "契約成立・支援中" in pair.desk.sees()


async def test_an_old_question_and_a_second_tap_do_no_harm(pair: Pair) -> None:
    await pair.shop.taps("契約する")
    sure = pair.shop.button("この内容で契約する")
    for _time in range(2):
        await pair.town.line.tap(pair.shop.user, sure)
        await pair.town.idle()
        assert "署名しました" in pair.shop.last
    await pair.desk.presses("契約する", where="dm")
    await pair.town.line.tap(pair.shop.user, sure)
    await pair.town.idle()
    assert "が成立しました" in pair.shop.last
    stranger = await pair.town.phone("田中 一郎").adds_us()
    await pair.town.line.tap(stranger.user, sure)
    await pair.town.idle()
    assert "契約が見つかりません" in stranger.last


async def test_the_secretariat_sees_what_waits_and_reads_it(town: Town) -> None:
    clerk = await town.clerk()
    pair = await pair_in(town)
    await clerk.opens_home()
    assert "署名待ちの契約：1件" in clerk.sees("home")
    assert "やまだ菓子店" not in clerk.sees("home")
    await clerk.presses("開く", where="home")
    assert "やまだ菓子店" in clerk.sees()
    await clerk.presses("契約書を読む")
    _answer, data = await fetched(town, clerk.link("契約書を開く"))
    assert hashlib.sha256(data).hexdigest() == pair.contract.digest
    town.accepted()


async def test_the_company_steps_back_before_it_signs(pair: Pair) -> None:
    await pair.shop.taps("取りやめる", "日程が合わなくなった")
    await pair.shop.says("12月は店が忙しくなりました。")
    await pair.shop.taps("契約を取りやめる")
    assert "を取りやめました" in pair.shop.last
    assert "企業が契約K-" in pair.desk.sees("dm")
    assert "12月は店が忙しくなりました" in pair.desk.sees("dm")
    assert await pair.reserved() == 0
    await pair.desk.presses("契約する", where="dm")
    assert "契約前に取りやめ" in pair.desk.sees("dm")
    assert "いまはできません" in pair.desk.sees("dm")


async def test_what_nobody_signs_ends_after_the_last_day(pair: Pair) -> None:
    await pair.shop.taps("契約する")
    await pair.town.turn(AFTER_CONTRACTS)
    assert "期限までに成立しませんでした" not in pair.shop.recent
    await pair.town.turn(AFTER_CONTRACTS + timedelta(hours=10))
    assert "期限までに成立しませんでした" in pair.shop.recent
    assert "期限までに成立しませんでした" in pair.desk.sees("dm")
    assert await pair.reserved() == 0
    await pair.shop.taps("この内容で契約する")
    assert "いまはできません" in pair.shop.last


async def test_hours_are_made_fewer_by_both(pair: Pair) -> None:
    await pair.both_sign()
    await pair.desk.commands("contracts")
    await pair.desk.presses("開く")
    await pair.desk.presses("時間や日程を変える")
    assert "新しい計画と審査が必要です" in pair.desk.sees()
    await pair.desk.submits({"hours": "40", "reason": "もっと必要です"})
    assert "新しい計画と審査が必要です" in pair.desk.errors()["hours"]
    await pair.desk.submits({"hours": "28", "reason": "データの移行が早く終わりそうです。"})
    assert "企業に申し出を伝えました" in pair.desk.sees()
    assert "32時間 → 28時間" in pair.shop.recent
    assert "16,000円 → 14,000円" in pair.shop.recent
    assert "データの移行が早く" in pair.shop.recent
    assert (await pair.now()).minutes == 1920
    await pair.shop.taps("変更後の契約書を読む")
    _answer, data = await fetched(pair.town, pair.shop.button("契約書を開く")["uri"])
    await pair.shop.taps("変更に同意", "変更に同意する")
    assert "を変更しました" in pair.shop.last
    assert "を変更しました" in pair.desk.sees("dm")
    changed = await pair.now()
    assert (changed.minutes, changed.revision) == (1680, 2)
    assert changed.digest == hashlib.sha256(data).hexdigest()
    assert await pair.reserved() == 91_000


async def test_the_company_leaves_the_contract_as_it_is(pair: Pair) -> None:
    await pair.both_sign()
    await pair.desk.commands("contracts")
    await pair.desk.presses("開く")
    await pair.desk.presses("時間や日程を変える")
    await pair.desk.submits({"hours": "28", "reason": "予定が変わりました。"})
    await pair.shop.taps("このままにする")
    assert "はそのままです" in pair.shop.last
    assert "は変えない" in pair.desk.sees("dm")
    assert (await pair.now()).minutes == 1920


async def test_the_expert_ends_a_running_contract(town: Town) -> None:
    clerk = await town.clerk()
    pair = await pair_in(town)
    await pair.both_sign()
    await town.turn(datetime(2021, 11, 20, 3, 0, tzinfo=UTC))
    async with acting_in(town, pair.shop) as services:
        await road.session(services, pair.contract, minutes=120)
    await pair.desk.commands("contracts")
    await pair.desk.presses("開く")
    await pair.desk.presses("契約を終わらせる")
    assert "これまでの支援" in pair.desk.sees()
    assert "2時間" in pair.desk.sees()
    await pair.desk.submits({"why": "HEALTH"})
    assert "報告と請求をお願いします" in pair.desk.sees()
    assert "を終了しました" in pair.shop.recent
    assert "体調や家の事情" in pair.shop.recent
    assert await pair.reserved() == 6_500
    assert "途中で終了" in clerk.sees("channel")
    assert "やまだ菓子店" not in clerk.sees("channel")
    town.accepted()


async def test_the_deadline_is_named_when_it_is_near(town: Town) -> None:
    clerk = await town.clerk()
    pair = await pair_in(town)
    await town.turn(AFTER_CONTRACTS - timedelta(days=3))
    await clerk.opens_home()
    assert "あと2日" in clerk.sees("home")
    assert pair.contract.number in clerk.sees("home")
