"""Another account for the honorarium: said by the expert, confirmed by a clerk, and then paid to."""

from dataclasses import replace
from datetime import datetime

import pytest

from services.accounts import Accounts, ChangeState
from services.claim_records import Claim, ClaimState
from services.companies import MemberRow
from services.refusals import Refusal
from services.values import AccountHolderKana, BankAccountNumber
from tests.conftest import ActingAs
from tests.services import payment_people as people
from tests.services.claim_people import document
from tests.services.payment_people import APPROVED, KEN, MISAKI, ON_THE_DAY, OTHER, clerk
from tests.services.plan_people import told


@pytest.fixture
async def failed(acting: ActingAs) -> Claim:
    """A claim whose payment the bank did not carry out."""
    claim, *_none = await people.waiting(acting)
    run_id = await people.released(acting)
    async with clerk(acting, MISAKI, ON_THE_DAY) as services:
        payment, *_rest = await services.payments.of_run(run_id)
        await services.payments.settle(payment.id, "NO_ACCOUNT")
    return claim


async def corrected(acting: ActingAs, at: datetime = ON_THE_DAY) -> int:
    """A correction that waits for the secretariat."""
    async with acting(people.name(0), "slack", at) as services:
        passbook = await document(services, "passbook")
        return (await Accounts(services).correct(OTHER, [passbook.id])).id


async def test_a_confirmed_account_is_paid_to_and_registered(acting: ActingAs, failed: Claim) -> None:
    change_id = await corrected(acting)
    async with clerk(acting, KEN, ON_THE_DAY) as services:
        assert [change.id for change in await Accounts(services).waiting()] == [change_id]
        change = await Accounts(services).confirm(change_id)
        assert change.state == ChangeState.CONFIRMED
        assert told(services) == ["account.confirmed"]
        claim = await services.claims.get(failed.id)
        expert = await services.experts.get(failed.expert_id)
        assert claim is not None
        assert expert is not None
        assert claim.state == ClaimState.APPROVED
        assert claim.bank["number"] == "7654321"
        assert (expert.account, expert.revision) == (OTHER, 2)
        with pytest.raises(Refusal, match="decided"):
            await Accounts(services).confirm(change_id)
        with pytest.raises(Refusal, match="decided"):
            await Accounts(services).refuse(change_id, "もう一度")


async def test_a_refused_account_changes_nothing(acting: ActingAs, failed: Claim) -> None:
    change_id = await corrected(acting)
    async with clerk(acting, KEN, ON_THE_DAY) as services:
        await Accounts(services).refuse(change_id, "通帳の写真が読めません。")
        assert told(services) == ["account.refused"]
        expert = await services.experts.get(failed.expert_id)
        assert expert is not None
        assert expert.account != OTHER
    assert await people.state(acting, failed) == ClaimState.PAY_FAILED
    assert await corrected(acting) != change_id


async def test_a_newer_correction_replaces_the_one_before(acting: ActingAs, failed: Claim) -> None:
    first = await corrected(acting)
    second = await corrected(acting)
    async with clerk(acting, KEN, ON_THE_DAY) as services:
        assert [change.id for change in await Accounts(services).waiting()] == [second]
        with pytest.raises(Refusal, match="decided"):
            await Accounts(services).confirm(first)


async def test_wrong_accounts_are_refused(acting: ActingAs, failed: Claim) -> None:
    other = await people.one_waiting(acting, 1)
    async with acting(people.name(0), "slack", ON_THE_DAY) as services:
        accounts = Accounts(services)
        with pytest.raises(Refusal, match="no bank"):
            await accounts.correct(replace(OTHER, bank="9999"), [])
        with pytest.raises(Refusal, match="branch"):
            await accounts.correct(replace(OTHER, branch="999"), [])
        with pytest.raises(Refusal, match="signs"):
            await accounts.correct(replace(OTHER, holder=AccountHolderKana("サトウ/ケンイチ")), [])
        theirs = replace(OTHER, bank="0001", branch="001", number=BankAccountNumber(other.bank["number"]))
        with pytest.raises(Refusal, match="already"):
            await accounts.correct(theirs, [])
        with pytest.raises(Refusal, match="no longer there"):
            await accounts.correct(OTHER, [10**9])


