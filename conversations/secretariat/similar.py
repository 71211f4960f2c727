"""Nearly the same texts, for whoever reviews one of them: what is alike, both side by side, and why it is approved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar

from conversations.acts import number, on
from conversations.cases_shown import STATE as CASE_STATES
from conversations.choices import Choice
from conversations.form import Form
from conversations.messages import Button, Card, Fact, Pressed, Screen, Sides, Words, act
from conversations.questions import Page, Story
from conversations.secretariat import reviews
from locales import Text, _
from services import similar_prints, similar_records
from services.cases import CaseState
from services.plan_book import STATES as PLAN_STATES
from services.plan_records import PlanState
from services.refusals import Refusal
from services.report_records import ReportState
from services.reports import STATES as REPORT_STATES
from services.reviews import Review, ReviewState
from services.similar_records import Twin, Written
from services.similar_texts import EACH

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

NAMED = 5
"""How many are named, the most alike first."""
ASKED_FROM = 0.8
"""From this share on, of another company's text, an approval needs its reason."""
BEGIN, END = "\u3010", "\u3011"
"""Stand around what is the same in both."""
WHY = "ALIKE:"
COUNTED = {
    "case": _("Nearly the same text: {count} cases"),
    "plan": _("Nearly the same text: {count} plans"),
    "report": _("Nearly the same text: {count} reports"),
}
MANY = {
    "case": _("Nearly the same text: {count} cases or more"),
    "plan": _("Nearly the same text: {count} plans or more"),
    "report": _("Nearly the same text: {count} reports or more"),
}
NONE = {
    "case": _("No other case has nearly the same text."),
    "plan": _("No plan for another company has nearly the same text."),
    "report": _("No other report has nearly the same text."),
}
LABELS = {
    "case": (_("Background"), _("Problem"), _("Goal")),
    "plan": (_("Purpose"), _("Steps")),
}
REASONS = {
    "OWN_SITUATION": _("Both tell of a situation of their own"),
    "BELONG_TOGETHER": _("The companies belong together"),
    "OTHER_ENDED": _("The other one is over or was taken back"),
    "OTHER": _("Another reason (please write it below)"),
}


async def found(services: Services, kind: str, ref: int) -> list[Twin]:
    """The records whose text is nearly the same; plans for the same company are no news, one is often sent again."""
    twins = await similar_records.twins(services, kind, ref)
    return [twin for twin in twins if kind != "plan" or not twin.same_company]


async def findings(services: Services, review: Review) -> list[Words | Card]:
    """What a reviewer is told of texts that are nearly the same, with a way to look at both (DOMAIN 10.4, C4)."""
    kind, twins = review.kind, await found(services, review.kind, review.subject_id)
    if not twins:
        return [NONE[kind], *_reason(review)]
    title = MANY[kind](count=EACH) if len(twins) >= EACH else COUNTED[kind](count=len(twins))
    return [
        Card(
            title,
            facts=[Fact(twin.written.number, _told(kind, twin)) for twin in twins[:NAMED]],
            body=_reason(review),
            buttons=[
                Button(
                    _("Compare with {number}")(number=twin.written.number),
                    act("similar.compare", r=review.id, o=twin.written.ref),
                )
                for twin in twins[:NAMED]
            ],
            tone="tip",
        )
    ]


def _told(kind: str, twin: Twin) -> Text:
    how: Words = _("a part was copied")
    if twin.likeness.share >= similar_prints.ALIKE or not twin.likeness.part:
        how = _("{percent}% the same")(percent=_percent(twin.likeness.share))
    return _("{how} · {whose} · {state}")(how=how, whose=_whose(twin), state=_state(kind, twin.written))


def _percent(share: float) -> int:
    return int(100 * share)


def _whose(twin: Twin) -> Text:
    if twin.same_company:
        return _("the same company")
    return _("another company, the same expert") if twin.same_expert else _("another company")


def _state(kind: str, written: Written) -> Text:
    match kind:
        case "case":
            return CASE_STATES[CaseState(written.state)]
        case "plan":
            return PLAN_STATES[PlanState(written.state)]
        case _:
            return REPORT_STATES[ReportState(written.state)]


