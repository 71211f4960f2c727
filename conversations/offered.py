"""Typed words for a button: what was offered last may be named, numbered, or answered with yes and no."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conversations import menu
from conversations.acts import WORDS
from conversations.messages import Act, Ask, Button, Card, Deck, Message, Option, Say
from conversations.questions import tidy
from conversations.vocabulary import meant
from locales import _
from locales.language import Speaker, speaker
from services.offers import hold
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

OF_A_FORM = "form."
"""Acts of an open question; a form understands typed answers by itself."""


@dataclass(frozen=True)
class Offer:
    """One thing to press: its words, what it does, whether it is the main thing, and its number in a list."""

    label: str
    act: Act
    main: bool = False
    number: int | None = None


async def remember(turn: Turn) -> None:
    """Keep what is offered in answer, unless a form's question stands open."""
    shown = [offer for message in turn.said for offer in _offers(message, turn.facts.say)]
    if shown and not any(offer.act.name.startswith(OF_A_FORM) for offer in shown):
        await turn.services.offers.hold(_kept(shown))


async def remember_told(services: Services, person_id: int, told: Sequence[Message], language: str) -> None:
    """Keep what is offered to somebody who is told something in a chat, so that it may be answered in words."""
    shown = [offer for message in told for offer in _offers(message, speaker(language))]
    if shown:
        await hold(services.connection, person_id, _kept(shown), pushed=True)


def _kept(shown: Sequence[Offer]) -> list[dict[str, Any]]:
    return [
        {"l": one.label, "a": one.act.name, "w": dict(one.act.args), "m": one.main, "n": one.number}
        for one in shown
    ]


PLAIN = ("yes", "ok", "no", "cancel")
"""Words that answer what was asked last; others that lead somewhere of their own do not stand for a button."""
BINDING = frozenset(
    {
        "case.cancel_yes",
        "claim.no_refund",
        "claim.refund_sure",
        "contract.change_sure",
        "contract.sign_sure",
        "enquiry.declined",
        "enquiry.share_with_expert",
        "form.send",
        "invoice.paid_on",
        "plan.agree",
        "plan.decline_sure",
        "report.rate",
        "request.cancel_yes",
        "session.begin",
        "session.denied_sure",
        "session.right",
        "suggested.tell",
    }
)
"""Acts that cost somebody something, agree to something or end it: a nod or a sticker alone does none of them."""


def asked_once_more(offer: Offer) -> Card:
    """The offer by itself, for whoever has only nodded to it."""
    return Card(
        _("To be sure, please press the button."),
        body=[_("This counts from the moment you press it.")],
        buttons=[Button(offer.label, offer.act, "primary")],
        quick=[menu.MENU, menu.HELP],
        tone="review",
    )


async def chosen(turn: Turn, typed: str, meaning: str | None) -> Offer | None:
    """What the typed words would have pressed; None when they name nothing, or by what they mean more than one thing.

    Raises Refusal when they are the words of several buttons.
    """
    held = [
        Offer(one["l"], Act(one["a"], one["w"]), one["m"], one["n"])
        for one in await turn.services.offers.held()
    ]
    bare = tidy(typed).casefold()
    labelled = [one for one in held if tidy(one.label).casefold() == bare]
    if len({one.act for one in labelled}) > 1:
        raise Refusal(_("There are several of these. Please press the button on the one that you mean."))
    for named in (
        labelled,
        [one for one in held if one.number is not None and str(one.number) == bare],
        [one for one in held if meaning in PLAIN or meaning not in WORDS if _means(one, meaning)],
    ):
        if len({one.act for one in named}) == 1:
            return named[0]
    return None


def _means(offer: Offer, meaning: str | None) -> bool:
    """Whether yes, no or another word stands for a button: by its words, or for yes as the main one."""
    if meaning is None:
        return False
    if meaning in ("yes", "ok"):
        return offer.main or meant(first_words(offer.label)) in ("yes", "ok")
    return meant(first_words(offer.label)) == meaning


def first_words(label: str) -> str:
    """A label up to its first comma: "No, keep it" says no."""
    for comma in ("\u3001", ","):
        label = label.partition(comma)[0]
    return label


def _offers(message: Message, say: Speaker) -> Iterator[Offer]:
    match message:
        case Card(buttons=buttons, quick=quick):
            yield from _pressable([*buttons, *quick], say)
        case Deck(cards=cards, quick=quick):
            for card in cards:
                yield from _pressable(card.buttons, say)
            yield from _pressable(quick, say)
        case Ask(options=options, buttons=buttons, quick=quick):
            yield from _numbered(options, say)
            yield from _pressable([*buttons, *quick], say)
        case Say(quick=quick):
            yield from _pressable(quick, say)
        case _:
            pass


def _pressable(buttons: Sequence[Button], say: Speaker) -> Iterator[Offer]:
    for button in buttons:
        if isinstance(button.does, Act):
            yield Offer(say(button.label), button.does, button.style in ("primary", "danger"))


def _numbered(options: Sequence[Option], say: Speaker) -> Iterator[Offer]:
    for number, option in enumerate(options, start=1):
        yield Offer(say(option.label), option.act, number=number)