async def test_only_a_registered_expert_corrects_and_only_another_clerk_confirms(
    acting: ActingAs, failed: Claim
) -> None:
    async with acting("U-stranger", "slack", ON_THE_DAY) as services:
        with pytest.raises(Refusal, match="register"):
            await Accounts(services).correct(OTHER, [])
    change_id = await corrected(acting)
    async with acting("U-stranger", "slack", ON_THE_DAY) as services:
        with pytest.raises(Refusal, match="secretariat"):
            await Accounts(services).confirm(change_id)
    async with clerk(acting, people.name(0), ON_THE_DAY) as services:
        with pytest.raises(Refusal, match="part in this"):
            await Accounts(services).confirm(change_id)


async def test_an_account_that_others_registered_meanwhile_is_not_confirmed(
    acting: ActingAs, failed: Claim
) -> None:
    change_id = await corrected(acting)
    await people.one_waiting(acting, 1)
    async with acting(people.name(1), "slack", ON_THE_DAY) as services:
        await Accounts(services).correct(OTHER, [])
        theirs = await services.experts.mine()
        assert theirs is not None
        waiting = await Accounts(services).waiting_of(theirs.id)
        assert waiting is not None
    async with clerk(acting, KEN, ON_THE_DAY) as services:
        await Accounts(services).confirm(waiting.id)
        with pytest.raises(Refusal, match="already"):
            await Accounts(services).confirm(change_id)


async def test_what_is_with_the_bank_keeps_its_account(acting: ActingAs) -> None:
    claim, *_none = await people.waiting(acting)
    run_id = await people.released(acting)
    change_id = await corrected(acting)
    async with clerk(acting, KEN, ON_THE_DAY) as services:
        await Accounts(services).confirm(change_id)
        payment, *_rest = await services.payments.of_run(run_id)
        kept = await services.claims.get(claim.id)
        assert kept is not None
        assert payment.bank["number"] != "7654321"
        assert kept.bank == claim.bank


async def test_a_run_to_an_account_of_the_past_is_made_anew(acting: ActingAs) -> None:
    claim, *_none = await people.waiting(acting)
    run_id = await people.drawn(acting)
    change_id = await corrected(acting, APPROVED)
    async with clerk(acting, KEN) as services:
        await Accounts(services).confirm(change_id)
    async with clerk(acting, KEN) as services:
        with pytest.raises(Refusal, match="was changed"):
            await services.payments.release(run_id)
        await services.payments.cancel(run_id)
        kept = await services.claims.get(claim.id)
        assert kept is not None
        assert (kept.state, kept.bank["number"]) == (ClaimState.APPROVED, "7654321")
    again = await people.drawn(acting)
    async with clerk(acting, KEN) as services:
        (payment,) = await services.payments.of_run(again)
        assert payment.bank["number"] == "7654321"
        await services.payments.release(again)


async def test_a_clerk_of_the_company_that_was_supported_does_not_confirm(
    acting: ActingAs, failed: Claim
) -> None:
    change_id = await corrected(acting)
    async with clerk(acting, KEN, ON_THE_DAY) as services:
        assert services.person is not None
        row = MemberRow(company_id=failed.company_id, person_id=services.person.id, signatory=False)
        services.session.add(row)
        await services.session.flush()
        with pytest.raises(Refusal, match="part in this"):
            await Accounts(services).confirm(change_id)


async def test_a_claim_is_paid_again_as_it_is_when_the_bank_was_to_blame(
    acting: ActingAs, failed: Claim
) -> None:
    async with clerk(acting, KEN, ON_THE_DAY) as services:
        again = await Accounts(services).pay_again(failed.id)
        assert (again.state, again.bank) == (ClaimState.APPROVED, failed.bank)
        with pytest.raises(Refusal):
            await Accounts(services).pay_again(failed.id)


async def test_account_numbers_are_encrypted_where_they_lie(acting: ActingAs, failed: Claim) -> None:
    await corrected(acting)
    async with acting(None) as services:
        for table in ("account_changes", "payments", "claims"):
            rows = await services.connection.exec_driver_sql(f"SELECT t::text FROM {table} t")
            assert not [row for row in rows.scalars() if "7654321" in row or failed.bank["number"] in row]
