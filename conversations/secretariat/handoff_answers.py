"""What a clerk does in a talk: takes it, replies in a window or in the thread, calls, and ends it."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from conversations.acts import number, on
from conversations.choices import Documents
from conversations.form import Form
from conversations.handoff_files import PURPOSE
from conversations.menu import LISTENERS, RECEIVERS
from conversations.messages import Attached, Pressed, Said, Say, Words
from conversations.questions import Page, Story
from conversations.secretariat.handoffs import KIND, OPEN, REPLY, button, named, over, show
from locales import _
from services.handoff_desk import TakenByAnother
from services.handoffs import Handoff
from services.refusals import Refusal

if TYPE_CHECKING:
    from conversations.turn import Turn

LONGEST = 2000


def _words(what: str) -> str:
    with Path(__file__).with_suffix(".toml").open("rb") as file:
        return "|".join(map(re.escape, tomllib.load(file)[what]))


PREFIX = re.compile(rf"\s*(?:{_words('reply')})[ \t]*(?::|\n)\s*", re.IGNORECASE)
NEARLY = re.compile(rf"\s*(?:{_words('reply')}|{_words('nearly')})(?:\W|$)", re.IGNORECASE)


def reply_in(typed: str) -> str | None:
    """What is meant for the person in words typed in the thread; None for a note among colleagues."""
    found = PREFIX.match(_folded(typed))
    return typed[found.end() :].strip() if found else None


def nearly_a_reply(typed: str) -> bool:
    """Whether words begin as if they were meant for the person, but not as a reply does."""
    return NEARLY.match(_folded(typed)) is not None


def _folded(typed: str) -> str:
    """With a wide colon and wide letters like the others; the head keeps its length, sign by sign."""
    head = "".join(
        folded if len(folded := unicodedata.normalize("NFKC", sign)) == 1 else sign for sign in typed[:20]
    )
    return head + typed[20:]


# --- what a clerk does ---------------------------------------------------------------------------------


@on("office.handoff.take")
async def take(turn: Turn, pressed: Pressed) -> None:
    """I see to it."""
    await _change(turn, pressed, turn.services.handoff_desk.take, _("It is with you now."))


@on("office.handoff.over")
async def take_over(turn: Turn, pressed: Pressed) -> None:
    """I see to it in place of the colleague."""
    taken_by = number(pressed.act.args, "f")
    desk = turn.services.handoff_desk
    await _change(turn, pressed, lambda i: desk.take_over(i, taken_by), _("It is with you now."))


@on("office.handoff.put_back")
async def put_back(turn: Turn, pressed: Pressed) -> None:
    """Somebody else, please."""
    await _change(turn, pressed, turn.services.handoff_desk.put_back, _("It waits for a colleague now."))


@on("office.handoff.called")
async def called(turn: Turn, pressed: Pressed) -> None:
    """I have spoken with the person."""
    await _change(turn, pressed, turn.services.handoff_desk.called, _("Noted. Thank you for calling."))


@on("office.handoff.end")
async def end(turn: Turn, pressed: Pressed) -> None:
    """That was it, as far as we can see."""
    done = _("Ended. We asked the person whether it is solved.")
    await _change(turn, pressed, turn.services.handoff_desk.end, done)


@on("office.handoff.again")
async def again(turn: Turn, pressed: Pressed) -> None:
    """Something was left open."""
    await _change(turn, pressed, turn.services.handoff_desk.again, _("It is with you now."))


async def _change(
    turn: Turn, pressed: Pressed, change: Callable[[int], Awaitable[Handoff]], done: Words
) -> None:
    """Do it and show the talk; where it cannot be done any more, show why, with what can be done instead."""
    await turn.services.secretariat.require()
    handoff = await named(turn, pressed)
    try:
        handoff, lead = await change(handoff.id), done
    except Refusal as refusal:
        lead = refusal.reason
    await show(turn, handoff, [lead])


class Reply(Form):
    """What a clerk answers in a window; the draft is about the talk."""

    name = "handoff.reply"
    title = _("Reply")
    submit = _("Send the reply")

    page = Page(_("Reply"), _("This reaches the person at once, under your name."))
    words = Story(_("What do you answer?"), at_most=LONGEST, label=_("Your reply")).optional()
    files = Documents(
        _("Would you like to send a file?"),
        purpose=PURPOSE,
        label=_("File"),
        hint=_("A photo or a PDF, if one helps."),
    ).optional()

    def check(self) -> None:
        """Something must be said or sent."""
        if not self.words and not self.files:
            raise Refusal(_("Please write a few words."), about="words")

    async def complete(self, turn: Turn) -> None:
        """Send it, and show the talk."""
        desk, handoff_id = turn.services.handoff_desk, int(self.draft.about)
        documents = list(self.files or ())
        if self.words:
            await desk.reply(handoff_id, self.words, documents.pop(0) if documents else None)
        for document_id in documents:
            await desk.reply(handoff_id, "", document_id)
        handoff = await turn.services.handoffs.get(handoff_id)
        assert handoff is not None
        await show(turn, handoff, [_("Your reply was sent.")])


@on(REPLY)
async def reply(turn: Turn, pressed: Pressed) -> None:
    """Write a reply; nobody talks over a colleague, and nothing is written to what is over."""
    services = turn.services
    await services.secretariat.require()
    handoff = await named(turn, pressed)
    try:
        handoff = await services.handoff_desk.take(handoff.id)
    except Refusal as refusal:
        await show(turn, handoff, [refusal.reason])
        return
    # Unlike words, a file that is not sent leaves no answer by itself.
    await turn.start(Reply, str(handoff.id), {Reply.files.key: ""})


# --- what is written in the thread ---------------------------------------------------------------------


async def hear(turn: Turn, said: Said) -> bool:
    """Claim what is written in the thread of a talk: a reply if it begins like one, else a note among us."""
    handoff_id = _thread(said.thread)
    if handoff_id is None:
        return False
    words = reply_in(said.text)
    if words and await turn.services.secretariat.includes_me():
        try:
            await turn.services.handoff_desk.reply(handoff_id, words, in_thread=True)
        except Refusal as refusal:
            await _not_sent(turn, handoff_id, refusal)
    elif words is None and nearly_a_reply(said.text) and await turn.services.secretariat.includes_me():
        turn.say(Say(_("This stayed among us. To send it, begin with “reply:” or press “Reply”.")))
    return True


async def _not_sent(turn: Turn, handoff_id: int, refusal: Refusal) -> None:
    """Tell the clerk, in a message of their own, why nothing has left, and what to do about it."""
    handoff = await turn.services.handoffs.get(handoff_id)
    ways = []
    if handoff is not None:
        ways = [over(handoff)] if isinstance(refusal, TakenByAnother) else []
        ways.append(button(_("Open"), OPEN, handoff))
    turn.say(Say(_("This was not sent. {reason}")(reason=refusal.reason), ways))


async def receive(turn: Turn, attached: Attached) -> bool:
    """Claim a file sent in the thread of a talk; it is passed on if the words with it begin like a reply."""
    handoff_id = _thread(attached.thread)
    if handoff_id is None:
        return False
    if reply_in(attached.caption) is not None and await turn.services.secretariat.includes_me():
        turn.services.notices.fetch(
            attached.kind, attached.ref, attached.name, about=f"{KIND}:{handoff_id}", purpose=PURPOSE
        )
    return True


def _thread(thread: str | None) -> int | None:
    kind, _colon, ref = (thread or "").partition(":")
    return int(ref) if kind == KIND and ref.isdecimal() else None


LISTENERS.insert(0, hear)
RECEIVERS.append(receive)
