"""The secretariat changes a group of words: proposed in a form, looked at with what it would find, then saved."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conversations import form as engine
from conversations.acts import number, on
from conversations.choices import Choices
from conversations.form import Form
from conversations.messages import Button, Card, Heading, Pressed, Say, Screen, Words, act
from conversations.questions import Line, Page, Question, Story
from conversations.secretariat.thesaurus_shown import (
    ALL_GROUPS,
    MISSED,
    change_facts,
    edit_card,
    group_card,
    open_cases,
)
from locales import _
from services.answers import DONE, Draft
from services.refusals import Refusal
from services.thesaurus_desk import LONGEST_REASON, Changed
from services.thesaurus_groups import (
    LONGEST_WORD,
    MOST_KINDS,
    Role,
    WordGroup,
    difference,
    read_words,
)

if TYPE_CHECKING:
    from conversations.turn import Turn

Part = Heading | Say | Card
NEW = "+"
"""What the form of a new group is about."""
LONGEST = MOST_KINDS * (LONGEST_WORD + 1)
"""Letters of a group at its largest, so that what a field begins with always has room in it."""
EFFECTS = 5
"""Of so many words, at most, the preview says what they would find."""
BOTH = "both"
TITLE = _("Words for searching")


@dataclass(frozen=True)
class Proposal:
    """What a clerk wants to change: in which group and how, and from which of its revisions that was worked out.

    `begun_from` is the revision from which the clerk set out. `missed`: the query that brought it up, by its key.
    """

    group: WordGroup
    roles: dict[str, Role]
    draft_id: int
    begun_from: int
    reason: str = ""
    both: bool = False
    missed: str | None = None
    words: tuple[str, ...] = ()
    args: Mapping[str, str] = field(default_factory=dict)

    @property
    def tried(self) -> list[str]:
        """The words of which the preview says what they would find."""
        new = [word for word, role in self.roles.items() if role is not Role.OUT]
        out = [word for word, role in self.roles.items() if role is Role.OUT]
        return list(dict.fromkeys([*self.words, *new, *out, self.group.name]))[:EFFECTS]


def proposing() -> Page:
    """The page of a form that only proposes."""
    return Page(TITLE, _("Nothing is changed yet: first you see what a search would find."))


def in_two_groups() -> Question[tuple[str, ...] | None]:
    """Whether the words may stand in another group as well."""
    return Choices(
        _("Words of another group"), {BOTH: _("They may stand here as well: they have two meanings.")}
    ).optional()


class WordsOfGroup(Form):
    """The words of one group; `about` is the group's name with its revision, or "+" for a new group."""

    name = "thesaurus.group"
    title = TITLE
    submit = _("See what it finds")

    page = proposing()
    words = Story(
        _("Words that mean the same"),
        at_most=LONGEST,
        hint=_("One a line. A search for one finds the others."),
    )
    kinds = Story(
        _("Kinds, products and parts of it"),
        at_most=LONGEST,
        hint=_("A search for the words finds these. The other way round it counts little."),
    ).optional()
    both = in_two_groups()
    reason = Line(_("Why? For your colleagues."), at_most=LONGEST_REASON).optional()

    async def complete(self, turn: Turn) -> None:
        """Show what would change, and what that would find."""
        await show_preview(turn, await of_draft(turn, self.draft, {}))


async def of_draft(turn: Turn, draft: Draft, args: Mapping[str, str]) -> Proposal:
    """What a form of the whole group comes to on top of the group as it is now; a new one may have a name already."""
    said = engine.values_of(engine.walk(WordsOfGroup, draft, turn.facts))
    words, kinds = await asyncio.to_thread(_read, said["words"], said.get("kinds") or "")
    desk = turn.services.thesaurus
    begun_from = 0
    if draft.about == NEW:
        if not words:
            raise Refusal(_("Please write a few words."), about="words")
        key = args.get("g") or await desk.free_key(words[0])
        base = WordGroup(key)
    else:
        revision, _at, key = draft.about.partition("@")
        begun_from = int(revision)
        base = await desk.group_at(key, begun_from)
    group = (await desk.groups()).get(key, WordGroup(key))
    if draft.about == NEW and not group.roles:
        # What was given up under the same name long ago concerns nobody who begins anew.
        begun_from = group.revision
    roles = group.missing(await asyncio.to_thread(difference, base, words, kinds))
    both = BOTH in (said.get("both") or ())
    return Proposal(group, roles, draft.id, begun_from, said.get("reason") or "", both)


def _read(words: str, kinds: str) -> tuple[list[str], list[str]]:
    return read_words(words), read_words(kinds)


PROPOSALS: dict[str, Callable[[Turn, Draft, Mapping[str, str]], Awaitable[Proposal]]] = {
    WordsOfGroup.name: of_draft
}
"""What a sent form proposes, by the form's name, with what the button that was pressed says beside."""


async def show_preview(turn: Turn, proposal: Proposal) -> None:
    """What would change, what a search would find then, and the button that saves it. Raises Refusal."""
    services, group = turn.services, proposal.group
    parts = await _by_others(turn, proposal)
    if not proposal.roles:
        parts.append(Say(_("All of this is in force already.")))
        turn.say(
            Screen(TITLE, [*parts, group_card(group), Card(_("What next?"), buttons=[ALL_GROUPS, MISSED])])
        )
        return
    effects = await services.thesaurus.preview(group.key, proposal.roles, proposal.tried, both=proposal.both)
    body: list[Words] = [
        _("“{word}” will find {after} (now {now}).")(
            word=one.words, after=open_cases(one.after), now=open_cases(one.now)
        )
        for one in effects
    ]
    args = {"d": proposal.draft_id, "g": group.key, "r": group.revision, **proposal.args}
    buttons = [
        Button(_("Save"), act("office.words.save", **args), "primary"),
        Button(_("Correct it"), act("office.words.again", d=proposal.draft_id)),
    ]
    parts.append(
        Card(
            group.name if group.roles else _("New group"),
            badge=_("Not saved yet"),
            facts=change_facts(proposal.roles, group.shipped),
            body=body,
            note=_("Searches know it as soon as you save. Words of several parts take a minute more."),
            buttons=buttons,
        )
    )
    turn.say(Screen(_("Is this right?"), parts, ref=f"thesaurus:{proposal.draft_id}"))


