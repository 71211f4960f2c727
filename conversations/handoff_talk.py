"""Somebody talks to a person of the secretariat: what is passed on, what is said meanwhile, and how it ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from conversations import chat, menu
from conversations.acts import number, on, on_word
from conversations.form import Form
from conversations.handoff_calls import hear_number
from conversations.handoffs_shown import (
    CALL,
    WITHDRAW,
    packet_facts,
    packet_of,
    standing_card,
    when_answered,
)
from conversations.messages import Button, Card, Fact, Pressed, Said, Say, Words, act
from conversations.questions import Page, Story
from conversations.vocabulary import meant
from locales import _
from services.answers import Draft
from services.handoff_records import TALK
from services.handoffs import Handoff, HandoffState, Packet

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.handoff_records import HandoffPreparation

LONGEST = 1000
AT_HAND = timedelta(hours=12)
YES = ("yes", "ok")
STOP = ("no", "cancel", "back")


class OwnWords(Form):
    """A few words that are passed on as well, where pages are shown; the draft is about nothing."""

    name = "handoff.words"
    title = _("Add a word")
    submit = _("Add this")

    page = Page(_("Add a word"), _("Only the clerk reads this."))
    words = Story(_("What would you like to add?"), at_most=LONGEST)

    async def complete(self, turn: Turn) -> None:
        """Show once more what is passed on."""
        await _show_prepared(turn, await turn.services.handoffs.add_words(self.words))


# --- before it is passed on ----------------------------------------------------------------------------


@on("handoff.start")
async def start_button(turn: Turn, pressed: Pressed) -> None:
    """A person, please."""
    await start(turn)


@on_word("human")
async def start(turn: Turn) -> None:
    """Show what would be passed on; while somebody is there already, where that stands."""
    handoffs = turn.services.handoffs
    handoff = await handoffs.open_of(turn.person.id)
    if handoff is not None:
        turn.say(await standing_card(turn.services, handoff))
        return
    await _show_prepared(turn, await handoffs.prepare(await _packet(turn)))


async def start_by_command(turn: Turn, rest: str) -> None:
    """The same by a slash command; the words after it are added, or reach who is there already."""
    handoffs = turn.services.handoffs
    if not rest:
        await start(turn)
    elif await handoffs.open_of(turn.person.id) is not None:
        await pass_on(turn, rest)
    else:
        await handoffs.prepare(await _packet(turn))
        await _show_prepared(turn, await handoffs.add_words(rest))


async def _packet(turn: Turn) -> Packet:
    """Where the person is: in a form, or at what was on the screen last."""
    services = turn.services
    draft = await services.drafts.open() if turn.chatty else await _at_hand(turn)
    form = Form.all.get(draft.form) if draft else None
    misheard = " / ".join(await services.misheard.recent()) or None
    if draft is None or form is None:
        return Packet(record=await _record(turn), misheard=misheard)
    return packet_of(form, draft, turn.facts, misheard)


async def _at_hand(turn: Turn) -> Draft | None:
    """The form of which a page was kept last, where forms are windows that nobody sees any more."""
    kept = [draft for draft in await turn.services.drafts.kept() if draft.form != OwnWords.name]
    if not kept or kept[0].updated_at is None or turn.services.now - kept[0].updated_at > AT_HAND:
        return None
    return kept[0]


Numbered = Callable[["Services", int], Awaitable[str | None]]


async def _case(services: Services, record_id: int) -> str | None:
    case = await services.cases.get(record_id)
    return case.number if case else None


async def _request(services: Services, record_id: int) -> str | None:
    request = await services.requests.get(record_id)
    return request.number if request else None


async def _enquiry(services: Services, record_id: int) -> str | None:
    enquiry = await services.enquiries.get(record_id)
    return enquiry.number if enquiry else None


async def _invoice(services: Services, record_id: int) -> str | None:
    invoice = await services.invoices.get(record_id)
    return invoice.number if invoice else None


RECORDS: Mapping[str, Numbered] = {
    "case": _case,
    "request": _request,
    "enquiry": _enquiry,
    "invoice": _invoice,
}
"""What a button offered last acts on, by the first word of its act."""


async def _record(turn: Turn) -> str | None:
    """The number of what was on the screen last; what is offered to a person is theirs to see."""
    for offer in await turn.services.offers.held() if turn.chatty else ():
        find, record = RECORDS.get(offer["a"].partition(".")[0]), offer["w"].get("i", "")
        if find is not None and record.isdecimal():
            return await find(turn.services, int(record))
    return None


async def _show_prepared(turn: Turn, prepared: HandoffPreparation, lead: Sequence[Words] = ()) -> None:
    """What would be passed on, with the ways on; only what stands here is."""
    packet = prepared.content
    ids = {"r": prepared.revision}
    add = _("Write it anew") if packet.added else _("Add a word")
    turn.say(
        Card(
            _("Shall we pass this on?"),
            facts=packet_facts(packet, turn.facts),
            body=[*lead, _("The secretariat gets this, so that you need not tell it again.")],
            note=_("Names, contacts, bank details and files are left out.") if packet.left_out else None,
            buttons=[
                Button(_("Send it like this"), act("handoff.send", **ids), "primary"),
                Button(add, act("handoff.add", **ids)),
                Button(_("Don't send it"), act("handoff.drop", **ids)),
            ],
            tone="review",
        )
    )


@on("handoff.send")
async def send_button(turn: Turn, pressed: Pressed) -> None:
    """Pass on what was shown; what has changed since is shown once more."""
    handoffs = turn.services.handoffs
    prepared = await handoffs.prepared()
    handoff = await handoffs.open_of(turn.person.id)
    if prepared is not None and prepared.revision != number(pressed.act.args, "r"):
        await _show_prepared(turn, prepared, [_("Something has changed since. Please look once more.")])
    elif prepared is None and handoff is not None:
        turn.say(await standing_card(turn.services, handoff, [_("We have passed it on already.")]))
    else:
        await _send(turn, number(pressed.act.args, "r"))


async def _send(turn: Turn, revision: int) -> None:
    handoff = await turn.services.handoffs.open(revision)
    turn.say(
        Card(
            _("We have passed it on."),
            facts=[Fact(_("Number"), handoff.number)],
            body=[
                when_answered(turn.services),
                _("Whatever you write here reaches them. Photos are fine too."),
            ],
            buttons=[CALL, WITHDRAW],
            tone="good",
        )
    )


@on("handoff.add")
async def add_button(turn: Turn, pressed: Pressed) -> None:
    """A few words of one's own, please."""
    if await turn.services.handoffs.prepared() is None:
        await start(turn)
    elif turn.chatty:
        turn.say(Say(_("Please write it here. We show it to you once more before we pass it on.")))
    else:
        await turn.start(OwnWords)


