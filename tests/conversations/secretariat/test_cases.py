"""What a reviewer of a case is told beside its answers."""

from conversations.cases_shown import case_card
from conversations.secretariat.cases import case_summary, findings
from conversations.sme.case import CaseForm
from locales.language import speaker
from services.bundle import Services
from services.cases import Case
from services.values import Yen
from tests.conftest import ActingAs
from tests.services.case_company import APPLICATION, CONTENT, applied

say = speaker("ja")
GOAL = "12月中に、ネット注文のホームページを作ってほしいです。くわしくは090-1234-5678へ。"


async def found(services: Services, case: Case) -> str:
    """Every finding about a case, in words."""
    review = await services.reviews.latest("case", case.id)
    assert review is not None and review.form == CaseForm.name
    return "\n".join(say(line) for line in await findings(services, review))


async def handed_in(services: Services, **texts: str) -> Case:
    """A case whose review holds these texts."""
    case = await applied(services, **texts)
    review = await services.reviews.latest("case", case.id)
    assert review is not None
    review.answers = {"area": case.area, "issue": case.issue, "goal": case.goal}
    return case


async def test_tips_quote_the_place_they_mean(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        told = await found(services, await handed_in(services, goal=GOAL))
    assert "実現したいこと：制作や開発は対象外です" in told
    assert "090-1234-5678" in told and "作ってほしい" in told


async def test_a_text_copied_from_another_company_is_named(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        first = await handed_in(services)
        again = await handed_in(services, title="もう一度")
        assert "ほかの企業によく似た文章はありません" in await found(services, again)
    async with acting("U-other") as services:
        copy = await handed_in(services, issue=CONTENT.issue + "とても困っています。")
        told = await found(services, copy)
    assert first.number in told and "%同じ文章です" in told


async def test_dates_and_the_cap_that_is_left_are_counted(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        case = await handed_in(services)
        company = await services.companies.get(case.company_id)
        assert company is not None
        company.phase1_used_yen = int(Yen(80_000))
        told = await found(services, case)
    assert "提案期限は14営業日先です（3営業日以上）" in told
    assert "220,000円" in told


async def test_the_card_in_the_channel_names_neither_person_nor_text(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        case = await handed_in(services)
        facts = await case_summary(services, case.id)
    shown = "\n".join(say(fact.value) for fact in facts)
    assert case.number in shown
    assert APPLICATION.name not in shown and CONTENT.issue not in shown and CONTENT.title not in shown


async def test_experts_never_see_contact_data(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        case = await handed_in(services, title="連絡は090-1234-5678", goal=GOAL)
        for brief in (True, False):
            card = case_card(case, services.programme, brief=brief, proposals=2)
            words = [card.title, *card.body, *(fact.value for fact in card.facts)]
            assert "090-1234-5678" not in "\n".join(say(word) for word in words)
            assert case.number in say(card.title)