def _reason(review: Review) -> list[Words]:
    """Why it was approved although another company's text is nearly the same."""
    points = (review.checked or {}).get("points", ())
    chosen = [REASONS[code] for point in points if (code := point.removeprefix(WHY)) in REASONS]
    said: list[Words] = [_("Approved all the same: {reason}")(reason=reason) for reason in chosen]
    return [*said, review.checked["note"]] if said and review.checked["note"] else said


# --- side by side --------------------------------------------------------------------------------------


@on("similar.compare")
async def compare(turn: Turn, pressed: Pressed) -> None:
    """Show two texts side by side, with what is the same in both marked."""
    await turn.services.secretariat.require()
    review = await turn.services.reviews.get(number(pressed.act.args, "r"))
    if review is None:
        raise Refusal(_("This review does not exist."))
    other = number(pressed.act.args, "o")
    mine, theirs = await similar_records.both(turn.services, review.kind, review.subject_id, other)
    likeness = await asyncio.to_thread(similar_prints.likeness, mine.texts, theirs.texts)
    parts: list[Card | Sides] = [
        Card(
            _("{number} and {other}")(number=mine.number, other=theirs.number),
            badge=_("{percent}% the same")(percent=_percent(likeness.share)),
            facts=[Fact(one.number, _state(review.kind, one)) for one in (mine, theirs)],
            body=[
                _("What is the same stands in {begin} {end}.")(begin=BEGIN, end=END),
                _("Where only a figure differs, it counts as the same."),
            ],
            buttons=[Button(_("Back to the review"), act("review.open", i=review.id))],
        )
    ]
    parts += await asyncio.to_thread(_side_by_side, review.kind, mine, theirs)
    turn.say(Screen(_("Compare"), parts, ref=f"review:{review.id}"))


def _side_by_side(kind: str, mine: Written, theirs: Written) -> list[Sides]:
    """Each part of both texts; long ones take a tenth of a second."""
    return [
        Sides(
            Fact(_head(mine, label), _marked(left, theirs.texts)),
            Fact(_head(theirs, label), _marked(right, mine.texts)),
        )
        for label, left, right in zip_longest(LABELS.get(kind, ()), mine.texts, theirs.texts)
        if left or right
    ]


def _head(written: Written, label: Text | None) -> Words:
    return _("{number} {what}")(number=written.number, what=label) if label else written.number


def _marked(text: str | None, others: Sequence[str]) -> str:
    pieces = similar_prints.shared(text or "-", "\n".join(others))
    return "".join(BEGIN + piece + END if same else piece for piece, same in pieces)


# --- an approval that needs its reason -----------------------------------------------------------------


class ApproveAlike(Form):
    """Why a case is approved although another company's text is nearly the same: a warning, never a bar."""

    name: ClassVar[str] = "approve_alike.case"
    title = _("Approve")
    submit = _("Approve")
    page = Page(_("Approve"), _("Another company's text is nearly the same. Why is this one all right?"))
    why = Choice(_("Why is it all right?"), REASONS, label=_("Reason"))
    note = Story(
        _("A note for your colleagues"), at_most=300, hint=_("Only the secretariat reads it.")
    ).optional()

    def check(self) -> None:
        """Another reason is written down."""
        if self.why == "OTHER" and not (self.note or "").strip():
            raise Refusal(_("Please write down the reason."), about="note")

    async def complete(self, turn: Turn) -> None:
        """Approve, and keep the reason with what it was approved beside."""
        review_id = int(self.draft.about)
        review = await turn.services.reviews.get(review_id)
        assert review is not None
        beside = [twin.written.number for twin in await _others(turn.services, review)]

        async def decision() -> Review:
            return await turn.services.reviews.decide(
                review_id, ReviewState.APPROVED, checked=[WHY + self.why, *beside], note=self.note
            )

        await reviews.decide(turn, review_id, decision)


async def _others(services: Services, review: Review) -> list[Twin]:
    twins = await found(services, review.kind, review.subject_id)
    return [twin for twin in twins if not twin.same_company and twin.likeness.share >= ASKED_FROM]


@reviews.asked_before("case")
async def form_before(services: Services, review: Review) -> type[Form] | None:
    """The form that asks for the reason, where another company's text is nearly the same."""
    return ApproveAlike if await _others(services, review) else None
