"""Experts on a real database: who may register, with what, and what may be changed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services import expert_records
from services.bundle import Services
from services.companies import MemberRow, Standing
from services.documents import Document
from services.experts import (
    EVERYWHERE,
    Account,
    AccountKind,
    Affiliation,
    Application,
    Expert,
    Offer,
    Qualification,
    age,
)
from services.refusals import Refusal
from services.reviews import Remark, ReviewState
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
from tests.conftest import NOON, ActingAs

ACCOUNT = Account(
    "0005", "341", AccountKind.ORDINARY, BankAccountNumber("7654321"), AccountHolderKana("タカハシ リヨウ")
)
APPLICATION = Application(
    name=PersonName("高橋 涼"),
    kana=Kana("タカハシ リョウ"),
    born_on=date(1985, 4, 1),
    affiliation=Affiliation.FREELANCE,
    supporter=None,
    display_name="高橋 涼",
    postal_code=PostalCode("150-0001"),
    address="東京都渋谷区神宮前1-2-3",
    phone=PhoneNumber("090-1234-5678"),
    email=EmailAddress("ryo@takahashi.example"),
    offer=Offer(("EC",), Yen(4000), ("online",), (EVERYWHERE,)),
    career="在庫管理",
    track_record="3社",
    availability=None,
    wants_matching=True,
    matched=False,
    referrer=None,
    qualification=Qualification("IT_COORDINATOR", "1", date(2015, 4, 1)),
    identity_document="PASSPORT",
    account=ACCOUNT,
    documents={},
    phase1_paid=Yen(0),
    terms_version="2021-10-19",
)
OTHER = replace(
    APPLICATION,
    display_name="なか村 IT 相談",
    phone=PhoneNumber("080-1111-2222"),
    account=replace(ACCOUNT, number=BankAccountNumber("1112223")),
)


async def apply(acting: ActingAs, who: str = "U1", at: datetime = NOON, **changes: Any) -> Expert:
    """Somebody applies, with these changes."""
    async with acting(who, "slack", at=at) as services:
        return await services.experts.apply(replace(APPLICATION, **changes), "expert", {"kana": "タカハシ"})


async def decide(
    acting: ActingAs, expert: Expert, verdict: ReviewState, *remarks: Remark, by: str = "C"
) -> Services:
    """A clerk decides what was handed in last."""
    async with acting(by, "slack") as services:
        assert services.person is not None
        known = await services.session.execute(text("SELECT 1 FROM secretariat_members LIMIT 1"))
        if known.first() is None:
            await services.session.execute(
                text("INSERT INTO secretariat_members (tenant, external) VALUES ('T1', 'C')")
            )
        review = await services.reviews.latest("expert", expert.id)
        assert review is not None
        await services.reviews.decide(review.id, verdict, remarks)
    return services


async def registered(acting: ActingAs, who: str = "U1", **changes: Any) -> Expert:
    """Somebody whose registration is complete."""
    expert = await apply(acting, who, **changes)
    await decide(acting, expert, ReviewState.APPROVED)
    return expert
