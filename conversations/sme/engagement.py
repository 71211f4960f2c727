"""A company's contracts in its status: each on one card, what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.asked import ON_LINE
from conversations.engagement_shown import card, deadline
from conversations.messages import Card, Deck, Fact, Message, Say
from conversations.sme.menu import MORE, STATUS
from locales import _
from services.next_steps import Step
from services.programme import Deadline

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.companies import Company
    from services.engagements import Engagement

SHOWN = 5


async def standing(turn: Turn, company: Company) -> list[Message]:
    """The contracts that go on, and the last that is done if none does."""
    found = await turn.services.engagements.of_company()
    going_on = [one for one in found if not one.over] or found[:1]
    cards = [await card(turn.services, one) for one in going_on[:SHOWN]]
    if len(cards) < 2:
        return [*cards]
    return [Deck(_("Your {count} contracts")(count=len(going_on)), cards)]


MORE.append(standing)


async def show_dates(turn: Turn) -> None:
    """What is to be done by when: under each contract, or until one is made."""
    services = turn.services
    found = [one for one in await services.engagements.of_company() if not one.over]
    cards = [await dates_card(services, one) for one in found[:SHOWN]]
    if len(cards) == 1:
        turn.say(*cards)
    elif cards:
        turn.say(Deck(_("Your {count} contracts")(count=len(found)), cards, quick=[STATUS]))
    else:
        closes = services.programme.dates[Deadline.CONTRACT].closes
        told = _("Contracts are made until {day}. Under a contract you also see here what is due.")(
            day=closes
        )
        turn.say(Say(told, quick=[STATUS]))


async def dates_card(services: Services, of: Engagement) -> Card:
    """The dates of one contract that concern the company."""
    whole = await card(services, of)
    facts = [whole.facts[0], *deadline(services, of)]
    if of.step is Step.PAY_SHARE and of.invoice is not None:
        facts.append(Fact(_("To be paid by"), _("{day}")(day=of.invoice.due_on)))
    return Card(whole.title, badge=whole.badge, facts=facts, buttons=whole.buttons, quick=[STATUS])


ON_LINE["dates"] = show_dates