@on("handoff.drop")
async def drop_button(turn: Turn, pressed: Pressed) -> None:
    """Nobody after all."""
    await _drop(turn)


async def _drop(turn: Turn) -> None:
    await turn.services.handoffs.drop()
    await go_on(turn, _("All right. Nothing was passed on."))


async def go_on(turn: Turn, words: Words, draft_id: int | None = None) -> None:
    """Say something, and put the person back exactly where they were."""
    drafts = turn.services.drafts
    draft = await drafts.open() if turn.chatty else None
    form = Form.all.get(draft.form) if draft else None
    if draft is not None and form is not None:
        await chat.say_next(turn, form, draft, [words, *chat.recap(turn, form, draft)])
        return
    kept = await drafts.get(draft_id) if draft_id and turn.chatty else None
    ways = menu.ways_on(turn)
    if kept is not None and kept.form in Form.all and kept in await drafts.kept():
        ways.insert(0, Button(_("Go on"), act("form.resume", d=kept.id)))
    turn.say(Say(words, quick=ways))


# --- what is typed -------------------------------------------------------------------------------------


async def hear(turn: Turn, said: Said) -> bool:
    """Claim what is typed while somebody is asked for or is there; the bot keeps silent meanwhile."""
    handoffs = turn.services.handoffs
    if not _is_talk(said.thread) or not await handoffs.concerns(turn.person.id):
        return False
    meaning = meant(said.text)
    if turn.chatty and await _hear_prepared(turn, said.text, meaning):
        return True
    handoff = await handoffs.going_on(turn.person.id)
    if handoff is None:
        return False
    if handoff.state == HandoffState.ENDED:
        return await _hear_verdict(turn, handoff, meaning)
    if meaning == "human":
        turn.say(await standing_card(turn.services, handoff))
    elif not await hear_number(turn, handoff, said.text):
        await pass_on(turn, said.text)
    return True


