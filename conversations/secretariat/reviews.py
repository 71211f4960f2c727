"""The secretariat reviews what was handed in: a card for all to see, the whole of it in a modal, one decision."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from conversations import form as engine
from conversations import forms_shown, words
from conversations.acts import number, on
from conversations.choices import Documents
from conversations.current import CARDS
from conversations.form import Form, Stop
from conversations.messages import Button, Card, Fact, Heading, Link, Pressed, Say, Screen, Words, act
from conversations.secretariat import review_clock
from locales import Text, _
from services.answers import Draft
from services.refusals import Refusal
from services.reviews import Review, ReviewState

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

Summary = Callable[["Services", int], Awaitable[list[Fact]]]
SUMMARIES: dict[str, Summary] = {}
"""What the card of a kind may say in the channel: facts without personal data."""
EXTRAS: dict[str, Callable[[Services, Review], Awaitable[Sequence[Words | Card]]]] = {}
"""What a reviewer of a kind should know besides: automatic checks, possible duplicates, and the like."""


_Before = Callable[["Services", Review], Awaitable[type[Form] | None]]
ASKED_BEFORE: dict[str, _Before] = {}
"""Which form is filled in before one of a kind is approved, if something about it calls for words."""


def asked_before(kind: str) -> Callable[[_Before], _Before]:
    """Ask what this function says before something of a kind is approved."""

    def register(before: _Before) -> _Before:
        ASKED_BEFORE[kind] = before
        return before

    return register


def summarised(kind: str) -> Callable[[Summary], Summary]:
    """Use this function for the cards of a kind."""

    def register(summary: Summary) -> Summary:
        SUMMARIES[kind] = summary
        return summary

    return register


@summarised("company")
async def company_summary(services: Services, subject_id: int) -> list[Fact]:
    """Number, place and trade of a business; no names."""
    company = await services.companies.get(subject_id)
    assert company is not None
    return [
        Fact(_("Number"), company.number),
        Fact(_("Place"), company.prefecture),
        Fact(_("Industry"), services.programme.industry(company.industry).label),
    ]


async def state_facts(services: Services, review: Review) -> list[Fact]:
    """Where a review stands: received, due, who has it, who decided and when."""
    facts = [Fact(_("Received"), _("{when}")(when=review.submitted_at))]
    if review.open:
        facts.append(Fact(_("Due"), _("{when}")(when=review.due_at)))
    if review.taken_by is not None and review.open:
        facts.append(Fact(_("With"), await services.reviews.name(review.taken_by)))
    if review.first_by is not None:
        facts.append(Fact(_("First approval"), await services.reviews.name(review.first_by)))
    if review.decided_by is not None:
        facts.append(Fact(_("Decided by"), await services.reviews.name(review.decided_by)))
        facts.append(Fact(_("Decided on"), _("{when}")(when=review.decided_at)))
    return facts


async def review_card(services: Services, review_id: int) -> Card:
    """The card in the secretariat's channel, always in its present state."""
    review = await services.reviews.get(review_id)
    assert review is not None
    summary = await SUMMARIES[review.kind](services, review.subject_id)
    buttons = [Button(_("Open"), act("review.open", i=review.id), "primary" if review.open else "plain")]
    if review.state == ReviewState.WAITING:
        buttons.insert(0, Button(_("I take it"), act("review.take", i=review.id)))
    title = words.SUBJECT[review.kind]
    return Card(
        title if review.revision == 1 else _("{what} (handed in again)")(what=title),
        badge=review_clock.badge(services, review),
        facts=[*summary, *await state_facts(services, review)],
        buttons=buttons,
        tone=TONES.get(ReviewState(review.state), review_clock.tone(services, review)),
    )


CARDS["review"] = review_card
TONES = {ReviewState.APPROVED: "good", ReviewState.REJECTED: "bad", ReviewState.RETURNED: "tip"}


# --- the whole of it -----------------------------------------------------------------------------------


@on("review.open")
async def open_review(turn: Turn, pressed: Pressed) -> None:
    """Show everything that was handed in."""
    await turn.services.secretariat.require()
    await show(turn, await _named(turn, pressed))


@on("review.take")
async def take_review(turn: Turn, pressed: Pressed) -> None:
    """Take a review on and show it."""
    await _change(turn, pressed, turn.services.reviews.take)


@on("review.put_back")
async def put_review_back(turn: Turn, pressed: Pressed) -> None:
    """Give a review back to the queue."""
    await _change(turn, pressed, turn.services.reviews.put_back)


