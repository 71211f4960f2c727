"""One contract on one card, for the side that reads it: what to do now, hours, money, and by when."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.claims_shown import estimate_words
from conversations.left_shown import ASK
from conversations.messages import Act, Button, Card, Fact, Pressed, Screen, Words, act
from locales import Text, _
from services import backplan
from services.backplan import Task
from services.claims import ClaimState
from services.engagements import Engagement
from services.next_steps import MINE, Step
from services.plan_content import hours
from services.programme import Deadline
from services.session_records import SessionState
from services.values import Yen

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

FOR_EXPERT: dict[Step, Text] = {
    Step.SIGN: _("Read the contract and sign it."),
    Step.WAIT_SIGNATURE: _("The company reads the contract. You hear from us when it has signed."),
    Step.BEGIN_SUPPORT: _("Agree on the first meeting, and begin the support here."),
    Step.GO_ON: _("Go on with the support."),
    Step.END_SESSION: _("A session is going on. End it when you are done."),
    Step.RECORD_SESSION: _("Write down what you did in the last session."),
    Step.CORRECT_SESSION: _("The company sees a session differently. Please look at it."),
    Step.WAIT_SESSION: _("The company confirms the last sessions."),
    Step.REPORT: _("Write the report on the support."),
    Step.CORRECT_REPORT: _("Please correct the report and send it again."),
    Step.WAIT_REPORT: _("The company reads your report."),
    Step.INVOICE: _("Send the company the invoice for its share."),
    Step.WAIT_SHARE: _("The company pays its share."),
    Step.CLAIM: _("Claim the honorarium."),
    Step.CORRECT_CLAIM: _("Please correct the claim and send it again."),
    Step.CORRECT_ACCOUNT: _("The transfer came back. Please check your bank account."),
    Step.WAIT_CLAIM: _("The secretariat reviews your claim."),
    Step.WAIT_TRANSFER: _("The honorarium is on its way to you."),
    Step.FROZEN: _("The secretariat asks both sides about a session."),
    Step.DONE: _("Everything is done. Thank you very much."),
    Step.OVER: _("This has ended."),
}
FOR_COMPANY: dict[Step, Text] = {
    Step.SIGN: _("Read the contract and sign it."),
    Step.WAIT_SIGNATURE: _("The expert signs next. You hear from us."),
    Step.WAIT_SESSION: _("Wait for the next session, or begin it here."),
    Step.END_SESSION: _("A session is going on. Say so when it is over."),
    Step.CONFIRM_SESSION: _("Please say whether the last session was as the expert wrote."),
    Step.WAIT_REPORT: _("The expert writes the report."),
    Step.CONFIRM_REPORT: _("Please read the report, and say whether it is right."),
    Step.WAIT_SHARE: _("The expert sends you the invoice for your share."),
    Step.PAY_SHARE: _("Please pay your share to the expert."),
    Step.FROZEN: _("The secretariat asks both sides about a session."),
    Step.DONE: _("Everything is done. Thank you very much."),
    Step.OVER: _("This has ended."),
}
ROAD: tuple[tuple[Text, set[Step]], ...] = (
    (_("Contract"), {Step.SIGN, Step.WAIT_SIGNATURE}),
    (
        _("Support"),
        {
            Step.BEGIN_SUPPORT,
            Step.GO_ON,
            Step.END_SESSION,
            Step.RECORD_SESSION,
            Step.CORRECT_SESSION,
            Step.CONFIRM_SESSION,
            Step.WAIT_SESSION,
            Step.FROZEN,
        },
    ),
    (_("Report"), {Step.REPORT, Step.CORRECT_REPORT, Step.CONFIRM_REPORT, Step.WAIT_REPORT}),
    (_("Own share"), {Step.INVOICE, Step.PAY_SHARE, Step.WAIT_SHARE}),
    (
        _("Honorarium"),
        {Step.CLAIM, Step.CORRECT_CLAIM, Step.CORRECT_ACCOUNT, Step.WAIT_CLAIM, Step.WAIT_TRANSFER},
    ),
)
"""The stations of every contract, and at which of them each step is taken."""
STEP_DONE, STEP_HERE, STEP_AHEAD = "✓", "●", "○"


def _to(name: str, id_of: Callable[[Engagement], int | None]) -> Callable[[Engagement], Act]:
    def made(of: Engagement) -> Act:
        return act(name, i=id_of(of))

    return made


def _contract(of: Engagement) -> int:
    return of.contract.id


def _report(of: Engagement) -> int | None:
    return of.report.id if of.report else None


def _invoice(of: Engagement) -> int | None:
    return of.invoice.id if of.invoice else None


WAYS_OF_EXPERT: dict[Step, tuple[Text, Callable[[Engagement], Act]]] = {
    Step.SIGN: (_("See the contract"), _to("contract.view", _contract)),
    Step.BEGIN_SUPPORT: (_("Begin the support"), _to("session.start", _contract)),
    Step.GO_ON: (_("Begin the support"), _to("session.start", _contract)),
    Step.END_SESSION: (_("Sessions so far"), _to("session.list", _contract)),
    Step.RECORD_SESSION: (_("Sessions so far"), _to("session.list", _contract)),
    Step.CORRECT_SESSION: (_("Sessions so far"), _to("session.list", _contract)),
    Step.REPORT: (_("Write the report"), _to("report.begin", _contract)),
    Step.CORRECT_REPORT: (_("See the report"), _to("report.view", _report)),
    Step.INVOICE: (_("See the report"), _to("report.view", _report)),
    Step.CLAIM: (_("Claim the honorarium"), _to("claim.begin", _contract)),
    Step.CORRECT_CLAIM: (_("Correct it"), _to("claim.begin", _contract)),
    Step.CORRECT_ACCOUNT: (_("Give another account"), lambda of: act("account.correct")),
}
WAYS_OF_COMPANY: dict[Step, tuple[Text, Callable[[Engagement], Act]]] = {
    Step.SIGN: (_("See the contract"), _to("contract.open", _contract)),
    Step.WAIT_SESSION: (_("Begin the support"), _to("session.begin", _contract)),
    Step.END_SESSION: (_("Sessions so far"), _to("session.all", _contract)),
    Step.CONFIRM_SESSION: (_("Sessions so far"), _to("session.all", _contract)),
    Step.CONFIRM_REPORT: (_("See the report"), _to("report.read", _report)),
    Step.PAY_SHARE: (_("Read the invoice"), _to("invoice.read", _invoice)),
}


ASKED_OF_COMPANY = {Step.END_SESSION, Step.CONFIRM_SESSION, Step.CONFIRM_REPORT, Step.PAY_SHARE}
"""What a card of its own asks of the company in its status, right below the overview."""
ASKED_OF_EXPERT = {
    Step.END_SESSION,
    Step.RECORD_SESSION,
    Step.CORRECT_SESSION,
    Step.CORRECT_REPORT,
    Step.INVOICE,
    Step.CORRECT_CLAIM,
    Step.CORRECT_ACCOUNT,
}
"""What a card of its own asks of the expert at the Home, below the overview."""
MEANWHILE: dict[SessionState, Text] = {
    SessionState.DISPUTED: _("The expert corrects the time of the last session. Then we ask you again."),
    SessionState.ENDED: _("The expert writes down the last session. Then we ask you to confirm it."),
}
"""What the company waits for between two sessions."""


async def card(services: Services, of: Engagement, *, whole: bool = False) -> Card:
    """A contract as it concerns whoever reads it; `whole` with the ways to all of its parts."""
    said = await _now(services, of)
    buttons = (
        [] if not whole and of.step in (ASKED_OF_COMPANY if of.by_company else ASKED_OF_EXPERT) else ways(of)
    )
    if whole:
        buttons += _parts(of)
    elif not of.over:
        buttons.append(Button(_("See all of it"), act("engagement.open", i=of.contract.id)))
    return Card(
        await title(services, of),
        badge=_badge(of),
        facts=[
            Fact(_("Now"), said[0]),
            *_hours(of),
            *money(services, of),
            *deadline(services, of),
        ],
        body=[*said[1:], *([] if of.step == Step.OVER else [_road(of)])],
        buttons=buttons,
        tone="tip" if of.step in MINE else "good" if of.step == Step.DONE else "plain",
    )


async def _now(services: Services, of: Engagement) -> list[Words]:
    """What happens now and who does it; of a claim also by when."""
    if of.by_company:
        waits = next((words for state, words in MEANWHILE.items() if of.situation.count(state)), None)
        return [waits if waits is not None and of.step is Step.WAIT_SESSION else FOR_COMPANY[of.step]]
    if of.claim is not None and of.step in (Step.WAIT_CLAIM, Step.WAIT_TRANSFER):
        estimate = await services.claims.estimate(of.claim)
        return estimate_words(estimate, ClaimState(of.claim.state)) or [FOR_EXPERT[of.step]]
    return [FOR_EXPERT[of.step]]


async def title(services: Services, of: Engagement) -> Text:
    """Whose support it is, as the other side knows them."""
    if of.by_company:
        expert = await services.experts.get(of.contract.expert_id)
        assert expert is not None
        return _("Support by {name}")(name=expert.display_name)
    company = await services.companies.get(of.contract.company_id)
    assert company is not None
    return _("Support of {name}")(name=company.name)


def _badge(of: Engagement) -> Text:
    if of.step in MINE:
        return _("Your turn")
    return _("Done") if of.step == Step.DONE else _("Ended") if of.step == Step.OVER else _("Please wait")


def _road(of: Engagement) -> Text:
    """The stations: passed, present, ahead."""
    here = next((place for place, (_name, at) in enumerate(ROAD) if of.step in at), len(ROAD))
    if of.step is Step.DONE and (of.claim is None or of.claim.state != ClaimState.PAID):
        here = len(ROAD) - 1
    marks = [
        STEP_DONE if place < here else STEP_HERE if place == here else STEP_AHEAD
        for place in range(len(ROAD))
    ]
    names = [name for name, _steps in ROAD]
    return _("{a} {contract} → {b} {support} → {c} {report} → {d} {share} → {e} {honorarium}")(
        a=marks[0],
        contract=names[0],
        b=marks[1],
        support=names[1],
        c=marks[2],
        report=names[2],
        d=marks[3],
        share=names[3],
        e=marks[4],
        honorarium=names[4],
    )


def _hours(of: Engagement) -> list[Fact]:
    if of.contract.to_sign:
        return [Fact(_("Hours"), _("{hours} hours")(hours=hours(of.contract.minutes)))]
    used = _("{used} of {planned} hours used, {left} left")(
        used=hours(of.situation.given), planned=hours(of.contract.minutes), left=hours(of.situation.left)
    )
    return [Fact(_("Hours"), used)]


def money(services: Services, of: Engagement) -> list[Fact]:
    """What this side pays or gets: for the confirmed time, of what was agreed."""
    agreed = of.worth(of.contract.minutes, services)
    now = of.worth(of.report.minutes if of.report else of.confirmed, services)
    if agreed is None:
        return []
    whole = agreed.sme_share if of.by_company else agreed.honorarium
    part = Yen(0) if now is None else now.sme_share if of.by_company else now.honorarium
    label = _("Your own share") if of.by_company else _("Honorarium")
    return [Fact(label, _("{part} so far, {whole} as agreed")(part=part, whole=whole))]


def deadline(services: Services, of: Engagement) -> list[Fact]:
    """The next deadline of the programme, and by when to act so that what follows is still in time."""
    closing = of.deadline
    if closing is None or (of.by_company and closing is Deadline.REPORT):
        return []
    programme = services.programme
    closes = programme.dates[closing].closes
    if closing is Deadline.SUPPORT:
        closes = min(closes, of.contract.period_end)
        return [Fact(_("Support until"), _("{day}")(day=closes))]
    if closing is Deadline.REPORT:
        by = next(
            one.by
            for one in backplan.steps(programme, Deadline.CLAIM, services.now)
            if one.what is Task.REPORT
        )
        early = _("{closes} (better by {by}, so that the claim is in time)")(closes=closes, by=by)
        return [
            Fact(_("Report by"), early if programme.today(services.now) <= by else _("{day}")(day=closes))
        ]
    label = _("Sign by") if closing is Deadline.CONTRACT else _("Claim by")
    return [Fact(label, _("{day}")(day=closes))]


def ways(of: Engagement) -> list[Button]:
    """The one button that does what is next, if there is one."""
    way = (WAYS_OF_COMPANY if of.by_company else WAYS_OF_EXPERT).get(of.step)
    if way is None:
        return []
    label, made = way
    return [Button(label, made(of), "primary" if of.step in MINE else "plain")]


def _parts(of: Engagement) -> list[Button]:
    """The ways to everything that belongs to a contract."""
    id, mine = of.contract.id, of.by_company
    parts = [
        Button(_("See the contract"), act("contract.open" if mine else "contract.view", i=id)),
        Button(_("Sessions so far"), act("session.all" if mine else "session.list", i=id)),
    ]
    if of.report is not None:
        parts.append(
            Button(_("See the report"), act("report.read" if mine else "report.view", i=of.report.id))
        )
    if of.invoice is not None:
        parts.append(Button(_("Read the invoice"), act("invoice.read", i=of.invoice.id)))
    if of.claim is not None and not mine:
        parts.append(Button(_("My claims"), act("claim.mine")))
    there: set[Words] = {button.label for button in ways(of)}
    return [*(part for part in parts if part.label not in there), ASK]


@on("engagement.open")
async def open_engagement(turn: Turn, pressed: Pressed) -> None:
    """Everything about one contract, and the ways to all of its parts."""
    services = turn.services
    contract, by_company = await services.contracts.of_either(number(pressed.act.args, "i"))
    of = await services.engagements.of(contract, by_company=by_company)
    shown = await card(services, of, whole=True)
    turn.say(shown if turn.chatty else Screen(_("Support"), [shown], ref=f"engagement:{contract.id}"))
