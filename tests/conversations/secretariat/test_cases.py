"""What a reviewer of a case is told beside its answers."""

from conversations.cases_shown import case_card, result_card
from conversations.messages import Card
from conversations.secretariat.cases import case_summary, findings
from conversations.sme.case import CaseForm
from locales.language import speaker
from services.bundle import Services
from services.cases import Case
from services.reviews import Remark, ReviewState
from services.values import Yen
from tests.conftest import ActingAs
from tests.services.case_company import APPLICATION, CLERK, CONTENT, applied, decide
from tests.services.test_thesaurus_book import clerk

say = speaker("ja")
GOAL = "12月中に、ネット注文のホームページを作ってほしいです。くわしくは090-1234-5678へ。"


async def found(acting: ActingAs, case: Case) -> str:
    """Every finding about a case, in words, as a clerk reads them."""
    async with clerk(acting) as services:
        review = await services.reviews.latest("case", case.id)
        assert review is not None and review.form == CaseForm.name
        told = await findings(services, review)
    lines: list[str] = []
    for one in told:
        if isinstance(one, Card):
            facts = [word for fact in one.facts for word in (fact.label, fact.value)]
            lines += [say(word) for word in (one.title, *facts, *(button.label for button in one.buttons))]
        else:
            lines.append(say(one))
    return "\n".join(lines)


async def handed_in(services: Services, **texts: str) -> Case:
    """A case whose review holds these texts."""
    case = await applied(services, **texts)
    review = await services.reviews.latest("case", case.id)
    assert review is not None
    review.answers = {"area": case.area, "issue": case.issue, "goal": case.goal}
    return case


async def test_tips_quote_the_place_they_mean(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        case = await handed_in(services, goal=GOAL)
    told = await found(acting, case)
    assert "実現したいこと：制作や開発は対象外です" in told
    assert "090-1234-5678" in told and "作ってほしい" in told


async def test_a_text_copied_from_another_company_is_named(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        first = await handed_in(services)
    assert "ほぼ同じ文の案件はありません" in await found(acting, first)
    async with acting("U-other") as services:
        copy = await handed_in(services, issue=CONTENT.issue + "とても困っています。")
    told = await found(acting, copy)
    assert "ほぼ同じ文の案件：1件" in told
    assert f"{first.number}\n97%同じ・ほかの企業・審査中" in told and f"{first.number}と比べる" in told
    async with acting("U-other") as services:
        again = await handed_in(services, title="もう一度", issue=CONTENT.issue + "とても困っています。")
    told = await found(acting, again)
    assert f"{copy.number}\n100%同じ・同じ企業" in told and f"{first.number}\n" in told


async def test_a_case_that_is_handed_in_again_is_not_like_itself(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        case = await handed_in(services)
    async with acting(CLERK, "slack") as services:
        await decide(services, case.id, ReviewState.RETURNED, Remark("goal", "SCOPE", "助言の相談に。"))
    async with acting("U-owner") as services:
        again = await services.cases.apply(CONTENT, "case", {"area": "EC"}, case.id)
    assert "ほぼ同じ文の案件はありません" in await found(acting, again)


async def test_dates_and_the_cap_that_is_left_are_counted(acting: ActingAs) -> None:
    async with acting("U-owner") as services:
        case = await handed_in(services)
        company = await services.companies.get(case.company_id)
        assert company is not None
        company.phase1_used_yen = int(Yen(80_000))
    told = await found(acting, case)
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
        for card in (
            case_card(case, services.programme, proposals=2),
            result_card(case, services.programme, services.clock.today(), proposals=2),
        ):
            words = [card.title, *card.body, *(fact.value for fact in card.facts)]
            assert "090-1234-5678" not in "\n".join(say(word) for word in words)
            assert case.number in say(card.title)
