"""A company accepts new terms of use, before it agrees on anything under them (DOMAIN 9.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import on
from conversations.catalogue import terms, terms_version
from conversations.choices import Consent
from conversations.form import Form
from conversations.messages import Button, Card, Message, Pressed, Say, act
from conversations.sme.menu import MORE, OFFERED_ELSEWHERE, STATUS
from locales import _
from services.companies import Company
from services.terms import accept_as_company, is_owed

if TYPE_CHECKING:
    from conversations.turn import Turn


class CompanyTerms(Form):
    """The terms that hold now; `about` names the plan that waits for them, if one does."""

    name = "terms.company"
    title = _("New terms of use")
    at_once = True

    consent = Consent(
        _("The terms have changed. Please read this. Do you agree?"),
        terms_version,
        terms(lambda facts: facts.programme.declarations.sme),
        agree=_("I agree"),
        label=_("Terms and declarations"),
    )

    async def complete(self, turn: Turn) -> None:
        """Accept them, and go on where they were missing."""
        await accept_as_company(turn.services, self.consent)
        plan_id, _colon, revision = self.draft.about.partition(":")
        ways = [STATUS]
        if revision:
            ways.insert(0, Button(_("Back to the plan"), act("plan.open", i=plan_id, r=revision)))
        turn.say(Say(_("Thank you. You have accepted the new terms."), quick=ways))


OFFERED_ELSEWHERE.add(CompanyTerms.name)


@on("terms.company")
async def read_terms(turn: Turn, pressed: Pressed) -> None:
    """Read the new terms."""
    await turn.start(CompanyTerms)


async def standing(turn: Turn, company: Company) -> list[Message]:
    """That new terms wait to be read, in the company's status."""
    if not is_owed(turn.services, company):
        return []
    return [
        Card(
            _("New terms of use"),
            body=[_("Please read and accept them before you agree on a plan.")],
            buttons=[Button(_("Read them"), act("terms.company"), "primary")],
            tone="tip",
        )
    ]


MORE.append(standing)
