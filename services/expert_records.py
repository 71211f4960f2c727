"""What is kept of an IT expert: who it is, what is offered, and where the honorarium goes (DOMAIN 3.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy import Sequence as Serial
from sqlalchemy.orm import Mapped, mapped_column

from services.database import Base
from services.secrets import Encrypted, vault
from services.values import (
    AccountHolderKana,
    BankAccountNumber,
    EmailAddress,
    Kana,
    PersonName,
    PhoneNumber,
    PostalCode,
    Yen,
)

EVERYWHERE = "ALL"
"""The region of an expert who supports the whole country."""


class Affiliation(StrEnum):
    """On whose account an expert works (DOMAIN 3.1)."""

    FREELANCE = "freelance"
    SIDE_JOB = "side_job"
    SME_SUPPORTER = "sme_supporter"
    ONE_PERSON_COMPANY = "one_person_company"


class Way(StrEnum):
    """How an expert supports (DOMAIN 3.1)."""

    ONLINE = "online"
    VISIT = "visit"


class AccountKind(StrEnum):
    """The kind of a bank account in the transfer format: its digit is the value."""

    ORDINARY = "1"
    CURRENT = "2"
    SAVINGS = "4"


@dataclass(frozen=True)
class Account:
    """Where the honorarium goes: bank and branch by their codes."""

    bank: str
    branch: str
    kind: AccountKind
    number: BankAccountNumber
    holder: AccountHolderKana

    @property
    def key(self) -> str:
        """What makes it one account, whatever kind was ticked and however the holder was spelt."""
        return f"account {self.bank} {self.branch} {self.number}"


@dataclass(frozen=True)
class Offer:
    """What an expert offers, and may change after the registration."""

    areas: Sequence[str]
    hourly_price: Yen
    modes: Sequence[str]
    regions: Sequence[str]

    @property
    def content(self) -> dict[str, Any]:
        """All of it as plain data, to compare and to keep a digest of."""
        return {
            "areas": list(self.areas),
            "hourly_price_yen": int(self.hourly_price),
            "modes": list(self.modes),
            "regions": list(self.regions),
        }


@dataclass(frozen=True)
class Qualification:
    """One of the programme's qualifications, as its certificate shows it."""

    code: str
    number: str
    acquired_on: date


@dataclass(frozen=True)
class Application:
    """What experts say of themselves when they register; `documents` are ids by the question they answer."""

    name: PersonName
    kana: Kana
    born_on: date
    affiliation: Affiliation
    supporter: str | None
    display_name: str
    postal_code: PostalCode
    address: str
    phone: PhoneNumber
    email: EmailAddress
    offer: Offer
    career: str
    track_record: str
    availability: str | None
    wants_matching: bool
    matched: bool
    referrer: str | None
    qualification: Qualification | None
    identity_document: str
    account: Account
    documents: Mapping[str, Sequence[int]]
    phase1_paid: Yen
    terms_version: str


class Expert(Base):
    """An IT expert who takes part, or wants to. Only number, display name and offer are shown to businesses."""

    __tablename__ = "experts"
    id: Mapped[int] = mapped_column(BigInteger, Serial("expert_serial"), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    standing: Mapped[str]
    revision: Mapped[int]
    name: Mapped[str] = mapped_column(Encrypted)
    kana: Mapped[str] = mapped_column(Encrypted)
    born_on: Mapped[str] = mapped_column(Encrypted)
    affiliation: Mapped[str]
    supporter: Mapped[str | None]
    display_name: Mapped[str]
    postal_code: Mapped[str] = mapped_column(Encrypted)
    address: Mapped[str] = mapped_column(Encrypted)
    phone: Mapped[str] = mapped_column(Encrypted)
    phone_hash: Mapped[bytes] = mapped_column(LargeBinary)
    email: Mapped[str] = mapped_column(Encrypted)
    areas: Mapped[list[Any]]
    regions: Mapped[list[Any]]
    modes: Mapped[list[Any]]
    hourly_price_yen: Mapped[int]
    career: Mapped[str] = mapped_column(Encrypted)
    track_record: Mapped[str] = mapped_column(Encrypted)
    availability: Mapped[str | None] = mapped_column(Encrypted)
    wants_matching: Mapped[bool]
    matched: Mapped[bool]
    referrer: Mapped[str | None] = mapped_column(Encrypted)
    qualification: Mapped[str | None]
    qualification_number: Mapped[str | None] = mapped_column(Encrypted)
    qualification_date: Mapped[str | None] = mapped_column(Encrypted)
    identity_document: Mapped[str]
    documents: Mapped[dict[str, Any]]
    bank_code: Mapped[str] = mapped_column(Encrypted)
    bank_branch: Mapped[str] = mapped_column(Encrypted)
    bank_kind: Mapped[str] = mapped_column(Encrypted)
    bank_number: Mapped[str] = mapped_column(Encrypted)
    bank_holder: Mapped[str] = mapped_column(Encrypted)
    bank_hash: Mapped[bytes] = mapped_column(LargeBinary)
    phase1_paid_yen: Mapped[int]
    terms_version: Mapped[str]
    applied_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_experts_person_id",
            "person_id",
            unique=True,
            postgresql_where=text("standing NOT IN ('rejected', 'withdrawn')"),
        ),
        Index("ix_experts_phone_hash", "phone_hash"),
        Index("ix_experts_bank_hash", "bank_hash"),
    )

    @property
    def account(self) -> Account:
        """Where the honorarium goes."""
        return Account(
            self.bank_code,
            self.bank_branch,
            AccountKind(self.bank_kind),
            BankAccountNumber(self.bank_number),
            AccountHolderKana(self.bank_holder),
        )

    @property
    def offer(self) -> Offer:
        """What is offered now."""
        return Offer(self.areas, Yen(self.hourly_price_yen), self.modes, self.regions)

    def take_over(self, said: Application) -> None:
        """Become what the application says."""
        account, qualification = said.account, said.qualification
        self.name, self.kana, self.born_on = str(said.name), str(said.kana), said.born_on.isoformat()
        self.affiliation, self.supporter = said.affiliation, said.supporter
        self.display_name = said.display_name
        self.postal_code, self.address = str(said.postal_code), said.address
        self.phone, self.phone_hash = str(said.phone), vault().hash(said.phone.e164)
        self.email = str(said.email)
        self.career, self.track_record = said.career, said.track_record
        self.availability, self.referrer = said.availability, said.referrer
        self.wants_matching, self.matched = said.wants_matching, said.matched
        self.qualification = qualification.code if qualification else None
        self.qualification_number = qualification.number if qualification else None
        self.qualification_date = qualification.acquired_on.isoformat() if qualification else None
        self.identity_document = said.identity_document
        self.documents = {key: list(ids) for key, ids in said.documents.items()}
        self.bank_code, self.bank_branch = account.bank, account.branch
        self.bank_kind, self.bank_number = account.kind, str(account.number)
        self.bank_holder, self.bank_hash = str(account.holder), vault().hash(account.key)
        self.phase1_paid_yen, self.terms_version = int(said.phase1_paid), said.terms_version
        self.take_offer(said.offer)

    def take_offer(self, offer: Offer) -> None:
        """Offer this from now on."""
        regions = [EVERYWHERE] if EVERYWHERE in offer.regions else list(offer.regions)
        self.areas, self.modes, self.regions = list(offer.areas), list(offer.modes), regions
        self.hourly_price_yen = int(offer.hourly_price)
