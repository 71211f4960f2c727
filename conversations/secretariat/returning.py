"""A reviewer returns or rejects: which questions, why, and in which words (DOMAIN 2.4)."""

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
from services.reviews import Remark, ReviewState

if TYPE_CHECKING:
    from conversations.turn import Turn

DEFICIENCIES = {"company": "registration", "expert": "registration", "case": "case"}
"""Which list of deficiency codes of the programme belongs to which kind of review."""


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
        review = await turn.services.reviews.decide(int(self.draft.about), self.verdict, self.remarks())
        await reviews.show_decided(turn, review)


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
    """Make both forms for every kind of review; called once all conversations are loaded."""
    for kind in DEFICIENCIES:
        if kind in Form.all and f"return.{kind}" not in Form.all:
            return_form(kind, Form.all[kind])
            reject_form(kind)


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
        await reviews.show(turn, review)
        return
    await turn.start(Form.all[f"{what}.{review.kind}"], str(review.id))
