"""Direct proposal requests: a company asks an expert it already knows (DOMAIN 5.1, 5.3)."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Sequence, select

from locales import Text, _
from services import numbers
from services.companies import Company, Matching, Standing
from services.experts import Expert
from services.plan_records import Plan
from services.programme import Deadline
from services.programme_parts import Spoken
from services.refusals import Refusal
from services.request_records import Invitation, KnownBy, Order, Origin, Request, RequestState
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["KIND", "Invitation", "KnownBy", "Order", "Origin", "Request", "RequestState", "Requests"]

KIND = "request"
TIMER = "request.answer"
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
"""Signs that nobody confuses and that make no words; without the E of experts' numbers and without 0 and 1."""
CODE_LENGTH = 8
CODE_VALID = timedelta(days=30)
CODE_FRESH = timedelta(days=7)
"""A code that is valid for longer than this is given once more instead of a new one."""
SHOWN = 30

UNKNOWN = _("We cannot find this request. Please look at the list.")
_ORIGIN = {
    KnownBy.ACQUAINTED: Origin.PRIOR_RELATION,
    KnownBy.INTRODUCED: Origin.PRIOR_RELATION,
    KnownBy.OTHER_SYSTEM: Origin.OTHER_SYSTEM,
}
_MATCHING = {Origin.PRIOR_RELATION: Matching.MATCHED, Origin.OTHER_SYSTEM: Matching.OTHER_SYSTEM}
_ENDED = {
    RequestState.ACCEPTED: _("Request {number} was accepted on {when}."),
    RequestState.DECLINED: _("Request {number} was declined on {when}."),
    RequestState.EXPIRED: _("Request {number} ended on {when} without an answer."),
    RequestState.CANCELLED: _("Request {number} was taken back on {when}."),
}


