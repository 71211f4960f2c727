"""The story in a real browser: its first steps by a visitor's own taps and typing, both parts of it by the buttons."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from bots.playground.story import Performance
from tests.browser.test_playground_page import ARGUMENTS, ARTEFACTS
from tests.pictures import jpeg
from tests.town import Town

pytestmark = pytest.mark.browser

PATIENT = 20_000
WHOLE_STORY = 150_000
# Which steps are worth a picture, and what it is called: as they end, or once their modal is closed.
AT_THE_END = {
    "plan": "5-plan",
    "contract": "7-contract",
    "word": "9-session",
    "evidence": "10-confirm",
    "outcome": "11-report",
    "invoice": "12-invoice",
}
CLOSED = {"run": "13-payment-run", "paid": "14-paid"}
ANSWERS = (
    ("tap", "個人事業主"),
    ("say", "菓匠やまもと"),
    ("say", "山本 あき"),
    ("tap", "小売業"),
    ("tap", "5人以下"),
    ("say", "６５０－０００１"),
    ("say", "４丁目2-1"),
    ("say", "０７８ー３３１ー８１８１"),
    ("say", "aki@yamamoto.example"),
    ("tap", "未マッチング"),
    ("tap", "ない・今回がはじめて"),
    ("tap", "同意する"),
)


def browser() -> str:
    """The browser; the test fails with what is missing."""
    program = shutil.which("chromium")
    missing = (
        "This test needs a browser and Japanese fonts: install Debian's packages chromium and fonts-noto-cjk."
    )
    if program is None or not _speaks_japanese():
        pytest.fail(missing)
    return program


def _speaks_japanese() -> bool:
    lister = shutil.which("fc-list")
    return lister is not None and bool(subprocess.run([lister, ":lang=ja"], capture_output=True).stdout)


@pytest.fixture
async def page(town: Town) -> AsyncIterator[Page]:
    """The playground's page with the running application behind it; errors in it fail the test at its end."""
    program = browser()
    ARTEFACTS.mkdir(exist_ok=True)
    errors: list[str] = []
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=program, args=ARGUMENTS)
        page = await opened.new_page(viewport={"width": 1440, "height": 940}, locale="ja-JP")
        page.set_default_timeout(PATIENT)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        await page.goto(f"{town.run.origin}/play")
        await page.wait_for_selector("body.ready")
        await page.get_by_role("button", name="とじる").click()
        yield page
        await opened.close()
    assert errors == []


def chat(page: Page) -> Locator:
    """What is said on the phone."""
    return page.locator("#phone .chat")


async def tap(page: Page, label: str) -> None:
    """Tap the newest button with this label in the chat."""
    await chat(page).get_by_role("button", name=label, exact=True).last.click()


async def say(page: Page, text: str) -> None:
    """Type a message and send it."""
    box = page.get_by_role("textbox", name="メッセージを入力")
    await box.fill(text)
    await box.press("Enter")


async def send_picture(page: Page, label: str, picture: Path) -> None:
    """Open the one-time page that a button leads to, send a picture there and come back."""
    async with page.context.expect_page() as opening:
        await tap(page, label)
    upload = await opening.value
    await upload.locator("input[type=file]").set_input_files(picture)
    await upload.locator("form button").click()
    await expect(upload.locator("h1")).to_contain_text("受け取りました")
    await upload.close()


async def seen(page: Page, words: str) -> None:
    """Wait until the chat says this."""
    await expect(chat(page)).to_contain_text(words, timeout=PATIENT)


async def keep(page: Page, name: str, settling: int = 350) -> None:
    """Keep a picture of the page once nothing moves in it, after so many milliseconds."""
    await page.wait_for_timeout(settling)
    await page.screenshot(path=ARTEFACTS / f"story-{name}.png")


async def keep_paper(page: Page, button: Locator, name: str) -> None:
    """Open the PDF that a button leads to in a tab of its own, keep a picture of it and come back."""
    async with page.context.expect_page() as opening:
        await button.click()
    paper = await opening.value
    await paper.wait_for_url("**/files/papers/**")
    answer = await page.request.get(paper.url)
    assert answer.headers["content-type"] == "application/pdf"
    assert (await answer.body()).startswith(b"%PDF")
    await keep(paper, name, settling=1500)
    await paper.close()


