"""How a case looks to an expert: one way for the preview, search results, details and reviews.

Contact data that slipped into a text is masked here, so nobody outside the secretariat sees it (DOMAIN 4.4).
"""

from __future__ import annotations

from collections.abc import Sequence

from conversations.messages import Button, Card, Fact, Words
from locales import Text, _
from services.cases import Case, CaseState, Mode
from services.label import Label
from services.programme import Programme
from services.tips import mask_contacts
from services.values import Hours, Yen

BRIEF = 80
"""How many characters of the problem a search result shows."""
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
    brief: bool = False,
    proposals: int | None = None,
    badge: Words | None = None,
    body: Sequence[Words] = (),
    note: Words | None = None,
    buttons: Sequence[Button] = (),
) -> Card:
    """A case as experts see it, whole or as one of several; `body` stands after the texts of the case."""
    title = mask_contacts(case.title)
    texts: list[Words] = [cut(mask_contacts(case.issue))] if brief else list(texts_of(case))
    return Card(
        f"{case.number} {title}".strip(),
        badge=badge or area_of(case, programme),
        facts=facts_of(case, brief=brief, proposals=proposals),
        body=[*texts, *body],
        note=note,
        buttons=buttons,
    )


def facts_of(case: Case, *, brief: bool = False, proposals: int | None = None) -> list[Fact]:
    """What matters when choosing a case: place and way, period, hours, budget, deadline, proposals so far."""
    facts = [Fact(_("Deadline for proposals"), _("{day}")(day=case.proposal_deadline))]
    if proposals is not None:
        facts.append(Fact(_("Proposals so far"), str(proposals)))
    if case.trade:
        facts.append(Fact(_("Line of business"), mask_contacts(case.trade)))
    facts += [
        Fact(_("How"), MODE[Mode(case.mode)]),
        Fact(_("Place"), f"{case.prefecture}{case.city}"),
    ]
    if not brief:
        facts.append(Fact(_("Period"), _("{start} to {end}")(start=case.period_start, end=case.period_end)))
    return [
        *facts,
        Fact(_("Rough hours"), hours_of(case)),
        Fact(_("Own budget"), budget_of(case)),
    ]


def texts_of(case: Case) -> list[Text]:
    """What the company wrote, under its headings, with contact data masked."""
    told = [
        _("[Background]\n{words}")(words=mask_contacts(case.background)),
        _("[Problem]\n{words}")(words=mask_contacts(case.issue)),
        _("[Goal]\n{words}")(words=mask_contacts(case.goal)),
    ]
    if case.current_tools:
        told.append(_("[Tools in use]\n{words}")(words=mask_contacts(case.current_tools)))
    return told


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


def cut(words: str, most: int = BRIEF) -> str:
    """The beginning of a text in one line."""
    line = " ".join(words.split())
    return line if len(line) <= most else line[: most - 1] + "\u2026"
