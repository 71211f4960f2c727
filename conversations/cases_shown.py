"""How a case looks to an expert: one way for the preview, search results, details and reviews.

Contact data that slipped into a text is masked here, so nobody outside the secretariat sees it (DOMAIN 4.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from conversations.messages import Button, Card, Fact, Marked, Words
from locales import Text, _
from services.case_marks import Marks, Piece
from services.cases import Case, CaseState, Mode
from services.label import Label
from services.programme import Programme
from services.tips import mask_contacts
from services.values import Hours, Yen

BRIEF = 80
"""How many characters of a text are shown where there is one line for it."""
PASSAGE = 110
"""How many characters of what the company wrote a search result shows."""
BEFORE = 20
"""How many of them at most stand before the first word that was looked for."""
ELLIPSIS = "\u2026"
TOLD = {
    "case_title": "title",
    "background": "background",
    "issue": "issue",
    "goal": "goal",
    "current_tools": "current_tools",
}
"""The answers in a person's own words, and what the tips call them."""
STATE = {
    CaseState.UNDER_REVIEW: _("Being reviewed"),
    CaseState.DEFICIENT: _("Please correct"),
    CaseState.PUBLISHED: _("Waiting for proposals"),
    CaseState.NOT_WANTED: _("No more proposals"),
    CaseState.NEGOTIATING: _("In talks"),
    CaseState.PLAN_AGREED: _("Plan agreed"),
    CaseState.CONTRACTED: _("In support"),
    CaseState.CLOSED: _("Closed"),
    CaseState.EXPIRED: _("Deadline over"),
    CaseState.CANCELLED: _("Taken back"),
    CaseState.HIDDEN: _("Not shown"),
    CaseState.REJECTED: _("Not accepted"),
}
MODE = {Mode.ONLINE: _("Online"), Mode.VISIT: _("Visit"), Mode.EITHER: _("Online or visit")}


def case_card(
    case: Case,
    programme: Programme,
    *,
    proposals: int | None = None,
    badge: Words | None = None,
    note: Words | None = None,
    buttons: Sequence[Button] = (),
    marks: Marks | None = None,
    areas: Sequence[Label] = (),
) -> Card:
    """The whole of a case as experts see it; what was looked for stands out in its texts.

    `areas` are all that it belongs to, where these are more than its own.
    """
    return Card(
        title_of(case, marks),
        badge=badge or _("{things}")(things=areas or [area_of(case, programme)]),
        facts=facts_of(case, proposals=proposals),
        body=texts_of(case, marks),
        note=note,
        buttons=buttons,
    )


def result_card(
    case: Case,
    programme: Programme,
    today: date,
    *,
    proposals: int,
    reasons: Sequence[Words] = (),
    buttons: Sequence[Button] = (),
    marks: Marks | None = None,
    areas: Sequence[Label] = (),
    new: bool = False,
) -> Card:
    """A case as one of several: the passage that tells most, why it is here, and what matters in two lines.

    `areas` are all that it belongs to, where these are more than its own; `new` marks it as news.
    """
    small: list[Words] = [_("Why this case: {reasons}")(reasons=reasons)] if reasons else []
    small.append(
        _("{left} · hours: {hours} · own budget: {budget} · proposals: {count}")(
            left=days_left(case.proposal_deadline, today),
            hours=hours_of(case),
            budget=budget_of(case),
            count=proposals,
        )
    )
    kind = _("{area} · {place} · {how}")(
        area=areas or area_of(case, programme),
        place=f"{case.prefecture}{case.city}",
        how=MODE[Mode(case.mode)],
    )
    return Card(
        title_of(case, marks),
        badge=_("New · {kind}")(kind=kind) if new else kind,
        body=[passage_of(case, marks)],
        note=_("{first}\n{second}")(first=small[0], second=small[1]) if reasons else small[0],
        buttons=buttons,
    )


def title_of(case: Case, marks: Marks | None = None) -> str:
    """The number and the title of a case."""
    title = mask_contacts(case.title)
    if marks is None:
        return f"{case.number} {title}".strip()
    return Marked([(f"{case.number} ", False), *marks.split(title)])


