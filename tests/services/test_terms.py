"""New terms of use are accepted by those who registered under older ones (DOMAIN 9.3)."""

import pytest

from services import terms
from services.companies import Standing
from services.refusals import Refusal
from tests.conftest import ActingAs
from tests.services import plan_people as people

OWNER, TARO = "U-owner", "U-taro"
OLD, NOW = "2021-07-20", "2021-10-19"


async def test_a_company_accepts_the_terms_that_hold_now(acting: ActingAs) -> None:
    async with acting(OWNER) as services:
        company = await people.company(services)
        assert not terms.is_owed(services, company)
        company.terms_version = OLD
        assert terms.is_owed(services, company)
        await terms.accept_as_company(services, NOW)
        assert company.terms_version == NOW
        assert not terms.is_owed(services, company)
        [row] = await services.audit.history("company", company.id)
        assert (row.action, row.reason) == ("terms accepted", NOW)


async def test_an_expert_accepts_the_terms_that_hold_now(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        expert = await people.expert(services, terms_version=OLD)
        await terms.accept_as_expert(services, NOW)
        assert not terms.is_owed(services, expert)


async def test_terms_that_have_changed_meanwhile_are_read_once_more(acting: ActingAs) -> None:
    async with acting(TARO, "slack") as services:
        await people.expert(services, terms_version=OLD)
        with pytest.raises(Refusal) as refused:
            await terms.accept_as_expert(services, OLD)
        assert refused.value.about == "consent"


async def test_only_a_signatory_accepts_for_a_company(acting: ActingAs) -> None:
    async with acting(OWNER) as services:
        await people.company(services, signatory=False)
        with pytest.raises(Refusal):
            await terms.accept_as_company(services, NOW)


async def test_who_is_not_registered_owes_nothing(acting: ActingAs) -> None:
    async with acting(OWNER) as services:
        company = await people.company(services)
        company.terms_version, company.standing = OLD, Standing.DEFICIENT
        assert not terms.is_owed(services, company)
        assert not terms.is_owed(services, None)
