"""An expert asks a company about its case, and goes on talking in the thread of the question in the DM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.cases_shown import cut
from conversations.current import Part, Place, shown_at
from conversations.enquiries_shown import (
    LONGEST,
    MASKED,
    QUOTE,
    STATE,
    YOURS_MASKED,
    about,
    contact_card,
    latest,
    thread,
)
from conversations.form import Form
from conversations.menu import LISTENERS
from conversations.messages import Button, Card, Fact, Heading, Message, Pressed, Said, Say, Screen, act
from conversations.notices import worded
from conversations.questions import Page, Story
from conversations.vocabulary import meant
from locales import _
from services.cases import Case
from services.enquiries import Enquiry, EnquiryState, Side
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice

PAGE = Page(
    _("Ask the company"),
    _("It reads this on LINE. Please ask one thing, in plain words. Contact details are hidden for now."),
)
SHOWN = 3


class AskCompany(Form):
    """The first question about a case; the draft is about the case."""

    name = "enquiry.ask"
    title = _("Ask the company")
    submit = _("Send the question")

    page = PAGE
    words = Story(_("What would you like to know?"), at_most=LONGEST)

    async def complete(self, turn: Turn) -> None:
        """Send the question, and say what happens next."""
        await _sent(turn, await turn.services.enquiries.ask(int(self.draft.about), self.words))


class WriteAgain(Form):
    """One more message in a thread; the draft is about the enquiry."""

    name = "enquiry.write"
    title = _("Write to the company")
    submit = _("Send")

    page = PAGE
    words = Story(_("What would you like to say?"), at_most=LONGEST)

    async def complete(self, turn: Turn) -> None:
        """Send the message, and say what happens next."""
        await _sent(turn, await turn.services.enquiries.write(int(self.draft.about), self.words))


async def _sent(turn: Turn, enquiry: Enquiry) -> None:
    """What was written in a window is shown there, and stands in the thread as well."""
    turn.services.notices.tell("enquiry.sent", turn.person.id, thread=enquiry.thread, enquiry=enquiry.id)
    written = await latest(turn.services, enquiry, Side.EXPERT)
    body = [_("It was sent to the company. The answer comes into the thread in your messages.")]
    if written.masked:
        body.append(YOURS_MASKED)
    card = Card(
        await about(turn.services, enquiry),
        badge=STATE[EnquiryState(enquiry.state)],
        body=body,
        buttons=[_show(enquiry)],
        tone="good",
    )
    turn.say(Screen(_("Sent"), [card]))


def _show(enquiry: Enquiry) -> Button:
    return Button(_("Show the thread"), act("enquiry.thread", i=enquiry.id, r=enquiry.revision))


# --- buttons -------------------------------------------------------------------------------------------


@on("enquiry.ask")
async def ask(turn: Turn, pressed: Pressed) -> None:
    """Ask about a case, if it is open and takes questions."""
    case = await turn.services.enquiries.require_askable(number(pressed.act.args, "i"))
    await turn.start(AskCompany, str(case.id))


@on("enquiry.write")
async def write(turn: Turn, pressed: Pressed) -> None:
    """Write once more."""
    enquiry = await _mine(turn, pressed)
    if enquiry.state == EnquiryState.DECLINED:
        await show(turn, enquiry)
    else:
        await turn.services.enquiries.to_write(enquiry.id, Side.EXPERT)
        await turn.start(WriteAgain, str(enquiry.id))


@on("enquiry.thread")
async def open_thread(turn: Turn, pressed: Pressed) -> None:
    """The whole thread as it is now."""
    await show(turn, await _mine(turn, pressed))


@on("enquiry.share_with_company")
async def share(turn: Turn, pressed: Pressed) -> None:
    """Agree to exchange contacts; when the company has too, both see them."""
    enquiry = await _mine(turn, pressed)
    if await turn.services.enquiries.share(enquiry.id):
        turn.say(Screen(_("Contacts"), [await contact_card(turn.services, enquiry, Side.COMPANY)]))
        return
    waiting = _("You have agreed. We asked the company; we tell you when it agrees as well.")
    turn.say(Screen(_("Contacts"), [Card(waiting, buttons=[_show(enquiry)])]))


async def _mine(turn: Turn, pressed: Pressed) -> Enquiry:
    enquiry, side = await turn.services.enquiries.part(number(pressed.act.args, "i"))
    if side is not Side.EXPERT:
        raise Refusal(_("This question is not one of yours."))
    return enquiry


async def show(turn: Turn, enquiry: Enquiry) -> None:
    """A thread as the expert reads it, with what can be done now."""
    services = turn.services
    card = Card(
        await about(services, enquiry),
        badge=STATE[EnquiryState(enquiry.state)],
        buttons=await _ways(services, enquiry),
    )
    turn.say(Screen(_("Question"), [card, *await thread(services, enquiry, Side.EXPERT)]))


async def _ways(services: Services, enquiry: Enquiry) -> list[Button]:
    case = await services.cases.get(enquiry.case_id)
    assert case is not None
    ways = [
        Button(_("Propose"), act("plan.propose", i=case.id, r=case.revision)),
        Button(_("Case"), act("case.open", i=case.id, r=case.revision)),
    ]
    if enquiry.state != EnquiryState.DECLINED:
        first = Button(_("Write again"), act("enquiry.write", i=enquiry.id, r=enquiry.revision), "primary")
        ways = [first, *ways, await _exchange(services, enquiry)]
    return ways


async def _exchange(services: Services, enquiry: Enquiry) -> Button:
    does = act("enquiry.share_with_company", i=enquiry.id, r=enquiry.revision)
    if await services.enquiries.shared(enquiry.case_id, enquiry.expert_id):
        return Button(_("Show contacts"), does)
    return Button(
        _("Exchange contacts"),
        does,
        confirm=_("When both sides agree, each sees the other's name, phone and e-mail. Do you agree?"),
    )


# --- typed in the thread -------------------------------------------------------------------------------

FOR_US = ("help", "menu")
"""Words that are meant for the app even there."""


async def hear_reply(turn: Turn, said: Said) -> bool:
    """Claim what is typed in the thread of a question: it goes to the company, or it is said why it does not."""
    about_what, _colon, ref = (said.thread or "").partition(":")
    if about_what != "enquiry" or meant(said.text) in FOR_US:
        return False
    services = turn.services
    try:
        words = WriteAgain.words.hear(said.text, turn.facts)
        enquiry = await services.enquiries.write(number({"i": ref}, "i"), words)
    except Refusal as refusal:
        raise Refusal(_("This was not sent. {reason}")(reason=refusal.reason)) from refusal
    done = _("Sent to the company. Its answer comes into this thread.")
    if (await latest(services, enquiry, Side.EXPERT)).masked:
        turn.say(Card(done, body=[YOURS_MASKED], buttons=[await _exchange(services, enquiry)]))
    else:
        turn.say(Say(done))
    return True


LISTENERS.append(hear_reply)


# --- what the expert is told ---------------------------------------------------------------------------


async def _named(services: Services, notice: Notice) -> Enquiry:
    enquiry = await services.enquiries.get(notice.ids["enquiry"])
    assert enquiry is not None
    return enquiry


@worded("enquiry.sent")
async def sent(services: Services, notice: Notice) -> list[Message]:
    """What the expert has written in a window; the first of it is the root of the thread."""
    enquiry = await _named(services, notice)
    written = await latest(services, enquiry, Side.EXPERT)
    buttons = [_show(enquiry)]
    body = [_("You wrote: “{words}”")(words=written.text)]
    if written.masked:
        body.append(YOURS_MASKED)
        buttons.append(await _exchange(services, enquiry))
    return [
        Card(
            await about(services, enquiry),
            body=body,
            note=_("Answers come into this thread. What you reply here goes to the company."),
            buttons=buttons,
        )
    ]


@worded("enquiry.answered")
async def answered(services: Services, notice: Notice) -> list[Message]:
    """The company has answered; the question is quoted, for several may be waiting."""
    enquiry = await _named(services, notice)
    asked = await latest(services, enquiry, Side.EXPERT)
    answer = await latest(services, enquiry, Side.COMPANY)
    return [
        Card(
            await about(services, enquiry),
            badge=_("The company has answered"),
            body=[_("You asked: “{words}”")(words=cut(asked.text)), answer.text],
            note=MASKED if answer.masked else None,
            buttons=[*await _ways(services, enquiry), _show(enquiry)],
        )
    ]


@worded("enquiry.declined")
async def declined(services: Services, notice: Notice) -> list[Message]:
    """The company does not want to answer."""
    enquiry = await _named(services, notice)
    asked = await latest(services, enquiry, Side.EXPERT)
    return [
        Card(
            await about(services, enquiry),
            badge=STATE[EnquiryState.DECLINED],
            body=[
                _("You asked: “{words}”")(words=cut(asked.text)),
                _("The company would rather not answer this. You can still send a plan while it is open."),
            ],
            buttons=await _ways(services, enquiry),
        )
    ]


@worded("enquiry.share.expert")
async def company_shares(services: Services, notice: Notice) -> list[Message]:
    """The company would like to exchange contacts."""
    enquiry = await _named(services, notice)
    return [
        Card(
            await about(services, enquiry),
            body=[_("The company would like to exchange contact details with you.")],
            note=_("Nothing is shown until you agree as well."),
            buttons=[await _exchange(services, enquiry), _show(enquiry)],
        )
    ]


@worded("enquiry.contacts.expert")
async def contacts(services: Services, notice: Notice) -> list[Message]:
    """Both have agreed."""
    return [await contact_card(services, await _named(services, notice), Side.COMPANY)]


# --- in other screens ----------------------------------------------------------------------------------


async def asked_about(services: Services, case: Case) -> list[Part]:
    """The expert's own questions about a case, below its details."""
    mine = [enquiry for enquiry in await services.enquiries.asked(limit=50) if enquiry.case_id == case.id]
    return [await _line(services, enquiry) for enquiry in mine]


async def _line(services: Services, enquiry: Enquiry) -> Card:
    asked = await latest(services, enquiry, Side.EXPERT)
    return Card(
        await about(services, enquiry),
        badge=STATE[EnquiryState(enquiry.state)],
        facts=[Fact(_("You asked"), cut(asked.text, QUOTE))],
        buttons=[_show(enquiry)],
    )


@shown_at(Place.TALKS)
async def home(services: Services) -> list[Part]:
    """The latest threads of an expert."""
    threads = await services.enquiries.asked(SHOWN)
    if not threads:
        return []
    return [Heading(_("Your questions")), *[await _line(services, enquiry) for enquiry in threads]]
