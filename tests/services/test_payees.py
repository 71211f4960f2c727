"""The rate of one payee: the programme's until the secretariat sets another, with a reason in the log."""

from collections.abc import AsyncIterator

import pytest

from services.bundle import Services
from services.experts import Expert
from services.payees import Kind, rate_of, set_rate
from services.refusals import Refusal
from services.secretariat import join
from services.withholding import BY_LAW, NONE, of_programme
from tests.conftest import ActingAs
from tests.services import plan_people as people


@pytest.fixture
async def payee(acting: ActingAs) -> Expert:
    """A registered expert."""
    async with acting("U-taro", "slack") as services:
        return await people.expert(services)


@pytest.fixture
async def clerk(acting: ActingAs, payee: Expert) -> AsyncIterator[Services]:
    """The services as a member of the secretariat acts through them."""
    async with acting("U-misaki", "slack") as services:
        assert services.person is not None
        await join(services.connection, services.person.identity)
        yield services


async def test_the_programmes_rate_holds_until_another_is_set(clerk: Services, payee: Expert) -> None:
    assert await rate_of(clerk, payee.id) == of_programme(clerk.programme.money)
    assert await set_rate(clerk, payee.id, Kind.BY_LAW, "個人の診断業務") == BY_LAW
    assert await rate_of(clerk, payee.id) == BY_LAW
    assert await set_rate(clerk, payee.id, Kind.NONE, "法人でした") == NONE
    assert await set_rate(clerk, payee.id, Kind.PROGRAMME, "元に戻す") == of_programme(clerk.programme.money)
    told = [(row.action, row.reason) for row in await clerk.audit.history("expert", payee.id)]
    assert told == [
        ("withholding set", "by_law"),
        ("withholding set", "none"),
        ("withholding set", "programme"),
    ]


@pytest.mark.parametrize("reason", ["", "  ", "あ" * 201])
async def test_it_needs_a_reason(clerk: Services, payee: Expert, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        await set_rate(clerk, payee.id, Kind.BY_LAW, reason)
    assert refused.value.about == "reason"


async def test_nobody_is_found_by_a_wrong_number(clerk: Services) -> None:
    with pytest.raises(Refusal, match="no expert"):
        await set_rate(clerk, 10**9, Kind.BY_LAW, "理由")


async def test_nobody_sets_his_own_rate_and_only_the_secretariat_sets_any(
    acting: ActingAs, payee: Expert
) -> None:
    async with acting("U-taro", "slack") as services:
        assert services.person is not None
        with pytest.raises(Refusal, match="Only members"):
            await set_rate(services, payee.id, Kind.NONE, "理由")
        await join(services.connection, services.person.identity)
        with pytest.raises(Refusal, match="a part in this yourself"):
            await set_rate(services, payee.id, Kind.NONE, "理由")
