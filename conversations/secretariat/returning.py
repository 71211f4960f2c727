"""A reviewer decides with words: returns or rejects with reasons, approves with a ticked checklist (DOMAIN 2.4, 6.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from conversations.acts import number, on
from conversations.choices import Choice, Choices
from conversations.form import Form
from conversations.messages import Pressed
from conversations.questions import Facts, Options, Page, Story
from conversations.secretariat import reviews
from locales import _
from services.label import Label
from services.refusals import Refusal
from services.reviews import Remark, Review, ReviewState

if TYPE_CHECKING:
    from conversations.turn import Turn

DEFICIENCIES = {
    "company": "registration",
    "expert": "registration",
    "case": "case",
    "plan": "plan",
    "report": "report",
    "claim": "claim",
}
"""Which list of deficiency codes of the programme belongs to which kind of review."""
TICKED = ("plan", "report", "claim")
"""Where money follows, every point of the checklist is ticked; registrations and cases are approved at once."""


class Decision(Form):
    """What returning and rejecting have in common: they end one review with remarks."""

    name: ClassVar[str] = "decision"
    title = _("Decision")
    verdict: ClassVar[ReviewState] = ReviewState.RETURNED

    def remarks(self) -> list[Remark]:
        """What the person is told."""
        raise NotImplementedError

    async def complete(self, turn: Turn) -> None:
        """Decide, and show what was decided."""
        review_id = int(self.draft.about)

        async def decision() -> Review:
            return await turn.services.reviews.decide(review_id, self.verdict, self.remarks())

        await reviews.decide(turn, review_id, decision)


class Approval(Form):
    """What approving with a checklist has in common for every kind."""

    name: ClassVar[str] = "approval"
    title = _("Approve")
    submit = _("Approve")

    def points(self) -> Options:
        """The points of the checklist, by their codes."""
        raise NotImplementedError

    def check(self) -> None:
        """Every point is ticked: what does not hold is returned, not approved."""
        if len(self.values["checked"]) < len(self.points()):
            raise Refusal(
                _("Please tick every point. If one does not hold, return it instead."), about="checked"
            )

    async def complete(self, turn: Turn) -> None:
        """Approve, and show what became of it."""
        review_id = int(self.draft.about)

        async def decision() -> Review:
            return await turn.services.reviews.decide(
                review_id, ReviewState.APPROVED, checked=self.values["checked"], note=self.values["note"]
            )

        await reviews.decide(turn, review_id, decision)


def approve_form(kind: str) -> type[Form]:
    """The form with which something of this kind is approved: its checklist, and a note for the colleagues."""

    def points(facts: Facts) -> Options:
        return {point.code: point.label for point in getattr(facts.programme.checklists, kind)}

    def own_points(self: Form) -> Options:
        return points(self.facts)

    members: dict[str, Any] = {
        "name": f"approve.{kind}",
        "page": Page(_("Approve"), _("Tick what you have checked. It is approved when all points hold.")),
        "checked": Choices(_("What have you checked?"), points, label=_("Checklist")),
        "note": Story(
            _("A note for your colleagues"), at_most=300, hint=_("Only the secretariat reads it.")
        ).optional(),
        "points": own_points,
    }
    return type(f"Approve{kind.title()}", (Approval,), members)


def _codes(kind: str) -> Callable[[Facts], Options]:
    def codes(facts: Facts) -> Options:
        return {one.code: one.label for one in getattr(facts.programme.deficiencies, DEFICIENCIES[kind])}

    return codes


def _sentence(kind: str, key: str) -> Callable[[Facts], str | None]:
    """The sentence that the programme has for the code that was chosen, to be edited."""

    def sentence(facts: Facts) -> str | None:
        for one in getattr(facts.programme.deficiencies, DEFICIENCIES[kind]):
            if one.code == facts.values.get(key):
                label: Label = one.sentence
                return label.ja
        return None

    return sentence


def return_form(kind: str, form: type[Form]) -> type[Form]:
    """The form with which submissions of another form are returned: for each question a code and a sentence."""
    which = Choices(
        _("Which answers should be given again?"),
        {question.key: question.label for question in form.questions},
        label=_("Questions"),
    )
    members: dict[str, Any] = {
        "name": f"return.{kind}",
        "title": _("Return"),
        "submit": _("Return it"),
        "verdict": ReviewState.RETURNED,
        "page": Page(_("Return"), _("Everything you choose is asked again at once.")),
        "which": which,
    }
    for question in form.questions:
        code = Choice(_("Reason: {what}")(what=question.label), _codes(kind)).when(which.has(question.key))
        sentence = Story(_("What they read: {what}")(what=question.label), at_most=400)
        members[f"code_{question.key}"] = code
        members[f"sentence_{question.key}"] = (
            sentence.follows(code)
            .filled(_sentence(kind, f"code_{question.key}"))
            .when(which.has(question.key))
        )

    def remarks(self: Form) -> list[Remark]:
        return [
            Remark(key, self.values[f"code_{key}"], self.values[f"sentence_{key}"])
            for key in self.values["which"]
        ]

    return type(f"Return{kind.title()}", (Decision,), members | {"remarks": remarks})


def reject_form(kind: str) -> type[Form]:
    """The form with which something is rejected for good: one code, one sentence."""
    code = Choice(_("Why can't it be accepted?"), _codes(kind), label=_("Reason"))
    members: dict[str, Any] = {
        "name": f"reject.{kind}",
        "title": _("Reject"),
        "submit": _("Reject it"),
        "verdict": ReviewState.REJECTED,
        "page": Page(_("Reject"), _("This ends the application. To have something corrected, return it.")),
        "code": code,
        "sentence": Story(_("What they read"), at_most=400).follows(code).filled(_sentence(kind, "code")),
    }

    def remarks(self: Form) -> list[Remark]:
        return [Remark("", self.values["code"], self.values["sentence"])]

    return type(f"Reject{kind.title()}", (Decision,), members | {"remarks": remarks})


def prepare() -> None:
    """Make the forms for every kind of review; called once all conversations are loaded."""
    for kind in DEFICIENCIES:
        if kind in Form.all and f"return.{kind}" not in Form.all:
            return_form(kind, Form.all[kind])
            reject_form(kind)
            if kind in TICKED:
                approve_form(kind)


@on("review.return")
async def return_review(turn: Turn, pressed: Pressed) -> None:
    """Choose what is to be given again."""
    await _begin(turn, pressed, "return")


@on("review.reject")
async def reject_review(turn: Turn, pressed: Pressed) -> None:
    """Say why it can't be accepted."""
    await _begin(turn, pressed, "reject")


async def _begin(turn: Turn, pressed: Pressed, what: str) -> None:
    await turn.services.secretariat.require()
    review = await turn.services.reviews.get(number(pressed.act.args, "i"))
    if review is None:
        raise Refusal(_("This review does not exist."))
    if not review.open:
        await reviews.show(turn, review, [await turn.services.reviews.what_became(review)])
        return
    await turn.start(Form.all[f"{what}.{review.kind}"], str(review.id))
