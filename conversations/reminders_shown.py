"""What a reminder says: what is to be done now, the button that does it, "later" and "no more of this"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conversations import engagement_shown, words
from conversations.acts import number, on
from conversations.form import Form
from conversations.menu import ways_on
from conversations.messages import Act, Button, Card, Message, Pressed, Say, Words, act
from conversations.notices import worded
from locales import _
from services.answers import DONE
from services.next_steps import MINE
from services.plan_records import TALKING
from services.refusals import Refusal
from services.reminder_rules import Need

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice


@dataclass(frozen=True)
class Shown:
    """What is to be done: about what, in a sentence, and by which button."""

    title: Words
    body: Words
    button: Button | None = None
    note: Words | None = field(default=None)


LATER = _("Later")
Showing = Callable[["Services", Need], Awaitable[Shown | None]]
SHOWN: dict[str, Showing] = {}


def shown(what: str) -> Callable[[Showing], Showing]:
    """Word reminders of this thing with this function."""

    def register(showing: Showing) -> Showing:
        SHOWN[what] = showing
        return showing

    return register


@worded("reminder.deadline")
@worded("reminder.open")
async def reminder(services: Services, notice: Notice) -> list[Message]:
    """A reminder as it is now; nothing when the thing has been done since, or its day is over."""
    what, ref = notice.ids["what"], notice.ids["ref"]
    need = await services.reminders.need(what, ref, notice.person_id)
    today = services.programme.today(services.now)
    if need is None or (need.until is not None and today > need.until):
        return []
    said = await SHOWN.get(what, of_contract)(services, need)
    return [] if said is None else [_card(services, need, ref, said)]


def _card(services: Services, need: Need, ref: int, said: Shown) -> Card:
    last = need.until is not None and services.programme.today(services.now) == need.until
    badge = None
    if need.until is not None:
        badge = _("Today is the last day") if last else _("Until {day}")(day=need.until)
    about = {"k": need.what, "i": ref}
    buttons = [
        *([said.button] if said.button else []),
        *([] if last else [Button(LATER, act("reminder.later", **about))]),
        Button(_("Remind me no more"), act("reminder.stop", **about)),
    ]
    return Card(said.title, badge=badge, body=[said.body], note=said.note, buttons=buttons, tone="tip")


def _primary(label: Words, does: Act) -> Button:
    return Button(label, does, "primary")


# --- each thing ----------------------------------------------------------------------------------------


async def of_contract(services: Services, need: Need) -> Shown | None:
    """The step of a contract that waits for this side."""
    contract = await services.contracts.get(need.ids["contract"])
    assert contract is not None
    of = await services.engagements.of(contract, by_company=need.ids["company"])
    sentences = engagement_shown.FOR_COMPANY if of.by_company else engagement_shown.FOR_EXPERT
    if of.step not in MINE:
        return None
    ways = engagement_shown.ways(of) or [Button(_("See all of it"), act("engagement.open", i=contract.id))]
    button = replace(ways[0], style="primary")
    return Shown(await engagement_shown.title(services, of), sentences[of.step], button)


@shown("draft")
async def draft(services: Services, need: Need) -> Shown | None:
    """A form that was begun."""
    form = Form.all.get(need.ids["form"])
    if form is None:
        return None
    go_on = _primary(_("Go on"), act("reminder.go_on", d=need.ids["draft"]))
    body = _("You have begun “{form}”. Your answers are kept.")(form=form.title)
    return Shown(_("Not finished yet"), body, go_on)


@shown("correct")
async def correction(services: Services, need: Need) -> Shown | None:
    """Something that the secretariat has returned."""
    review = await services.reviews.get(need.ids["review"])
    assert review is not None
    does = act(f"{review.kind}.correct", **({} if review.kind in ALONE else {"i": review.subject_id}))
    return Shown(
        words.SUBJECT[review.kind],
        _("The secretariat asked you to correct a few answers."),
        _primary(_("Correct it"), does),
        _("Only these are asked again. It takes a minute."),
    )


ALONE = ("company", "expert")
"""Of these everybody has one, so the button names none."""


@shown("proposals")
async def proposals(services: Services, need: Need) -> Shown | None:
    """Proposals for a case."""
    case = await services.cases.get(need.ids["case"])
    assert case is not None
    count = len(await services.plans.for_case(case.id, TALKING))
    return Shown(
        _("{title} ({number})")(title=case.title, number=case.number),
        _("{count} proposals wait for your answer. A few words are enough.")(count=count),
        _primary(_("See the proposals"), act("plan.compare", i=case.id)),
    )


@shown("plan")
async def plan(services: Services, need: Need) -> Shown | None:
    """The plan that answers a direct request."""
    found = await services.plans.get(need.ids["plan"])
    assert found is not None
    return Shown(
        _("Proposal {number}")(number=found.number),
        _("The expert has sent you a plan and waits for your answer."),
        _primary(_("See details"), act("plan.open", i=found.id, r=found.revision)),
    )


@shown("request")
async def request(services: Services, need: Need) -> Shown | None:
    """A direct request without an answer."""
    found = await services.requests.get(need.ids["request"])
    assert found is not None
    return Shown(
        _("Direct request {number}")(number=found.number),
        _("A company has asked you and waits for your answer."),
        _primary(_("See the request"), act("request.open", i=found.id)),
    )


@shown("propose")
async def propose(services: Services, need: Need) -> Shown | None:
    """A direct request that was accepted and has no plan yet."""
    found = await services.requests.get(need.ids["request"])
    assert found is not None
    return Shown(
        _("Direct request {number}")(number=found.number),
        _("You have accepted it. The company waits for your plan."),
        _primary(_("Write a plan"), act("plan.for_request", i=found.id)),
    )


# --- what is said to them ------------------------------------------------------------------------------


@on("reminder.go_on")
async def go_on(turn: Turn, pressed: Pressed) -> None:
    """Go on with a form where it was left."""
    kept = await turn.services.drafts.get(number(pressed.act.args, "d"))
    form = Form.all.get(kept.form) if kept else None
    if kept is None or form is None:
        raise Refusal(_("This button no longer works. Please start from the menu."))
    if kept.state == DONE:
        raise Refusal(
            _("This button belongs to “{form}”, which you sent on {when}.")(
                form=form.title, when=kept.updated_at
            )
        )
    await turn.start(form, kept.about)


@on("reminder.later")
async def later(turn: Turn, pressed: Pressed) -> None:
    """Tomorrow, please."""
    what, ref = pressed.act.args.get("k", ""), number(pressed.act.args, "i")
    day = await turn.services.reminders.later(what, ref)
    turn.say(Say(_("All right. We tell you again on {day}.")(day=day), quick=ways_on(turn)))


@on("reminder.stop")
async def stop(turn: Turn, pressed: Pressed) -> None:
    """No more of this, please; who changes their mind can say so at once."""
    what, ref = pressed.act.args.get("k", ""), number(pressed.act.args, "i")
    await turn.services.reminders.stop(what, ref)
    back = Button(_("Remind me after all"), act("reminder.resume", k=what, i=ref))
    turn.say(
        Say(
            _("All right. We remind you of this no more. Nothing else changes."), quick=[back, *ways_on(turn)]
        )
    )


@on("reminder.resume")
async def resume(turn: Turn, pressed: Pressed) -> None:
    """Reminders of this after all."""
    await turn.services.reminders.resume(pressed.act.args.get("k", ""), number(pressed.act.args, "i"))
    turn.say(Say(_("We remind you of this again."), quick=ways_on(turn)))
