"""Changes of a concluded contract: less time or other days, by agreement of both sides (DOMAIN 6.6)."""

from __future__ import annotations

from datetime import date

from locales import Text, _
from services.clock import in_tokyo
from services.contract_book import KIND, ContractBook, outdated
from services.contract_records import Contract, ContractChange, ContractChangeState
from services.contract_text import Figures
from services.plan_content import add_months, hours
from services.programme import Deadline
from services.refusals import Refusal
from services.values import Yen


class ContractChanges(ContractBook):
    """What can be changed after the conclusion, within one transaction. Everything else needs a new plan."""

    async def propose_change(
        self, contract_id: int, revision: int, wanted: Figures, reason: str
    ) -> ContractChange:
        """Propose less time or other days to the other side, as a whole new text of the contract.

        One's own earlier proposal is replaced. Raises Refusal for more time than agreed, for less than was given
        already, for days outside the programme's support or without the sessions given, when nothing changes,
        and while the other side waits for an answer.
        """
        words = self._require_reason(reason)
        contract, by_sme = await self._to_act(contract_id)
        self._require_in_support(contract)
        if contract.revision != revision:
            raise Refusal(outdated(contract))
        await self._require_allowed(contract, wanted)
        waiting = await self.open_change(contract.id)
        if waiting is not None and waiting.by_sme != by_sme:
            raise Refusal(_("The other side has proposed a change. Please answer it first."))
        if waiting is not None:
            await self._answer(waiting, ContractChangeState.TAKEN_BACK)
        services = self._services
        assert services.person is not None
        paper = await self._make_paper(contract, wanted)
        change = ContractChange(
            contract_id=contract.id,
            revision=contract.revision,
            state=ContractChangeState.PROPOSED,
            by_sme=by_sme,
            proposed_by=services.person.id,
            proposed_at=services.now,
            honorarium_yen=int(self._worth(contract, wanted.minutes)),
            **vars(wanted),
            reason=words,
            paper_id=paper.id,
            digest=paper.sha256,
        )
        services.session.add(change)
        await self._note(
            "change proposed by company" if by_sme else "change proposed by expert",
            contract,
            proposed=paper.sha256,
        )
        await self._tell_other("contract.change_proposed", contract, by_sme, change=change.id)
        await self._redraw(contract)
        return change

    def why_not_more(self) -> Text:
        """What more time, another price, area or expert takes, and whether it still can be had."""
        programme, day = self._services.programme, self._services.programme.dates[Deadline.CONTRACT].closes
        if programme.is_open(Deadline.CONTRACT, self._services.now):
            return _("More hours, another price, area or expert need a new plan and a review, until {day}.")(
                day=day
            )
        return _(
            "More hours, another price, area or expert needed a new plan. That was possible until {day}."
        )(day=day)

    async def _require_allowed(self, contract: Contract, wanted: Figures) -> None:
        services, programme = self._services, self._services.programme
        minutes, start, end = wanted.minutes, wanted.period_start, wanted.period_end
        if minutes > contract.minutes:
            raise Refusal(self.why_not_more(), about="hours")
        if wanted == Figures.of(contract):
            raise Refusal(_("Nothing was changed."))
        self.quote(contract, minutes)
        given, _confirmed = await services.sessions.minutes(contract)
        least = max(given, programme.limits.least_minutes)
        if minutes < least:
            raise Refusal(
                _("At least {hours} hours stay in the contract.")(hours=hours(least)), about="hours"
            )
        last = programme.dates[Deadline.SUPPORT].closes
        if end < start:
            raise Refusal(_("The last day is before the first one. Could you check the dates?"), "period_end")
        if end > last:
            raise Refusal(_("Support must end by {day}.")(day=last), "period_end")
        if end > add_months(start, programme.limits.longest_case_months):
            raise Refusal(
                _("Support lasts at most {months} months.")(months=programme.limits.longest_case_months),
                "period_end",
            )
        await self._require_around(contract, start, end)

    async def _require_around(self, contract: Contract, start: date, end: date) -> None:
        """The days hold the sessions that were given, and begin after the contract was concluded."""
        services = self._services
        assert contract.concluded_at is not None
        concluded = in_tokyo(contract.concluded_at).date()
        if start < min(concluded, contract.period_start):
            raise Refusal(_("Please choose a day from {day} on.")(day=concluded), "period_start")
        days = [in_tokyo(one.start_at).date() for one in await services.sessions.of_contract(contract.id)]
        if days and start > min(days):
            raise Refusal(_("There was a session on {day} already.")(day=min(days)), "period_start")
        latest = max([services.programme.today(services.now), *days])
        if end < latest:
            raise Refusal(_("Please choose a day from {day} on.")(day=latest), "period_end")

    async def agree_to_change(self, change_id: int, digest: str) -> Contract:
        """Agree to exactly the text that the other side proposed; it is in force from now on.

        Agreeing once more is no error. Raises Refusal for the side that proposed it, for another text, and when
        it was answered, taken back or overtaken by what happened since.
        """
        change, contract, by_sme = await self._to_answer(change_id)
        if change.state == ContractChangeState.AGREED and change.digest == digest and change.by_sme != by_sme:
            return contract
        self._require_answerable(change, by_sme)
        if change.digest != digest or change.revision != contract.revision:
            raise Refusal(outdated(contract))
        self._require_in_support(contract)
        await self._require_allowed(contract, Figures.of(change))
        services = self._services
        await self._answer(change, ContractChangeState.AGREED)
        contract.revision += 1
        contract.minutes, contract.honorarium_yen = change.minutes, change.honorarium_yen
        contract.period_start, contract.period_end = change.period_start, change.period_end
        contract.paper_id, contract.digest = change.paper_id, change.digest
        await self._note("changed", contract)
        plan = await self.plan(contract)
        await services.ledger.release(plan, "contract changed", down_to=Yen(change.honorarium_yen))
        await self._tell_both("contract.changed", contract, change=change.id)
        await self._redraw(contract)
        services.notices.draw(KIND, contract.id)
        return contract

    async def decline_change(self, change_id: int) -> Contract:
        """Leave the contract as it is; who proposed takes it back, the other side declines it."""
        change, contract, by_sme = await self._to_answer(change_id)
        over = (ContractChangeState.DECLINED, ContractChangeState.TAKEN_BACK, ContractChangeState.VOID)
        if change.state in over:
            return contract
        own = change.by_sme == by_sme
        if not own:
            self._require_answerable(change, by_sme)
        elif change.state != ContractChangeState.PROPOSED:
            raise Refusal(_("This change was answered already."))
        await self._answer(change, ContractChangeState.TAKEN_BACK if own else ContractChangeState.DECLINED)
        await self._note("change taken back" if own else "change declined", contract)
        await self._tell_other(
            "contract.change_ended", contract, by_sme, formal=False, change=change.id, taken_back=own
        )
        await self._redraw(contract)
        return contract

    async def _to_answer(self, change_id: int) -> tuple[ContractChange, Contract, bool]:
        change = await self.change(change_id)
        if change is None:
            raise Refusal(_("We cannot find this change. Please look at the contract."))
        contract, by_sme = await self._to_act(change.contract_id)
        await self._services.session.refresh(change, with_for_update=True)
        return change, contract, by_sme

    def _require_answerable(self, change: ContractChange, by_sme: bool) -> None:
        if change.by_sme == by_sme:
            raise Refusal(_("You proposed this change yourself. The other side answers it."))
        if change.state != ContractChangeState.PROPOSED:
            raise Refusal(_("This change was answered already."))

    async def _answer(self, change: ContractChange, state: ContractChangeState) -> None:
        person = self._services.person
        change.state, change.answered_at = state, self._services.now
        change.answered_by = None if person is None else person.id
        await self._services.session.flush()

    async def _void_change(self, contract: Contract) -> None:
        """A change that nobody has answered ends with its contract."""
        change = await self.open_change(contract.id)
        if change is not None:
            await self._answer(change, ContractChangeState.VOID)
