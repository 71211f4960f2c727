"""What experts see on their Home, and what the secretariat is told about them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from conversations.expert.home import dates, parts, profile
from conversations.expert.telling import rejected
from conversations.messages import Button, Card, Heading, Say
from conversations.secretariat.experts import expert_summary, worth_a_look
from locales.language import speaker
from services.bundle import Services
from services.companies import Standing
from services.experts import Affiliation
from services.notices import Notice
from services.reviews import Remark, ReviewState
from services.secretariat import read_members
from services.values import AccountHolderKana
from tests.conftest import NOON, ActingAs
from tests.services.test_experts import ACCOUNT, OTHER, apply, decide, registered

say = speaker("ja")
AFTER = datetime(2021, 11, 2, tzinfo=UTC)


async def home(services: Services) -> str:
    """All words of the Home."""
    lines = []
    for part in [*await parts(services), *await profile(services), *await dates(services)]:
        match part:
            case Card():
                lines += [part.title, *part.body, *(fact.value for fact in part.facts)]
                lines += [part.note] if part.note else []
                lines += [button.label for button in part.buttons if isinstance(button, Button)]
            case Heading() | Say():
                lines.append(part.text)
    return "\n".join(say(line) for line in lines)


async def test_after_the_deadline_nobody_is_invited_any_more(acting: ActingAs) -> None:
    async with acting("U1", "slack", at=AFTER) as services:
        seen = await home(services)
    assert "登録の受付は終わりました" in seen
    assert "登録をはじめる" not in seen
    assert "契約の締切：2021年12月17日(金)（あと45日）" in seen
    assert "登録の締切" not in seen


async def test_the_secretariat_is_not_invited(acting: ActingAs) -> None:
    async with acting("C", "slack") as services:
        await read_members(services.connection, "T1", ["C"])
        assert await parts(services) == []


async def test_what_was_returned_stands_on_the_home(acting: ActingAs) -> None:
    expert = await apply(acting)
    await decide(acting, expert, ReviewState.RETURNED, Remark("phone", "X", "電話がつながりません。"))
    async with acting("U1", "slack") as services:
        seen = await home(services)
    assert "電話がつながりません。" in seen
    assert "1か所だけ直してください" in seen
    assert "直す" in seen


async def test_a_registered_expert_sees_what_is_offered(acting: ActingAs) -> None:
    expert = await registered(acting)
    async with acting("U1", "slack") as services:
        seen = await home(services)
    for words in (
        expert.number,
        "1時間 4,000円",
        "EC・ネット販売",
        "全国",
        "案件を探す",
        "提案",
        "ブックマーク",
    ):
        assert words in seen


async def test_somebody_who_was_rejected_reads_why_and_may_begin_anew(acting: ActingAs) -> None:
    expert = await apply(acting)
    decided = await decide(acting, expert, ReviewState.REJECTED, Remark("", "X", "資格が確認できません。"))
    [notice] = decided.notices.told
    async with acting("U1", "slack") as services:
        seen = await home(services)
        [card] = await rejected(services, notice)
    assert "資格が確認できません。" in seen
    assert "登録をはじめる" in seen
    assert isinstance(card, Card)
    assert card.buttons
    async with acting("U1", "slack", at=AFTER) as services:
        [card] = await rejected(services, Notice(notice.kind, notice.person_id, notice.ids))
    assert isinstance(card, Card)
    assert not card.buttons


async def test_the_reviewer_is_told_what_is_odd(acting: ActingAs) -> None:
    company = replace(ACCOUNT, holder=AccountHolderKana("ｶ)ｵｳｴﾝ"))
    staff: dict[str, Any] = {
        "affiliation": Affiliation.SME_SUPPORTER,
        "supporter": "応援",
        "account": company,
    }
    first = await apply(acting, **staff)
    expert = await apply(acting, "U2", **(staff | {"phone": OTHER.phone}))
    async with acting("C", "slack", at=NOON) as services:
        review = await services.reviews.latest("expert", expert.id)
        assert review is not None
        told = "\n".join(say(line) for line in await worth_a_look(services, review))
        facts = [say(fact.value) for fact in await expert_summary(services, expert.id)]
    assert "36歳" in told
    assert "●●●4321" in told
    assert "法人口座も可能" in told
    assert f"{first.number} と口座が同じです（審査中）。" in told
    assert facts == [expert.number, "1分野", "東京都"]
    assert expert.standing == Standing.UNDER_REVIEW
