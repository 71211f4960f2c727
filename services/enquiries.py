"""Questions and answers between an expert and a company, before there is a plan (DOMAIN 5.2, 5.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Sequence, func, select
from sqlalchemy.dialects.postgresql import insert

from locales import _
from services import numbers
from services.cases import Case, CaseState
from services.companies import Company
from services.enquiry_records import (
    Contact,
    ContactConsent,
    Enquiry,
    EnquiryBlock,
    EnquiryMessage,
    EnquiryState,
    Side,
)
from services.experts import Expert
from services.refusals import Refusal
from services.timers import due
from services.tips import mask_contacts

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = ["Contact", "Enquiries", "Enquiry", "EnquiryMessage", "EnquiryState", "Side"]

KIND = "enquiry"
MOST_UNANSWERED = 2
"""Messages of one expert about one case that may wait for an answer."""
BUNDLE = timedelta(minutes=10)
"""Questions that come so soon after another that still waits are told together, when this time is over."""
REMIND = timedelta(days=1)
TALKING = (CaseState.PUBLISHED, CaseState.NEGOTIATING, CaseState.NOT_WANTED, CaseState.PLAN_AGREED)
"""Cases whose two sides may still write to each other."""


class Enquiries:
    """Enquiries within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # --- looking ---------------------------------------------------------------------------------------

    async def get(self, enquiry_id: int) -> Enquiry | None:
        """An enquiry by its id; permission is the caller's concern."""
        return await self._services.session.get(Enquiry, enquiry_id)

    async def part(self, enquiry_id: int) -> tuple[Enquiry, Side]:
        """An enquiry and the side on which the acting person stands; raises Refusal for anybody else."""
        assert self._services.person is not None
        person_id = self._services.person.id
        enquiry = await self.get(enquiry_id)
        if enquiry is not None:
            if (await self._expert(enquiry)).person_id == person_id:
                await self._services.experts.require_registered()
                return enquiry, Side.EXPERT
            if await self._services.companies.involves(enquiry.company_id, person_id):
                return enquiry, Side.COMPANY
        raise Refusal(_("This question is not one of yours."))

    async def messages(self, enquiry: Enquiry) -> list[EnquiryMessage]:
        """Everything both sides wrote, oldest first."""
        return list(
            await self._services.session.scalars(
                select(EnquiryMessage)
                .where(EnquiryMessage.enquiry_id == enquiry.id)
                .order_by(EnquiryMessage.id)
            )
        )

    async def asked(self, limit: int = 5) -> list[Enquiry]:
        """The questions of the acting expert, the latest changed first."""
        expert = await self._services.experts.mine()
        if expert is None:
            return []
        return list(
            await self._services.session.scalars(
                select(Enquiry)
                .where(Enquiry.expert_id == expert.id)
                .order_by(Enquiry.changed_at.desc(), Enquiry.id.desc())
                .limit(limit)
            )
        )

    async def waiting(self, company_id: int) -> list[Enquiry]:
        """The questions that wait for a company and can still be answered, oldest first."""
        return list(
            await self._services.session.scalars(
                select(Enquiry)
                .join(Case, Case.id == Enquiry.case_id)
                .where(Enquiry.company_id == company_id, Enquiry.state == EnquiryState.WAITING)
                .where(Case.state.in_(TALKING))
                .order_by(Enquiry.changed_at, Enquiry.id)
            )
        )

    async def untold(self, company_id: int) -> list[Enquiry]:
        """The questions that wait for a company and of which it has not heard yet, locked, oldest first."""
        return list(
            await self._services.session.scalars(
                select(Enquiry)
                .join(Case, Case.id == Enquiry.case_id)
                .where(Enquiry.company_id == company_id, Enquiry.state == EnquiryState.WAITING)
                .where(Enquiry.told_revision < Enquiry.revision, Case.state.in_(TALKING))
                .order_by(Enquiry.id)
                .with_for_update(of=Enquiry)
            )
        )

    async def agreed(self, case_id: int, expert_id: int) -> frozenset[Side]:
        """Who of the two has agreed to share contacts."""
        sides = await self._services.session.scalars(
            select(ContactConsent.side).where(
                ContactConsent.case_id == case_id, ContactConsent.expert_id == expert_id
            )
        )
        return frozenset(Side(side) for side in sides)

    async def shared(self, case_id: int, expert_id: int) -> bool:
        """Whether both have agreed to share contacts, so that nothing is masked between them."""
        return await self.agreed(case_id, expert_id) == frozenset(Side)

    async def contact(self, enquiry: Enquiry, side: Side) -> Contact:
        """How to reach one side; raises Refusal until both have agreed."""
        if not await self.shared(enquiry.case_id, enquiry.expert_id):
            raise Refusal(_("Contact details are shown when both sides have agreed."))
        if side is Side.EXPERT:
            expert = await self._expert(enquiry)
            return Contact(expert.name, expert.phone, expert.email)
        company = await self._company(enquiry)
        return Contact(f"{company.name} {company.representative}", company.phone, company.email)

    # --- what the expert does --------------------------------------------------------------------------

    async def require_askable(self, case_id: int) -> Case:
        """An open case that the acting expert may ask about now; raises Refusal, saying why not."""
        services = self._services
        assert services.person is not None
        expert = await services.experts.require_registered()
        case = await services.cases.open(case_id)
        if await services.cases.involves(case_id, services.person.id):
            raise Refusal(_("This is a case of your own company."))
        await self._require_heard(case_id, expert.id)
        return case

    async def _require_heard(self, case_id: int, expert_id: int) -> None:
        session = self._services.session
        if await session.get(EnquiryBlock, (case_id, expert_id)) is not None:
            raise Refusal(_("The company takes no more questions from you about this case."))
        unanswered = await session.scalar(
            select(func.coalesce(func.sum(Enquiry.unanswered), 0)).where(
                Enquiry.case_id == case_id, Enquiry.expert_id == expert_id
            )
        )
        if (unanswered or 0) >= MOST_UNANSWERED:
            raise Refusal(
                _("{count} messages of yours wait for an answer. Please wait for it.")(count=unanswered)
            )

    async def ask(self, case_id: int, text: str) -> Enquiry:
        """Ask the company of an open case something; raises Refusal."""
        services = self._services
        await services.cases.lock(case_id)
        case = await self.require_askable(case_id)
        expert = await services.experts.require_registered()
        serial = await services.session.scalar(select(Sequence("enquiry_serial").next_value()))
        assert serial is not None
        enquiry = Enquiry(
            id=serial,
            number=numbers.make(services.programme.numbers[KIND], serial),
            case_id=case.id,
            company_id=case.company_id,
            expert_id=expert.id,
            state=EnquiryState.WAITING,
            revision=0,
            unanswered=0,
            asked_at=services.now,
            changed_at=services.now,
            told_revision=0,
        )
        services.session.add(enquiry)
        await services.session.flush()
        await self._write(enquiry, Side.EXPERT, text, "asked")
        return enquiry

    async def write(self, enquiry_id: int, text: str) -> Enquiry:
        """Write once more to the company, in the same thread; raises Refusal."""
        enquiry = await self.to_write(enquiry_id, Side.EXPERT)
        await self._require_heard(enquiry.case_id, enquiry.expert_id)
        await self._write(enquiry, Side.EXPERT, text, "wrote")
        return enquiry

    # --- what the company does -------------------------------------------------------------------------

    async def answer(self, enquiry_id: int, text: str) -> Enquiry:
        """Answer the expert, or write once more; raises Refusal."""
        enquiry = await self.to_write(enquiry_id, Side.COMPANY)
        await self._write(enquiry, Side.COMPANY, text, "answered")
        return enquiry

    async def decline(self, enquiry_id: int, revision: int, *, block: bool = False) -> Enquiry:
        """Decline a question as it was shown; `block` takes no more from this expert about this case."""
        services = self._services
        enquiry = await self.to_write(enquiry_id, Side.COMPANY)
        if enquiry.revision != revision:
            raise Refusal(_("Something was written since. Please look again."))
        assert services.person is not None
        enquiry.state, enquiry.unanswered = EnquiryState.DECLINED, 0
        self._change(enquiry)
        if block:
            await services.session.execute(
                insert(EnquiryBlock)
                .values(
                    case_id=enquiry.case_id,
                    expert_id=enquiry.expert_id,
                    person_id=services.person.id,
                    at=services.now,
                )
                .on_conflict_do_nothing()
            )
        reason = "no more questions" if block else None
        await services.audit.note("declined", KIND, enquiry.id, revision=enquiry.revision, reason=reason)
        await self._tell(enquiry, Side.EXPERT, "declined")
        return enquiry

    async def later(self, enquiry_id: int) -> Enquiry:
        """Be asked again tomorrow; raises Refusal for who is not of the company."""
        enquiry = await self.to_write(enquiry_id, Side.COMPANY)
        if enquiry.state == EnquiryState.WAITING:
            await self._services.timers.set("enquiry.remind", enquiry.id, self._services.now + REMIND)
        return enquiry

    # --- what both do ----------------------------------------------------------------------------------

    async def share(self, enquiry_id: int) -> bool:
        """Agree to share contacts with the other side of a case; true when both now have. Raises Refusal."""
        services = self._services
        enquiry, side = await self._locked(enquiry_id)
        before = await self.agreed(enquiry.case_id, enquiry.expert_id)
        if side in before:
            return before == frozenset(Side)
        await self._require_talking(enquiry)
        assert services.person is not None
        services.session.add(
            ContactConsent(
                case_id=enquiry.case_id,
                expert_id=enquiry.expert_id,
                side=side,
                person_id=services.person.id,
                at=services.now,
            )
        )
        await services.session.flush()
        await services.audit.note("agreed to share contacts", KIND, enquiry.id, reason=side)
        both = side.other in before
        await self._tell(enquiry, side.other, "contacts" if both else "share")
        return both

    async def to_write(self, enquiry_id: int, side: Side) -> Enquiry:
        """A locked enquiry to which the acting person may write for this side; raises Refusal, saying why not."""
        enquiry, mine = await self._locked(enquiry_id)
        if mine is not side:
            raise Refusal(_("This question is not one of yours."))
        if enquiry.state == EnquiryState.DECLINED:
            raise Refusal(_("This question was declined, so nothing more can be written to it."))
        await self._require_talking(enquiry)
        return enquiry

    async def _locked(self, enquiry_id: int) -> tuple[Enquiry, Side]:
        """The enquiry as it is now, its case locked before it."""
        enquiry, side = await self.part(enquiry_id)
        await self._services.cases.lock(enquiry.case_id)
        await self._services.session.refresh(enquiry, with_for_update=True)
        return enquiry, side

    async def _require_talking(self, enquiry: Enquiry) -> None:
        case = await self._services.cases.get(enquiry.case_id)
        if case is None or case.state not in TALKING:
            raise Refusal(_("This case has ended, so nothing more can be written about it."))

    async def _write(self, enquiry: Enquiry, side: Side, text: str, action: str) -> None:
        services = self._services
        assert services.person is not None
        open_words = await self.shared(enquiry.case_id, enquiry.expert_id)
        shown = text if open_words else mask_contacts(text)
        services.session.add(
            EnquiryMessage(
                enquiry_id=enquiry.id,
                side=side,
                person_id=services.person.id,
                text=shown,
                masked=shown != text,
                at=services.now,
            )
        )
        asks = side is Side.EXPERT
        enquiry.state = EnquiryState.WAITING if asks else EnquiryState.ANSWERED
        enquiry.unanswered = enquiry.unanswered + 1 if asks else 0
        if not asks:
            enquiry.told_at = None
        self._change(enquiry)
        await services.session.flush()
        await services.audit.note(
            action, KIND, enquiry.id, revision=enquiry.revision, content={"text": shown}
        )
        if asks:
            await self._tell_soon(enquiry)
        else:
            await services.timers.cancel("enquiry.remind", enquiry.id)
            await self._tell(enquiry, Side.EXPERT, "answered")

    def _change(self, enquiry: Enquiry) -> None:
        enquiry.revision += 1
        enquiry.changed_at = self._services.now

    # --- telling ---------------------------------------------------------------------------------------

    async def _tell_soon(self, enquiry: Enquiry) -> None:
        """Tell the company now, or with others when it was told of one that still waits a moment ago."""
        last = await self._services.session.scalar(
            select(func.max(Enquiry.told_at)).where(
                Enquiry.company_id == enquiry.company_id, Enquiry.state == EnquiryState.WAITING
            )
        )
        if last is not None and self._services.now - last < BUNDLE:
            await self._services.timers.set("enquiry.bundle", enquiry.company_id, last + BUNDLE)
            await self._redraw(enquiry)
        else:
            await self.remind([enquiry])

    async def remind(self, enquiries: list[Enquiry]) -> None:
        """Show questions of one company to it, now: one as it is, several side by side."""
        for enquiry in enquiries:
            enquiry.told_at, enquiry.told_revision = self._services.now, enquiry.revision
        if len(enquiries) == 1:
            await self._tell(enquiries[0], Side.COMPANY, "asked")
            return
        for person_id in await self._services.companies.members(enquiries[0].company_id):
            self._services.notices.tell(
                "enquiry.bundle", person_id, enquiries=[enquiry.id for enquiry in enquiries]
            )
            self._services.notices.home(person_id)

    async def _tell(self, enquiry: Enquiry, side: Side, event: str) -> None:
        """Tell one side, except the person who acts: "enquiry.asked", "enquiry.share.expert" and the like."""
        acting = self._services.person
        kind = f"enquiry.{event}" if event not in ("share", "contacts") else f"enquiry.{event}.{side}"
        thread = enquiry.thread if side is Side.EXPERT else None
        for person_id in await self._people(enquiry, side):
            if acting is None or person_id != acting.id:
                self._services.notices.tell(kind, person_id, thread=thread, enquiry=enquiry.id)
        await self._redraw(enquiry)

    async def _redraw(self, enquiry: Enquiry) -> None:
        for side in Side:
            for person_id in await self._people(enquiry, side):
                self._services.notices.home(person_id)

    async def _people(self, enquiry: Enquiry, side: Side) -> list[int]:
        if side is Side.EXPERT:
            return [(await self._expert(enquiry)).person_id]
        return await self._services.companies.members(enquiry.company_id)

    async def _expert(self, enquiry: Enquiry) -> Expert:
        expert = await self._services.experts.get(enquiry.expert_id)
        assert expert is not None
        return expert

    async def _company(self, enquiry: Enquiry) -> Company:
        company = await self._services.companies.get(enquiry.company_id)
        assert company is not None
        return company


@due("enquiry.bundle")
async def tell_together(services: Services, company_id: int) -> None:
    """Tell a company of every question that has come since it was last told of one."""
    untold = await services.enquiries.untold(company_id)
    if untold:
        await services.enquiries.remind(untold)


@due("enquiry.remind")
async def remind_later(services: Services, enquiry_id: int) -> None:
    """Show a question again to a company that wanted to answer it later."""
    enquiry = await services.enquiries.get(enquiry_id)
    case = None if enquiry is None else await services.cases.get(enquiry.case_id)
    if enquiry is None or case is None or case.state not in TALKING:
        return
    # The answer may be on its way at this moment.
    await services.session.refresh(enquiry, with_for_update=True)
    if enquiry.state == EnquiryState.WAITING:
        await services.enquiries.remind([enquiry])
