"""Registered experts and published cases in one line each, for tests of what happens between them."""

from datetime import date, timedelta
from typing import Any

from services import numbers
from services.bundle import Services
from services.cases import Case, CaseState, Mode
from services.companies import Standing
from services.experts import Expert
from tests.services.case_company import registered


async def expert(services: Services, serial: int = 1, **other: Any) -> Expert:
    """The acting person as a registered expert."""
    assert services.person is not None
    values: dict[str, Any] = {
        "number": numbers.make("E", serial),
        "person_id": services.person.id,
        "standing": Standing.COMPLETED,
        "revision": 1,
        "name": "佐藤 健一",
        "kana": "サトウ ケンイチ",
        "born_on": "1980-04-01",
        "affiliation": "freelance",
        "display_name": "佐藤IT相談室",
        "postal_code": "6500001",
        "address": "兵庫県神戸市中央区加納町1-1",
        "phone": "080-1111-2222",
        "phone_hash": f"phone{serial}".encode(),
        "email": "kenichi@sato.example",
        "areas": ["EC"],
        "regions": ["ALL"],
        "modes": ["online", "visit"],
        "hourly_price_yen": 4000,
        "career": "ECの支援を10年",
        "track_record": "和菓子店など20社",
        "wants_matching": True,
        "matched": False,
        "identity_document": "PASSPORT",
        "documents": {},
        "bank_code": "0001",
        "bank_branch": "001",
        "bank_kind": "1",
        "bank_number": "1234567",
        "bank_holder": "ｻﾄｳ ｹﾝｲﾁ",
        "bank_hash": f"bank{serial}".encode(),
        "phase1_paid_yen": 0,
        "terms_version": "2021-10-19",
        "applied_at": services.now,
        "completed_at": services.now,
    }
    made = Expert(**values | other)
    services.session.add(made)
    await services.flush()
    return made


async def published(services: Services, serial: int = 1, **other: Any) -> Case:
    """A case of the acting person's company that is open and can be found; later serials are newer."""
    company = await services.companies.mine() or await registered(services)
    values: dict[str, Any] = {
        "number": numbers.make("A", serial),
        "company_id": company.id,
        "state": CaseState.PUBLISHED,
        "revision": 1,
        "title": "ネット注文を始めたい",
        "area": "EC",
        "trade": "和菓子",
        "background": "従業員6名の和菓子店です。",
        "issue": "電話の聞き間違いが月に2、3回あります。",
        "goal": "聞き間違いを半分にしたいです。",
        "current_tools": "電話、FAX",
        "mode": Mode.EITHER,
        "prefecture": "兵庫県",
        "city": "神戸市中央区",
        "period_start": date(2021, 11, 22),
        "period_end": date(2021, 12, 31),
        "minutes": 20 * 60,
        "budget_yen": 30_000,
        "proposal_deadline": date(2021, 11, 10),
        "applied_at": services.now,
        "published_at": services.now - timedelta(days=2) + timedelta(minutes=serial),
    }
    case = Case(**values | other)
    services.session.add(case)
    await services.flush()
    await services.saved_matching.index(case)
    return case
