"""Corrections of the account an honorarium goes to: said by the expert, confirmed by the secretariat (DOMAIN 3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from locales import _
from services import banks, zengin
from services.account_records import AccountChange, ChangeState
from services.claim_records import Claim, ClaimState
from services.claims import snapshot
from services.companies import Standing
from services.expert_records import Account, AccountKind
from services.experts import GONE, Affiliation, Expert
from services.refusals import Refusal
from services.secrets import vault
from services.values import AccountHolderKana, BankAccountNumber

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["AccountChange", "Accounts", "ChangeState"]

KIND = "account_change"
UNKNOWN = _("We cannot find this. Please look at the list.")
DECIDED = _("This was decided already.")
UNPAID = (
    ClaimState.UNDER_REVIEW,
    ClaimState.DEFICIENT,
    ClaimState.APPROVED_ONCE,
    ClaimState.APPROVED,
)
"""Claims that a new account holds for, beside those whose payment failed."""


class Accounts:
    """Corrections of accounts within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- reading ---------------------------------------------------------------------------------------

    async def get(self, change_id: int) -> AccountChange | None:
        """A correction by its id."""
        return await self._services.session.get(AccountChange, change_id)

    async def waiting(self) -> list[AccountChange]:
        """Every correction that the secretariat has not looked at, oldest first."""
        return list(
            await self._services.session.scalars(
                select(AccountChange)
                .where(AccountChange.state == ChangeState.WAITING)
                .order_by(AccountChange.id)
            )
        )

    async def waiting_of(self, expert_id: int) -> AccountChange | None:
        """The correction of an expert that waits for the secretariat."""
        return await self._services.session.scalar(
            select(AccountChange).where(
                AccountChange.expert_id == expert_id, AccountChange.state == ChangeState.WAITING
            )
        )

    async def latest_of(self, expert_id: int) -> AccountChange | None:
        """The newest correction of an expert, whatever became of it."""
        return await self._services.session.scalar(
            select(AccountChange)
            .where(AccountChange.expert_id == expert_id)
            .order_by(AccountChange.id.desc())
            .limit(1)
        )

    async def failed(self, expert_id: int) -> list[Claim]:
        """The claims of an expert whose payment failed, oldest first."""
        return list(
            await self._services.session.scalars(
                select(Claim)
                .where(Claim.expert_id == expert_id, Claim.state == ClaimState.PAY_FAILED)
                .order_by(Claim.id)
            )
        )

    # --- the expert ------------------------------------------------------------------------------------

    async def correct(self, account: Account, documents: Sequence[int]) -> AccountChange:
        """The acting expert gives an account, with pictures of the passbook; the secretariat confirms it.

        What waited before is replaced. Raises Refusal for whoever is not registered, for a bank or branch that
        does not exist, a name the bank cannot read, files of somebody else, and an account of another expert.
        """
        services = self._services
        expert = await services.experts.require_registered()
        assert services.person is not None
        banks.branch(banks.bank(account.bank), account.branch)
        zengin.holder(str(account.holder))
        await services.documents.owned(documents, services.person.id)
        await services.experts.lock(expert.id)
        await self._require_own(account, expert)
        before = await self.waiting_of(expert.id)
        if before is not None:
            before.state, before.decided_at = ChangeState.REPLACED, services.now
            await services.session.flush()
            services.notices.draw(KIND, before.id)
        change = AccountChange(
            expert_id=expert.id,
            state=ChangeState.WAITING,
            account=snapshot(account),
            documents=list(documents),
            asked_at=services.now,
        )
        services.session.add(change)
        await services.session.flush()
        await services.audit.note("account corrected", "expert", expert.id, content=change.account)
        await self._changed(change, expert)
        return change

    async def _require_own(self, account: Account, expert: Expert) -> None:
        """One account belongs to one expert; the staff of an SME supporter may share theirs."""
        same = select(Expert.id).where(
            Expert.bank_hash.in_(vault().hashes(account.key)),
            Expert.standing.not_in(GONE),
            Expert.id != expert.id,
        )
        if expert.affiliation == Affiliation.SME_SUPPORTER:
            same = same.where(Expert.affiliation != Affiliation.SME_SUPPORTER)
        if await self._services.session.scalar(same.limit(1)) is not None:
            raise Refusal(
                _("Somebody is registered with this already. If it is yours, ask the secretariat."),
                about="account_number",
            )

    # --- the secretariat -------------------------------------------------------------------------------

    async def confirm(self, change_id: int) -> AccountChange:
        """Let an account hold from now on: what failed waits for the next run, and what is claimed goes there.

        Raises Refusal for others than the secretariat, a clerk with a part in what would be paid there, and what
        was decided or replaced.
        """
        services = self._services
        change, expert = await self._to_decide(change_id)
        account = account_of(change)
        await self._require_own(account, expert)
        expert.bank_code, expert.bank_branch = account.bank, account.branch
        expert.bank_kind, expert.bank_number = account.kind, str(account.number)
        expert.bank_holder, expert.bank_hash = str(account.holder), vault().hash(account.key)
        expert.revision += 1
        await self._decide(change, ChangeState.CONFIRMED, expert)
        for claim in await self._claims(expert.id):
            if claim.state == ClaimState.PAY_FAILED:
                await services.claims.settled(claim, ClaimState.APPROVED)
            claim.bank = dict(change.account)
        await services.session.flush()
        services.notices.tell("account.confirmed", expert.person_id, mail=expert.email, change=change.id)
        return change

    async def refuse(self, change_id: int, sentence: str) -> AccountChange:
        """Ask the expert for the account once more, in words that he reads."""
        change, expert = await self._to_decide(change_id)
        change.answer = sentence
        await self._decide(change, ChangeState.REFUSED, expert)
        self._services.notices.tell("account.refused", expert.person_id, mail=expert.email, change=change.id)
        return change

    async def pay_again(self, claim_id: int) -> Claim:
        """Let a claim whose payment failed for a reason of the bank's own wait for the next run, as it is."""
        services = self._services
        clerk = await services.secretariat.require()
        await services.claims.lock(claim_id)
        claim = await services.claims.get(claim_id)
        if claim is None or claim.state != ClaimState.PAY_FAILED:
            raise Refusal(UNKNOWN)
        if await services.claims.involves(claim.id, clerk.id):
            raise Refusal(_("You have a part in this yourself, so a colleague must decide."))
        await services.claims.settled(claim, ClaimState.APPROVED)
        await self._redraw_secretariat()
        return claim

    async def _claims(self, expert_id: int) -> list[Claim]:
        """The claims of an expert that are not paid and in no run; locked by `_to_decide`."""
        return list(
            await self._services.session.scalars(
                select(Claim)
                .where(Claim.expert_id == expert_id, Claim.state.in_((*UNPAID, ClaimState.PAY_FAILED)))
                .order_by(Claim.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        )

    async def _to_decide(self, change_id: int) -> tuple[AccountChange, Expert]:
        services = self._services
        clerk = await services.secretariat.require()
        known = await self.get(change_id)
        if known is None:
            raise Refusal(UNKNOWN)
        # Claims before the expert, whose row comes after them in the order of locks.
        claims = await self._claims(known.expert_id)
        await services.experts.lock(known.expert_id)
        change = await services.session.get(
            AccountChange, change_id, with_for_update=True, populate_existing=True
        )
        expert = await services.experts.get(known.expert_id)
        assert change is not None and expert is not None
        involved = [await services.claims.involves(claim.id, clerk.id) for claim in claims]
        if expert.person_id == clerk.id or any(involved):
            raise Refusal(_("You have a part in this yourself, so a colleague must decide."))
        if change.state != ChangeState.WAITING or expert.standing != Standing.COMPLETED:
            raise Refusal(DECIDED)
        return change, expert

    async def _decide(self, change: AccountChange, state: ChangeState, expert: Expert) -> None:
        services = self._services
        assert services.person is not None
        change.state, change.decided_by, change.decided_at = state, services.person.id, services.now
        await services.session.flush()
        await services.audit.note(
            f"account {state.value}", "expert", expert.id, revision=expert.revision, content=change.account
        )
        await self._changed(change, expert)

    async def _changed(self, change: AccountChange, expert: Expert) -> None:
        self._services.notices.draw(KIND, change.id)
        self._services.notices.home(expert.person_id)
        await self._redraw_secretariat()

    async def _redraw_secretariat(self) -> None:
        for person_id in await self._services.secretariat.people():
            self._services.notices.home(person_id)


def account_of(change: AccountChange) -> Account:
    """The account that a correction names."""
    kept: dict[str, Any] = change.account
    return Account(
        kept["bank"],
        kept["branch"],
        AccountKind(kept["kind"]),
        BankAccountNumber(kept["number"]),
        AccountHolderKana(kept["holder"]),
    )