async def _by_others(turn: Turn, proposal: Proposal) -> list[Part]:
    """What colleagues have changed since the clerk set out."""
    services = turn.services
    if proposal.group.revision == proposal.begun_from:
        return []
    edits = await services.thesaurus.since(proposal.group.key, proposal.begun_from)
    lead = Say(_("This group was changed meanwhile. What you wrote comes on top of that."))
    cards = [await edit_card(services, edit, True, proposal.group.name) for edit in edits[-3:]]
    return [lead, *(Card(card.title, facts=card.facts) for card in cards)]


async def _save(turn: Turn, proposal: Proposal, seen: int) -> None:
    """Save what was looked at; where a colleague was quicker, show it once more on top of what they did."""
    services, group = turn.services, proposal.group
    if group.revision != seen or not proposal.roles:
        await show_preview(turn, proposal)
        return
    edit = await services.thesaurus.save(group.key, proposal.roles, seen, proposal.reason, both=proposal.both)
    if proposal.missed is not None:
        await services.missed.teach(proposal.missed, edit.id)
    saved = await services.thesaurus.group(group.key)
    turn.say(
        Screen(
            TITLE,
            [
                Say(_("Saved. The next search knows it.")),
                group_card(saved, [_back(edit.id)]),
                Card(_("What next?"), buttons=[ALL_GROUPS, MISSED]),
            ],
        )
    )


# --- what is pressed -----------------------------------------------------------------------------------


@on("office.words.new")
async def new(turn: Turn, pressed: Pressed) -> None:
    """Begin a group."""
    await turn.services.secretariat.require()
    await turn.start(WordsOfGroup, NEW)


@on("office.words.edit")
async def edit(turn: Turn, pressed: Pressed) -> None:
    """Change a group as it is now; what was begun from an earlier state of it is not mixed in."""
    group = await turn.services.thesaurus.group(pressed.act.args.get("g", ""))
    answers = {"words": "\n".join(group.words), "kinds": "\n".join(group.kinds)}
    await turn.start(WordsOfGroup, f"{group.revision}@{group.key}", answers)


@on("office.words.preview")
async def preview(turn: Turn, pressed: Pressed) -> None:
    """This is the group that was meant."""
    await turn.services.secretariat.require()
    draft = await own(turn, pressed)
    await show_preview(turn, await PROPOSALS[draft.form](turn, draft, pressed.act.args))


@on("office.words.save")
async def save_button(turn: Turn, pressed: Pressed) -> None:
    """Save what was looked at."""
    await turn.services.secretariat.require()
    draft = await own(turn, pressed)
    proposal = await PROPOSALS[draft.form](turn, draft, pressed.act.args)
    await _save(turn, proposal, number(pressed.act.args, "r"))


@on("office.words.again")
async def again(turn: Turn, pressed: Pressed) -> None:
    """Correct what was proposed; all that was typed is there."""
    await turn.services.secretariat.require()
    draft = await own(turn, pressed)
    await turn.start(Form.all[draft.form], draft.about, draft.answers)


@on("office.words.remove")
async def remove(turn: Turn, pressed: Pressed) -> None:
    """Give a group up."""
    desk = turn.services.thesaurus
    group = await desk.group(pressed.act.args.get("g", ""))
    out = dict.fromkeys(group.roles, Role.OUT)
    try:
        edit = await desk.save(group.key, out, number(pressed.act.args, "r"))
    except Changed as changed:
        turn.say(Screen(TITLE, [Say(changed.reason), group_card(group)]))
        return
    turn.say(
        Screen(
            TITLE,
            [
                Say(_("Removed. The next search knows it.")),
                Card(group.name, facts=change_facts(edit.words), buttons=[_back(edit.id)]),
                Card(_("What next?"), buttons=[ALL_GROUPS, MISSED]),
            ],
        )
    )


def _back(edit_id: int) -> Button:
    return Button(_("Undo"), act("office.words.undo", i=edit_id))


@on("office.words.undo")
async def undo(turn: Turn, pressed: Pressed) -> None:
    """Take a change back; a missed query that was taught by it waits again."""
    services = turn.services
    edit_id = number(pressed.act.args, "i")
    back = await services.thesaurus.undo(edit_id)
    await services.missed.put_back_taught(edit_id)
    group = await services.thesaurus.group(back.group)
    lead = _("Undone: {words}")(words=list(back.words))
    card = group_card(group) if group.roles else Card(_("This group has no words any more."))
    turn.say(Screen(TITLE, [Say(lead), card, Card(_("What next?"), buttons=[ALL_GROUPS, MISSED])]))


async def own(turn: Turn, pressed: Pressed) -> Draft:
    """The sent form that a button belongs to. Raises Refusal for any other."""
    draft = await turn.services.drafts.get(number(pressed.act.args, "d"))
    if draft is None or draft.state != DONE or draft.form not in PROPOSALS:
        raise Refusal(_("This window is out of date. Please open it again."))
    return draft
