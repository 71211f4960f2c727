"""A company with a case, for tests of what becomes of the case."""

from dataclasses import replace
from datetime import date
from typing import Any

from services import secretariat
from services.bundle import Services
from services.cases import Case, CaseContent, Mode
from services.companies import Application, Company, EntityKind, Matching, Standing
from services.reviews import Remark, Review, ReviewState
from services.values import EmailAddress, Hours, PhoneNumber, PostalCode, Yen

APPLICATION = Application(
    EntityKind.SOLE_PROPRIETOR,
    "菓匠やまもと",
    "山本 あき",
    "RETAIL",
    "0",
    PostalCode("650-0001"),
    "兵庫県",
    "神戸市中央区",
    "加納町4-2-1",
    PhoneNumber("078-331-8181"),
    EmailAddress("aki@yamamoto.example"),
    Matching.UNMATCHED,
    Yen(0),
    "2021-10-19",
)
CONTENT = CaseContent(
    "ネット注文を始めたい",
    "EC",
    "従業員6名の和菓子店です。注文は電話とFAXで1日20件ほど、販売の2名がノートに書いています。",
    "聞き間違いが月に2、3回あり、書き直しに毎日30分かかります。",
    "12月中に、聞き間違いを半分にする方法を一緒に考えてほしいです。",
    "電話、FAX、パソコン2台",
    Mode.EITHER,
    None,
    date(2021, 11, 22),
    date(2021, 12, 31),
    Hours(20 * 60),
    Yen(30_000),
    date(2021, 11, 10),
    "和菓子",
)
FORM, ANSWERS = "case", {"area": "EC"}
CLERK = "U-clerk"


async def registered(services: Services) -> Company:
    """The acting person's company, its registration complete."""
    company = await services.companies.apply(APPLICATION, "company", {})
    company.standing = Standing.COMPLETED
    await services.flush()
    return company


async def applied(services: Services, **other: Any) -> Case:
    """A case of the acting person's company, handed in."""
    if await services.companies.mine() is None:
        await registered(services)
    return await services.cases.apply(replace(CONTENT, **other), FORM, ANSWERS)


async def decide(services: Services, case_id: int, verdict: ReviewState, *remarks: Remark) -> Review:
    """Let the acting person, whom the channel has as a member, decide on the latest submission."""
    await secretariat.read_members(services.connection, "T1", [CLERK])
    review = await services.reviews.latest("case", case_id)
    assert review is not None
    return await services.reviews.decide(review.id, verdict, remarks)
