"""What both sides of a plan do and hear in the same way: a few words to each other, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import plan_words
from conversations.acts import number, on
from conversations.form import Form
from conversations.messages import Button, Card, Fact, Message, Pressed, Say, act
from conversations.notices import worded
from conversations.questions import Story
from locales import _
from services.plans import LONGEST_NOTE, Plan
from services.programme import Deadline
from services.tips import mask_contacts

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice


class Note(Form):
    """A few words about a plan to the other side."""

    name = "plan.note"
    title = _("A message about the plan")
    submit = _("Send")

    text = Story(
        _("What would you like to say about this plan?"),
        at_most=LONGEST_NOTE,
        label=_("Message"),
        hint=_("Phone numbers and addresses are hidden until the contract."),
    )

    async def complete(self, turn: Turn) -> None:
        """Pass the words on."""
        plan_id = int(self.draft.about)
        _plan, by_sme = await turn.services.plans.of_either(plan_id)
        await turn.services.plans.note(plan_id, self.text)
        turn.say(Say(_("We have passed your message on."), quick=[open_button(plan_id, by_sme=by_sme)]))


def open_button(plan_id: int, *, by_sme: bool) -> Button:
    """Opens a plan on the side of whoever presses it."""
    return Button(_("See the plan"), act("plan.open" if by_sme else "plan.view", i=plan_id))


def talk_button(plan_id: int) -> Button:
    """Lets either side write to the other about a plan."""
    return Button(_("Ask or discuss"), act("plan.talk", i=plan_id))


@on("plan.talk")
async def write_note(turn: Turn, pressed: Pressed) -> None:
    """Write to the other side about a plan, while it has not ended."""
    plan, _by_sme = await turn.services.plans.of_either(number(pressed.act.args, "i"))
    turn.services.plans.require_live(plan)
    await turn.start(Note, str(plan.id))


async def told(services: Services, notice: Notice) -> tuple[Plan, bool]:
    """The plan that a notice is about, and whether it goes to the company."""
    plan = await services.plans.get(notice.ids["plan"])
    assert plan is not None
    expert = await plan_words.expert_of(services, plan)
    return plan, notice.person_id != expert.person_id


@worded("plan.note")
async def noted(services: Services, notice: Notice) -> list[Message]:
    """The other side's words."""
    plan, to_sme = await told(services, notice)
    note = await services.plans.get_note(notice.ids["note"])
    assert note is not None
    sender = (await plan_words.expert_of(services, plan)).display_name if to_sme else _("The company")
    return [
        Card(
            _("A message about plan {number}")(number=plan.number),
            facts=[
                Fact(_("Written by"), sender),
                Fact(_("What it is about"), await plan_words.about(services, plan)),
            ],
            body=[mask_contacts(note.text)],
            buttons=[
                Button(_("Answer"), act("plan.talk", i=plan.id), "primary"),
                open_button(plan.id, by_sme=to_sme),
            ],
        )
    ]


@worded("plan.agreed")
async def agreed(services: Services, notice: Notice) -> list[Message]:
    """Both sides agree."""
    plan, to_sme = await told(services, notice)
    return [await agreed_card(services, plan, to_sme=to_sme)]


async def agreed_card(services: Services, plan: Plan, *, to_sme: bool) -> Card:
    """What both sides agree on, and what happens next."""
    content = await services.plans.content(plan)
    lines = plan_words.to_company if to_sme else plan_words.to_expert
    return Card(
        _("You agree on plan {number}.")(number=plan.number),
        badge=plan_words.state(plan, to_sme=to_sme),
        facts=[
            *([Fact(_("Revision"), str(plan.revision))] if plan.revision > 1 else []),
            *await lines(services, plan, content),
        ],
        body=[
            _("The secretariat checks it now. Then both of you sign the contract here."),
            _("Please do not begin the support before the contract."),
        ],
        buttons=[open_button(plan.id, by_sme=to_sme)],
        tone="good",
    )


@worded("plan.expired")
async def expired(services: Services, notice: Notice) -> list[Message]:
    """The plan ended without an agreement, or before it could be approved."""
    plan, to_sme = await told(services, notice)
    title, body = _("Plan {number} has ended without an agreement."), [_("Thank you for your time.")]
    if notice.ids["chosen"]:
        title = _("Plan {number} was not approved in time.")
        body.insert(
            0,
            _("Contracts closed on {day}, so it has ended.")(
                day=services.programme.dates[Deadline.CONTRACT].closes
            ),
        )
    return [
        Card(
            title(number=plan.number),
            facts=[Fact(_("What it is about"), await plan_words.about(services, plan))],
            body=body,
            buttons=[open_button(plan.id, by_sme=to_sme)],
        )
    ]