def passage_of(case: Case, marks: Marks | None = None) -> Marked:
    """The part of what the company wrote in which most of the words stand, else the beginning of its problem."""
    told = (case.issue, case.goal, case.background, case.current_tools)
    texts = [" ".join(mask_contacts(text).split()) for text in told if text]
    passages = [passage([(text, False)] if marks is None else marks.split(text)) for text in texts]
    return max(passages, key=_told, default=Marked([]))


def passage(pieces: Sequence[Piece], most: int = PASSAGE) -> Marked:
    """At most so many characters of a text, from where most different marked words stand close together."""
    text = "".join(words for words, _marked in pieces)
    if len(text) <= most:
        return Marked(pieces)
    starts = [0, *(max(at - BEFORE, 0) for at, _words in _marked_at(pieces))]
    windows = [_window(pieces, min(start, len(text) - most), most) for start in dict.fromkeys(starts)]
    return max(windows, key=_told)


def _told(shown: Marked) -> int:
    """How many different words that were looked for stand in a passage."""
    return len({words for words, stands_out in shown.pieces if stands_out})


def _marked_at(pieces: Sequence[Piece]) -> Iterator[tuple[int, str]]:
    at = 0
    for words, stands_out in pieces:
        if stands_out:
            yield at, words
        at += len(words)


def _window(pieces: Sequence[Piece], start: int, most: int) -> Marked:
    """The pieces within so many characters from a place on, with an ellipsis where something is left out."""
    shown: list[Piece] = [(ELLIPSIS, False)] if start else []
    at = 0
    for words, stands_out in pieces:
        shown.append((words[max(start - at, 0) : max(start + most - at, 0)], stands_out))
        at += len(words)
    return Marked([*shown, (ELLIPSIS, False)] if at > start + most else shown)


def facts_of(case: Case, *, proposals: int | None = None) -> list[Fact]:
    """What matters when choosing a case: place and way, period, hours, budget, deadline, proposals so far."""
    facts = [Fact(_("Deadline for proposals"), _("{day}")(day=case.proposal_deadline))]
    if proposals is not None:
        facts.append(Fact(_("Proposals so far"), count_of(proposals)))
    if case.trade:
        facts.append(Fact(_("Line of business"), mask_contacts(case.trade)))
    return [
        *facts,
        Fact(_("How"), MODE[Mode(case.mode)]),
        Fact(_("Place"), f"{case.prefecture}{case.city}"),
        Fact(_("Period"), _("{start} to {end}")(start=case.period_start, end=case.period_end)),
        Fact(_("Rough hours"), hours_of(case)),
        Fact(_("Own budget"), budget_of(case)),
    ]


def texts_of(case: Case, marks: Marks | None = None) -> list[Text]:
    """What the company wrote, under its headings, with contact data masked."""
    told = [
        _("[Background]\n{words}")(words=_marked(case.background, marks)),
        _("[Problem]\n{words}")(words=_marked(case.issue, marks)),
        _("[Goal]\n{words}")(words=_marked(case.goal, marks)),
    ]
    if case.current_tools:
        told.append(_("[Tools in use]\n{words}")(words=_marked(case.current_tools, marks)))
    return told


def _marked(text: str, marks: Marks | None) -> str:
    """A text of the company's, in pieces where words are looked for."""
    masked = mask_contacts(text)
    return masked if marks is None else Marked(marks.split(masked))


def area_of(case: Case, programme: Programme) -> Label:
    """What the support area of a case is called."""
    return programme.area(case.area).label


def hours_of(case: Case) -> Words:
    """The hours a company has in mind."""
    if case.minutes is None:
        return _("Not decided")
    return _("{hours} hours")(hours=str(Hours(case.minutes)))


def budget_of(case: Case) -> Words:
    """What a company can pay itself for the whole case."""
    return _("Not decided") if case.budget_yen is None else _("Up to {amount}")(amount=Yen(case.budget_yen))


def count_of(proposals: int) -> Text:
    """How many proposals there are; Japanese counts them in words of their own."""
    return _("{proposals}")(proposals=proposals)


def days_left(deadline: date, today: date) -> Text:
    """How long proposals are accepted, in days."""
    days = (deadline - today).days
    return _("{days} days left for proposals")(days=days) if days > 0 else _("Proposals close today.")


def cut(words: str, most: int = BRIEF) -> str:
    """The beginning of a text in one line."""
    line = " ".join(words.split())
    return line if len(line) <= most else line[: most - 1] + ELLIPSIS
