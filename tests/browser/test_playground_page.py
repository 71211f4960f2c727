"""The playground's page in a real browser, with screens that show every element."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect
from starlette.routing import Mount

from bots.playground.mailbox import FakeMailbox
from bots.playground.page import Playground
from bots.playground.store import MemoryStore
from tests.bots.playground.page_server import served
from tests.bots.playground.screens import MODAL
from tests.bots.playground.stub_people import CALENDAR, START, StubClock, StubLine, StubSlack

pytestmark = pytest.mark.browser

ARTEFACTS = Path(__file__).parents[2] / "artefacts"
CALM = ("background-networking", "component-update", "sync", "gpu", "quic")
ARGUMENTS = [
    "--no-sandbox",
    "--no-first-run",
    "--lang=ja-JP",
    "--disable-component-update",
    *(f"--disable-{what}" for what in CALM),
]


class Stage:
    """A browser page with the people behind it; errors in the page fail the test at its end."""

    def __init__(self) -> None:
        self.line, self.slack, self.clock = StubLine(), StubSlack(), StubClock()
        self.store = MemoryStore()
        self.mailbox = FakeMailbox(store=self.store, now=self.clock.now)
        self.play = Playground(
            line=self.line,
            slack=self.slack,
            mailbox=self.mailbox,
            clock=self.clock,
            calendar=CALENDAR,
            store=self.store,
        )
        self.play.prepare()
        self.errors: list[str] = []
        self.company = self.line.users()[0]["id"]
        self.expert, self.clerk = (user["id"] for user in self.slack.users())

    @asynccontextmanager
    async def opened(self, width: int = 1440, height: int = 940) -> AsyncIterator[Page]:
        program = shutil.which("chromium")
        if program is None:
            pytest.fail("This test needs a browser: install Debian's packages chromium and fonts-noto-cjk.")
        ARTEFACTS.mkdir(exist_ok=True)
        routes = [Mount("/play/line-api", routes=self.line.routes), *self.play.routes]
        async with served(routes) as address, async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=program, args=ARGUMENTS)
            page = await browser.new_page(viewport={"width": width, "height": height}, locale="ja-JP")
            page.set_default_timeout(10_000)
            page.on("pageerror", lambda error: self.errors.append(str(error)))
            page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
            await page.goto(f"{address}/play")
            await page.wait_for_selector("body.ready")
            yield page
            await browser.close()
            await self.play.close()
        assert self.errors == []


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def test_every_element_is_drawn_and_a_picture_of_it_is_kept(stage):
    async with stage.opened() as page:
        for part in (
            ".flex-bubble",
            ".flex-carousel",
            ".template",
            ".template.confirm",
            ".sticker",
            ".attached",
            ".place",
            ".dots",
        ):
            await expect(page.locator(f".chat {part}").first).to_be_attached()
        await expect(page.locator(".rich-menu .area")).to_have_count(3)
        await expect(page.locator(".home .block-header")).to_have_text("こんにちは、佐藤さん")
        await expect(page.locator(".unknown")).to_have_count(0)
        broken = await page.evaluate(
            "[...document.images].filter((i) => i.complete && !i.naturalWidth).map((i) => i.src)"
        )
        assert broken == []
        await page.screenshot(path=ARTEFACTS / "playground.png")


async def test_a_tapped_quick_reply_reaches_line(stage):
    async with stage.opened() as page:
        await page.get_by_role("button", name="1週間後").click()
        await expect(page.locator(".replies button")).to_have_count(4)
    assert stage.line.done == [
        (
            stage.company,
            "tap",
            {"action": {"type": "postback", "label": "1週間後", "data": "week", "displayText": "1週間後"}},
        )
    ]


async def test_a_date_is_picked_in_a_sheet(stage):
    async with stage.opened() as page:
        await page.get_by_role("button", name="日付を選ぶ").click()
        await page.get_by_label("日付を選ぶ").fill("2026-09-25")
        await page.get_by_role("button", name="決定").click()
        await expect(page.locator(".sheet")).to_have_count(0)
    assert [(act, fields["picked"]) for _, act, fields in stage.line.done] == [("tap", "2026-09-25")]


async def test_the_menu_folds_into_a_keyboard_and_enter_sends(stage):
    async with stage.opened() as page:
        await page.get_by_role("button", name="今の状況").click()
        await page.get_by_role("button", name="キーボードに切り替える").click()
        box = page.get_by_role("textbox", name="メッセージを入力")
        await box.fill("こんにちは")
        await box.press("Enter")
        await expect(box).to_have_value("")
    assert [act for _, act, _ in stage.line.done] == ["tap", "say"]
    assert stage.line.done[1][2] == {"text": "こんにちは"}


async def test_a_new_company_adds_the_programme_as_a_friend(stage):
    async with stage.opened() as page:
        await page.locator("#phone .people .more").click()
        await page.get_by_role("menuitem", name="新しい会社").click()
        await page.get_by_role("button", name="追加", exact=True).click()
        await expect(page.locator("#phone .person")).to_have_count(2)
    assert stage.line.done == [(stage.line.users()[1]["id"], "follow", {})]


async def test_what_people_write_is_never_read_as_markup(stage):
    stage.line.extra = [("bot", {"type": "text", "text": "<img src=x onerror=alert(1)>"})]
    stage.slack.note = {
        "ts": "2",
        "channel": "C1",
        "text": "&lt;b&gt;*太字* <javascript:alert(1)|押す>",
        "blocks": [],
    }
    async with stage.opened() as page:
        await expect(
            page.locator(".chat .bubble").get_by_text("<img src=x onerror=alert(1)>")
        ).to_be_visible()
        await page.locator(".person", has_text="鈴木").click()
        note = page.locator(".note .text")
        await expect(note).to_have_text("<b>太字 押す")
        await expect(note.locator("a")).to_have_count(0)


async def test_a_modal_marks_what_is_missing_and_then_submits(stage):
    stage.slack.modals = [MODAL]
    async with stage.opened() as page:
        await expect(page.locator(".modal [data-block=price] .error")).to_have_text(
            "500円以上で入力してください"
        )
        await page.get_by_role("button", name="次へ").click()
        await expect(page.locator(".modal [data-block=name] .error")).to_have_text("入力してください")
        assert "submit" not in [act for _, act, _ in stage.slack.done]
        await page.get_by_label("お名前").fill("佐藤 健一")
        await page.get_by_label("会社に所属").check()
        await page.get_by_label("訪問").check()
        await page.get_by_label("都道府県").select_option("28")
        await page.locator("[data-block=areas] input").click()
        await page.get_by_role("option", name="会計").click()
        await page.keyboard.press("Escape")
        await page.locator("[data-block=bank] input").fill("みな")
        await page.get_by_role("option", name="みなと銀行").click()
        await page.get_by_label("自己紹介").fill("小さなお店の在庫管理が得意です。")
        await page.screenshot(path=ARTEFACTS / "playground-modal.png")
        await page.get_by_role("button", name="次へ").click()
        await expect(page.locator(".modal .busy")).to_have_count(0)
    changed = next(fields for _, act, fields in stage.slack.done if act == "change")
    assert changed == {"view_id": "VFORM", "block_id": "kind", "value": "firm"}
    who, _, sent = next(each for each in stage.slack.done if each[1] == "submit")
    assert who == stage.expert
    assert sent["values"] == {
        "name": "佐藤 健一", "price": "300", "email": "sato@example.jp", "site": None, "kind": "firm", "modes": ["visit"],
        "pref": "28", "areas": ["stock", "books"], "bank": "0562", "from": "2026-10-01", "at": "09:30",
        "about": "小さなお店の在庫管理が得意です。",
    }  # fmt: skip


async def test_a_dangerous_button_asks_first(stage):
    async with stage.opened() as page:
        await page.locator(".person", has_text="鈴木").click()
        await page.get_by_role("button", name="却下する").click()
        await page.get_by_role("button", name="やめる").click()
        await page.get_by_role("button", name="却下する").click()
        await page.get_by_role("alertdialog").get_by_role("button", name="却下する").click()
        await expect(page.get_by_role("alertdialog")).to_have_count(0)
        await expect(page.locator(".busy")).to_have_count(0)
    pressed = [fields["action_id"] for _, act, fields in stage.slack.done if act == "press"]
    assert pressed == ["reject"]


async def test_the_slash_command_and_a_thread_reply_are_typed(stage):
    async with stage.opened() as page:
        await page.locator(".person", has_text="鈴木").click()
        box = page.get_by_role("textbox", name="#事務局 へのメッセージ")
        await box.fill("/ouentai ヘルプ")
        await box.press("Enter")
        await page.get_by_role("button", name="2件の返信").click()
        reply = page.get_by_role("textbox", name="返信する")
        await reply.fill("確認しました")
        await reply.press("Enter")
        await expect(reply).to_have_value("")
    card = f"{stage.slack.began:.6f}"
    assert [(act, fields) for _, act, fields in stage.slack.done if act in ("command", "message")] == [
        ("command", {"text": "ヘルプ", "channel": "C1"}),
        ("message", {"channel": "C1", "text": "確認しました", "thread_ts": card}),
    ]


async def test_the_clock_is_turned_and_shown_on_the_phone(stage):
    async with stage.opened() as page:
        await page.locator(".tool.clock").click()
        await page.get_by_role("button", name="1時間進める").click()
        await expect(page.locator(".phone .hour")).to_have_text("10:41")
        await expect(page.locator(".tool.clock")).to_contain_text("令和8年")


async def test_mails_lie_in_the_drawer(stage):
    mail = {
        "to": "yamamoto@example.jp",
        "sender": "jimukyoku@example.jp",
        "at": START.isoformat(),
        "times": 1,
    }
    stage.store.put("mail", "1", mail | {"id": "1", "subject": "登録を受け付けました", "text": "山本様"})
    async with stage.opened() as page:
        await page.get_by_role("button", name="メール").click()
        await expect(page.locator(".mailbox h3")).to_have_text("登録を受け付けました")
        await expect(page.locator(".mail-text")).to_have_text("山本様")


async def test_the_story_shows_its_caption(stage):
    async def story() -> None:
        stage.play.tell(2, 8, "鈴木さんが登録を確かめます", slack=stage.clerk)

    stage.play.story = story
    async with stage.opened() as page:
        await page.get_by_role("button", name="話を再生").click()
        await expect(page.locator(".caption")).to_contain_text("話はここまでです")
        await expect(page.locator(".slack-head h2").first).to_have_text("事務局")


async def test_on_a_small_screen_one_screen_is_shown_at_a_time(stage):
    async with stage.opened(width=390, height=844) as page:
        await expect(page.locator(".phone")).to_be_visible()
        await page.get_by_role("tab", name="Slack").click()
        await expect(page.locator(".slack").first).to_be_visible()
        await expect(page.locator(".phone")).to_be_hidden()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
