"""A company confirms the report on its support on LINE: one card of plain facts, one rating, or what is different."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import reports_shown as shown
from conversations.acts import number, on
from conversations.asked import ON_LINE
from conversations.form import Form
from conversations.messages import Ask, Button, Card, Message, Option, Pressed, Say, Words, act
from conversations.notices import worded
from conversations.questions import Story
from conversations.sme.menu import MORE, OFFERED_ELSEWHERE, STATUS
from locales import _
from services.report_content import LONGEST_WORDS
from services.reports import Report, ReportState

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.companies import Company
    from services.notices import Notice


NEXT: dict[ReportState, list[Words]] = {
    ReportState.DISPUTED: [_("The expert corrects it. Then we ask you again.")],
    ReportState.UNDER_REVIEW: [
        _("The secretariat checks it now."),
        _("The expert sends you the invoice for your share."),
    ],
    ReportState.DEFICIENT: [
        _("The expert adds what the secretariat asked for."),
        _("There is nothing for you to do."),
    ],
}
"""What happens next, as the company reads it."""


async def report_card(services: Services, report: Report, lead: Sequence[Words] = ()) -> Card:
    """A report as its company sees it, with what can be answered."""
    waits = report.state == ReportState.CONFIRMING
    args = {"i": report.id, "r": report.revision}
    read = Button(_("Read all of it"), act("report.read", i=report.id))
    buttons = [
        Button(_("That's right"), act("report.right", **args), "primary"),
        Button(_("Something is different"), act("report.differs", **args)),
        read,
    ]
    return Card(
        _("Please check the report of your support") if waits else shown.title(report),
        badge=shown.state(report, to_company=True),
        facts=await shown.report_facts(services, report, to_company=True),
        body=[*lead, *([_("Is this right?")] if waits else NEXT.get(ReportState(report.state), []))],
        note=_("Only confirm what you really received.") if waits else None,
        buttons=buttons if waits else [read, *shown.paper_button(report)],
        quick=[STATUS],
        tone="review" if waits else shown.tone(report),
    )


async def _shown(turn: Turn, pressed: Pressed) -> Report | None:
    """The report a button belongs to, if it still waits at that revision; else how it stands now is said."""
    report = await turn.services.reports.of_my_company(number(pressed.act.args, "i"))
    seen = number(pressed.act.args, "r")
    if report.state == ReportState.CONFIRMING and report.revision == seen:
        return report
    lead = [] if report.revision == seen else [_("The expert has changed it since. Please look again.")]
    turn.say(await report_card(turn.services, report, lead))
    return None


@on("report.read")
async def read(turn: Turn, pressed: Pressed) -> None:
    """Everything that a report says."""
    report = await turn.services.reports.of_my_company(number(pressed.act.args, "i"))
    turn.say(
        Card(
            shown.title(report),
            badge=shown.state(report, to_company=True),
            facts=shown.texts(turn.services, report.content),
            buttons=shown.paper_button(report),
            quick=[STATUS],
        )
    )
    if report.state == ReportState.CONFIRMING:
        turn.say(await report_card(turn.services, report))


# --- that's right --------------------------------------------------------------------------------------


@on("report.right")
async def right(turn: Turn, pressed: Pressed) -> None:
    """The first tap: the rating, with which the report is confirmed."""
    report = await _shown(turn, pressed)
    if report is None:
        return
    args = {"i": report.id, "r": report.revision}
    turn.say(
        Ask(
            _("How was the support?"),
            lead=[_("With your choice you confirm the report.")],
            hint=_("The expert sees the average of all companies, not your choice."),
            options=[
                Option(str(stars), label, act("report.rate", s=stars, **args))
                for stars, label in shown.RATING.items()
            ],
            quick=[Button(_("Back to the report"), act("report.later", i=report.id)), STATUS],
        )
    )


@on("report.later")
async def later(turn: Turn, pressed: Pressed) -> None:
    """Nothing is confirmed yet."""
    report = await turn.services.reports.of_my_company(number(pressed.act.args, "i"))
    turn.say(await report_card(turn.services, report))


@on("report.rate")
async def rate(turn: Turn, pressed: Pressed) -> None:
    """The second tap: the report is confirmed."""
    report = await _shown(turn, pressed)
    if report is None:
        return
    stars = number(pressed.act.args, "s")
    report = await turn.services.reports.confirm(report.id, report.revision, stars)
    turn.say(
        Card(
            _("Thank you. The report is confirmed."),
            badge=shown.state(report, to_company=True),
            body=NEXT[ReportState.UNDER_REVIEW],
            buttons=[Button(_("Add a few words"), act("report.words", i=report.id))],
            quick=[STATUS],
            tone="good",
        )
    )


class Comment(Form):
    """A few words besides the rating; only the secretariat reads them."""

    name = "report.comment"
    title = _("About the support")
    at_once = True

    words = Story(
        _("What would you like to tell the secretariat?"),
        at_most=LONGEST_WORDS,
        label=_("Your words"),
        hint=_("Only the secretariat reads it."),
    )

    async def complete(self, turn: Turn) -> None:
        """Keep the words."""
        await turn.services.reports.comment(int(self.draft.about), self.words)
        turn.say(Say(_("Thank you. We have passed it on."), quick=[STATUS]))


@on("report.words")
async def add_words(turn: Turn, pressed: Pressed) -> None:
    """Write a few words to the secretariat."""
    report = await turn.services.reports.of_my_company(number(pressed.act.args, "i"))
    await turn.start(Comment, str(report.id))


# --- something is different ----------------------------------------------------------------------------


class Different(Form):
    """What a company sees differently; `about` is the report and the revision it was shown."""

    name = "report.different"
    title = _("Something is different")
    at_once = True

    words = Story(
        _("What is different?"),
        at_most=LONGEST_WORDS,
        label=_("Your words"),
        hint=_("For example the hours, a date, or what was done. The expert reads it."),
    )

    async def complete(self, turn: Turn) -> None:
        """Send it to the expert, who corrects the report."""
        report_id, revision = (int(part) for part in self.draft.about.split(":"))
        await turn.services.reports.dispute(report_id, revision, self.words)
        turn.say(
            Say(
                _("We have told the expert. The corrected report comes to you once more."),
                quick=[STATUS],
            )
        )


@on("report.differs")
async def differs(turn: Turn, pressed: Pressed) -> None:
    """Say what is different."""
    report = await _shown(turn, pressed)
    if report is not None:
        await turn.start(Different, f"{report.id}:{report.revision}")


async def show_report(turn: Turn) -> None:
    """The report that waits for the company's word, or the latest there is."""
    company = await turn.services.companies.mine()
    waiting = await turn.services.reports.to_confirm(company.id) if company is not None else []
    if not waiting:
        under_contract = await turn.services.engagements.of_company()
        waiting = [one.report for one in under_contract if one.report is not None]
    if waiting:
        turn.say(await report_card(turn.services, waiting[0]))
    else:
        told = _("There is no report yet. The expert writes it when the support is over.")
        turn.say(Say(told, quick=[STATUS]))


