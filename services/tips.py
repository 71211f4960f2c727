"""Help for an owner who is writing a consultation case: what would make it clearer, never a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from locales import Text, _
from services.tips_masks import find_private, mask_private, replace
from services.tips_rules import (
    DATA,
    PARTS,
    RULES,
    Finding,
    Folded,
    Span,
    TipKind,
    fold,
    is_japanese,
    letters,
    likeness,
    pattern,
)

__all__ = [
    "Advice",
    "Quality",
    "TipKind",
    "check",
    "example",
    "hint",
    "likeness",
    "mask_contacts",
    "quality",
]


@dataclass(frozen=True)
class Advice:
    """One thing that would make an answer better, with words ready to take over where we have them."""

    kind: TipKind
    text: Text
    rewording: str | None = None
    matched: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Quality:
    """How well an expert can picture the case, 0 to 100, and what would help most, in that order."""

    score: int
    missing: tuple[Text, ...]
    level: Text


WHAT_TO_DO = {
    TipKind.SECRET: _("Please leave out passwords and secret numbers."),
    TipKind.PERSONAL_DATA: _("Please leave out names, addresses and contact details for now."),
    TipKind.PREARRANGED: _("Hours and expert are agreed later, in the support plan."),
    TipKind.MONEY_BACK: _("Your own share cannot be paid back. Please leave that out."),
    TipKind.FINISHED_WORK: _("Making things is not covered. Please ask for advice instead."),
    TipKind.BUYING: _("Buying is not covered. Please ask how to choose."),
    TipKind.PROXY_WORK: _(
        "Work done in your place is not covered. Please ask how to do it with less effort."
    ),
    TipKind.OFF_TOPIC: _("This programme is about digital matters. Please say what you want to do with IT."),
    TipKind.TEMPLATE_TEXT: _("Please say it in your own words, with your own situation."),
    TipKind.TOO_SHORT: _("Please write a little more."),
    TipKind.VAGUE: _("Please choose one problem and say what happens in your work."),
    TipKind.NO_WHO: _("Please add who does this work, and how many people."),
    TipKind.NO_WHAT: _("Please add which work it is about, such as orders or bills."),
    TipKind.NO_HOW_OFTEN: _("Please add how often it happens or how long it takes."),
    TipKind.NO_BY_WHEN: _("Please add by when you would like it."),
}

# What an answer should say, once its wording is fine: question -> part -> tip. DOMAIN 4.4, tips 2 and 3.
_EXPECTED = {
    "background": {"who": TipKind.NO_WHO, "concrete": TipKind.NO_WHAT},
    "issue": {"concrete": TipKind.NO_WHAT, "how_often": TipKind.NO_HOW_OFTEN},
    "goal": {"when": TipKind.NO_BY_WHEN},
}
_ENOUGH_IN_ENGLISH = 2
_NEARLY = 0.6
_GREETINGS = pattern(DATA["template"]["greetings"])
_VAGUE = pattern(DATA["vague"]["find"])


def check(key: str, text: str, *, area: str | None = None) -> list[Advice]:
    """What would make this answer better, most important first; nothing where it is fine (DOMAIN 4.4).

    Keys are title, background, issue, goal and current_tools. English is only read for its length and
    for private data.
    """
    advices = _private(text)
    if not is_japanese(text):
        return advices or _too_short(key, text, longer=_ENOUGH_IN_ENGLISH)
    folded = fold(text, spaces=False)
    advices += _wording(text, folded, area)
    return (
        advices
        or _copied(text)
        or _too_short(key, text)
        or _vague(text, folded.text)
        or _unsaid(key, folded.text)
    )


def _private(text: str) -> list[Advice]:
    hidden = find_private(text, names=True)
    if not hidden:
        return []
    masked = mask_private(text, names=True)
    kinds = [kind for kind in TipKind if any(one.kind is kind for one in hidden)]
    return [
        Advice(kind, WHAT_TO_DO[kind], masked, tuple(one.span for one in hidden if one.kind is kind))
        for kind in kinds
    ]


def _wording(text: str, folded: Folded, area: str | None) -> list[Advice]:
    found: dict[TipKind, list[Finding]] = {}
    for rule in RULES:
        if area not in rule.not_in:
            found.setdefault(rule.kind, []).extend(rule.findings(text, folded))
    return [_reworded(text, _apart(found[kind])) for kind in TipKind if found.get(kind)]


def _apart(findings: list[Finding]) -> list[Finding]:
    """The findings in order, of overlapping ones the first and longest."""
    apart: list[Finding] = []
    for finding in sorted(findings, key=lambda finding: (finding.span[0], -finding.span[1])):
        if not apart or finding.span[0] >= apart[-1].span[1]:
            apart.append(finding)
    return apart


def _reworded(text: str, findings: list[Finding]) -> Advice:
    changes = [(finding.span, finding.instead) for finding in findings if finding.instead is not None]
    kind = findings[0].kind
    return Advice(
        kind,
        WHAT_TO_DO[kind],
        replace(text, changes) if changes else None,
        tuple(finding.span for finding in findings),
    )


def _copied(text: str) -> list[Advice]:
    told = _GREETINGS.sub("", text)
    near = max(likeness(told, sentence) for sentence in DATA["template"]["sentences"])
    return _whole(TipKind.TEMPLATE_TEXT, text) if near >= _NEARLY else []


def _too_short(key: str, text: str, longer: int = 1) -> list[Advice]:
    least: int = DATA["lengths"].get(key, 0) * longer
    optional = key == "current_tools" and not text.strip()
    return _whole(TipKind.TOO_SHORT, text) if len(letters(text)) < least and not optional else []


def _vague(text: str, plain: str) -> list[Advice]:
    short = len(plain) <= DATA["vague"]["most"]
    if short and _VAGUE.search(plain) and not PARTS["concrete"].search(plain):
        return _whole(TipKind.VAGUE, text)
    return []


def _unsaid(key: str, plain: str) -> list[Advice]:
    return [
        Advice(kind, WHAT_TO_DO[kind])
        for part, kind in _EXPECTED.get(key, {}).items()
        if not PARTS[part].search(plain)
    ]


def _whole(kind: TipKind, text: str) -> list[Advice]:
    return [Advice(kind, WHAT_TO_DO[kind], matched=((0, len(text)),) if text else ())]


def mask_contacts(text: str) -> str:
    """The text with contact data and secrets masked, for what owner and expert write to each other."""
    return mask_private(text, names=False)


# Points for each thing worth saying, where it may be said, and what to ask for if it is not.
_POINTS = (
    ("concrete", 20, (), WHAT_TO_DO[TipKind.NO_WHAT]),
    ("how_often", 15, (), WHAT_TO_DO[TipKind.NO_HOW_OFTEN]),
    ("measure", 15, ("goal",), _("Please say how you will know that it worked, such as half the time.")),
    ("who", 15, (), WHAT_TO_DO[TipKind.NO_WHO]),
    ("when", 10, (), _("Please add since when, or by when.")),
    ("tools", 10, (), _("Please add the tools and devices you use today.")),
    ("hours", 10, (), _("Please add rough hours or what you can pay yourself.")),
    ("mode", 5, (), _("Please add online or visit, and days that suit you.")),
)
# Answers of their own that say a part by being given at all.
_SAID_BY = {
    "tools": ("current_tools",),
    "hours": ("desired_hours", "budget_self_yen"),
    "mode": ("desired_mode",),
    "when": ("desired_period",),
}
_TOLD = ("title", "background", "issue", "goal", "current_tools")
_WITH_A_PROBLEM = 50
_LEVELS = (
    (80, _("Experts can picture your case well.")),
    (50, _("Good. A little more will bring better proposals.")),
    (0, _("A few more words will help experts answer you.")),
)
_PROBLEMS = frozenset(TipKind) - {kind for parts in _EXPECTED.values() for kind in parts.values()}


def quality(answers: Mapping[str, str]) -> Quality:
    """How well the case is told so far: who, what, how often, when, goal, tools, mode, hours (DOMAIN 4.4)."""
    told = {key: fold(answers[key], spaces=False).text for key in _TOLD if answers.get(key)}
    score, missing = 0, []
    for part, points, keys, ask in _POINTS:
        if _is_said(part, keys or _TOLD, told, answers):
            score += points
        else:
            missing.append(ask)
    if problems := _problems(answers):
        score, missing = min(score, _WITH_A_PROBLEM), [*problems, *missing]
    level = next(level for least, level in _LEVELS if score >= least)
    return Quality(score, tuple(missing), level)


def _is_said(part: str, keys: tuple[str, ...], told: Mapping[str, str], answers: Mapping[str, str]) -> bool:
    if any(answers.get(key, "").strip() for key in _SAID_BY.get(part, ())):
        return True
    return any(PARTS[part].search(told[key]) for key in keys if key in told)


def _problems(answers: Mapping[str, str]) -> list[Text]:
    found = {
        advice.kind
        for key in _TOLD
        if answers.get(key)
        for advice in check(key, answers[key])
        if advice.kind in _PROBLEMS
    }
    return [WHAT_TO_DO[kind] for kind in TipKind if kind in found]


_HINTS = {
    "title": _("One problem, in a few words."),
    "background": _("Who does the work today, how, and how often?"),
    "issue": _("What goes wrong, how often, and how long does it take?"),
    "goal": _("What should be different, and by when? Please ask for advice, not for a product."),
    "current_tools": _("Paper and telephone count too. Which devices and software do you use?"),
}
_HINTS_BY_AREA = {
    ("goal", "WEBSITE_ADVICE"): _("Making the site is not covered. How to make it or choose a maker is."),
    ("goal", "EC"): _("Building the shop is not covered. Choosing a service and running it is."),
    ("goal", "IT_HARDWARE_SELECT"): _("Buying is not covered. How to choose is."),
    ("goal", "SNS"): _("Posting in your place is not covered. Learning to keep it up is."),
    ("goal", "ACCOUNTING"): _("Typing for you is not covered. Learning to do it faster is."),
    ("goal", "RPA"): _("Which task should take less time, and how much less?"),
    ("issue", "SECURITY"): _("What worries you, and since when? Please write no passwords."),
    ("issue", "RESERVATION"): _("How many bookings a day, and what goes wrong how often?"),
    ("issue", "INVENTORY_PROD"): _("How many items or orders, and where do numbers go wrong?"),
    ("issue", "CASHLESS"): _("How do guests pay today, and how long does closing take?"),
}
_HINTS_BY_TRADE = {
    ("background", "retail"): _("How many people, and how do orders reach you?"),
    ("background", "restaurant"): _("How many seats and people, and how do bookings reach you?"),
    ("background", "manufacturing"): _("How many people, and who writes down stock and daily reports?"),
    ("background", "construction"): _("How many people and sites, and how do you reach the crews?"),
    ("background", "lodging"): _("How many rooms and people, and how do bookings reach you?"),
    ("background", "care"): _("How many people, and how are records kept?"),
    ("background", "service"): _("How many people, and how do customers reach you?"),
    ("background", "wholesale"): _("How many people, and how do orders and slips travel?"),
}
_NO_HINT = _("Please write it in your own words.")
_TRADES = {trade: pattern(words) for trade, words in DATA["trades"].items()}


def hint(key: str, *, area: str | None = None, trade: str | None = None) -> Text:
    """One short tip beside a question, the most fitting there is; `trade` as for `example`."""
    return (
        _HINTS_BY_AREA.get((key, area or ""))
        or _HINTS_BY_TRADE.get((key, _trade(trade) or ""))
        or _HINTS.get(key, _NO_HINT)
    )


def example(key: str, *, area: str | None = None, trade: str | None = None, lang: str = "ja") -> str | None:
    """A good answer to start from, for an area (DOMAIN 4.2) and a trade; None where there is none.

    `trade` may be one of our codes (`restaurant`) or what the owner calls it in Japanese.
    """
    examples = DATA["example"]
    choices = (examples["area"].get(area, {}), examples["trade"].get(_trade(trade), {}), examples["any"])
    words: dict[str, str] = next((choice[key] for choice in choices if key in choice), {})
    return words.get(lang, words.get("ja"))


def _trade(words: str | None) -> str | None:
    plain = fold(words or "", spaces=False).text
    return next((trade for trade, known in _TRADES.items() if known.search(plain)), None)
