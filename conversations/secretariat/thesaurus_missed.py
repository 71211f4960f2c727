"""The secretariat sees what experts looked for in vain, and says what was meant by it or that it is not for us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from conversations import form as engine
from conversations.acts import number, on
from conversations.choices import Choice
from conversations.current import Part, Place, shown_at
from conversations.form import Form
from conversations.messages import Button, Card, Fact, Pressed, Say, Screen, act
from conversations.questions import Line
from conversations.secretariat.thesaurus_edit import (
    BOTH,
    PROPOSALS,
    TITLE,
    Proposal,
    in_two_groups,
    proposing,
    show_preview,
)
from conversations.secretariat.thesaurus_shown import ALL_GROUPS, MISSED, group_facts, open_cases, things
from locales import _
from services.answers import DONE, Draft
from services.missed_queries import Missed, Understood
from services.thesaurus_groups import LONGEST_WORD, SHORTEST, Role, WordGroup, holding

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services

PAGE = 8
MOST_GROUPS = 5
NOT_FOUND = _("Not found in searches")
TEACH = _("Open one and say which word means the same. Then it is found.")


@shown_at(Place.REPAIRS)
async def at_home(services: Services) -> list[Part]:
    """How many queries wait, and the way to the words."""
    if not await services.secretariat.includes_me():
        return []
    count = await services.missed.waiting()
    see = Button(_("See them"), act("office.missed"), "primary")
    title = _("Looked for in vain by experts: {count}")(count=count)
    return [Card(title, buttons=[see, ALL_GROUPS] if count else [ALL_GROUPS])]


# --- the list ------------------------------------------------------------------------------------------


@on("office.missed")
async def show(turn: Turn, pressed: Pressed) -> None:
    """A page of what was looked for in vain."""
    await _show(turn, number(pressed.act.args, "p") if "p" in pressed.act.args else 0)


async def _show(turn: Turn, page: int = 0, *lead: Part) -> None:
    missed = turn.services.missed
    queries = await missed.list(PAGE, page * PAGE)
    waiting = await missed.waiting()
    parts: list[Part] = [*lead, *([Say(TEACH)] if queries else []), *(_card(query) for query in queries)]
    if not queries:
        parts.append(Say(_("Nothing waits. Well done.")))
    turns = []
    if page:
        turns.append(Button(_("Previous page"), act("office.missed", p=page - 1)))
    if (page + 1) * PAGE < waiting:
        turns.append(Button(_("Next page"), act("office.missed", p=page + 1), "primary"))
    parts.append(Card(_("Waiting: {count}")(count=waiting), buttons=[*turns, ALL_GROUPS]))
    turn.say(Screen(NOT_FOUND, parts, ref="missed_queries"))


def _card(query: Missed) -> Card:
    return Card(
        query.words,
        badge=_("Nothing was found") if query.nothing else _("Only some of the words were found"),
        facts=_facts(query),
        buttons=[Button(_("Open"), act("office.missed.open", k=query.key), "primary")],
    )


def _facts(query: Missed) -> list[Fact]:
    how_often = _("{count}×, by {experts} experts")(count=query.times, experts=query.experts)
    return [
        Fact(_("How often"), how_often),
        Fact(_("Looked for last"), _("{when}")(when=query.last_at)),
    ]


# --- one query -----------------------------------------------------------------------------------------


@on("office.missed.open")
async def open_query(turn: Turn, pressed: Pressed) -> None:
    """What was looked for, how a search reads it, and what may have been meant."""
    missed = turn.services.missed
    query = await missed.get(pressed.act.args.get("k", ""))
    if await missed.finds(query.words):
        await _show(turn, 0, Say(_("“{words}” finds open cases by now.")(words=query.words)))
        return
    read = await missed.understood(query.words)
    whole = []
    if len(read) > 1 and len(query.words) <= LONGEST_WORD:
        whole = _ways(query, query.words, await missed.near(query.words))
    head = Card(
        query.words,
        facts=[*_facts(query), Fact(_("Looked for first"), _("{when}")(when=query.first_at))],
        buttons=[
            *whole,
            Button(_("Not for us"), act("office.missed.dismiss", k=query.key)),
            Button(_("Back to the list"), MISSED.does),
        ],
    )
    turn.say(Screen(NOT_FOUND, [head, *(_word(query, one) for one in read)], ref="missed_queries"))


def _word(query: Missed, read: Understood) -> Card:
    """One of its words, with the ways to say what it means."""
    facts = [Fact(_("Open cases with it"), open_cases(read.cases))]
    if read.means:
        facts.append(Fact(_("Groups it stands in"), things(group.name for group in read.means)))
        facts.append(Fact(_("Open cases with all words for it"), open_cases(read.found)))
    if read.guessed:
        facts.append(Fact(_("A search takes it for"), things(read.guessed)))
    short = len(read.word) < SHORTEST
    return Card(
        _("“{word}”")(word=read.word),
        badge=None if read.means or read.cases else _("Unknown word"),
        facts=facts,
        body=[_("It is too short to be taught: it would find too much.")] if short else [],
        buttons=[] if short else _ways(query, read.word, read.near),
    )


def _ways(query: Missed, word: str, near: Sequence[str]) -> list[Button]:
    """How to say what a word means: in a form, or by one press that it is one of those near it."""
    means = [
        Button(_("Means “{word}”")(word=one), act("office.missed.means", k=query.key, w=word, t=one))
        for one in near
    ]
    return [Button(_("Means the same as…"), act("office.missed.same", k=query.key, w=word)), *means]


@on("office.missed.dismiss")
async def dismiss(turn: Turn, pressed: Pressed) -> None:
    """It is nothing that our cases are about."""
    key = pressed.act.args.get("k", "")
    await turn.services.missed.dismiss(key)
    back = Button(_("Put it back"), act("office.missed.put_back", k=key))
    await _show(turn, 0, Say(_("It is off the list."), [back]))


@on("office.missed.put_back")
async def put_back(turn: Turn, pressed: Pressed) -> None:
    """It is for us after all."""
    await turn.services.missed.put_back(pressed.act.args.get("k", ""))
    await _show(turn, 0, Say(_("It is on the list again.")))


# --- what it means -------------------------------------------------------------------------------------


class MeansTheSame(Form):
    """What a word that was looked for in vain means; `about` is the key of the query with the word."""

    name = "thesaurus.same"
    title = TITLE
    submit = _("See what it finds")

    page = proposing()
    word = Line(_("Which word was looked for?"), at_most=LONGEST_WORD)
    other = Line(
        _("Which word does it mean the same as?"),
        at_most=LONGEST_WORD,
        hint=_("A word of a group. One that stands in none begins a new group."),
    )
    role = Choice(
        _("What is it to that word?"),
        {Role.SAME.value: _("It means the same"), Role.KIND.value: _("It is a kind or a part of it")},
    ).filled(lambda facts: Role.SAME)
    both = in_two_groups()

    async def complete(self, turn: Turn) -> None:
        """Show what would change; where the word stands in several groups, ask which is meant."""
        await _propose(turn, self.draft)


@on("office.missed.same")
async def same(turn: Turn, pressed: Pressed) -> None:
    """Say what a word means."""
    query = await turn.services.missed.get(pressed.act.args.get("k", ""))
    word = pressed.act.args.get("w", "")[:LONGEST_WORD]
    await turn.start(MeansTheSame, f"{query.key}:{word}", {"word": word})


@on("office.missed.means")
async def means(turn: Turn, pressed: Pressed) -> None:
    """It means a word that was proposed."""
    args = pressed.act.args
    query = await turn.services.missed.get(args.get("k", ""))
    word, other = args.get("w", "")[:LONGEST_WORD], args.get("t", "")[:LONGEST_WORD]
    answers = {"word": word, "other": other, "role": Role.SAME.value}
    draft = Draft(MeansTheSame.name, f"{query.key}:{word}", answers, state=DONE)
    await _propose(turn, await turn.services.drafts.save(draft, turn.services.now))


async def _propose(turn: Turn, draft: Draft) -> None:
    said = engine.values_of(engine.walk(MeansTheSame, draft, turn.facts))
    desk = turn.services.thesaurus
    groups = holding(await desk.groups(), said["other"])
    meant = [group for group in groups if group.spelled(said["other"]) in group.words]
    if len(meant) == 1 or not groups:
        key = meant[0].key if meant else await desk.free_key(said["other"])
        await show_preview(turn, await _proposal(turn, draft, {"g": key}))
        return
    lead = _("“{word}” is a kind of something. How do they belong together?")
    if meant:
        lead = _("“{word}” stands in several groups. Which is meant?")
    parts: list[Part] = [Say(lead(word=said["other"]))]
    parts += [_choice(draft, group, said["other"]) for group in (meant or groups)[:MOST_GROUPS]]
    if not meant:
        key = await desk.free_key(said["other"])
        own = Button(_("A new group"), act("office.words.preview", d=draft.id, g=key))
        parts.append(Card(things([said["other"], said["word"]]), buttons=[own]))
    turn.say(Screen(TITLE, parts, ref=f"thesaurus:{draft.id}"))


def _choice(draft: Draft, group: WordGroup, other: str) -> Card:
    """One group that may be meant; where the other word is a kind there, so is the new one."""
    as_kind = {} if group.spelled(other) in group.words else {"o": Role.KIND.value}
    this = Button(_("This group"), act("office.words.preview", d=draft.id, g=group.key, **as_kind), "primary")
    return Card(group.name, facts=group_facts(group), buttons=[this])


async def _proposal(turn: Turn, draft: Draft, args: Mapping[str, str]) -> Proposal:
    """What a form comes to in the group that the button names: the word, and in a new group the other one too."""
    said = engine.values_of(engine.walk(MeansTheSame, draft, turn.facts))
    missed = draft.about.partition(":")[0]
    query = await turn.services.missed.get(missed)
    key = args.get("g", "")
    group = (await turn.services.thesaurus.groups()).get(key, WordGroup(key))
    as_kind = args.get("o") == Role.KIND
    roles = {group.spelled(said["word"]): Role.KIND if as_kind else Role(said["role"])}
    if group.spelled(said["other"]) not in group.roles:
        roles[said["other"]] = Role.SAME
    return Proposal(
        group,
        group.missing(roles),
        draft.id,
        group.revision,
        # In the language of the programme, for it is read by whoever looks at the history.
        turn.facts.say(_("Looked for: {words}")(words=query.words)),
        BOTH in (said.get("both") or ()),
        missed,
        (query.words,),
        {"o": Role.KIND.value} if as_kind else {},
    )


PROPOSALS[MeansTheSame.name] = _proposal
