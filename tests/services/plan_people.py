"""A company with a published case, and experts who send plans for it, made in one line each."""

from datetime import UTC, date, datetime
from typing import Any

from services import expert_index, numbers
from services.bundle import Services
from services.cases import Case, CaseState
from services.companies import Company, MemberRow, Standing
from services.experts import Expert
from services.plan_content import Content, PlanMode, Relation, Step
from services.plans import Plan
from services.requests import Request, RequestState
from services.secrets import vault
from services.values import Yen

THEN = datetime(2021, 10, 1, 3, 0, tzinfo=UTC)
CONTENT = Content(
    area="EC",
    purpose="ネット販売を始め、注文の手間を半分にします。",
    steps=(Step("SURVEY", 240, "受注の流れを一緒に調べます"), Step("INTRODUCTION", 1680)),
    price=Yen(3750),
    period_start=date(2021, 11, 8),
    period_end=date(2021, 12, 24),
    mode=PlanMode.ONLINE,
    relation=Relation.NONE,
    terms_version="2021-10-19",
    message="よろしくお願いします。",
    tool_costs_note="カートの月額料金が別にかかります。",
)
"""32 hours at 3,750 yen: 120,000 in all, honorarium 104,000, own share 16,000 (DOMAIN 8.2)."""


async def company(services: Services, *, used: int = 0, signatory: bool = True) -> Company:
    """The acting person's company, registered."""
    session, me = services.session, services.person
    assert me is not None
    made = Company(
        id=me.id,
        number=numbers.make("C", me.id),
        standing=Standing.COMPLETED,
        kind="sole_proprietor",
        name="やまだ菓子店",
        representative="山田 花子",
        industry="RETAIL",
        employees="0",
        postal_code="650-0001",
        prefecture="兵庫県",
        city="神戸市",
        street="加納町1-1",
        phone=f"+8178322{me.id:04d}",
        phone_hash=vault().hash(f"company {me.id}"),
        email=f"company{me.id}@example.jp",
        matching="UNMATCHED",
        phase1_used_yen=used,
        terms_version="2021-10-19",
        applied_at=THEN,
    )
    session.add(made)
    await session.flush()
    session.add(MemberRow(company_id=made.id, person_id=me.id, signatory=signatory))
    await session.flush()
    return made


async def expert(services: Services, *, paid: int = 0, **other: Any) -> Expert:
    """The acting person as an expert, registered."""
    me = services.person
    assert me is not None
    values = {
        "id": me.id,
        "number": numbers.make("E", me.id),
        "person_id": me.id,
        "standing": Standing.COMPLETED,
        "revision": 1,
        "name": "佐藤 健一",
        "kana": "サトウ ケンイチ",
        "born_on": "1980-01-01",
        "affiliation": "freelance",
        "display_name": f"専門家{me.id}",
        "postal_code": "650-0001",
        "address": "神戸市",
        "phone": f"+8190000{me.id:05d}",
        "phone_hash": vault().hash(f"expert {me.id}"),
        "email": f"expert{me.id}@example.jp",
        "areas": ["EC"],
        "regions": ["ALL"],
        "modes": ["online"],
        "hourly_price_yen": 4000,
        "career": "IT",
        "track_record": "EC",
        "wants_matching": True,
        "matched": False,
        "qualification": "IT_COORDINATOR",
        "identity_document": "PASSPORT",
        "documents": {},
        "bank_code": "0001",
        "bank_branch": "001",
        "bank_kind": "1",
        "bank_number": "1234567",
        "bank_holder": "ｻﾄｳ ｹﾝｲﾁ",
        "bank_hash": vault().hash(f"bank {me.id}"),
        "phase1_paid_yen": paid,
        "terms_version": "2021-10-19",
        "applied_at": THEN,
    }
    made = Expert(**(values | other))
    services.session.add(made)
    await services.session.flush()
    await expert_index.keep(services, made)
    return made


async def case(services: Services, owner: Company, state: CaseState = CaseState.PUBLISHED) -> Case:
    """A case of a company that experts may answer."""
    made = Case(
        number=numbers.make("A", owner.id * 10 + (await _cases(services))),
        company_id=owner.id,
        state=state,
        revision=1,
        title="ネット販売を始めたい",
        area="EC",
        background="店は二人です。",
        issue="注文を紙で受けています。",
        goal="年内に始めたい。",
        mode="online",
        prefecture="兵庫県",
        city="神戸市",
        period_start=date(2021, 11, 1),
        period_end=date(2021, 12, 24),
        proposal_deadline=date(2021, 11, 20),
        applied_at=THEN,
        published_at=THEN,
    )
    services.session.add(made)
    await services.session.flush()
    if state == CaseState.PUBLISHED:
        await services.search.index(made)
    return made


async def _cases(services: Services) -> int:
    return len(await services.cases.mine())


async def request(services: Services, owner: Company, to: Expert) -> Request:
    """A direct request that the expert has accepted."""
    made = Request(
        number=numbers.make("R", owner.id),
        company_id=owner.id,
        expert_id=to.id,
        state=RequestState.ACCEPTED,
        area="EC",
        content="前と同じ専門家にお願いします。",
        goal="年内に始めたい。",
        period_end=date(2021, 12, 24),
        origin="PRIOR_RELATION",
        known_by="acquainted",
        answer_by=datetime(2021, 10, 30, 9, 0, tzinfo=UTC),
        terms_version="2021-10-19",
        sent_at=THEN,
    )
    services.session.add(made)
    await services.session.flush()
    return made


def told(services: Services) -> list[str]:
    """The kinds of notice in one transaction, in order."""
    return [notice.kind for notice in services.notices.told]


async def again(services: Services, plan: Plan) -> Plan:
    """A plan as it is now."""
    now = await services.plans.get(plan.id)
    assert now is not None
    return now
