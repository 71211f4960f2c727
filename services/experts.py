"""IT experts: their registration, their offer, and who may act as one (DOMAIN 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy import Sequence as Serial

from locales import _
from services import banks, expert_index, numbers, postal
from services.companies import STANDING_AFTER, Company, MemberRow, Standing
from services.expert_records import (
    EVERYWHERE,
    Account,
    AccountKind,
    Affiliation,
    Application,
    Expert,
    Offer,
    Qualification,
    Way,
)
from services.fees import honorarium_unit
from services.programme import Deadline
from services.refusals import Refusal
from services.reviews import Remark, Review, ReviewState
from services.secrets import vault
from services.tips import mask_contacts
from services.values import PhoneNumber, plain

if TYPE_CHECKING:
    from services.bundle import Services

__all__ = [
    "EVERYWHERE",
    "Account",
    "AccountKind",
    "Affiliation",
    "Application",
    "Expert",
    "Experts",
    "Offer",
    "Qualification",
    "Way",
]

KIND = "expert"
FOUND_AT_MOST = 10
GONE = (Standing.REJECTED, Standing.WITHDRAWN)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('registration of an expert'))")


class Experts:
    """Experts within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._mine: Expert | None = None

    async def mine(self) -> Expert | None:
        """The acting person's registration as an expert, the latest one; a Home asks for it in each of its parts."""
        assert self._services.person is not None
        if self._mine is None:
            self._mine = await self.of(self._services.person.id)
        return self._mine

    async def of(self, person_id: int) -> Expert | None:
        """The registration of a person as an expert, the latest one."""
        return await self._services.session.scalar(
            select(Expert).where(Expert.person_id == person_id).order_by(Expert.id.desc()).limit(1)
        )

    async def get(self, expert_id: int) -> Expert | None:
        """An expert by the id."""
        return await self._services.session.get(Expert, expert_id)

    async def by_number(self, number: str) -> Expert | None:
        """An expert by the number, however it was typed; raises Refusal for what is no expert's number."""
        written = numbers.read(number, self._services.programme.numbers["expert"])
        return await self._services.session.scalar(select(Expert).where(Expert.number == written))

    async def require_registered(self) -> Expert:
        """The acting person as an expert whose registration is completed; raises Refusal otherwise."""
        expert = await self.mine()
        if expert is None or expert.standing in GONE:
            raise Refusal(_("Please register as an expert first."))
        if expert.standing != Standing.COMPLETED:
            raise Refusal(_("This opens when the review of your registration is finished."))
        return expert

    async def find(self, typed: str) -> list[Expert]:
        """At most ten registered experts with this number, or whose display name contains this."""
        wanted: ColumnElement[bool]
        try:
            number = numbers.read(typed, self._services.programme.numbers["expert"])
        except Refusal:
            name = "".join(plain(typed).casefold().split())
            if not name:
                return []
            shown = func.lower(func.replace(Expert.display_name, " ", ""))
            wanted = shown.contains(name, autoescape=True)
        else:
            wanted = Expert.number == number
        return list(
            await self._services.session.scalars(
                select(Expert)
                .where(Expert.standing == Standing.COMPLETED, wanted)
                .order_by(Expert.display_name, Expert.id)
                .limit(FOUND_AT_MOST)
            )
        )

    # --- registration ----------------------------------------------------------------------------------

    async def apply(self, application: Application, form: str, answers: Mapping[str, str]) -> Expert:
        """Apply for registration, or hand a returned application in again; the secretariat then reviews it.

        Raises Refusal after the deadline (DOMAIN 9.1; for a return, when the days to correct it are over too),
        when registration is stopped, when something is not as DOMAIN 3 asks for, when somebody else has this
        account or phone, and while the application is not open to changes.
        """
        services = self._services
        assert services.person is not None
        await services.session.execute(_ONE_AT_A_TIME)
        expert = await self.of(services.person.id)
        if expert is None or expert.standing in GONE:
            services.programme.require_open(Deadline.REGISTRATION, services.now)
            await services.switches.require("registration")
            await self._require_fit(application)
            await self._require_unique(application, None)
            serial = await services.session.scalar(select(Serial("expert_serial").next_value()))
            assert serial is not None
            expert = Expert(
                id=serial,
                number=numbers.make(services.programme.numbers["expert"], serial),
                person_id=services.person.id,
                applied_at=services.now,
                revision=0,
            )
            services.session.add(expert)
            self._mine = expert
        else:
            await self.lock(expert.id)
            if expert.standing != Standing.DEFICIENT:
                raise Refusal(_("Your application is being reviewed. Please wait for the answer."))
            review = await services.reviews.latest(KIND, expert.id)
            if review is not None and review.decided_at is not None:
                services.programme.require_curable(Deadline.REGISTRATION, review.decided_at, services.now)
            await self._require_fit(application)
            await self._require_unique(application, expert.id)
        expert.take_over(application)
        expert.standing = Standing.UNDER_REVIEW
        expert.revision += 1
        await services.session.flush()
        await services.reviews.submit(KIND, expert.id, form, answers)
        services.notices.tell("expert.received", expert.person_id, mail=expert.email, expert=expert.id)
        services.notices.home(expert.person_id)
        return expert

    async def _require_fit(self, said: Application) -> None:
        """Refuse what DOMAIN 3 rules out, whichever way it came in."""
        services = self._services
        assert services.person is not None
        least = services.programme.limits.least_age
        if age(said.born_on, services.clock.today()) < least:
            raise Refusal(_("Experts are at least {least} years old.")(least=least), about="born_on")
        if mask_contacts(said.display_name) != said.display_name:
            raise Refusal(
                _("Companies see this name, so please leave phone number, e-mail and address out of it."),
                about="display_name",
            )
        if said.qualification is None and services.programme.terms_at(services.now).qualification_required:
            raise Refusal(_("One of these qualifications is needed."), about="qualification")
        self._require_offer(said.offer)
        banks.branch(banks.bank(said.account.bank), said.account.branch)
        ids = [document for documents in said.documents.values() for document in documents]
        await services.documents.owned(ids, services.person.id)

    def _require_offer(self, offer: Offer) -> None:
        programme = self._services.programme
        areas = {area.code for area in programme.areas}
        regions = {prefecture.name for prefecture in postal.PREFECTURES} | {EVERYWHERE}
        for chosen, known in (offer.areas, areas), (offer.modes, set(Way)), (offer.regions, regions):
            if not chosen or not set(chosen) <= known:
                raise Refusal(_("Please choose from the options."))
        honorarium_unit(offer.hourly_price, programme.rates)

    async def _require_unique(self, said: Application, expert_id: int | None) -> None:
        """One account and one phone belong to one expert; the staff of an SME supporter may share both."""
        shared = said.affiliation == Affiliation.SME_SUPPORTER
        for column, value, about in (
            (Expert.bank_hash, said.account.key, "account_number"),
            (Expert.phone_hash, said.phone.e164, "phone"),
        ):
            same = select(Expert.id).where(
                column.in_(vault().hashes(value)),
                Expert.standing.not_in(GONE),
                Expert.id.is_distinct_from(expert_id),
            )
            if shared:
                same = same.where(Expert.affiliation != Affiliation.SME_SUPPORTER)
            if await self._services.session.scalar(same.limit(1)) is not None:
                raise Refusal(
                    _("Somebody is registered with this already. If it is yours, ask the secretariat."),
                    about=about,
                )

    # --- after the registration ------------------------------------------------------------------------

    async def change_offer(self, offer: Offer, revision: int) -> Expert:
        """Change what the acting expert offers; plans that were sent keep their price.

        Raises Refusal when it was changed elsewhere since `revision`, and for what the rules do not allow.
        """
        expert = await self.require_registered()
        await self.lock(expert.id)
        if expert.revision != revision:
            raise Refusal(_("This was changed since. Please look at it once more."))
        self._require_offer(offer)
        before = expert.offer.content
        expert.take_offer(offer)
        after = expert.offer.content
        if after == before:
            return expert
        expert.revision += 1
        await self._services.session.flush()
        await expert_index.keep(self._services, expert)
        await self._services.audit.note(
            "offer changed", KIND, expert.id, revision=expert.revision, content={"from": before, "to": after}
        )
        self._services.notices.home(expert.person_id)
        return expert

    # --- review ----------------------------------------------------------------------------------------

    async def lock(self, subject_id: int) -> None:
        """Lock an expert until the end of the transaction."""
        await self._services.session.get(Expert, subject_id, with_for_update=True, populate_existing=True)

    async def involves(self, subject_id: int, person_id: int) -> bool:
        """Whether a person is this expert."""
        expert = await self.get(subject_id)
        return expert is not None and expert.person_id == person_id

    async def decided(self, review: Review) -> None:
        """Take a decision of the secretariat over, and tell the expert in Slack and by e-mail."""
        expert = await self.get(review.subject_id)
        assert expert is not None
        expert.standing = STANDING_AFTER[ReviewState(review.state)]
        if expert.standing == Standing.COMPLETED:
            expert.completed_at = self._services.now
            await expert_index.keep(self._services, expert)
        self._services.notices.tell(
            f"expert.{expert.standing}",
            expert.person_id,
            mail=expert.email,
            expert=expert.id,
            review=review.id,
        )
        self._services.notices.home(expert.person_id)

    async def remarks(self, expert: Expert) -> list[Remark]:
        """What the secretariat asks a returned application to put right."""
        review = await self._services.reviews.latest(KIND, expert.id)
        return review.remark_list if review is not None and expert.standing == Standing.DEFICIENT else []

    async def alike(self, expert: Expert) -> list[Expert]:
        """Other registrations with the same account or phone, past ones too, for the reviewer."""
        account, phone = vault().hashes(expert.account.key), _phone_hashes(expert)
        return list(
            await self._services.session.scalars(
                select(Expert)
                .where(Expert.bank_hash.in_(account) | Expert.phone_hash.in_(phone))
                .where(Expert.id != expert.id)
                .order_by(Expert.id)
            )
        )

    async def companies(self, expert: Expert) -> list[Company]:
        """Businesses that the expert speaks for, or that have the same phone: nobody supports himself."""
        speaks = select(MemberRow.company_id).where(MemberRow.person_id == expert.person_id)
        return list(
            await self._services.session.scalars(
                select(Company)
                .where(Company.id.in_(speaks) | Company.phone_hash.in_(_phone_hashes(expert)))
                .where(Company.standing.not_in(GONE))
                .order_by(Company.id)
            )
        )


def age(born_on: date, today: date) -> int:
    """How many years old somebody is on a day."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def _phone_hashes(expert: Expert) -> list[bytes]:
    return vault().hashes(PhoneNumber(expert.phone).e164)
