"""What a report says, and what about it can be judged without a database (DOMAIN 7.3, 7.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from locales import Text, _
from services.formation_rules import all_of
from services.plan_content import hours
from services.refusals import Refusal

RESULT = "result_"
"""What the key of a step's result begins with; the step's code follows in small letters."""
CONFIRMED = ("outcome",)
"""The answers that the company confirms, beside the hours: a change of them needs its word again."""
REQUIRED = ("steps", "outcome", "advice", "proofs", "declared")
TEXTS = ("outcome", "advice", "tools", "deviations")
LONGEST_RESULT = 1000
LONGEST_TEXT = 1200
LONGEST_WORDS = 600
NAMED = 20
"""How many reasons are said in one sentence of a refusal; the rest are counted."""

Answers = Mapping[str, str]


@dataclass(frozen=True)
class Done:
    """One session as a report tells of it: its day in Tokyo, its steps, and what was done."""

    day: date
    steps: Sequence[str]
    summary: str


def result_key(step: str) -> str:
    """The key of the question for the result of a step."""
    return RESULT + step.lower()


def prefill(done: Iterable[Done], steps: Sequence[str]) -> dict[str, str]:
    """The answers to begin with: the steps that had sessions, and for each what their summaries say, by day."""
    answers: dict[str, str] = {}
    given = list(done)
    worked = [step for step in steps if any(step in one.steps for one in given)]
    if worked:
        answers["steps"] = ",".join(worked)
    for step in worked:
        lines = [
            f"{one.day.month}/{one.day.day} {one.summary}"
            for one in given
            if step in one.steps and one.summary
        ]
        if lines:
            answers[result_key(step)] = _cut("\n".join(lines))
    return answers


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_RESULT else text[: LONGEST_RESULT - 1] + "\u2026"


def wrong_hours(given: int, planned: int) -> list[Text]:
    """Whether so many minutes are more than were planned, or none that count (DOMAIN 7.4)."""
    if given == 0:
        return [_("The sessions have no time that counts.")]
    if given > planned:
        return [
            _("{given} hours were given, {planned} are planned. Please shorten a session.")(
                given=hours(given), planned=hours(planned)
            )
        ]
    return []


def refusal(problems: Sequence[Text]) -> Refusal:
    """Everything that keeps a report from being sent as one answer, a reason a line."""
    shown = list(problems[:NAMED])
    if len(problems) > NAMED:
        shown.append(_("And {count} more.")(count=len(problems) - NAMED))
    return Refusal(all_of([_("Before you can send it, please see to this:"), *shown]))


def require_whole(content: Answers) -> None:
    """Refuses a report without its steps, their results, the outcome, the advice or the declaration."""
    for key in (*REQUIRED, *(result_key(step) for step in steps_of(content))):
        if not content.get(key, "").strip():
            raise Refusal(_("Please answer this question."), about=key)


def steps_of(content: Answers) -> list[str]:
    """The codes of the steps that a report tells of."""
    return [step for step in content.get("steps", "").split(",") if step]


def told(content: Answers) -> tuple[str, ...]:
    """Everything that was written in a report's own words, to be compared with other reports."""
    results = [content.get(result_key(step), "") for step in steps_of(content)]
    return tuple(filter(None, ["\n".join(filter(None, results)), *(content.get(key, "") for key in TEXTS)]))


def needs_confirming(old: Answers, new: Answers, old_minutes: int, new_minutes: int) -> bool:
    """Whether the company must confirm again what it confirmed before: the hours or its result changed."""
    return old_minutes != new_minutes or any(old.get(key, "") != new.get(key, "") for key in CONFIRMED)
