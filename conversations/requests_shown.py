"""How a direct proposal request looks to both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.messages import Card, Fact, Words
from locales import Text, _
from services.programme import Programme
from services.requests import KnownBy, Request, RequestState
from services.tips import mask_contacts

if TYPE_CHECKING:
    from services.bundle import Services
    from services.companies import Company
    from services.experts import Expert

STATE = {
    RequestState.SENT: _("Waiting for the answer"),
    RequestState.ACCEPTED: _("Accepted"),
    RequestState.DECLINED: _("Declined"),
    RequestState.EXPIRED: _("No answer in time"),
    RequestState.CANCELLED: _("Taken back"),
}
TONE = {RequestState.ACCEPTED: "good", RequestState.SENT: "plain"}
KNOWN_BY = {
    KnownBy.ACQUAINTED: _("Acquainted, or in business together"),
    KnownBy.OTHER_SYSTEM: _("Matched on another service"),
    KnownBy.INTRODUCED: _("Introduced by somebody"),
    KnownBy.OTHER: _("In another way"),
}


async def company_of(services: Services, request: Request) -> Company:
    """Who asks."""
    company = await services.companies.get(request.company_id)
    assert company is not None
    return company


async def expert_of(services: Services, request: Request) -> Expert:
    """Who is asked."""
    expert = await services.experts.get(request.expert_id)
    assert expert is not None
    return expert


def title(request: Request) -> Text:
    """What a card of a request is headed with."""
    return _("Direct request {number}")(number=request.number)


def answer_by(request: Request, programme: Programme) -> Text:
    """The day until which the answer is wanted."""
    return _("{day}")(day=programme.today(request.answer_by))


def known_by(request: Request) -> Words:
    """How the two know each other, with the other service's name or the company's own words."""
    how = KNOWN_BY[KnownBy(request.known_by)]
    if request.relation is None:
        return how
    return _("{how} ({words})")(how=how, words=mask_contacts(request.relation))


def hours_of(request: Request) -> Words:
    """The hours that were named."""
    return _("Not decided") if request.time is None else _("{hours} hours")(hours=str(request.time))


def facts_of(request: Request, programme: Programme) -> list[Fact]:
    """What a request asks, in the lines that matter."""
    facts = [
        Fact(_("Area"), programme.area(request.area).label),
        Fact(_("Support until"), _("{day}")(day=request.period_end)),
        Fact(_("Rough hours"), hours_of(request)),
        Fact(_("How you know each other"), known_by(request)),
    ]
    if request.state == RequestState.SENT:
        facts.insert(0, Fact(_("Answer by"), answer_by(request, programme)))
    return facts


def texts_of(request: Request) -> list[Words]:
    """What the company wrote, with contact data masked as everywhere between the sides."""
    return [
        _("[What to ask]\n{words}")(words=mask_contacts(request.content)),
        _("[Goal]\n{words}")(words=mask_contacts(request.goal)),
    ]


async def card(services: Services, request: Request, *, to_expert: bool, **more: object) -> Card:
    """A request whole, with who is on the other side."""
    if to_expert:
        other = Fact(_("From"), (await company_of(services, request)).name)
    else:
        expert = await expert_of(services, request)
        other = Fact(_("Expert"), _("{name} ({number})")(name=expert.display_name, number=expert.number))
    state = RequestState(request.state)
    shown: dict[str, object] = {
        "badge": STATE[state],
        "facts": [other, *facts_of(request, services.programme)],
        "body": texts_of(request),
        "tone": TONE.get(state, "plain"),
    }
    return Card(title(request), **(shown | more))  # type: ignore[arg-type]
