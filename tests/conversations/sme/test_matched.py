"""A business that has found its expert elsewhere is led to the direct request (DOMAIN 5.1, route B)."""

from typing import Any

import pytest

from conversations import everything, notices
from conversations.messages import Card
from locales.language import speaker
from services.companies import Matching
from services.notices import Notice
from tests.conftest import ActingAs
from tests.services import plan_people as people

everything.load()


@pytest.mark.parametrize(
    ("matching", "first"),
    [
        (Matching.UNMATCHED, "menu.write_case"),
        (Matching.MATCHED, "menu.request"),
        (Matching.OTHER_SYSTEM, "menu.request"),
    ],
)
async def test_the_first_step_after_the_registration_fits_the_matching(
    acting: ActingAs, matching: Matching, first: str
) -> None:
    async with acting("U-owner") as services:
        company = await people.company(services)
        company.matching = matching
        notice = Notice("company.completed", company.id, {"company": company.id})
        [card] = await notices.word(services, notice)
    assert isinstance(card, Card)
    does: Any = card.buttons[0].does
    assert does.name == first
    said = speaker("ja")(card.body[0])
    assert ("専門家への依頼" in said) == (matching is not Matching.UNMATCHED)
