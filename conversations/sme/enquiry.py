"""A company is asked something about its case: it answers, declines, or exchanges contacts, on LINE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.enquiries_shown import (
    LONGEST,
    MASKED,
    STATE,
    YOURS_MASKED,
    about,
    asker,
    contact_card,
    latest,
    thread,
)
from conversations.form import Form
from conversations.messages import Button, Card, Deck, Fact, Message, Pressed, Say, Words, act
from conversations.notices import worded
from conversations.questions import Story
from conversations.sme import menu
from locales import _
from services.companies import Company
from services.enquiries import Enquiry, EnquiryState, Side
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice

AT_ONCE = 10
"""Cards that LINE shows side by side."""


class Answer(Form):
    """What a company answers; the draft is about the enquiry."""

    name = "enquiry.answer"
    title = _("Answer to the expert")
    submit = _("Send the answer")

    words = Story(
        _("What is your answer?"),
        at_most=LONGEST,
        label=_("Your answer"),
        hint=_("A short answer is fine. Phone and e-mail stay hidden until both agree."),
    )

    async def complete(self, turn: Turn) -> None:
        """Send it, and show what else waits."""
        services = turn.services
        enquiry = await services.enquiries.answer(int(self.draft.about), self.words)
        written = await latest(services, enquiry, Side.COMPANY)
        body: list[Words] = [_("Your answer was sent to {expert}.")(expert=await asker(services, enquiry))]
        if written.masked:
            body.append(YOURS_MASKED)
        buttons = [await _exchange(services, enquiry)]
        if waiting := len(await services.enquiries.waiting(enquiry.company_id)):
            body.append(_("{count} more questions wait for you.")(count=waiting))
            buttons.insert(0, LIST)
        title = await about(services, enquiry)
        turn.say(Card(title, badge=_("Sent"), body=body, buttons=buttons, quick=[menu.STATUS], tone="good"))


# --- how a question looks ------------------------------------------------------------------------------

LIST = Button(_("See the questions"), act("enquiry.waiting"), "primary")


async def question_card(services: Services, enquiry: Enquiry, lead: Sequence[Words] = ()) -> Card:
    """A question with the expert who asks, and what can be done about it as it is now."""
    asked = await latest(services, enquiry, Side.EXPERT)
    buttons = [
        Button(_("Answer"), act("enquiry.answer", i=enquiry.id, r=enquiry.revision), "primary"),
        Button(_("Later"), act("enquiry.later", i=enquiry.id, r=enquiry.revision)),
        Button(_("Decline"), act("enquiry.decline", i=enquiry.id, r=enquiry.revision)),
        await _exchange(services, enquiry),
    ]
    return Card(
        _("An expert has a question"),
        badge=STATE[EnquiryState(enquiry.state)],
        facts=[
            Fact(_("About"), await about(services, enquiry)),
            Fact(_("Expert"), await asker(services, enquiry)),
        ],
        body=[*lead, asked.text],
        note=MASKED if asked.masked else None,
        buttons=[] if enquiry.state == EnquiryState.DECLINED else buttons,
    )


async def _exchange(services: Services, enquiry: Enquiry) -> Button:
    if await services.enquiries.shared(enquiry.case_id, enquiry.expert_id):
        return Button(_("Show contacts"), act("enquiry.share_with_expert", i=enquiry.id))
    return Button(_("Exchange contacts"), act("enquiry.sharing", i=enquiry.id, r=enquiry.revision))


# --- buttons -------------------------------------------------------------------------------------------


@on("enquiry.answer")
async def answer(turn: Turn, pressed: Pressed) -> None:
    """Write the answer."""
    enquiry = await _current(turn, pressed)
    if enquiry is not None:
        await turn.services.enquiries.to_write(enquiry.id, Side.COMPANY)
        await turn.start(Answer, str(enquiry.id))


@on("enquiry.later")
async def later(turn: Turn, pressed: Pressed) -> None:
    """Not now; we come back to it tomorrow."""
    enquiry = await _current(turn, pressed)
    if enquiry is None:
        return
    await turn.services.enquiries.later(enquiry.id)
    turn.say(Say(_("All right. We remind you tomorrow."), quick=[LIST, menu.STATUS]))


@on("enquiry.decline")
async def decline(turn: Turn, pressed: Pressed) -> None:
    """Make sure, and offer to take no more questions from this expert."""
    enquiry = await _current(turn, pressed)
    if enquiry is None:
        return
    ids = {"i": enquiry.id, "r": enquiry.revision}
    turn.say(
        Card(
            _("Decline this question?"),
            badge=await asker(turn.services, enquiry),
            body=[_("The expert is told politely. A plan may still come.")],
            buttons=[
                Button(_("Decline it"), act("enquiry.declined", **ids), "danger"),
                Button(_("Decline and take no more"), act("enquiry.declined", **ids, b=1)),
                Button(_("Go back"), act("enquiry.show", **ids)),
            ],
            note=_("“Take no more” means: none from this expert about this case."),
        )
    )


@on("enquiry.declined")
async def declined(turn: Turn, pressed: Pressed) -> None:
    """Decline it."""
    enquiry = await _current(turn, pressed)
    if enquiry is None:
        return
    block = pressed.act.args.get("b") == "1"
    await turn.services.enquiries.decline(enquiry.id, enquiry.revision, block=block)
    said = _("Declined. You get no more questions from this expert about this case.")
    turn.say(Say(said if block else _("Declined. We told the expert politely."), quick=[menu.STATUS]))


@on("enquiry.show")
async def show(turn: Turn, pressed: Pressed) -> None:
    """A question as it is now, after what was written before."""
    enquiry = await _mine(turn, pressed)
    for part in await thread(turn.services, enquiry, Side.COMPANY):
        if isinstance(part, Say):
            turn.say(part)
    turn.say(await question_card(turn.services, enquiry))


@on("enquiry.waiting")
async def waiting_button(turn: Turn, pressed: Pressed) -> None:
    """All questions that wait."""
    company = await turn.services.companies.require_registered()
    waiting = await turn.services.enquiries.waiting(company.id)
    if not waiting:
        turn.say(Say(_("No question waits for you."), quick=[menu.STATUS]))
        return
    turn.say(await _deck(turn.services, waiting))


@on("enquiry.sharing")
async def sharing(turn: Turn, pressed: Pressed) -> None:
    """Say what exchanging contacts means, before it is agreed to."""
    enquiry = await _mine(turn, pressed)
    turn.say(
        Card(
            _("Exchange contacts?"),
            badge=await asker(turn.services, enquiry),
            body=[
                _("When both sides agree, the expert sees your name, phone and e-mail, and you see theirs."),
                _("This can't be taken back."),
            ],
            buttons=[
                Button(_("I agree"), act("enquiry.share_with_expert", i=enquiry.id), "primary"),
                Button(_("Not now"), act("enquiry.show", i=enquiry.id)),
            ],
        )
    )


@on("enquiry.share_with_expert")
async def share(turn: Turn, pressed: Pressed) -> None:
    """Agree to exchange contacts; when the expert has too, both see them."""
    enquiry = await _mine(turn, pressed)
    if await turn.services.enquiries.share(enquiry.id):
        turn.say(await contact_card(turn.services, enquiry, Side.EXPERT))
    else:
        turn.say(Say(_("You have agreed. We asked the expert and tell you the answer."), quick=[menu.STATUS]))


async def _mine(turn: Turn, pressed: Pressed) -> Enquiry:
    enquiry, side = await turn.services.enquiries.part(number(pressed.act.args, "i"))
    if side is not Side.COMPANY:
        raise Refusal(_("This question is not one of yours."))
    return enquiry


async def _current(turn: Turn, pressed: Pressed) -> Enquiry | None:
    """The question of a button, unless something happened since it was drawn: then it is shown as it is now."""
    enquiry = await _mine(turn, pressed)
    if number(pressed.act.args, "r") == enquiry.revision:
        return enquiry
    turn.say(await question_card(turn.services, enquiry, [WHAT_HAPPENED[EnquiryState(enquiry.state)]]))
    return None


WHAT_HAPPENED = {
    EnquiryState.WAITING: _("The expert wrote again since. This is the latest:"),
    EnquiryState.ANSWERED: _("This was answered already. You can write once more."),
    EnquiryState.DECLINED: _("This question was declined already."),
}


# --- what the company is told --------------------------------------------------------------------------


async def _named(services: Services, notice: Notice) -> Enquiry:
    enquiry = await services.enquiries.get(notice.ids["enquiry"])
    assert enquiry is not None
    return enquiry


async def _deck(services: Services, enquiries: Sequence[Enquiry]) -> Deck:
    cards = [await question_card(services, enquiry) for enquiry in enquiries[:AT_ONCE]]
    return Deck(_("{count} questions wait for you.")(count=len(enquiries)), cards, quick=[menu.STATUS])


@worded("enquiry.asked")
async def asked(services: Services, notice: Notice) -> list[Message]:
    """An expert asks something, or asks again."""
    enquiry = await _named(services, notice)
    return [await question_card(services, enquiry)] if enquiry.state == EnquiryState.WAITING else []


@worded("enquiry.bundle")
async def several(services: Services, notice: Notice) -> list[Message]:
    """Several questions at once, so that nobody is woken for each."""
    found = [await services.enquiries.get(enquiry_id) for enquiry_id in notice.ids["enquiries"]]
    waiting = [one for one in found if one is not None and one.state == EnquiryState.WAITING]
    return [await _deck(services, waiting)] if waiting else []


@worded("enquiry.share.company")
async def expert_shares(services: Services, notice: Notice) -> list[Message]:
    """The expert would like to exchange contacts."""
    enquiry = await _named(services, notice)
    return [
        Card(
            _("Exchange contacts?"),
            badge=await asker(services, enquiry),
            facts=[Fact(_("About"), await about(services, enquiry))],
            body=[
                _("The expert would like to exchange contact details with you."),
                _("When both sides agree, the expert sees your name, phone and e-mail, and you see theirs."),
            ],
            note=_("Nothing is shown until you agree as well."),
            buttons=[
                Button(_("I agree"), act("enquiry.share_with_expert", i=enquiry.id), "primary"),
                Button(_("Not now"), act("enquiry.show", i=enquiry.id)),
            ],
        )
    ]


@worded("enquiry.contacts.company")
async def contacts(services: Services, notice: Notice) -> list[Message]:
    """Both have agreed."""
    return [await contact_card(services, await _named(services, notice), Side.EXPERT)]


# --- in the status -------------------------------------------------------------------------------------


async def waiting_card(turn: Turn, company: Company) -> list[Message]:
    """How many questions wait, for the status of a business."""
    waiting = len(await turn.services.enquiries.waiting(company.id))
    if not waiting:
        return []
    return [Card(_("Questions from experts"), badge=_("{count} wait")(count=waiting), buttons=[LIST])]


menu.MORE.append(waiting_card)
