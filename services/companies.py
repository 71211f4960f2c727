"""Small and medium businesses: who they are, who speaks for them, and their registration (DOMAIN 1.2, 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Sequence, select, text
from sqlalchemy.orm import Mapped, mapped_column

from locales import _
from services import numbers
from services.database import Base
from services.programme import Deadline
from services.refusals import Refusal
from services.reviews import Remark, Review, ReviewState
from services.secrets import Encrypted, vault
from services.values import CorporateNumber, EmailAddress, PhoneNumber, PostalCode, Yen

if TYPE_CHECKING:
    from services.bundle import Services

KIND = "company"
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('corporate number ' || :hash, 0))")


class EntityKind(StrEnum):
    """The form of a business (DOMAIN 2.2)."""

    CORPORATION = "corporation"
    SOLE_PROPRIETOR = "sole_proprietor"
    OTHER_BODY = "other_body"


class Matching(StrEnum):
    """Whether the business has found an expert when it registers (seed-briefing: the two routes)."""

    UNMATCHED = "UNMATCHED"
    MATCHED = "MATCHED"
    OTHER_SYSTEM = "OTHER_SYSTEM"


class Standing(StrEnum):
    """Where a registration stands, of a company or an expert (DOMAIN 2.3)."""

    UNDER_REVIEW = "under_review"
    DEFICIENT = "deficient"
    COMPLETED = "completed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


STANDING_AFTER = {
    ReviewState.APPROVED: Standing.COMPLETED,
    ReviewState.RETURNED: Standing.DEFICIENT,
    ReviewState.REJECTED: Standing.REJECTED,
}


@dataclass(frozen=True)
class Application:
    """What a business says of itself when it registers."""

    kind: EntityKind
    name: str
    representative: str
    industry: str
    employees: str
    postal_code: PostalCode
    prefecture: str
    city: str
    street: str
    phone: PhoneNumber
    email: EmailAddress
    matching: Matching
    phase1_used: Yen
    terms_version: str
    corporate_number: CorporateNumber | None = None
    capital: str | None = None


class Company(Base):
    """A business that takes part, or wants to."""

    __tablename__ = "companies"
    id: Mapped[int] = mapped_column(BigInteger, Sequence("company_serial"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    standing: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(Encrypted)
    representative: Mapped[str] = mapped_column(Encrypted)
    corporate_number: Mapped[str | None] = mapped_column(Encrypted)
    corporate_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    industry: Mapped[str]
    employees: Mapped[str]
    capital: Mapped[str | None]
    postal_code: Mapped[str]
    prefecture: Mapped[str]
    city: Mapped[str]
    street: Mapped[str] = mapped_column(Encrypted)
    phone: Mapped[str] = mapped_column(Encrypted)
    phone_hash: Mapped[bytes] = mapped_column(LargeBinary)
    email: Mapped[str] = mapped_column(Encrypted)
    matching: Mapped[str]
    phase1_used_yen: Mapped[int]
    terms_version: Mapped[str]
    applied_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_companies_corporate_hash",
            "corporate_hash",
            unique=True,
            postgresql_where=text("standing NOT IN ('rejected', 'withdrawn')"),
        ),
    )


class MemberRow(Base):
    """A person who speaks for a company; signatories may consent and agree for it."""

    __tablename__ = "company_members"
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    signatory: Mapped[bool]
    __table_args__ = (Index("ix_company_members_person_id", "person_id"),)


class Companies:
    """Companies within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def mine(self) -> Company | None:
        """The company that the acting person speaks for."""
        assert self._services.person is not None
        return await self.of(self._services.person.id)

    async def of(self, person_id: int) -> Company | None:
        """The company that a person speaks for."""
        return await self._services.session.scalar(
            select(Company)
            .join(MemberRow, MemberRow.company_id == Company.id)
            .where(MemberRow.person_id == person_id)
            .order_by(Company.id.desc())
            .limit(1)
        )

    async def get(self, company_id: int) -> Company | None:
        """A company by its id."""
        return await self._services.session.get(Company, company_id)

    async def members(self, company_id: int) -> list[int]:
        """The people who speak for a company."""
        return list(
            await self._services.session.scalars(
                select(MemberRow.person_id)
                .where(MemberRow.company_id == company_id)
                .order_by(MemberRow.person_id)
            )
        )

    async def require_registered(self) -> Company:
        """The acting person's company, its registration completed; raises Refusal otherwise (DOMAIN 2.1)."""
        company = await self.mine()
        if company is None:
            raise Refusal(_("Please register your business first."))
        if company.standing != Standing.COMPLETED:
            raise Refusal(_("This opens when the review of your registration is finished."))
        return company

    async def apply(self, application: Application, form: str, answers: Mapping[str, str]) -> Company:
        """Apply for registration, or hand a returned application in again; the secretariat then reviews it.

        Raises Refusal after the deadline (DOMAIN 9.1; for a return, when the days to correct it are over too),
        when registration is stopped, when the company is registered already, and while the application is not
        open to changes.
        """
        services = self._services
        assert services.person is not None
        company = await self.mine()
        if company is None or company.standing in (Standing.REJECTED, Standing.WITHDRAWN):
            services.programme.require_open(Deadline.REGISTRATION, services.now)
            await services.switches.require("registration")
            await self._require_unique(application, None)
            company = await self._create(application)
        else:
            await self._require_unique(application, company.id)
            await self.lock(company.id)
            if company.standing != Standing.DEFICIENT:
                raise Refusal(_("Your application is being reviewed. Please wait for the answer."))
            review = await services.reviews.latest(KIND, company.id)
            if review is not None and review.decided_at is not None:
                services.programme.require_curable(Deadline.REGISTRATION, review.decided_at, services.now)
            self._fill(company, application)
        company.standing = Standing.UNDER_REVIEW
        await services.session.flush()
        await services.reviews.submit(KIND, company.id, form, answers)
        await self._redraw(company.id)
        for person_id in await self.members(company.id):
            services.notices.tell("company.received", person_id, mail=company.email, company=company.id)
        return company

    async def _create(self, application: Application) -> Company:
        services = self._services
        assert services.person is not None
        serial = await services.session.scalar(select(Sequence("company_serial").next_value()))
        assert serial is not None
        company = Company(
            id=serial,
            number=numbers.make(services.programme.numbers["company"], serial),
            standing=Standing.UNDER_REVIEW,
            applied_at=services.now,
        )
        self._fill(company, application)
        services.session.add(company)
        await services.session.flush()
        services.session.add(MemberRow(company_id=company.id, person_id=services.person.id, signatory=True))
        await services.session.flush()
        return company

    @staticmethod
    def _fill(company: Company, said: Application) -> None:
        number = said.corporate_number
        company.kind, company.name, company.representative = said.kind, said.name, said.representative
        company.corporate_number = None if number is None else str(number)
        company.corporate_hash = None if number is None else vault().hash(str(number))
        company.industry, company.employees, company.capital = said.industry, said.employees, said.capital
        company.postal_code, company.prefecture = str(said.postal_code), said.prefecture
        company.city, company.street = said.city, said.street
        company.phone, company.phone_hash = str(said.phone), vault().hash(said.phone.e164)
        company.email, company.matching = str(said.email), said.matching
        company.phase1_used_yen, company.terms_version = int(said.phase1_used), said.terms_version

    async def _require_unique(self, said: Application, company_id: int | None) -> None:
        """One corporate number belongs to one business; two who give the same one are looked at in turn."""
        if said.corporate_number is None:
            return
        number, session = str(said.corporate_number), self._services.session
        await session.execute(_ONE_AT_A_TIME, {"hash": vault().hash(number).hex()})
        other = await session.scalar(
            select(Company.id)
            .where(Company.corporate_hash.in_(vault().hashes(number)))
            .where(Company.id.is_distinct_from(company_id))
            .where(Company.standing.not_in([Standing.REJECTED, Standing.WITHDRAWN]))
        )
        if other is not None:
            raise Refusal(
                _("A business with this corporate number is registered already."), about="corporate_number"
            )

    async def lock(self, subject_id: int) -> None:
        """Lock a company until the end of the transaction."""
        await self._services.session.get(Company, subject_id, with_for_update=True, populate_existing=True)

    async def involves(self, subject_id: int, person_id: int) -> bool:
        """Whether a person speaks for the company."""
        return person_id in await self.members(subject_id)

    async def decided(self, review: Review) -> None:
        """Take a decision of the secretariat over, and tell the company in chat and by e-mail."""
        company = await self.get(review.subject_id)
        assert company is not None
        company.standing = STANDING_AFTER[ReviewState(review.state)]
        if company.standing == Standing.COMPLETED:
            company.completed_at = self._services.now
        for person_id in await self.members(company.id):
            self._services.notices.tell(
                f"company.{company.standing}",
                person_id,
                mail=company.email,
                company=company.id,
                review=review.id,
            )
        await self._redraw(company.id)

    async def remarks(self, company: Company) -> list[Remark]:
        """What the secretariat asks a returned application to put right."""
        review = await self._services.reviews.latest(KIND, company.id)
        return review.remark_list if review is not None and company.standing == Standing.DEFICIENT else []

    async def _redraw(self, company_id: int) -> None:
        for person_id in await self.members(company_id):
            self._services.notices.home(person_id)