def _is_talk(thread: str | None) -> bool:
    """Whether words stand where one talks to us: in no thread, or in that of what a clerk wrote."""
    return thread is None or thread.startswith(TALK)


async def _hear_prepared(turn: Turn, typed: str, meaning: str | None) -> bool:
    """What is typed below what would be passed on, as long as nothing else was asked since."""
    handoffs = turn.services.handoffs
    prepared = await handoffs.prepared()
    if prepared is None:
        return False
    draft = await turn.services.drafts.open()
    moved_on = draft is not None and draft.updated_at is not None and draft.updated_at > prepared.at
    if moved_on or meaning in ("menu", "help"):
        await handoffs.drop()
        return False
    if meaning in YES:
        await _send(turn, prepared.revision)
    elif meaning in STOP:
        await _drop(turn)
    elif meaning == "human":
        await _show_prepared(turn, prepared)
    else:
        await _show_prepared(turn, await handoffs.add_words(typed))
    return True


async def pass_on(turn: Turn, text: str, document_id: int | None = None) -> None:
    """Pass words or a file on; it is said that they have arrived, but not each time."""
    handoffs = turn.services.handoffs
    handoff = await handoffs.write(text, document_id)
    if await handoffs.acknowledge(handoff):
        said: list[Words] = [_("It has reached the secretariat.")]
        if handoffs.opens_at() is not None:
            said.append(when_answered(turn.services))
        turn.say(*[Say(words) for words in said])


# --- the end -------------------------------------------------------------------------------------------


@on("handoff.withdraw")
async def withdraw_button(turn: Turn, pressed: Pressed) -> None:
    """Nobody is needed any more."""
    handoff = await turn.services.handoffs.withdraw()
    await go_on(turn, _("All right. We are here again when you need us."), handoff.draft_id)


@on("handoff.solved")
async def solved_button(turn: Turn, pressed: Pressed) -> None:
    """It is solved."""
    await _judge(turn, number(pressed.act.args, "i"), solved=True)


@on("handoff.unsolved")
async def unsolved_button(turn: Turn, pressed: Pressed) -> None:
    """It is not solved yet."""
    await _judge(turn, number(pressed.act.args, "i"), solved=False)


async def _judge(turn: Turn, handoff_id: int, *, solved: bool) -> None:
    handoff = await turn.services.handoffs.judge(handoff_id, solved=solved)
    if solved:
        await go_on(turn, _("Thank you. We are glad that it is solved."), handoff.draft_id)
    else:
        turn.say(Say(_("We go on. What is still open? Please write it here.")))


async def _hear_verdict(turn: Turn, handoff: Handoff, meaning: str | None) -> bool:
    """Whether it is the answer to “is it solved?”, which is asked last unless a form went on since."""
    draft = await turn.services.drafts.open() if turn.chatty else None
    if draft is not None and draft.updated_at is not None and draft.updated_at > handoff.changed_at:
        return False
    if meaning not in (*YES, "no", "not_yet"):
        return False
    await _judge(turn, handoff.id, solved=meaning in YES)
    return True