class Photographer:
    """Keeps pictures of the story's steps while it is played."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.leave = Performance.leave

    async def look(self, play: Performance, step: dict[str, Any], who: str) -> None:
        """In the place of `Performance.leave`: a picture before it or after it, as the step is."""
        shown = not (play.hasty or play.hurried)
        if shown and step["id"] == "plan":
            await expect(self.page.locator("#slack .modal.top")).to_contain_text("合計32時間：120,000円")
        if shown and step["id"] in AT_THE_END:
            await keep(self.page, AT_THE_END[step["id"]], settling=600)
        if shown and step["id"] == "contract":
            button = chat(self.page).get_by_role("button", name="契約書を開く").last
            await keep_paper(self.page, button, "8-contract")
        if shown and step["id"] == "paid":
            modal = self.page.locator("#slack .modal.top")
            await keep_paper(self.page, modal.get_by_role("button", name="PDFを開く"), "15-notice")
        await self.leave(play, step, who)
        if shown and step["id"] in CLOSED:
            await keep(self.page, CLOSED[step["id"]], settling=600)


async def test_a_visitor_registers_by_hand_and_then_watches_the_whole_story(
    town: Town, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "paper.jpg"
    picture.write_bytes(jpeg())
    await page.get_by_role("button", name="追加", exact=True).click()
    await seen(page, "ようこそ")
    await keep(page, "1-greeting")
    await tap(page, "登録をはじめる")
    await tap(page, "すべてはい")
    await page.get_by_role("button", name="キーボードに切り替える").click()
    for number, (how, what) in enumerate(ANSWERS, 1):
        await seen(page, f"{number}/{len(ANSWERS)}")
        await (tap(page, what) if how == "tap" else say(page, what))
        if number == 4:
            await seen(page, "5/12")
            await keep(page, "2-question")
    await seen(page, "確定申告書")
    await send_picture(page, "書類を送る", picture)
    await tap(page, "送りました")
    await seen(page, "本人確認の書類を送って")
    await send_picture(page, "書類を送る", picture)
    await tap(page, "送りました")
    await tap(page, "この内容で申請する")
    await seen(page, "受け付けました")

    slack = page.locator("#slack .slack").first
    await page.locator("#slack .person", has_text="鈴木").click()
    await slack.get_by_role("button", name="引き受ける").click()
    modal = slack.locator(".modal.top")
    await expect(modal).to_contain_text("菓匠やまもと")
    await keep(page, "3-review")
    await modal.get_by_role("button", name="承認する").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="承認する").click()
    await seen(page, "登録が完了しました")
    await modal.get_by_role("button", name="閉じる").last.click()
    await expect(slack.locator(".modal")).to_have_count(0)
    await keep(page, "4-registered")

    assert town.ouentai.stage is not None
    town.ouentai.stage.story.pace = 0.05
    photographer = Photographer(page)
    monkeypatch.setattr(Performance, "leave", lambda *of_step: photographer.look(*of_step))
    await page.get_by_role("button", name="話を再生").click()
    await expect(page.locator(".caption.playing")).to_be_visible()
    await expect(page.locator(".caption.done, .caption.failed")).to_be_visible(timeout=WHOLE_STORY)
    await expect(page.locator(".caption")).to_contain_text("話はここまでです")
    await seen(page, "事務局が確認中")
    await expect(slack.locator(".slack-list").first).to_contain_text("に合意しました")
    await keep(page, "6-agreed")
    town.accepted()

    await page.locator(".caption").get_by_role("button", name="続きを再生").click()
    await expect(page.locator(".caption.playing")).to_be_visible()
    await expect(page.locator(".caption.done, .caption.failed")).to_be_visible(timeout=WHOLE_STORY)
    await expect(page.locator(".caption")).to_contain_text("これで話は終わりです")
    await seen(page, "すべて終わりました")
    await expect(slack.locator(".slack-list").first).to_contain_text("謝金をお振り込みしました")
    await keep(page, "16-everything")
    town.accepted()


async def test_a_visitor_talks_to_a_person_and_the_clerk_answers_in_the_thread(
    town: Town, page: Page, tmp_path: Path
) -> None:
    picture = tmp_path / "screen.jpg"
    picture.write_bytes(jpeg())
    await page.get_by_role("button", name="追加", exact=True).click()
    await page.get_by_role("button", name="キーボードに切り替える").click()
    await say(page, "担当者と話す")
    await tap(page, "このまま送る")
    await seen(page, "担当者に送りました")

    slack = page.locator("#slack .slack").first
    await page.locator("#slack .person", has_text="鈴木").click()
    await slack.get_by_role("button", name="引き受ける").click()
    await slack.locator(".modal.top").get_by_role("button", name="閉じる").last.click()
    await slack.locator("article.message", has_text="担当者への連絡").last.hover()
    await slack.get_by_role("button", name="スレッドで返信").last.click()
    thread = slack.locator(".slack-thread")
    await say(page, "見積書はどこに出しますか。")
    await expect(thread).to_contain_text("見積書はどこに出しますか。", timeout=PATIENT)

    write = thread.get_by_role("textbox")
    await write.fill("電話で確認済み。私が答えます。")
    await write.press("Enter")
    await write.fill("返信：この画面の右下から送れます。")
    async with page.expect_file_chooser() as choosing:
        await thread.get_by_role("button", name="ファイルを送る").click()
    await (await choosing.value).set_files(picture)
    await seen(page, "この画面の右下から送れます。")
    await expect(chat(page).locator(".name").last).to_contain_text("鈴木 美咲", timeout=PATIENT)
    await expect(chat(page).locator("button.picture img")).to_have_js_property(
        "complete", True, timeout=PATIENT
    )
    await expect(write).to_have_value("")

    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="ほかのものを送る").click()
        await page.get_by_role("button", name="写真を送る").click()
    await (await choosing.value).set_files(picture)
    await expect(thread).to_contain_text("ファイルが届", timeout=PATIENT)
    assert "電話で確認済み" not in await chat(page).inner_text()
    await page.wait_for_timeout(600)
    await page.screenshot(path=ARTEFACTS / "handoff.png")
    town.accepted()