class Requests:
    """Requests within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- looking ---------------------------------------------------------------------------------------

    async def get(self, request_id: int) -> Request | None:
        """A request by its id."""
        return await self._services.session.get(Request, request_id)

    async def lock(self, request_id: int) -> Request | None:
        """A request, locked until the end of the transaction."""
        return await self._services.session.get(
            Request, request_id, with_for_update=True, populate_existing=True
        )

    async def of_my_company(self, request_id: int) -> Request:
        """A request of the acting person's company; raises Refusal for any other."""
        request, company = await self.get(request_id), await self._services.companies.mine()
        if request is None or company is None or request.company_id != company.id:
            raise Refusal(UNKNOWN)
        return request

    async def to_me(self, request_id: int) -> Request:
        """A request to the acting person as an expert; raises Refusal for any other."""
        request, expert = await self.get(request_id), await self._services.experts.mine()
        if request is None or expert is None or request.expert_id != expert.id:
            raise Refusal(UNKNOWN)
        return request

    async def mine(self) -> list[Request]:
        """What the acting person's company has asked, the newest first."""
        company = await self._services.companies.mine()
        if company is None:
            return []
        return list(
            await self._services.session.scalars(
                select(Request)
                .where(Request.company_id == company.id)
                .order_by(Request.id.desc())
                .limit(SHOWN)
            )
        )

    async def waiting_for_me(self) -> list[Request]:
        """What the acting expert is to answer, the most urgent first."""
        return await self._for_me(Request.state == RequestState.SENT)

    async def without_plan(self) -> list[Request]:
        """What the acting expert has accepted and sent no plan for yet, or whose plan has ended."""
        return [
            request
            for request in await self._for_me(Request.state == RequestState.ACCEPTED)
            if await self._services.plans.live_of(request.expert_id, request_id=request.id) is None
        ]

    async def _for_me(self, state: ColumnElement[bool]) -> list[Request]:
        expert = await self._services.experts.mine()
        if expert is None:
            return []
        return list(
            await self._services.session.scalars(
                select(Request)
                .where(Request.expert_id == expert.id, state)
                .order_by(Request.answer_by, Request.id)
                .limit(SHOWN)
            )
        )

    def what_became(self, request: Request) -> Text:
        """One sentence on how a request was answered or ended."""
        return _ENDED[RequestState(request.state)](
            number=request.number, when=request.ended_at or request.answered_at
        )

    # --- whom ------------------------------------------------------------------------------------------

    async def find(self, typed: str) -> list[Expert]:
        """Registered experts with this invitation code, this number, or this in their name.

        Raises Refusal for a code that is no longer valid.
        """
        invitation = await self._invitation(typed)
        if invitation is None:
            return await self._services.experts.find(typed)
        if invitation.expires_at <= self._services.now:
            raise Refusal(
                _("This code was valid until {day}. Please ask for a new one.")(
                    day=self._services.programme.today(invitation.expires_at)
                )
            )
        expert = await self._services.experts.get(invitation.expert_id)
        return [expert] if expert is not None and expert.standing == Standing.COMPLETED else []

    async def _invitation(self, typed: str) -> Invitation | None:
        plain = unicodedata.normalize("NFKC", typed).upper()
        code = "".join(sign for sign in plain if sign.isalnum())
        if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
            return None
        return await self._services.session.scalar(select(Invitation).where(Invitation.code == code))

    async def invite(self) -> Invitation:
        """A code with which a company finds the acting expert; a fresh one of before is given again."""
        services = self._services
        expert = await services.experts.require_registered()
        there = await services.session.scalar(
            select(Invitation)
            .where(Invitation.expert_id == expert.id, Invitation.expires_at > services.now + CODE_FRESH)
            .order_by(Invitation.expires_at.desc())
            .limit(1)
        )
        if there is not None:
            return there
        made = Invitation(
            code="".join(secrets.choice(ALPHABET) for _sign in range(CODE_LENGTH)),
            expert_id=expert.id,
            expires_at=services.now + CODE_VALID,
        )
        services.session.add(made)
        await services.session.flush()
        await services.audit.note("invited", "expert", expert.id)
        return made

    async def require_possible(self, expert_id: int) -> tuple[Company, Expert]:
        """The acting person's company and the expert, if the one may ask the other now; raises Refusal.

        Both must be registered, nobody asks himself (DOMAIN 10.3), requests and contracts must be open
        (DOMAIN 9.2), and one request to one expert is enough at a time.
        """
        services = self._services
        company = await services.companies.require_registered()
        await self.require_open()
        expert = await services.experts.get(expert_id)
        if expert is None or expert.standing != Standing.COMPLETED:
            raise Refusal(_("This expert can't be asked at the moment. Is the registration complete?"))
        await self._services.plans.require_apart(company, expert)
        there = await self._going_on(company, expert)
        if there is not None:
            raise Refusal(_("You have asked this expert already: request {number}.")(number=there.number))
        return company, expert

    async def require_open(self) -> None:
        """Refuses to ask anybody while that is stopped, or when no contract can be made any more."""
        await self._services.switches.require("requests")
        self._services.programme.require_open(Deadline.CONTRACT, self._services.now)

    async def _going_on(self, company: Company, expert: Expert) -> Request | None:
        """The request between these two that waits, or was accepted and has led to no agreement yet."""
        agreed = select(Plan.request_id).where(Plan.request_id == Request.id, Plan.agreed_at.is_not(None))
        return await self._services.session.scalar(
            select(Request)
            .where(Request.company_id == company.id, Request.expert_id == expert.id)
            .where(
                (Request.state == RequestState.SENT)
                | ((Request.state == RequestState.ACCEPTED) & ~agreed.exists())
            )
            .limit(1)
        )

    # --- asking ----------------------------------------------------------------------------------------

    async def send(self, order: Order) -> Request:
        """Ask an expert; who then has until the end of a day to answer. Raises Refusal as `require_possible`
        does, and for days that do not fit the programme."""
        services = self._services
        company, expert = await self._alone_with(order.expert_id)
        self._require_days(order)
        serial = await services.session.scalar(select(Sequence("request_serial").next_value()))
        assert serial is not None
        request = Request(
            id=serial,
            number=numbers.make(services.programme.numbers[KIND], serial),
            company_id=company.id,
            expert_id=expert.id,
            state=RequestState.SENT,
            area=order.area,
            content=order.content,
            goal=order.goal,
            period_end=order.period_end,
            minutes=None if order.time is None else order.time.minutes,
            origin=await self._origin(order, company, expert),
            known_by=order.known_by,
            relation=order.relation,
            answer_by=self._end_of(order.answer_by),
            terms_version=services.programme.terms_at(services.now).version,
            sent_at=services.now,
        )
        services.session.add(request)
        await services.session.flush()
        await services.audit.note("sent", KIND, request.id, content=order.as_json())
        await self._declare(company, Origin(request.origin))
        await services.timers.set(TIMER, request.id, request.answer_by + timedelta(seconds=1))
        services.notices.tell("request.arrived", expert.person_id, mail=expert.email, request=request.id)
        await self._redraw(request)
        return request

    async def _alone_with(self, expert_id: int) -> tuple[Company, Expert]:
        """Both sides, with the company's row locked so that two of its members do not ask at once."""
        mine = await self._services.companies.require_registered()
        await self._services.session.execute(
            select(Company.id).where(Company.id == mine.id).with_for_update(key_share=True)
        )
        return await self.require_possible(expert_id)

    def _end_of(self, day: date) -> datetime:
        zone = self._services.programme.calendar.time_zone
        return datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC)

    def _require_days(self, order: Order) -> None:
        programme, today = self._services.programme, self._services.clock.today()
        last_answer = min(programme.dates[Deadline.CONTRACT].closes, order.period_end)
        last_support = programme.dates[Deadline.SUPPORT].closes
        if not today < order.period_end <= last_support:
            raise Refusal(_("Please choose a day up to {day}.")(day=last_support), about="period_end")
        if not today < order.answer_by <= last_answer:
            raise Refusal(_("Please choose a day up to {day}.")(day=last_answer), about="answer_by")

    async def _origin(self, order: Order, company: Company, expert: Expert) -> Origin:
        """Where they found each other; those who met over a plan before met in this system."""
        if order.known_by is not KnownBy.OTHER:
            return _ORIGIN[order.known_by]
        met = await self._services.session.scalar(
            select(Plan.id).where(Plan.company_id == company.id, Plan.expert_id == expert.id).limit(1)
        )
        return Origin.PRIOR_RELATION if met is None else Origin.IN_SYSTEM

    async def _declare(self, company: Company, origin: Origin) -> None:
        """A matching outside may be declared after the registration too: this is how (DOMAIN 5.1, route B)."""
        declared = _MATCHING.get(origin)
        if company.matching == Matching.UNMATCHED and declared is not None:
            company.matching = declared
            await self._services.session.flush()
            await self._services.audit.note("matching declared", "company", company.id, reason=declared)

    # --- answering -------------------------------------------------------------------------------------

    async def accept(self, request_id: int) -> Request:
        """Take a request on; the expert then writes a plan. Raises Refusal when it is too late."""
        request, expert = await self._to_answer(request_id)
        company = await self._services.companies.get(request.company_id)
        assert company is not None
        self._services.programme.require_open(Deadline.CONTRACT, self._services.now)
        await self._services.plans.require_apart(company, expert)
        if not expert.matched and request.origin != Origin.IN_SYSTEM:
            expert.matched = True
            await self._services.audit.note("matching declared", "expert", expert.id)
        request.answered_at = self._services.now
        await self._become(request, RequestState.ACCEPTED)
        await self._tell_company("request.accepted", request)
        return request

    async def decline(self, request_id: int, code: str, words: str | None = None) -> Request:
        """Decline a request, with a reason of the programme and perhaps own words."""
        self.decline_reason(code)
        request, _expert = await self._to_answer(request_id)
        request.answered_at, request.reason, request.words = self._services.now, code, words or None
        await self._become(request, RequestState.DECLINED, code)
        await self._tell_company("request.declined", request)
        return request

    def decline_reasons(self) -> list[Spoken]:
        """The programme's reasons that an expert may have."""
        return [reason for reason in self._services.programme.decline_reasons if not reason.companys_own]

    def decline_reason(self, code: str) -> Spoken:
        """The reason with this code; raises Refusal."""
        for reason in self.decline_reasons():
            if reason.code == code:
                return reason
        raise Refusal(_("Please choose one of the options."))

    async def _to_answer(self, request_id: int) -> tuple[Request, Expert]:
        """A locked request that waits for the acting expert's answer; raises Refusal, saying why it does not."""
        expert = await self._services.experts.require_registered()
        await self.to_me(request_id)
        request = await self.lock(request_id)
        assert request is not None
        self._require_waiting(request)
        if self._is_over(request):
            raise Refusal(
                _("An answer was possible until {day}.")(
                    day=self._services.programme.today(request.answer_by)
                )
            )
        return request, expert

    def _is_over(self, request: Request) -> bool:
        """Whether the last second for an answer has passed; all of that second still counts."""
        return self._services.now >= request.answer_by + timedelta(seconds=1)

    def _require_waiting(self, request: Request) -> None:
        if request.state != RequestState.SENT:
            raise Refusal(self.what_became(request))

    # --- ending ----------------------------------------------------------------------------------------

    async def cancel(self, request_id: int) -> Request:
        """Take a request back, also an accepted one while no plan is there (DOMAIN 5.4)."""
        await self.of_my_company(request_id)
        request = await self.lock(request_id)
        assert request is not None
        if request.state not in (RequestState.SENT, RequestState.ACCEPTED):
            raise Refusal(self.what_became(request))
        plan = await self._services.plans.live_of(request.expert_id, request_id=request.id)
        if plan is not None:
            raise Refusal(
                _("The expert has sent plan {number} already. Please answer the plan.")(number=plan.number)
            )
        await self._become(request, RequestState.CANCELLED)
        await self._tell_expert("request.cancelled", request)
        return request

    async def expire(self, request_id: int) -> None:
        """End a request that nobody answered in time, with a word to both sides."""
        request = await self.lock(request_id)
        if request is None or request.state != RequestState.SENT or not self._is_over(request):
            return
        await self._become(request, RequestState.EXPIRED)
        await self._tell_company("request.expired", request)
        await self._tell_expert("request.missed", request)

    async def _become(self, request: Request, state: RequestState, reason: str | None = None) -> None:
        request.state = state
        if state != RequestState.ACCEPTED:
            request.ended_at = self._services.now
        await self._services.session.flush()
        await self._services.audit.note(state.value, KIND, request.id, reason=reason)
        await self._services.timers.cancel(TIMER, request.id)
        await self._redraw(request)

    async def _tell_company(self, kind: str, request: Request) -> None:
        company = await self._services.companies.get(request.company_id)
        assert company is not None
        mail: str | None = company.email
        for person_id in await self._services.companies.members(company.id):
            self._services.notices.tell(kind, person_id, mail=mail, request=request.id)
            mail = None

    async def _tell_expert(self, kind: str, request: Request) -> None:
        expert = await self._services.experts.get(request.expert_id)
        assert expert is not None
        self._services.notices.tell(kind, expert.person_id, request=request.id)

    async def _redraw(self, request: Request) -> None:
        expert = await self._services.experts.get(request.expert_id)
        assert expert is not None
        self._services.notices.home(expert.person_id)
        for person_id in await self._services.companies.members(request.company_id):
            self._services.notices.home(person_id)


@due(TIMER)
async def expire(services: Services, request_id: int) -> None:
    """The last day for the answer is over."""
    await services.requests.expire(request_id)
