"""How a talk with a person of the secretariat looks: what is passed on, where it stands, and when somebody is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import TYPE_CHECKING, Any

from conversations import form as engine
from conversations import forms_shown
from conversations.form import Form
from conversations.messages import Button, Card, Fact, Words, act
from conversations.questions import Facts, Line, Question
from conversations.words import STANDING
from locales import Text, _
from services.answers import Draft
from services.companies import Company, Standing
from services.experts import Expert
from services.handoffs import Half, Handoff, HandoffState, Packet, Slot
from services.values import (
    AccountHolderKana,
    BankAccountNumber,
    CorporateNumber,
    EmailAddress,
    Kana,
    PersonName,
    PhoneNumber,
    PostalCode,
)

if TYPE_CHECKING:
    from services.bundle import Services

PERSONAL_VALUES = (
    AccountHolderKana,
    BankAccountNumber,
    CorporateNumber,
    EmailAddress,
    Kana,
    PersonName,
    PhoneNumber,
    PostalCode,
)
PERSONAL_KINDS = ("document", "search")
"""Kinds of question whose answers are files, or a bank."""
PERSONAL_KEYS = ("street", "born_on", "account_kind")
"""Questions of the same sort that are of an ordinary kind."""

STATE: dict[HandoffState, Text] = {
    HandoffState.WAITING: _("Waiting for somebody"),
    HandoffState.TAKEN: _("With a clerk"),
    HandoffState.ENDED: _("Asked if it is solved"),
    HandoffState.CLOSED: _("Closed"),
}
PLACE: dict[str, Text] = {"line": _("Small business, on LINE"), "slack": _("Expert, in Slack")}
CALL = Button(_("Please call me"), act("handoff.call"))
WITHDRAW = Button(_("I am fine now"), act("handoff.withdraw"))


def is_personal(question: Question[Any]) -> bool:
    """Whether answers to it stay with the form: contact, bank and identity data, and files."""
    return (
        question.private
        or question.kind in PERSONAL_KINDS
        or question.key in PERSONAL_KEYS
        or (isinstance(question, Line) and question.value in PERSONAL_VALUES)
    )


# --- what is passed on ---------------------------------------------------------------------------------


def packet_of(form: type[Form], draft: Draft, facts: Facts, misheard: str | None = None) -> Packet:
    """Where somebody is in a form, what they answered and what was not understood, without personal answers."""
    path = engine.walk(form, draft, facts)
    here = engine.current(path, draft)
    given = [stop for stop in path if stop.kept not in (None, "") and not stop.by_itself]
    open_ = {stop.question.key: stop.kept or "" for stop in given if not is_personal(stop.question)}
    secret = here is not None and is_personal(here.question)
    return Packet(
        form=form.name,
        question=here.question.key if here else None,
        draft_id=draft.id,
        answers=open_,
        left_out=len(given) - len(open_) + bool(secret and misheard),
        misheard=None if secret else misheard,
    )


def packet_facts(packet: Packet, facts: Facts) -> list[Fact]:
    """A packet as whoever reads it sees it."""
    shown = [Fact(_("Step"), topic(packet.form, packet.question, packet.record))]
    form = Form.all.get(packet.form or "")
    if form is not None:
        path = engine.walk(form, Draft(form.name, answers=packet.answers), facts)
        shown += forms_shown.facts([stop for stop in path if stop.question.key in packet.answers])
    if packet.misheard:
        shown.append(Fact(_("Not understood"), packet.misheard))
    if packet.added:
        shown.append(Fact(_("In their own words"), packet.added))
    return shown


def topic(form_name: str | None, question_key: str | None, record: str | None) -> Words:
    """What it is about, in one line without personal data."""
    form = Form.all.get(form_name or "")
    if form is None:
        return record or _("Menu")
    question = form.question(question_key or "")
    if question is None:
        return _("{form}: checking the answers")(form=form.title)
    return _("{form}: {question}")(form=form.title, question=question.label)


# --- when somebody is there ----------------------------------------------------------------------------


def when_answered(services: Services) -> Text:
    """When an answer can be expected, honestly."""
    opens = services.handoffs.opens_at()
    if opens is None:
        return _("Somebody of the secretariat answers here soon.")
    return _("We are closed now. We answer in order from {when}.")(when=opens)


def slot_words(slot: Slot, services: Services) -> Text:
    """Half a business day with its hours."""
    first, last = slot.hours(services.programme.office)
    return SLOT[slot.half](day=slot.day, first=_hour(first), last=_hour(last))


SLOT: dict[Half, Text] = {
    Half.MORNING: _("{day} morning ({first} to {last})"),
    Half.AFTERNOON: _("{day} afternoon ({first} to {last})"),
}


def _hour(at: time) -> str:
    return f"{at.hour}:{at:%M}"


def slot_of(handoff: Handoff) -> Slot | None:
    """When the person would like to be called, if they asked for it."""
    if handoff.call_day is None or handoff.call_half is None:
        return None
    return Slot(handoff.call_day, Half(handoff.call_half))


# --- where it stands -----------------------------------------------------------------------------------


async def standing_card(services: Services, handoff: Handoff, lead: Sequence[Words] = ()) -> Card:
    """A talk as the person who asked for it sees it."""
    slot = slot_of(handoff)
    facts = [Fact(_("Number"), handoff.number)]
    if handoff.taken_by is not None:
        facts.append(Fact(_("Clerk"), await services.reviews.name(handoff.taken_by)))
    if slot is not None:
        facts.append(Fact(_("Call"), slot_words(slot, services)))
    body: list[Words] = [*lead]
    if handoff.state == HandoffState.WAITING:
        body.append(when_answered(services))
    body.append(_("Whatever you write here reaches them. Photos are fine too."))
    return Card(
        _("You are talking to the secretariat"),
        badge=STATE[HandoffState(handoff.state)],
        facts=facts,
        body=body,
        buttons=[CALL, WITHDRAW],
    )


async def registered_as(services: Services, handoff: Handoff) -> Words:
    """Whether the person is registered, by number; never a name."""
    known: Company | Expert | None = await services.companies.of(handoff.person_id)
    known = known or await services.experts.of(handoff.person_id)
    if known is None:
        return _("Not registered yet")
    return _("{number} ({state})")(number=known.number, state=STANDING[Standing(known.standing)])


async def phone_of(services: Services, person_id: int) -> str | None:
    """The telephone number that we know of somebody."""
    known: Company | Expert | None = await services.companies.of(person_id)
    known = known or await services.experts.of(person_id)
    return str(PhoneNumber(known.phone)) if known is not None else None
