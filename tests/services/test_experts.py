"""Experts on a real database: who may register, with what, and what may be changed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from locales.language import speaker
from services.bundle import Services
from services.companies import Company, Standing
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
from services.secretariat import read_members
from services.secrets import open_vault, vault
from services.suggestion_records import ExpertIndexRow
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
from tests.conftest import KEY, NOON, ActingAs

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
    acting: ActingAs,
    expert: Expert,
    verdict: ReviewState,
    *remarks: Remark,
    by: str = "C",
    at: datetime = NOON,
) -> Services:
    """A clerk decides what was handed in last; returns the services, with what they want to tell."""
    async with acting(by, "slack", at=at) as services:
        await read_members(services.connection, "T1", [by])
        review = await services.reviews.latest("expert", expert.id)
        assert review is not None
        await services.reviews.decide(review.id, verdict, remarks)
    return services


async def registered(acting: ActingAs, who: str = "U1", **changes: Any) -> Expert:
    """Somebody whose registration is complete."""
    expert = await apply(acting, who, **changes)
    await decide(acting, expert, ReviewState.APPROVED)
    return expert


async def test_an_application_waits_for_the_secretariat(acting: ActingAs) -> None:
    async with acting("U1", "slack") as services:
        expert = await services.experts.apply(APPLICATION, "expert", {})
    assert expert.number.startswith("E-")
    assert expert.standing == Standing.UNDER_REVIEW
    [told] = services.notices.told
    assert (told.kind, told.mail) == ("expert.received", "ryo@takahashi.example")
    async with acting("U1", "slack") as services:
        with pytest.raises(Refusal, match="review of your registration"):
            await services.experts.require_registered()


async def test_a_person_and_an_account_lie_encrypted_in_the_database(acting: ActingAs) -> None:
    await apply(acting)
    async with acting("U1", "slack") as services:
        row = (await services.session.execute(text("SELECT e::text FROM experts e"))).scalar_one()
    for secret in ("7654321", "090-1234-5678", "ryo@takahashi.example", "神宮前", "1985-04-01"):
        assert secret not in row
        assert secret.encode().hex() not in row
    async with acting("U1", "slack") as services:
        mine = await services.experts.mine()
        assert mine is not None
        assert mine.account == ACCOUNT


async def test_approval_completes_the_registration(acting: ActingAs) -> None:
    expert = await apply(acting)
    decided = await decide(acting, expert, ReviewState.APPROVED)
    assert [notice.kind for notice in decided.notices.told] == ["expert.completed"]
    async with acting("U1", "slack") as services:
        mine = await services.experts.require_registered()
        assert mine.completed_at == NOON
        assert await services.session.get(ExpertIndexRow, mine.id), "found for cases from now on"


async def test_a_returned_application_is_handed_in_again_and_no_other(acting: ActingAs) -> None:
    expert = await apply(acting)
    with pytest.raises(Refusal, match="being reviewed"):
        await apply(acting)
    remark = Remark("phone", "CONTACT_UNREACHABLE", "つながりません")
    await decide(acting, expert, ReviewState.RETURNED, remark, at=datetime(2021, 10, 29, 3, tzinfo=UTC))
    async with acting("U1", "slack") as services:
        mine = await services.experts.mine()
        assert mine is not None
        assert [remark.question for remark in await services.experts.remarks(mine)] == ["phone"]
    # The deadline is for those who apply; those who correct have five business days (DOMAIN 14 Q11).
    last = datetime(2021, 11, 8, 14, 59, 59, tzinfo=UTC)
    with pytest.raises(Refusal) as refused:
        await apply(acting, at=last + timedelta(seconds=1), phone=PhoneNumber("080-9999-8888"))
    assert "Corrections were possible until Mon 8 Nov" in speaker("en")(refused.value.reason)
    again = await apply(acting, at=last, phone=PhoneNumber("080-9999-8888"))
    assert (again.id, again.number, again.revision) == (expert.id, expert.number, 2)
    assert again.standing == Standing.UNDER_REVIEW


async def test_somebody_who_was_rejected_may_apply_anew(acting: ActingAs) -> None:
    expert = await apply(acting)
    await decide(acting, expert, ReviewState.REJECTED, Remark("", "OUT_OF_SCOPE", "残念ですが"))
    again = await apply(acting)
    assert again.number != expert.number


async def test_nobody_decides_on_the_own_application(acting: ActingAs) -> None:
    expert = await apply(acting, "C")
    with pytest.raises(Refusal, match="a part in this yourself"):
        await decide(acting, expert, ReviewState.APPROVED)


async def test_the_last_second_of_the_last_day_still_counts(acting: ActingAs) -> None:
    last = datetime(2021, 11, 1, 14, 59, 59, tzinfo=UTC)
    with pytest.raises(Refusal, match="closed"):
        await apply(acting, at=last + timedelta(seconds=1))
    await apply(acting, at=last)


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"born_on": date(2003, 10, 21)}, "born_on"),
        ({"qualification": None}, "qualification"),
        ({"offer": replace(APPLICATION.offer, hourly_price=Yen(500))}, "price"),
        ({"offer": replace(APPLICATION.offer, areas=("COOKING",))}, None),
        ({"offer": replace(APPLICATION.offer, regions=())}, None),
        ({"account": replace(ACCOUNT, branch="999")}, None),
        ({"documents": {"passbook": [1]}}, None),
        ({"display_name": "高橋 090-1234-5678"}, "display_name"),
    ],
)
async def test_what_the_rules_do_not_allow_is_refused(
    acting: ActingAs, changes: dict[str, Any], about: str | None
) -> None:
    with pytest.raises(Refusal) as refused:
        await apply(acting, **changes)
    assert refused.value.about == about


async def test_before_the_restart_no_qualification_was_needed(acting: ActingAs) -> None:
    expert = await apply(acting, at=datetime(2021, 9, 1, tzinfo=UTC), qualification=None)
    assert expert.qualification is None


@pytest.mark.parametrize(
    ("changes", "about"),
    [({"account": ACCOUNT}, "account_number"), ({"phone": APPLICATION.phone}, "phone")],
)
async def test_account_and_phone_belong_to_one_expert(
    acting: ActingAs, changes: dict[str, Any], about: str
) -> None:
    await apply(acting)
    mine: dict[str, Any] = {"phone": OTHER.phone, "account": OTHER.account} | changes
    with pytest.raises(Refusal, match="registered with this already") as refused:
        await apply(acting, "U2", **mine)
    assert refused.value.about == about


async def test_an_account_is_known_again_under_another_key_and_spelling(acting: ActingAs) -> None:
    await apply(acting)
    open_vault([Fernet.generate_key().decode(), KEY])
    same = replace(ACCOUNT, kind=AccountKind.CURRENT, holder=AccountHolderKana("タカハシ"))
    with pytest.raises(Refusal, match="registered with this already"):
        await apply(acting, "U2", phone=OTHER.phone, account=same)


async def test_staff_of_an_sme_supporter_may_share_an_account(acting: ActingAs) -> None:
    staff: dict[str, Any] = {"affiliation": Affiliation.SME_SUPPORTER, "supporter": "応援株式会社"}
    first = await apply(acting, "U1", **staff)
    second = await apply(acting, "U2", **staff, phone=OTHER.phone)
    async with acting("C", "slack") as services:
        assert [one.id for one in await services.experts.alike(second)] == [first.id]
    with pytest.raises(Refusal):
        await apply(acting, "U3")


async def test_files_of_somebody_else_are_refused(acting: ActingAs) -> None:
    async with acting("U2", "slack") as services:
        assert services.person is not None
        document = Document(
            person_id=services.person.id,
            purpose="passbook",
            name="a.jpg",
            mime="image/jpeg",
            size=1,
            sha256="0" * 64,
            file="f",
            received_at=NOON,
            key="passbook",
        )
        services.session.add(document)
        await services.session.flush()
    with pytest.raises(Refusal, match="no longer there"):
        await apply(acting, documents={"passbook": [document.id]})
    assert (await apply(acting, "U2", documents={"passbook": [document.id]})).documents == {
        "passbook": [document.id]
    }


async def test_registered_experts_are_found_by_number_and_name(acting: ActingAs) -> None:
    first = await registered(acting)
    second = await registered(
        acting, "U2", display_name=OTHER.display_name, phone=OTHER.phone, account=OTHER.account
    )
    third = PhoneNumber("03-3211-0000")
    hidden = replace(ACCOUNT, number=BankAccountNumber("5"))
    await apply(acting, "U3", display_name="高橋 未審査", phone=third, account=hidden)
    async with acting("L1") as services:
        found = services.experts.find
        assert [one.id for one in await found("高橋")] == [first.id]
        assert [one.id for one in await found("なか村ｉｔ")] == [second.id]
        assert [one.id for one in await found(second.number.replace("-", "").lower())] == [second.id]
        assert await found("%") == []
        assert await found("  ") == []
        known = await services.experts.by_number(first.number.removeprefix("E-"))
        assert known is not None
        assert known.id == first.id


async def test_an_offer_is_changed_once_for_each_revision(acting: ActingAs) -> None:
    expert = await registered(acting)
    offer = Offer(("EC", "SNS"), Yen(5000), ("online", "visit"), ("東京都", EVERYWHERE))
    async with acting("U1", "slack") as services:
        changed = await services.experts.change_offer(offer, expert.revision)
        assert (changed.hourly_price_yen, changed.regions) == (5000, [EVERYWHERE])
        assert changed.revision == expert.revision + 1
        history = await services.audit.history("expert", expert.id)
        assert history[-1].action == "offer changed"
        with pytest.raises(Refusal, match="changed since"):
            await services.experts.change_offer(APPLICATION.offer, expert.revision)
        same = await services.experts.change_offer(changed.offer, changed.revision)
        assert same.revision == changed.revision
        with pytest.raises(Refusal, match="nothing to claim"):
            await services.experts.change_offer(replace(offer, hourly_price=Yen(400)), changed.revision)


async def test_an_offer_changes_only_after_the_review(acting: ActingAs) -> None:
    expert = await apply(acting)
    async with acting("U1", "slack") as services:
        with pytest.raises(Refusal, match="review of your registration"):
            await services.experts.change_offer(APPLICATION.offer, expert.revision)


async def test_the_reviewer_is_told_of_the_expert_s_own_company(acting: ActingAs) -> None:
    expert = await apply(acting)
    phone = vault().hash(APPLICATION.phone.e164)
    async with acting("L1") as services:
        company = Company(
            number="C-1",
            standing=Standing.COMPLETED,
            kind="sole_proprietor",
            name="高橋商店",
            representative="高橋 涼",
            industry="RETAIL",
            employees="0",
            postal_code="150-0001",
            prefecture="東京都",
            city="渋谷区",
            street="1",
            phone="090-1234-5678",
            phone_hash=phone,
            email="a@b.example",
            matching="UNMATCHED",
            phase1_used_yen=0,
            terms_version="2021-10-19",
            applied_at=NOON,
        )
        services.session.add(company)
        await services.session.flush()
        assert [one.id for one in await services.experts.companies(expert)] == [company.id]


def test_an_age_grows_on_the_birthday() -> None:
    assert age(date(2003, 10, 21), date(2021, 10, 20)) == 17
    assert age(date(2003, 10, 21), date(2021, 10, 21)) == 18