ON_LINE["report"] = show_report


# --- where things stand, and notices -------------------------------------------------------------------


async def standing(turn: Turn, company: Company) -> list[Message]:
    """The reports that wait for the company's word."""
    waiting = await turn.services.reports.to_confirm(company.id)
    return [await report_card(turn.services, report) for report in waiting]


MORE.append(standing)
OFFERED_ELSEWHERE.update({Comment.name, Different.name})


@worded("report.confirm")
async def to_confirm(services: Services, notice: Notice) -> list[Message]:
    """A report has come, for the first time or corrected."""
    report, _to_company = await shown.told_of(services, notice)
    if report.state != ReportState.CONFIRMING:
        return []
    lead = [_("The expert has corrected it.")] if report.revision > 1 else []
    return [await report_card(services, report, lead)]


@worded("report.reminder")
async def reminder(services: Services, notice: Notice) -> list[Message]:
    """A report still waits."""
    report, _to_company = await shown.told_of(services, notice)
    if report.state != ReportState.CONFIRMING:
        return []
    return [await report_card(services, report, [_("The report still waits for your word.")])]


@worded("report.withdrawn")
async def withdrawn(services: Services, notice: Notice) -> list[Message]:
    """The expert has taken a report back."""
    report, _to_company = await shown.told_of(services, notice)
    if report.state != ReportState.WITHDRAWN:
        return []
    return [
        Say(
            _("The expert has taken report {number} back. There is nothing to do.")(number=report.number),
            quick=[STATUS],
        )
    ]