@on("review.approve")
async def approve_review(turn: Turn, pressed: Pressed) -> None:
    """Approve what was shown; where every point of a checklist has to be ticked, that is asked first."""
    await turn.services.secretariat.require()
    review = await _named(turn, pressed)
    ticking = Form.all.get(f"approve.{review.kind}")
    if ticking is None and review.open and review.kind in ASKED_BEFORE:
        ticking = await ASKED_BEFORE[review.kind](turn.services, review)
    if ticking is None:
        await decide(turn, review.id, lambda: turn.services.reviews.decide(review.id, ReviewState.APPROVED))
    elif review.open:
        await turn.start(ticking, str(review.id))
    else:
        await show(turn, review, [await turn.services.reviews.what_became(review)])


@on("review.next")
async def open_next(turn: Turn, pressed: Pressed) -> None:
    """Show what has waited longest and no colleague has."""
    await turn.services.secretariat.require()
    mine = (None, turn.person.id)
    free = [review for review in await turn.services.reviews.queue() if review.taken_by in mine]
    if free:
        await show(turn, free[0])
    else:
        turn.say(Screen(_("Review"), [Say(_("Nothing waits. Well done."))]))


async def _change(turn: Turn, pressed: Pressed, change: Callable[[int], Awaitable[Review]]) -> None:
    await turn.services.secretariat.require()
    review_id = number(pressed.act.args, "i")
    review = await _unless_over(turn, review_id, lambda: change(review_id))
    if review is not None:
        await show(turn, review)


async def decide(turn: Turn, review_id: int, decision: Callable[[], Awaitable[Review]]) -> None:
    """Decide a review, and show what became of it and how many still wait; one that is over is shown whole."""
    review = await _unless_over(turn, review_id, decision)
    if review is not None:
        became = NEEDS_ANOTHER if review.open else DECIDED[ReviewState(review.state)](who=WHO[review.kind])
        count = await turn.services.reviews.waiting()
        await show(turn, review, [became, _("{count} more to review.")(count=count)])


async def _unless_over(turn: Turn, review_id: int, change: Callable[[], Awaitable[Review]]) -> Review | None:
    try:
        return await change()
    except Refusal as refusal:
        known = await turn.services.reviews.get(review_id)
        if known is None or known.open:
            raise
        # What has happened meanwhile is shown whole, so that the clerk sees why nothing was decided.
        await show(turn, known, [refusal.reason])
        return None


NEEDS_ANOTHER = _("Approved once. A colleague must approve it too.")
APPLICANT, BOTH = _("the applicant"), _("both sides")
WHO = {
    "company": APPLICANT,
    "expert": APPLICANT,
    "case": APPLICANT,
    "plan": BOTH,
    "report": BOTH,
    "claim": APPLICANT,
}
"""Whom a decision is told to."""
DECIDED = {
    ReviewState.APPROVED: _("Approved. We have told {who}."),
    ReviewState.RETURNED: _("Returned. We have told {who}."),
    ReviewState.REJECTED: _("Rejected. We have told {who}."),
}


async def _named(turn: Turn, pressed: Pressed) -> Review:
    review = await turn.services.reviews.get(number(pressed.act.args, "i"))
    if review is None:
        raise Refusal(_("This review does not exist."))
    return review


async def show(turn: Turn, review: Review, lead: Sequence[Words] = ()) -> None:
    """The whole submission in a modal: answers, what changed, what to check, and what can be decided."""
    services = turn.services
    form = Form.all[review.form]
    path = _path(turn, review)
    newest = await services.reviews.latest(review.kind, review.subject_id)
    parts: list[Heading | Say | Card] = [Say(words) for words in lead]
    if newest is not None and newest.id != review.id:
        parts.append(Say(_("Something newer was handed in since. Nothing can be decided here any more.")))
    parts.append(
        Card(
            words.SUBJECT[review.kind],
            badge=words.REVIEW_STATE[ReviewState(review.state)],
            facts=[
                *await SUMMARIES[review.kind](services, review.subject_id),
                *await state_facts(services, review),
            ],
            buttons=await _choices(turn, review),
        )
    )
    parts.extend(await _remarks(review, form))
    parts.extend(await _changes(turn, review, form, path))
    parts.extend(await _extras(services, review))
    parts.append(
        Card(_("What was handed in"), facts=forms_shown.facts(path), buttons=await _files(turn, path))
    )
    parts.extend(_checklist(services, review))
    turn.say(Screen(_("Review"), parts, ref=f"review:{review.id}"))


