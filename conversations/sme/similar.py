"""Cases of others to learn from, while an owner tells the own one: none can be recognised, and none is copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import chat, menu
from conversations import form as engine
from conversations.acts import on
from conversations.form import Stop
from conversations.messages import Button, Card, Deck, Fact, Pressed, Words, act
from conversations.sme.case import CaseForm
from locales import Text, _
from services import tips
from services.answers import Draft
from services.refusals import Refusal
from services.similar_cases import Example, Range, Similar, similar
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn

WORDS_FROM = ("issue", "background", "trade")
"""By which of the answers so far others are looked for: the one that says most."""
PATTERNS: dict[str, Text] = {
    "background": _("“(How many) of us run (what). (Who) does (which work) with (what), (how often).”"),
    "issue": _("“With (which work), (what) goes wrong (how often). It takes (how long).”"),
    "goal": _("“By (when) we want (what) to become (how). Please help us think about (what).”"),
    "current_tools": _("“(Paper or telephone), (software), (devices and how many)”"),
}
"""How each question is answered well, with brackets to be filled in."""
HIDDEN = _("Names, places and exact figures are hidden.")
OWN_WORDS = _("Please write in your own words.")


@on("similar.cases")
async def show(turn: Turn, pressed: Pressed) -> None:
    """A few cases like the one that is being written, and what most of them have in mind."""
    draft, path = await _case(turn, pressed)
    values = engine.values_of(path)
    area = values.get("area")
    if area is None:
        raise Refusal(_("Please choose an area first."))
    words = next((values[key] for key in WORDS_FROM if values.get(key)), "")
    found = await similar(turn.services, area, words)
    cards = [_case_card(turn, area, one) for one in found.examples] or _made_up(
        turn, area, values.get("trade")
    )
    figures = _figures(found)
    if figures:
        cards.append(
            Card(
                _("What most of them have in mind"),
                badge=turn.services.programme.area(area).label,
                facts=figures,
                body=[_("These are rough figures from {count} cases.")(count=found.count)],
            )
        )
    back = [
        Button(_("Show me the pattern"), act("similar.pattern", d=draft.id)),
        Button(_("Back to the question"), act("form.resume", d=draft.id), "primary"),
        menu.HELP,
    ]
    lead = _("Here are cases like yours.") if found.examples else _("Here is a made-up case for this area.")
    turn.say(Deck(lead, cards, quick=back))


@on("similar.pattern")
async def show_pattern(turn: Turn, pressed: Pressed) -> None:
    """The open question once more, with a pattern to be filled in; the words of others are not taken over."""
    draft, path = await _case(turn, pressed)
    here = engine.current(path, draft)
    pattern = PATTERNS.get(here.question.key) if here is not None else None
    lead: list[Words] = [pattern, _("Fill in the brackets with your own words.")] if pattern else []
    await chat.proceed(turn, CaseForm, draft, lead, path)


async def _case(turn: Turn, pressed: Pressed) -> tuple[Draft, list[Stop]]:
    """The live draft of a case that a button belongs to, and the way through it."""
    form, draft = await chat.own(turn, pressed)
    if form is not CaseForm:
        raise Refusal(_("This button no longer works. Please start from the menu."))
    return draft, engine.walk(form, draft, turn.facts)


def _case_card(turn: Turn, area: str, one: Example) -> Card:
    programme = turn.services.programme
    return Card(
        programme.area(area).label,
        badge=_("A case of another company")
        if one.industry is None
        else programme.industry(one.industry).label,
        body=[_("[Problem]\n{words}")(words=one.problem), _("[Goal]\n{words}")(words=one.goal)],
        note=_("{first} {second}")(first=HIDDEN, second=OWN_WORDS),
    )


def _made_up(turn: Turn, area: str, trade: str | None) -> list[Card]:
    """A good example of the programme's own, where too few companies have such a case to tell of one."""
    told = [tips.example(key, area=area, trade=trade, lang=turn.facts.language) for key in ("issue", "goal")]
    problem, goal = (words or "" for words in told)
    return [
        Card(
            turn.services.programme.area(area).label,
            badge=_("Made-up example"),
            body=[_("[Problem]\n{words}")(words=problem), _("[Goal]\n{words}")(words=goal)],
            note=OWN_WORDS,
        )
    ]


def _figures(found: Similar) -> list[Fact]:
    facts = []
    if found.proposals is not None:
        low, high = found.proposals
        words = _("{low} to {high} in most")(low=low, high=high) if high else _("None yet in most")
        facts.append(Fact(_("Proposals so far"), words))
    if found.hours is not None:
        facts.append(
            Fact(_("Rough hours"), _between(found.hours, _("{low} to {high} hours"), _("Up to {high} hours")))
        )
    if found.budget is not None:
        low, high = (Yen(amount) for amount in found.budget)
        facts.append(Fact(_("Own budget"), _between((low, high), _("{low} to {high}"), _("Up to {high}"))))
    return facts


def _between(limits: Range | tuple[Yen, Yen], both: Text, upper: Text) -> Text:
    low, high = limits
    return both(low=low, high=high) if low else upper(high=high)
