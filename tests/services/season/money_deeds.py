"""What is done about money and by the office: invoices, claims, payments, demands, switches and terms, as data."""

from __future__ import annotations

import uuid
from datetime import timedelta

from services import payees, terms
from services.accounts import Accounts
from services.bundle import Services
from services.claim_records import Claim
from services.claims import HandIn, Travel
from services.expert_records import Account, AccountKind
from services.ledger import Party
from services.reclaims import Reclaims
from services.values import AccountHolderKana, BankAccountNumber, Yen
from tests.services.claim_people import document
from tests.services.season.cast import CLERKS, EVERYBODY, EXPERTS, OWNERS, Season
from tests.services.season.deeds import REASON, Deed, deed

CODES = ("registration", "cases", "requests", "plans", "agreement")


# --- invoices and claims -------------------------------------------------------------------------------


@deed("contract", *EXPERTS)
async def issue(season: Season, services: Services, it: Deed) -> None:
    await services.invoices.issue(it.of)


@deed("invoice", *OWNERS)
async def say_paid(season: Season, services: Services, it: Deed) -> None:
    await services.invoices.say_paid(it.of, services.programme.today(services.now))


@deed("contract", *EXPERTS)
async def hand_in(season: Season, services: Services, it: Deed) -> None:
    found = await services.reports.of_contract(it.of)
    travel = Travel(525, Yen(28_000), "東京駅から新神戸駅まで新幹線で往復") if it.how % 3 == 0 else None
    gross = (found.honorarium_yen if found else 0) + (int(travel.yen) if travel else 0)
    proof = await document(services, "payment_proof", uuid.uuid4().hex)
    said = HandIn(
        gross=Yen(gross + (it.how % 17 == 16)),
        received_on=services.programme.today(services.now),
        proof=[proof.id],
        declared="1",
        travel=travel,
        receipts=[(await document(services, "receipt", uuid.uuid4().hex)).id] if travel else [],
    )
    await services.claims.hand_in(it.of, said, "claim", {"declared": "1"})


# --- payments ------------------------------------------------------------------------------------------


@deed("nothing", *CLERKS)
async def draw_up(season: Season, services: Services, it: Deed) -> None:
    await services.payments.draw_up(services.payments.earliest() + timedelta(days=it.how % 2))


@deed("run", *CLERKS)
async def release(season: Season, services: Services, it: Deed) -> None:
    await services.payments.release(it.of)


@deed("run", *CLERKS)
async def cancel_run(season: Season, services: Services, it: Deed) -> None:
    await services.payments.cancel(it.of)


@deed("run", *CLERKS)
async def all_paid(season: Season, services: Services, it: Deed) -> None:
    await services.payments.result(it.of, {})


@deed("run", *CLERKS)
async def one_failed(season: Season, services: Services, it: Deed) -> None:
    payments = await services.payments.of_run(it.of)
    await services.payments.result(it.of, {payments[0].id: "NO_ACCOUNT"} if payments else {})


@deed("payment", *CLERKS)
async def settle(season: Season, services: Services, it: Deed) -> None:
    await services.payments.settle(it.of, "NAME_DIFFERS" if it.how % 3 == 0 else None)


@deed("payment", *CLERKS)
async def bounce(season: Season, services: Services, it: Deed) -> None:
    await services.payments.bounce(it.of, "ACCOUNT_CLOSED")


@deed("nothing", *EXPERTS)
async def correct_account(season: Season, services: Services, it: Deed) -> None:
    number = BankAccountNumber(f"{(7_000_000 + uuid.uuid4().int % 1_000_000):07d}")
    account = Account("0009", "410", AccountKind.ORDINARY, number, AccountHolderKana("サトウ ケンイチ"))
    files = [(await document(services, "passbook", uuid.uuid4().hex)).id]
    await Accounts(services).correct(account, files)


@deed("account change", *CLERKS)
async def confirm_account(season: Season, services: Services, it: Deed) -> None:
    await Accounts(services).confirm(it.of)


@deed("account change", *CLERKS)
async def refuse_account(season: Season, services: Services, it: Deed) -> None:
    await Accounts(services).refuse(it.of, REASON)


@deed("claim", *CLERKS)
async def withhold(season: Season, services: Services, it: Deed) -> None:
    claim = await services.session.get(Claim, it.of)
    if claim is not None:
        await payees.set_rate(services, claim.expert_id, list(payees.Kind)[it.how % 3], REASON)


@deed("claim", *CLERKS)
async def pay_again(season: Season, services: Services, it: Deed) -> None:
    await Accounts(services).pay_again(it.of)


@deed("claim", *CLERKS)
async def demand(season: Season, services: Services, it: Deed) -> None:
    claim = await services.session.get(Claim, it.of)
    if claim is not None:
        yen = claim.honorarium_yen if it.how % 2 else claim.honorarium_yen // 3
        await Reclaims(services).demand(it.of, Yen(yen), REASON)


@deed("reclaim", *CLERKS)
async def confirm_demand(season: Season, services: Services, it: Deed) -> None:
    await Reclaims(services).confirm(it.of)


@deed("reclaim", *CLERKS)
async def drop_demand(season: Season, services: Services, it: Deed) -> None:
    await Reclaims(services).drop(it.of)


@deed("reclaim", *CLERKS)
async def repay(season: Season, services: Services, it: Deed) -> None:
    found = await Reclaims(services).get(it.of)
    if found is not None:
        yen = Yen(found.open_yen if it.how % 2 else found.open_yen // 2 + 1)
        await Reclaims(services).repay(it.of, yen, services.programme.today(services.now))


# --- the programme -------------------------------------------------------------------------------------


@deed("party", *CLERKS)
async def carry(season: Season, services: Services, it: Deed) -> None:
    """Correct what somebody carried over; `of` is the place in the cast."""
    who = (*OWNERS, *EXPERTS)[it.of % 6]
    yen = Yen(it.how % 20 * 4_000)
    if who in OWNERS:
        await services.ledger.carry(Party.COMPANY, season.company[who], yen, "phase I, checked")
    else:
        await services.ledger.carry(Party.EXPERT, season.expert[who], yen, "phase I, checked")


@deed("nothing", *CLERKS)
async def turn_switches(season: Season, services: Services, it: Deed) -> None:
    """Propose to stop or resume every part of the programme, or one of them."""
    open = it.how % 2 == 1
    for code in CODES if it.how % 3 else CODES[3 + it.how % 2 :]:
        if await services.switches.is_open(code) != open and await services.switches.proposed(code) is None:
            await services.switches.propose(code, open, "確認のためです。")


@deed("nothing", *CLERKS)
async def confirm_switches(season: Season, services: Services, it: Deed) -> None:
    """Confirm what a colleague proposed; what one proposed oneself is refused."""
    for code in CODES:
        waiting = await services.switches.proposed(code)
        if waiting is not None:
            await services.switches.confirm(waiting.id)


@deed("nothing", *OWNERS, *EXPERTS)
async def accept_terms(season: Season, services: Services, it: Deed) -> None:
    version = services.programme.terms_at(services.now).version
    if it.who in OWNERS:
        await terms.accept_as_company(services, version)
    else:
        await terms.accept_as_expert(services, version)


@deed("nothing", *EVERYBODY)
async def wait(season: Season, services: Services, it: Deed) -> None:
    """Do nothing but let time pass."""