async def _extras(services: Services, review: Review) -> list[Heading | Say | Card]:
    """Cards of a kind's own as they are, its single lines under one heading."""
    extras = await EXTRAS[review.kind](services, review) if review.kind in EXTRAS else []
    cards: list[Heading | Say | Card] = [extra for extra in extras if isinstance(extra, Card)]
    lines = [Say(extra) for extra in extras if not isinstance(extra, Card)]
    return [*cards, Heading(_("Worth a look")), *lines] if lines else cards


def _checklist(services: Services, review: Review) -> list[Heading | Say | Card]:
    """What to check before a decision, or what was ticked for it."""
    points = getattr(services.programme.checklists, review.kind, ())
    if review.open and points:
        return [Card(_("What to check"), body=[_("□ {item}")(item=item.label) for item in points])]
    if not review.checked:
        return []
    ticked = [item.label for item in points if item.code in review.checked["points"]]
    if not ticked:
        return []
    return [
        Card(
            _("What was checked"),
            body=[_("☑ {item}")(item=item) for item in ticked],
            note=review.checked["note"],
        )
    ]


def _path(turn: Turn, review: Review) -> list[Stop]:
    """The answers as they were given: read by the day on which they were handed in."""
    at, programme = review.submitted_at, turn.services.programme
    facts = replace(turn.facts, now=at, today=programme.today(at))
    return engine.walk(Form.all[review.form], Draft(review.form, answers=review.answers), facts)


async def _choices(turn: Turn, review: Review) -> list[Button]:
    if not review.open:
        if not await turn.services.reviews.waiting():
            return []
        return [Button(_("Open the next one"), act("review.next"), "primary")]
    at_once = f"approve.{review.kind}" not in Form.all
    buttons = [
        Button(
            _("Approve"),
            act("review.approve", i=review.id),
            "primary",
            _("Approve this as it is shown here?") if at_once else None,
        ),
        Button(_("Return"), act("review.return", i=review.id)),
        Button(_("Reject"), act("review.reject", i=review.id), "danger"),
    ]
    mine = review.taken_by == turn.person.id
    other = Button(_("Give back"), act("review.put_back", i=review.id))
    return [*buttons, other if mine else Button(_("I take it"), act("review.take", i=review.id))]


async def _remarks(review: Review, form: type[Form]) -> list[Heading | Say | Card]:
    if not review.remark_list:
        return []
    facts = []
    for remark in review.remark_list:
        question = form.question(remark.question)
        facts.append(Fact(question.label if question else _("Reason"), remark.sentence))
    return [Card(_("What was answered"), facts=facts)]


async def _changes(
    turn: Turn, review: Review, form: type[Form], path: Sequence[Stop]
) -> list[Heading | Say | Card]:
    """What is different from the submission before: old and new, side by side."""
    before = await turn.services.reviews.before(review)
    if before is None:
        return []
    old = {stop.question.key: stop for stop in _path(turn, before)}
    facts = []
    for stop in path:
        earlier = old.get(stop.question.key)
        if earlier is not None and earlier.kept == stop.kept:
            continue
        was: Words = _shown(earlier) if earlier else "-"
        now: Words = _("{old} → {new}")(old=was, new=_shown(stop))
        # Other files of the same number would look like no change at all.
        facts.append(Fact(stop.question.label, NEW_FILE if isinstance(stop.question, Documents) else now))
    asked: list[Words] = []
    for remark in before.remark_list:
        question = form.question(remark.question)
        about = question.label if question else _("Reason")
        asked.append(_("You had asked: {question}: {sentence}")(question=about, sentence=remark.sentence))
    shown = facts or [Fact(_("Answers"), _("Nothing was changed."))]
    return [Card(_("What has changed"), facts=shown, body=asked, tone="tip")]


NEW_FILE = _("A new file has come.")


def _shown(stop: Stop) -> Words:
    return "-" if stop.value is None else stop.question.show(stop.value, stop.facts)


async def _files(turn: Turn, path: Sequence[Stop]) -> list[Button]:
    buttons: list[Button] = []
    for stop in path:
        if isinstance(stop.question, Documents) and stop.value:
            for place, document_id in enumerate(stop.value, start=1):
                label: Text = _("{what} {place}")(what=stop.question.label, place=place)
                buttons.append(Button(label, Link(await turn.services.documents.link(document_id))))
    return buttons
