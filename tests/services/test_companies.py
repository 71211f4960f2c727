"""Businesses on PostgreSQL: a corporate number belongs to one of them, however they come."""

import asyncio
from dataclasses import replace

import pytest

from services.companies import Company, EntityKind, Standing
from services.refusals import Refusal
from services.values import CorporateNumber
from tests.conftest import ActingAs
from tests.services.case_company import APPLICATION

ONE, OTHER = "U-one", "U-other"
NUMBER = CorporateNumber("5835678256246")
ANOTHER = CorporateNumber("7000012050002")


def corporation(number: CorporateNumber) -> object:
    """What a corporation says of itself."""
    return replace(APPLICATION, kind=EntityKind.CORPORATION, corporate_number=number, capital="0")


async def apply(acting: ActingAs, who: str, number: CorporateNumber) -> Company:
    """Somebody applies for a corporation with this number."""
    async with acting(who) as services:
        return await services.companies.apply(corporation(number), "company", {})  # type: ignore[arg-type]


async def test_two_who_register_one_corporation_at_once_are_not_both_taken(acting: ActingAs) -> None:
    results = await asyncio.gather(
        *(apply(acting, who, NUMBER) for who in (ONE, OTHER)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Company", "Refusal"]


async def test_a_returned_application_cannot_take_the_number_of_another(acting: ActingAs) -> None:
    await apply(acting, ONE, NUMBER)
    mine = await apply(acting, OTHER, ANOTHER)
    async with acting(OTHER) as services:
        company = await services.companies.mine()
        assert company is not None
        company.standing = Standing.DEFICIENT
    async with acting(OTHER) as services:
        with pytest.raises(Refusal, match="registered already"):
            await services.companies.apply(corporation(NUMBER), "company", {})  # type: ignore[arg-type]
    async with acting(OTHER) as services:
        company = await services.companies.get(mine.id)
        assert company is not None
        assert (company.corporate_number, company.standing) == (str(ANOTHER), Standing.DEFICIENT)
