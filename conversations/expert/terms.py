"""An expert accepts new terms of use, before a plan is written under them (DOMAIN 9.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import on
from conversations.catalogue import terms, terms_version
from conversations.choices import Consent
from conversations.current import Part, Place, shown_at
from conversations.form import Form
from conversations.messages import Button, Card, Pressed, Say, act
from locales import _
from services.terms import accept_as_expert, is_owed

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services


class ExpertTerms(Form):
    """The terms that hold now."""

    name = "terms.expert"
    title = _("New terms of use")
    submit = _("I agree")

    consent = Consent(
        _("The terms have changed. Please read this. Do you agree?"),
        terms_version,
        terms(lambda facts: facts.programme.declarations.expert),
        agree=_("I agree"),
        label=_("Terms and declarations"),
    )

    async def complete(self, turn: Turn) -> None:
        """Accept them."""
        await accept_as_expert(turn.services, self.consent)
        turn.say(Say(_("Thank you. You have accepted the new terms.")))


async def asked_first(turn: Turn) -> bool:
    """Whether the acting expert was asked to accept new terms before anything else."""
    if not is_owed(turn.services, await turn.services.experts.mine()):
        return False
    await turn.start(ExpertTerms)
    return True


@on("terms.expert")
async def read_terms(turn: Turn, pressed: Pressed) -> None:
    """Read the new terms."""
    await turn.start(ExpertTerms)


@shown_at(Place.NEWCOMER)
async def waiting(services: Services) -> list[Part]:
    """That new terms wait to be read, at the expert's Home."""
    if services.person is None or not is_owed(services, await services.experts.mine()):
        return []
    return [
        Card(
            _("New terms of use"),
            body=[_("Please read and accept them before you write a plan.")],
            buttons=[Button(_("Read them"), act("terms.expert"), "primary")],
            tone="tip",
        )
    ]
