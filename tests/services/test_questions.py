"""What was asked in vain is counted, kept without contact data, and taken off the list by the secretariat alone."""

import pytest
from sqlalchemy import text

from services.faq import Side
from services.refusals import Refusal
from services.secretariat import read_members
from tests.conftest import ActingAs


async def test_like_questions_of_one_side_are_one_and_the_other_sides_another(acting: ActingAs) -> None:
    async with acting("U1") as services:
        first = await services.questions.ask("駐車場はありますか？", Side.SME)
        assert await services.questions.ask("駐車場ありますか", Side.SME) == first
        assert await services.questions.ask("駐車場はありますか？", Side.EXPERT) != first
        assert await services.questions.waiting() == 2


async def test_contact_data_is_masked_and_the_words_lie_encrypted(acting: ActingAs) -> None:
    async with acting("U1") as services:
        await services.questions.ask("aki@yamamoto.example に送れますか", Side.SME)
        ((kept, key),) = (
            await services.connection.execute(text("SELECT words, key FROM asked_questions"))
        ).all()
        assert "送れます".encode() not in bytes(kept) and "送れます".encode() not in bytes(key)
    async with acting("U2", "slack") as services:
        await read_members(services.connection, "T1", ["U2"])
        (asked,) = await services.questions.list()
        assert "yamamoto" not in asked.words and "送れますか" in asked.words


async def test_what_was_answered_does_not_wait_unless_the_answer_was_wrong(acting: ActingAs) -> None:
    async with acting("U1") as services:
        asked = await services.questions.ask("録画は必要ですか", Side.SME, "recording")
        await services.questions.useful(asked)
        assert await services.questions.waiting() == 0
        await services.questions.wrong(asked)
        assert await services.questions.waiting() == 1
        other = await services.questions.ask("時間は？", Side.SME)
        await services.questions.answer(other, "change_plan")
        assert await services.questions.waiting() == 1


async def test_the_most_frequent_comes_first_and_is_dealt_with_once(acting: ActingAs) -> None:
    async with acting("U1") as services:
        rare = await services.questions.ask("明日の天気は？", Side.SME)
        for _time in range(3):
            often = await services.questions.ask("駐車場はありますか？", Side.SME)
    async with acting("U2", "slack") as services:
        await read_members(services.connection, "T1", ["U2"])
        assert [(one.id, one.times) for one in await services.questions.list()] == [(often, 3), (rare, 1)]
        await services.questions.deal_with(often)
        assert [one.id for one in await services.questions.list()] == [rare]
        with pytest.raises(Refusal, match="already"):
            await services.questions.deal_with(often)
        (noted,) = await services.audit.history("question", often)
        assert noted.action == "dealt with"
    async with acting("U1") as services:
        await services.questions.ask("駐車場はありますか？", Side.SME)
        assert await services.questions.waiting() == 2


async def test_what_can_be_answered_by_now_comes_off_the_list_by_itself(acting: ActingAs) -> None:
    async with acting("U1") as services:
        await services.questions.ask("駐車場はありますか？", Side.SME)
        await services.questions.ask("駐車場はありますか？", Side.SME, "parking")
        assert await services.questions.waiting() == 0


async def test_only_the_secretariat_reads_and_deals_with_them(acting: ActingAs) -> None:
    async with acting("U1") as services:
        asked = await services.questions.ask("駐車場はありますか？", Side.SME)
        with pytest.raises(Refusal):
            await services.questions.list()
        with pytest.raises(Refusal):
            await services.questions.deal_with(asked)
        assert await services.questions.waiting() == 1
