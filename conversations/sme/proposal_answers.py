"""A company answers a proposal: it agrees in two taps and a confirmation, or declines politely (story step 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversations import plan_words
from conversations.acts import number, on
from conversations.form import Form
from conversations.messages import Ask, Button, Card, Deck, Fact, Message, Option, Pressed, Say, act
from conversations.notices import worded
from conversations.plan_talk import agreed_card
from conversations.questions import Story
from conversations.sme.menu import STATUS
from conversations.sme.proposals import ALL, changed, compact, whole
from conversations.sme.terms import CompanyTerms
from locales import _
from services.plan_book import STATES
from services.plans import LIVE, Plan, PlanState
from services.refusals import Refusal
from services.terms import is_owed

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.notices import Notice

DIGEST_SHOWN = 3


async def _shown(turn: Turn, pressed: Pressed) -> Plan | None:
    """The plan that a button belongs to; one that was revised since is shown with what changed instead."""
    plan, _company = await turn.services.plans.of_my_company(number(pressed.act.args, "i"))
    turn.services.plans.require_before_contract(plan)
    seen = number(pressed.act.args, "r")
    if seen == plan.revision:
        return plan
    turn.say(await changed(turn.services, plan, seen))
    return None


# --- agreeing ------------------------------------------------------------------------------------------


@on("plan.choose")
async def choose(turn: Turn, pressed: Pressed) -> None:
    """The first tap: what exactly would be agreed to."""
    plan = await _shown(turn, pressed)
    if plan is None:
        return
    if plan.state == PlanState.AGREED:
        turn.say(await agreed_card(turn.services, plan, to_sme=True))
        return
    if not plan.talking:
        turn.say(await whole(turn.services, plan))
        return
    if is_owed(turn.services, await turn.services.companies.mine()):
        await turn.start(CompanyTerms, f"{plan.id}:{plan.revision}")
        return
    services = turn.services
    content = await services.plans.content(plan)
    expert = await plan_words.expert_of(services, plan)
    turn.say(
        Card(
            _("Go on with this plan?"),
            badge=_("Please check"),
            facts=[
                Fact(
                    _("Proposal"),
                    _("{number}, revision {revision}")(number=plan.number, revision=plan.revision),
                ),
                Fact(_("Expert"), _("{name} ({number})")(name=expert.display_name, number=expert.number)),
                Fact(_("Hours and period"), plan_words.time(content)),
                *plan_words.money(content.quote(services.programme), to_company=True),
            ],
            body=[
                _("The other proposals for the same case are declined politely."),
                _("You can still step back until the contract."),
            ],
            buttons=[
                Button(_("I agree"), act("plan.agree", i=plan.id, r=plan.revision), "primary"),
                Button(_("Back to the plan"), act("plan.open", i=plan.id, r=plan.revision)),
            ],
            tone="review",
        )
    )


@on("plan.agree")
async def agree(turn: Turn, pressed: Pressed) -> None:
    """The confirmation; when the plan changed at this moment, that is shown instead."""
    plan_id, seen = number(pressed.act.args, "i"), number(pressed.act.args, "r")
    plans = turn.services.plans
    try:
        plan = await plans.agree(plan_id, seen)
    except Refusal as refusal:
        plan, _company = await plans.of_my_company(plan_id)
        if not plan.talking or plan.revision == seen:
            raise
        turn.say(await changed(turn.services, plan, seen, [refusal.reason]))
        return
    turn.say(await agreed_card(turn.services, plan, to_sme=True))


# --- declining -----------------------------------------------------------------------------------------


class OwnWords(Form):
    """A declining company adds its own words to the polite sentence."""

    name = "plan.decline"
    title = _("Decline with your own words")
    submit = _("Decline")

    words = Story(_("What would you like to say?"), at_most=300, label=_("Your words"))

    async def complete(self, turn: Turn) -> None:
        """Decline."""
        plan_id, revision, code = self.draft.about.split(":")
        await _decline(turn, int(plan_id), int(revision), code, self.words)


@on("plan.decline")
async def decline(turn: Turn, pressed: Pressed) -> None:
    """Ask for the reason; each has its polite sentence."""
    plan = await _shown(turn, pressed)
    if plan is None:
        return
    expert = await plan_words.expert_of(turn.services, plan)
    turn.say(
        Ask(
            _("Why would you like to decline the proposal of {name}?")(name=expert.display_name),
            hint=_("We tell the expert in polite words."),
            options=[
                Option(
                    reason.code,
                    reason.label,
                    act("plan.decline_as", i=plan.id, r=plan.revision, c=reason.code),
                )
                for reason in turn.services.programme.decline_reasons
            ],
            quick=[Button(_("Back to the plan"), act("plan.open", i=plan.id, r=plan.revision)), ALL],
        )
    )


@on("plan.decline_as")
async def decline_as(turn: Turn, pressed: Pressed) -> None:
    """Show the sentence that will be said, to be confirmed or added to."""
    plan = await _shown(turn, pressed)
    if plan is None:
        return
    reason = turn.services.plans.decline_reason(pressed.act.args.get("c", ""))
    args = {"i": plan.id, "r": plan.revision, "c": reason.code}
    turn.say(
        Card(
            _("Decline proposal {number}?")(number=plan.number),
            badge=_("Please check"),
            facts=[Fact(_("We say"), reason.sentence)],
            buttons=[
                Button(_("Decline"), act("plan.decline_sure", **args), "danger"),
                Button(_("Add my own words"), act("plan.decline_words", **args)),
                Button(_("Back to the plan"), act("plan.open", i=plan.id, r=plan.revision)),
            ],
            tone="review",
        )
    )


@on("plan.decline_words")
async def decline_in_words(turn: Turn, pressed: Pressed) -> None:
    """Write own words first."""
    plan = await _shown(turn, pressed)
    if plan is not None:
        reason = turn.services.plans.decline_reason(pressed.act.args.get("c", ""))
        await turn.start(OwnWords, f"{plan.id}:{plan.revision}:{reason.code}")


@on("plan.decline_sure")
async def decline_sure(turn: Turn, pressed: Pressed) -> None:
    """Decline with the polite sentence alone."""
    plan = await _shown(turn, pressed)
    if plan is not None:
        await _decline(turn, plan.id, plan.revision, pressed.act.args.get("c", ""), None)


async def _decline(turn: Turn, plan_id: int, revision: int, code: str, words: str | None) -> None:
    plan = await turn.services.plans.decline(plan_id, revision, code, words)
    turn.say(
        Say(
            _("Proposal {number} is declined. We have told the expert politely.")(number=plan.number),
            quick=[ALL, STATUS],
        )
    )


# --- notices -------------------------------------------------------------------------------------------


async def _plan(services: Services, notice: Notice) -> Plan:
    plan = await services.plans.get(notice.ids["plan"])
    assert plan is not None
    return plan


@worded("plan.sent")
async def arrived(services: Services, notice: Notice) -> list[Message]:
    """A proposal has arrived."""
    plan = await _plan(services, notice)
    if not plan.talking:
        return []
    lead = _("A proposal has arrived for {what}.")(what=await plan_words.about(services, plan))
    return [Deck(lead, [await compact(services, plan)], quick=[ALL])]


@worded("plan.digest")
async def digest(services: Services, notice: Notice) -> list[Message]:
    """Several proposals, collected: three of them, and how many more there are."""
    found = [await services.plans.get(plan_id) for plan_id in notice.ids["plans"]]
    plans = [plan for plan in found if plan is not None and plan.talking]
    if not plans:
        return []
    shown, more = plans[:DIGEST_SHOWN], len(plans) - DIGEST_SHOWN
    lead = _("{count} new proposals have arrived.")(count=len(plans))
    if more > 0:
        lead = _("{count} new proposals have arrived. Here are three, and {more} more.")(
            count=len(plans), more=more
        )
    return [Deck(lead, [await compact(services, plan) for plan in shown], quick=[ALL])]


@worded("plan.revised")
async def revised(services: Services, notice: Notice) -> list[Message]:
    """The expert has changed a plan; what was agreed before is void."""
    plan = await _plan(services, notice)
    if plan.state not in LIVE or plan.revision != notice.ids["revision"]:
        return []
    expert = await plan_words.expert_of(services, plan)
    lead = [_("{name} has changed the plan.")(name=expert.display_name)]
    if notice.ids["corrected"]:
        lead = [_("{name} has corrected the plan as the secretariat asked.")(name=expert.display_name)]
    if notice.ids["voided"]:
        lead.append(_("Your agreement is void. Please agree once more if the new plan is fine."))
    return [await changed(services, plan, notice.ids["revision"] - 1, lead)]


@worded("plan.withdrawn")
async def withdrawn(services: Services, notice: Notice) -> list[Message]:
    """The expert has taken a plan back."""
    plan = await _plan(services, notice)
    expert = await plan_words.expert_of(services, plan)
    return [
        Card(
            _("{name} has withdrawn proposal {number}.")(name=expert.display_name, number=plan.number),
            badge=STATES[PlanState.WITHDRAWN],
            facts=[Fact(_("What it is about"), await plan_words.about(services, plan))],
            buttons=[ALL, STATUS],
        )
    ]
