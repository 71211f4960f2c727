"""What a reviewer of a case is shown beside its answers: what the tips find, likeness to others, dates, cap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.cases_shown import MODE, TOLD, area_of, cut
from conversations.form import Form
from conversations.messages import Card, Fact, Words
from conversations.secretariat import similar
from conversations.secretariat.reviews import EXTRAS, summarised
from locales import Text, _
from services import tips
from services.cases import KIND, Case, Mode
from services.reviews import Review
from services.tips import Advice
from services.values import Yen

if TYPE_CHECKING:
    from services.bundle import Services

NAMED = 3
QUOTED = 40


@summarised(KIND)
async def case_summary(services: Services, subject_id: int) -> list[Fact]:
    """Number, area, place, way and deadline of a case; no names and no texts."""
    case = await services.cases.get(subject_id)
    assert case is not None
    return [
        Fact(_("Number"), case.number),
        Fact(_("Area"), area_of(case, services.programme)),
        Fact(_("Place"), case.prefecture),
        Fact(_("How"), MODE[Mode(case.mode)]),
        Fact(_("Deadline for proposals"), _("{day}")(day=case.proposal_deadline)),
    ]


async def findings(services: Services, review: Review) -> list[Words | Card]:
    """Everything worth a look before a case is decided (DOMAIN 4.5)."""
    case = await services.cases.get(review.subject_id)
    assert case is not None
    return [
        *_in_the_texts(review),
        *await similar.findings(services, review),
        _days(services, case),
        await _cap(services, case),
    ]


EXTRAS[KIND] = findings


def _in_the_texts(review: Review) -> list[Words]:
    """What the writing tips find in each text, with the place they mean."""
    form, area = Form.all[review.form], review.answers.get("area")
    found: list[Words] = []
    for key, name in TOLD.items():
        text, question = review.answers.get(key, ""), form.question(key)
        if text and question is not None:
            found.extend(in_text(question.label, name, text, area))
    return found or [_("The writing tips have nothing to say about the texts.")]


def in_text(label: Text, name: str, text: str, area: str | None) -> list[Words]:
    """What the writing tips find in one text; `name` is the one under which they know it."""
    return [_finding(label, advice, text) for advice in tips.check(name, text, area=area)]


def _finding(label: Text, advice: Advice, text: str) -> Words:
    # A tip about the whole text quotes no place.
    places = [text[start:end] for start, end in advice.matched if (start, end) != (0, len(text))]
    if not places:
        return _("{question}: {tip}")(question=label, tip=advice.text)
    quoted = " / ".join(cut(place, QUOTED) for place in places[:NAMED])
    return _("{question}: {tip} Here: “{quoted}”")(question=label, tip=advice.text, quoted=quoted)


def _days(services: Services, case: Case) -> Words:
    """How many business days the deadline is ahead, and the period."""
    programme = services.programme
    ahead = programme.calendar.business_days_between(services.clock.today(), case.proposal_deadline)
    return _("The deadline for proposals is {count} business days ahead (at least {least}).")(
        count=ahead, least=programme.limits.proposal_deadline_business_days
    )


async def _cap(services: Services, case: Case) -> Words:
    """What is left of the company's cap after the phase before."""
    company = await services.companies.get(case.company_id)
    assert company is not None
    left = max(int(services.programme.money.sme_cap) - company.phase1_used_yen, 0)
    return _("Of the company's cap {left} is left after the phase before.")(left=Yen(left))
