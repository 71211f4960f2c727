"""New terms of use: whoever registered under older ones accepts them before agreeing on anything new (DOMAIN 9.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locales import _
from services.companies import Company, MemberRow, Standing
from services.experts import Expert
from services.refusals import Refusal

if TYPE_CHECKING:
    from services.bundle import Services


def is_owed(services: Services, side: Company | Expert | None) -> bool:
    """Whether a registered company or expert has still to accept the terms that hold now."""
    if side is None or side.standing != Standing.COMPLETED:
        return False
    return side.terms_version != services.programme.terms_at(services.now).version


async def accept_as_company(services: Services, version: str) -> None:
    """Accept these terms for the acting person's company; raises Refusal for others than its signatories."""
    company = await services.companies.require_registered()
    assert services.person is not None
    member = await services.session.get(MemberRow, (company.id, services.person.id))
    if member is None or not member.signatory:
        raise Refusal(_("Only somebody who may sign for your business can agree."))
    await services.companies.lock(company.id)
    await _accept(services, company, "company", version)


async def accept_as_expert(services: Services, version: str) -> None:
    """Accept these terms as the acting expert."""
    expert = await services.experts.require_registered()
    await services.experts.lock(expert.id)
    await _accept(services, expert, "expert", version)


async def _accept(services: Services, side: Company | Expert, kind: str, version: str) -> None:
    if version != services.programme.terms_at(services.now).version:
        raise Refusal(_("The text has changed since. Please read it once more."), about="consent")
    side.terms_version = version
    await services.session.flush()
    await services.audit.note("terms accepted", kind, side.id, reason=version)
    assert services.person is not None
    services.notices.home(services.person.id)
