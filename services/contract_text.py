"""What stands in the paper of a contract: parties, services, money, and the template that its terms go with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from locales.language import DEFAULT, speaker
from services import fees
from services.companies import Company
from services.contract_records import Contract, ContractChange
from services.experts import Expert
from services.papers import TEMPLATES
from services.plan_content import Content
from services.plan_records import Plan
from services.programme import Deadline, Programme
from services.values import Yen

PREFIX = "contract-"


def template(terms_version: str) -> str:
    """The template that goes with these terms: the newest that is not newer than they are."""
    names = sorted(path.stem for path in TEMPLATES.glob(f"{PREFIX}*.typ"))
    fitting = [name for name in names if name <= PREFIX + terms_version]
    return fitting[-1] if fitting else names[0]


@dataclass(frozen=True)
class Figures:
    """What a change of a contract may alter."""

    minutes: int
    period_start: date
    period_end: date

    @classmethod
    def of(cls, contract: Contract | ContractChange) -> Figures:
        """Those in force, or those proposed."""
        return cls(contract.minutes, contract.period_start, contract.period_end)


def content(
    programme: Programme,
    contract: Contract,
    plan: Plan,
    written: Content,
    company: Company,
    expert: Expert,
    *,
    dated: date,
    changed: Figures | None = None,
) -> dict[str, Any]:
    """The data of a contract's paper (DOMAIN 6.5), or of the next revision with `changed` figures (DOMAIN 6.6).

    Pure: the same contract, plan and day give the same data. Money is computed by `fees` alone.
    """
    former, now = Figures.of(contract), changed or Figures.of(contract)
    quote = fees.quote(Yen(contract.price_yen), now.minutes, programme.rates)
    terms = programme.terms_version(contract.terms_version)
    steps = {step.code: step.label for step in programme.steps}
    package = next((one.label for one in programme.packages if one.code == written.package), None)
    return {
        "number": contract.number,
        "revision": contract.revision + (changed is not None),
        "dated": dated,
        "former": changed
        and {**vars(former), "revision": contract.revision, "concluded_at": contract.concluded_at},
        "company": {
            "number": company.number,
            "name": company.name,
            "representative": company.representative,
            "sole": company.kind == "sole_proprietor",
            "address": f"{company.postal_code} {company.prefecture}{company.city}{company.street}",
        },
        "expert": {
            "number": expert.number,
            "name": expert.name,
            "address": f"{expert.postal_code} {expert.address}",
        },
        "plan": {
            "number": plan.number,
            "revision": contract.plan_revision,
            "area": programme.area(written.area).label,
            "package": package,
            "purpose": written.purpose,
            "mode": written.mode.value,
            "place": written.place,
            "relation": written.relation.value,
            "tool_costs_note": written.tool_costs_note,
            "steps": [
                {"label": steps[step.step], "minutes": step.minutes, "content": step.content}
                for step in written.steps
            ],
            "minutes": written.minutes,
        },
        **vars(now),
        "money": {
            "price": quote.price,
            "honorarium_unit": quote.honorarium_unit,
            "sme_unit": quote.sme_unit,
            "total": quote.total,
            "honorarium": quote.honorarium,
            "share": quote.sme_share,
        },
        "rules": {
            "terms": contract.terms_version,
            "recording": terms.recording_required,
            "unit_minutes": programme.money.unit_minutes,
            "share_due_days": programme.limits.share_due_days,
            "retention_years": programme.limits.retention_years,
            "least_share": programme.money.self_paid_minimum,
            "sign_by": programme.dates[Deadline.CONTRACT].closes,
            "report_by": programme.dates[Deadline.REPORT].closes,
        },
    }


def say(text: Any) -> str:
    """Words of ours in the language of the papers."""
    return speaker(DEFAULT)(text)
