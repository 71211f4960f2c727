"""A small business looks after its cases: where each one stands, and what can be done with it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.cases_shown import STATE, area_of, case_card, count_of, cut
from conversations.menu import HELP
from conversations.messages import Button, Card, Deck, Fact, Message, Pick, Pressed, Say, Words, act
from conversations.notices import worded
from conversations.sme.case import MY_CASES, CaseForm
from conversations.sme.menu import MORE, OFFERED_ELSEWHERE, named
from locales import Text, _
from services import case_days, case_interest, unanswered_cases
from services.answers import Draft
from services.cases import KIND, OPEN_STATES, Case, CaseState
from services.companies import Company, Standing
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice

SHOWN = 10
WRITE = Button(_("Write a case"), act("menu.write_case"), "primary")
SENTENCE = {
    CaseState.UNDER_REVIEW: _("The secretariat is looking at it."),
    CaseState.DEFICIENT: _("Please correct a few answers. Then it is looked at again."),
    CaseState.PUBLISHED: _("Experts can see it and send proposals."),
    CaseState.NOT_WANTED: _("Experts can't see it until you want proposals again."),
    CaseState.NEGOTIATING: _("You are talking with experts. More proposals may come."),
    CaseState.PLAN_AGREED: _("You have agreed on a plan. The secretariat looks at it next."),
    CaseState.CONTRACTED: _("The contract is concluded. An expert supports you now."),
    CaseState.CLOSED: _("This case is closed."),
    CaseState.EXPIRED: _("No new proposals come. You can extend the deadline."),
    CaseState.CANCELLED: _("You have taken this case back."),
    CaseState.HIDDEN: _("Experts can't see it at the moment."),
    CaseState.REJECTED: _("Sorry, this case could not be accepted."),
}
TONES = {
    CaseState.DEFICIENT: "tip",
    CaseState.PUBLISHED: "good",
    CaseState.NEGOTIATING: "good",
    CaseState.PLAN_AGREED: "good",
    CaseState.CONTRACTED: "good",
    CaseState.REJECTED: "bad",
}
ENDED = (CaseState.CLOSED, CaseState.CANCELLED, CaseState.REJECTED)
PROPOSED_TO = (*OPEN_STATES, CaseState.NOT_WANTED, CaseState.EXPIRED, CaseState.PLAN_AGREED)


# --- the list ------------------------------------------------------------------------------------------


@on("menu.cases")
async def list_button(turn: Turn, pressed: Pressed) -> None:
    """My cases, please."""
    await show_cases(turn)


async def show_cases(turn: Turn) -> None:
    """Every case with its state and what can be done; one half written comes first."""
    await turn.services.companies.require_registered()
    mine = await turn.services.cases.mine()
    cards = [
        await own_card(turn.services, case)
        for case in sorted(mine, key=lambda case: case.state in ENDED)[:SHOWN]
    ]
    draft = await turn.services.drafts.live(CaseForm.name)
    if draft is not None:
        cards = [begun(draft), *cards][:SHOWN]
    if cards:
        write = [] if draft else [Button(_("Write a new case"), act("menu.write_case"))]
        turn.say(Deck(_("Your cases"), cards, quick=[*write, HELP]))
    else:
        turn.say(nothing_yet())


def begun(draft: Draft) -> Card:
    """A case that is not sent yet, with the way back into it."""
    return Card(
        _("A case you have begun"),
        badge=_("Not sent yet"),
        body=[cut(draft.answers["issue"])] if draft.answers.get("issue") else [],
        buttons=[Button(_("Go on"), act("form.resume", d=draft.id), "primary")],
    )


def nothing_yet() -> Card:
    """What a case is, for somebody who has none."""
    return Card(
        _("What would you like help with?"),
        body=[
            _("Write down one problem; experts then send you proposals."),
            _("There is a tip and an example for every question."),
        ],
        buttons=[WRITE],
        quick=[HELP],
    )


async def own_card(services: Services, case: Case, lead: Words | None = None) -> Card:
    """One case as its company sees it: state, deadline, proposals so far, and what can be done."""
    state = CaseState(case.state)
    facts = [Fact(_("Number"), case.number), Fact(_("Area"), area_of(case, services.programme))]
    proposals = await services.plans.count_for_case(case.id) if state in PROPOSED_TO else 0
    if state in PROPOSED_TO:
        facts += [
            Fact(_("Deadline for proposals"), _("{day}")(day=case.proposal_deadline)),
            Fact(_("Proposals so far"), count_of(proposals)),
        ]
    body: list[Words] = [lead] if lead else []
    hidden = state in OPEN_STATES and await case_interest.is_hidden_now(services, case.id)
    first = [still_looking(case)] if hidden else []
    if not hidden and await unanswered_cases.is_unanswered(services, case):
        first = [Button(_("See suggested experts"), act("suggested.experts", i=case.id), "primary")]
    if state is CaseState.DEFICIENT:
        facts += named(CaseForm, services.programme, await services.cases.remarks(case))
    return Card(
        case.title,
        badge=STATE[CaseState.HIDDEN if hidden else state],
        facts=facts,
        body=[*body, SENTENCE[CaseState.HIDDEN if hidden else state]],
        note=await _next(services, case),
        buttons=[*first, *buttons_of(case, proposals)],
        tone="tip" if hidden else TONES.get(state, "plain"),
    )


def still_looking(case: Case) -> Button:
    """Says that an expert is still wanted, and lets a hidden case be found again."""
    return Button(_("Still looking"), act("case.still", i=case.id), "primary")


async def _next(services: Services, case: Case) -> Text | None:
    if case.state != CaseState.UNDER_REVIEW:
        return None
    review = await services.reviews.latest(KIND, case.id)
    return None if review is None else _("We answer by about {day}.")(day=review.due_at)


def buttons_of(case: Case, proposals: int) -> list[Button]:
    """What its company can do with a case now; the most likely first."""
    ids = {"i": case.id, "r": case.revision}
    see = Button(_("See the proposals"), act("plan.compare", i=case.id), "primary")
    look = Button(_("As experts see it"), act("case.look", **ids))
    extend = Button(_("Extend the deadline"), act("case.extend", **ids))
    stop = Button(_("No more proposals"), act("case.unwanted", **ids))
    again = Button(_("Proposals wanted again"), act("case.wanted", **ids))
    take_back = Button(_("Take the case back"), act("case.cancel", **ids))
    offered = [see] if proposals else []
    match CaseState(case.state):
        case CaseState.DEFICIENT:
            return [Button(_("Correct it"), act("case.correct", i=case.id), "primary"), look, take_back]
        case CaseState.UNDER_REVIEW | CaseState.HIDDEN:
            return [look, take_back]
        case CaseState.PUBLISHED | CaseState.NEGOTIATING:
            return [*offered, look, extend, stop, take_back]
        case CaseState.NOT_WANTED:
            return [*offered, again, extend, take_back]
        case CaseState.EXPIRED:
            return [*offered, extend, take_back]
        case CaseState.PLAN_AGREED:
            return [*offered, look]
    return [look]


# --- what can be done with one -------------------------------------------------------------------------


async def _pressed_case(turn: Turn, pressed: Pressed) -> Case | None:
    """The case of a button; one that has changed since is shown as it is now instead."""
    case = await turn.services.cases.own(number(pressed.act.args, "i"))
    if "r" in pressed.act.args and number(pressed.act.args, "r") != case.revision:
        lead = _("This case has changed since. This is how it stands now.")
        turn.say(await own_card(turn.services, case, lead))
        return None
    return case


@on("case.look")
async def look(turn: Turn, pressed: Pressed) -> None:
    """The case exactly as experts see it."""
    case = await turn.services.cases.own(number(pressed.act.args, "i"))
    turn.say(case_card(case, turn.services.programme, badge=_("As experts see it"), buttons=[MY_CASES]))


@on("case.unwanted")
async def unwanted(turn: Turn, pressed: Pressed) -> None:
    """No more proposals for now."""
    await _set_wanted(turn, pressed, wanted=False)


@on("case.wanted")
async def wanted(turn: Turn, pressed: Pressed) -> None:
    """Proposals are welcome again; a deadline that is over is asked for first."""
    await _set_wanted(turn, pressed, wanted=True)


async def _set_wanted(turn: Turn, pressed: Pressed, *, wanted: bool) -> None:
    case = await _pressed_case(turn, pressed)
    if case is None:
        return
    if wanted and case.proposal_deadline < turn.services.clock.today():
        turn.say(extension(turn, case))
        return
    changed = await turn.services.cases.set_wanted(case.id, wanted)
    turn.say(await own_card(turn.services, changed))


@on("case.cancel")
async def ask_cancel(turn: Turn, pressed: Pressed) -> None:
    """Taking a case back is for good, so it is asked once more."""
    case = await _pressed_case(turn, pressed)
    if case is None:
        return
    turn.say(
        Card(
            _("Take this case back?"),
            facts=[Fact(_("Number"), case.number), Fact(_("Title"), case.title)],
            body=[_("Experts will no longer see it. This can't be undone.")],
            buttons=[
                Button(_("Yes, take it back"), act("case.cancel_yes", i=case.id, r=case.revision), "danger"),
                Button(_("No, keep it"), act("menu.cases")),
            ],
        )
    )


@on("case.cancel_yes")
async def cancel(turn: Turn, pressed: Pressed) -> None:
    """Take a case back."""
    case = await _pressed_case(turn, pressed)
    if case is None:
        return
    await turn.services.cases.cancel(case.id)
    turn.say(
        Say(
            _("We have taken case {number} back.")(number=case.number),
            quick=[MY_CASES, Button(_("Write a new case"), act("menu.write_case"))],
        )
    )


@on("case.extend")
async def ask_extension(turn: Turn, pressed: Pressed) -> None:
    """Until when instead?"""
    case = await _pressed_case(turn, pressed)
    if case is not None:
        turn.say(extension(turn, case))


def extension(turn: Turn, case: Case) -> Card:
    """The question for a new deadline, with ready days; raises Refusal when no day is left."""
    programme, today = turn.services.programme, turn.services.clock.today()
    first = case_days.first_deadline(programme, today)
    last = case_days.last_deadline(programme, case.period_end)
    if first > last:
        raise Refusal(_("There is no time left for proposals before {day}.")(day=last))
    ready = case_days.deadlines(programme, today, case.period_end)
    to = {"i": case.id, "r": case.revision}
    return Card(
        _("Until when should proposals come?"),
        facts=[Fact(_("Until now"), _("{day}")(day=case.proposal_deadline))],
        buttons=[
            *(
                Button(_("{day}")(day=day), act("case.extend_to", v=day.isoformat(), **to))
                for day in ready
                if day != case.proposal_deadline
            ),
            Button(_("Choose a day"), Pick(act("case.extend_to", **to), first.isoformat(), last.isoformat())),
        ],
        quick=[MY_CASES],
    )


@on("case.extend_to")
async def extend(turn: Turn, pressed: Pressed) -> None:
    """Let proposals come until the day that was chosen."""
    case = await _pressed_case(turn, pressed)
    if case is None:
        return
    try:
        day = date.fromisoformat(pressed.picked or pressed.act.args.get("v", ""))
    except ValueError as error:
        raise Refusal(_("This button no longer works. Please start from the menu.")) from error
    changed = await turn.services.cases.extend_deadline(case.id, day)
    turn.say(await own_card(turn.services, changed, _("The deadline is {day} now.")(day=day)))


# --- where it stands, and notices ----------------------------------------------------------------------


async def where_cases_stand(turn: Turn, company: Company) -> list[Message]:
    """The part of the status card about cases: each with its state."""
    if company.standing != Standing.COMPLETED:
        return []
    mine = await turn.services.cases.mine()
    live = [case for case in mine if case.state not in ENDED]
    draft = await turn.services.drafts.live(CaseForm.name)
    shown: list[Message] = [begun(draft)] if draft else []
    if live:
        write = [] if draft else [Button(_("Write a new case"), act("menu.write_case"))]
        shown.append(
            Card(
                _("Your cases"),
                facts=[
                    Fact(
                        _("{title} ({number})")(title=case.title, number=case.number),
                        STATE[CaseState(case.state)],
                    )
                    for case in live[:SHOWN]
                ],
                buttons=[MY_CASES, *write],
                quick=[HELP],
            )
        )
    under_contract = await turn.services.engagements.of_company()
    return shown if shown or any(not one.over for one in under_contract) else [nothing_yet()]


OFFERED_ELSEWHERE.add(CaseForm.name)
MORE.append(where_cases_stand)


async def _case(services: Services, notice: Notice) -> Case:
    case = await services.cases.get(notice.ids["case"])
    assert case is not None
    return case


async def _reasons(services: Services, notice: Notice) -> list[Words]:
    review = await services.reviews.get(notice.ids["review"])
    assert review is not None
    return [services.programme.own(remark.sentence) for remark in review.remark_list]


@worded("case.received")
async def received(services: Services, notice: Notice) -> list[Message]:
    """The case has arrived."""
    case = await _case(services, notice)
    return [Say(_("We have received your case {number}.")(number=case.number))]


@worded("case.published")
async def published(services: Services, notice: Notice) -> list[Message]:
    """Experts can see it now."""
    case = await _case(services, notice)
    return [
        Card(
            _("Your case is published!"),
            badge=STATE[CaseState.PUBLISHED],
            facts=[
                Fact(_("Number"), case.number),
                Fact(_("Title"), case.title),
                Fact(_("Deadline for proposals"), _("{day}")(day=case.proposal_deadline)),
            ],
            body=[_("Experts can see it and send proposals. We tell you when one comes.")],
            buttons=[MY_CASES],
            tone="good",
        )
    ]


@worded("case.deficient")
async def deficient(services: Services, notice: Notice) -> list[Message]:
    """Something is to be corrected; all of it is named at once."""
    case = await _case(services, notice)
    return [
        Card(
            _("Please correct a few answers of your case."),
            badge=STATE[CaseState.DEFICIENT],
            facts=[
                Fact(_("Number"), case.number),
                *named(CaseForm, services.programme, await services.cases.remarks(case)),
            ],
            note=_("Only these are asked again. It takes a minute."),
            buttons=[Button(_("Correct it"), act("case.correct", i=case.id), "primary")],
            tone="tip",
        )
    ]


@worded("case.rejected")
async def rejected(services: Services, notice: Notice) -> list[Message]:
    """The case can't be accepted, and why."""
    case = await _case(services, notice)
    return [
        Card(
            _("Sorry, this case could not be accepted."),
            badge=STATE[CaseState.REJECTED],
            facts=[Fact(_("Number"), case.number)],
            body=await _reasons(services, notice),
            buttons=[Button(_("Write a new case"), act("menu.write_case"))],
            tone="bad",
        )
    ]


@worded("case.expired")
async def expired(services: Services, notice: Notice) -> list[Message]:
    """The deadline is over; it can be extended."""
    case = await _case(services, notice)
    if case.state != CaseState.EXPIRED:
        return []
    proposals = await services.plans.count_for_case(case.id)
    return [
        Card(
            _("The deadline for proposals is over."),
            badge=STATE[CaseState(case.state)],
            facts=[Fact(_("Number"), case.number), Fact(_("Proposals so far"), count_of(proposals))],
            body=[
                _("You can choose among the proposals that came.")
                if proposals
                else _("No proposal came this time. More days may help.")
            ],
            buttons=buttons_of(case, proposals),
        )
    ]
