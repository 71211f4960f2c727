"""Whatever is told, done and turned, in any order: nothing is lost, nothing said twice, nobody pushed too often."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bots import telling
from bots.channel import Channel
from bots.line.channel import LineChannel
from bots.mail.channel import MailChannel
from conversations import notices
from conversations.messages import Ask, Button, Card, Message, Say, act
from conversations.turn import Turn
from locales import Text
from services import people, programme
from services.bundle import Services
from services.clock import TOKYO, FrozenClock
from services.database import transaction
from services.held_notices import Release
from services.notice_table import Row, Side, Urgency, table
from services.notices import Notice
from services.outbox import Letter
from services.people import Identity, Person
from services.push_forecast import PerCase
from services.push_use import PushUse, Use

RULES = programme.load("phase2")
START = datetime(2021, 10, 20, 3, 0, tzinfo=UTC)
KINDS = {
    "test.now": Row((Side.COMPANY,), Urgency.NOW),
    "test.today": Row((Side.COMPANY,), Urgency.TODAY),
    "test.merge": Row((Side.COMPANY,), Urgency.MERGE),
    "test.patient": Row((Side.COMPANY,), Urgency.MERGE, waits=timedelta(days=3)),
    "test.dated": Row((Side.COMPANY,), Urgency.MERGE, deadline=True),
}
CHANNELS: dict[str, Channel] = {"line": LineChannel("https://play.invalid"), "mail": MailChannel()}
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds of these tests, each of which says its number; what has the number 0 is moot."""

    async def words(services: Services, notice: Notice) -> Sequence[Message]:
        number = notice.ids["n"]
        return [Card(f"<{number}>")] if number else ()

    for kind, row in KINDS.items():
        monkeypatch.setitem(cast(dict[str, Row], table()), kind, row)
        monkeypatch.setitem(notices.WORDINGS, kind, words)


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with transaction(engine) as made:
        yield made


@dataclass
class Shop:
    """Somebody on LINE who is told things, and what left for them, with the moment."""

    connection: AsyncConnection
    now: datetime = START
    identity: Identity = field(default_factory=lambda: Identity("line", "line", f"U{next(_numbers):032}"))
    pushed: list[tuple[datetime, Letter]] = field(default_factory=list)
    answered: list[Letter] = field(default_factory=list)
    mailed: list[Letter] = field(default_factory=list)
    id: int = 0

    async def meets_us(self) -> Shop:
        self.id = (await people.lock(self.connection, self.identity)).id
        return self

    def services(self, person: Person | None = None) -> Services:
        return Services(self.connection, RULES, FrozenClock(self.now), person)

    async def is_told(self, *told: tuple[str, int]) -> None:
        """Hear of these, because of what somebody else did."""
        services = self.services()
        for kind, number in told:
            services.notices.tell(kind, self.id, n=number)
        await self._send(services)

    async def acts(self, *said: Message) -> Letter:
        """Do something in the chat, and be answered."""
        services = self.services(await people.lock(self.connection, self.identity))
        assert services.person is not None
        turn = Turn(services.person, services, chatty=True, said=[*said] or [Card("ok")])
        received = int(datetime.now(UTC).timestamp() * 1000)
        presented = await telling.ride(CHANNELS["line"], turn, {"replyToken": "t", "received": received})
        self.answered.extend(presented.letters)
        await self._send(services)
        return presented.letters[0]

    async def time_passes(self, passed: timedelta) -> None:
        """Let programme time go on, and what is due be said."""
        self.now += passed
        more = True
        while more:
            services = self.services()
            more = await Release().run(services)
            await self._send(services)

    async def blocks_us(self) -> None:
        await self.services().people.block(self.id, self.now)

    async def _send(self, services: Services) -> None:
        for letter in await telling.letters(CHANNELS, services):
            (
                self.mailed.append(letter)
                if letter.channel == "mail"
                else self.pushed.append((self.now, letter))
            )

    @property
    def said(self) -> list[int]:
        """The numbers that were said, in whatever way."""
        letters = [letter for _at, letter in self.pushed] + self.answered + self.mailed
        return [number for letter in letters for number in numbers(letter)]


def numbers(letter: Letter) -> list[int]:
    """The numbers in a letter; in a deck they stand once more in the words for old phones."""
    found = re.findall(r"<(\d+)>", orjson.dumps(letter.body).decode())
    return [int(number) for number in dict.fromkeys(found)]


@pytest.fixture
async def shop(connection: AsyncConnection) -> Shop:
    return await Shop(connection).meets_us()


# --- one by one ----------------------------------------------------------------------------------------


async def test_what_is_awaited_leaves_at_once_by_day_and_in_the_morning_after_a_night(shop: Shop) -> None:
    await shop.is_told(("test.today", 1))
    assert shop.said == [1]
    await shop.time_passes(timedelta(hours=8))
    await shop.is_told(("test.today", 2), ("test.now", 3))
    assert shop.said == [1, 3]
    await shop.time_passes(timedelta(hours=12, minutes=59))
    assert shop.said == [1, 3]
    await shop.time_passes(timedelta(minutes=1))
    assert shop.said == [1, 3, 2]


async def test_what_comes_at_the_same_moment_is_one_push(shop: Shop) -> None:
    await shop.is_told(("test.today", 1), ("test.today", 2))
    assert [numbers(letter) for _at, letter in shop.pushed] == [[1, 2]]
    assert [one["kind"] for one in shop.pushed[0][1].notices] == ["test.today", "test.today"]


async def test_what_can_wait_is_pushed_together_once_a_day(shop: Shop) -> None:
    await shop.is_told(("test.merge", 1))
    await shop.is_told(("test.merge", 2))
    await shop.time_passes(timedelta(hours=4, minutes=59))
    assert shop.said == []
    await shop.time_passes(timedelta(minutes=1))
    assert [numbers(letter) for _at, letter in shop.pushed] == [[1, 2]]
    await shop.is_told(("test.merge", 3))
    await shop.time_passes(timedelta(minutes=30))
    assert shop.said == [1, 2]
    await shop.time_passes(timedelta(hours=24))
    assert shop.said == [1, 2, 3]


async def test_what_can_wait_goes_with_an_answer_for_nothing(shop: Shop) -> None:
    await shop.is_told(("test.merge", 1), ("test.patient", 2))
    letter = await shop.acts()
    assert numbers(letter) == [1, 2] and letter.reply_token == "t"
    assert letter.body is not None
    assert len(letter.body["messages"]) == 3
    await shop.time_passes(timedelta(days=5))
    assert shop.pushed == []


async def test_what_can_wait_goes_with_a_push_that_leaves_anyway(shop: Shop) -> None:
    await shop.is_told(("test.patient", 1))
    await shop.is_told(("test.today", 2))
    assert [sorted(numbers(letter)) for _at, letter in shop.pushed] == [[1, 2]]


@pytest.mark.parametrize(
    "question",
    [Ask(Text("How many?")), Card("Check this", buttons=[Button("Send", act("form.send"))])],
    ids=["question", "card"],
)
async def test_a_question_stays_last(shop: Shop, question: Message) -> None:
    await shop.is_told(("test.merge", 1))
    letter = await shop.acts(Say("Thank you."), question)
    assert letter.body is not None
    shown = [orjson.dumps(message).decode() for message in letter.body["messages"]]
    assert ["<1>" in one for one in shown] == [False, True, False]


async def test_much_at_once_is_one_deck(shop: Shop) -> None:
    await shop.is_told(*(("test.today", number) for number in range(1, 9)))
    ((_at, letter),) = shop.pushed
    assert letter.body is not None
    assert numbers(letter) == [*range(1, 9)] and len(letter.body["messages"]) == 2


async def test_what_does_not_fit_beside_an_answer_goes_on_waiting(shop: Shop) -> None:
    await shop.is_told(("test.merge", 1))
    letter = await shop.acts(*(Card(f"line {place}") for place in range(5)))
    assert numbers(letter) == []
    await shop.acts()
    assert shop.said == [1]


async def test_what_has_become_moot_says_nothing(shop: Shop) -> None:
    await shop.is_told(("test.merge", 0))
    await shop.time_passes(timedelta(days=1))
    assert shop.pushed == []
    assert await shop.connection.scalar(text("SELECT count(*) FROM held_notices")) == 0


async def test_what_is_held_twice_is_said_once(shop: Shop) -> None:
    await shop.is_told(("test.merge", 1))
    await shop.is_told(("test.merge", 1))
    await shop.time_passes(timedelta(days=1))
    assert shop.said == [1]


async def test_what_stands_in_the_answer_already_is_not_said_beside_it(shop: Shop) -> None:
    await shop.is_told(("test.merge", 1))
    letter = await shop.acts(Card("<1>"))
    assert letter.body is not None
    assert len(letter.body["messages"]) == 1
    await shop.time_passes(timedelta(days=1))
    assert shop.pushed == []


async def test_the_language_is_that_of_the_moment_at_which_it_is_said(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def words(services: Services, notice: Notice) -> Sequence[Message]:
        return [Say(Text("Thank you."))]

    monkeypatch.setitem(notices.WORDINGS, "test.merge", words)
    await shop.is_told(("test.merge", 1))
    await shop.services().people.speak(shop.id, "en")
    await shop.time_passes(timedelta(days=1))
    assert "Thank you." in str(shop.pushed[0][1].body)


async def test_while_pushes_are_scarce_only_what_is_awaited_or_has_a_date_is_pushed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scarce(use: PushUse) -> Use:
        return Use(4_000, 6_000, 5_000, PerCase())

    monkeypatch.setattr(PushUse, "now", scarce)
    await shop.is_told(("test.today", 1))
    assert shop.said == [1]
    await shop.is_told(("test.merge", 2))
    await shop.time_passes(timedelta(days=3))
    assert shop.said == [1]
    await shop.is_told(("test.dated", 3))
    await shop.time_passes(timedelta(days=1))
    assert shop.said == [1, 2, 3]


async def test_whoever_has_blocked_us_is_a_task_once_and_again_the_next_time(shop: Shop) -> None:
    await shop.blocks_us()
    await shop.is_told(("test.today", 1))
    await shop.is_told(("test.merge", 2))
    assert shop.pushed == []
    (task,) = await shop.services().addresses.waiting()
    assert (task.person_id, task.missed, task.mailed) == (shop.id, 2, 0)
    await shop.services().people.block(shop.id, None)
    assert await shop.services().addresses.waiting() == []
    shop.now += timedelta(hours=1)
    await shop.blocks_us()
    await shop.is_told(("test.today", 3))
    (task,) = await shop.services().addresses.waiting()
    assert task.missed == 1


async def test_what_fails_is_put_off_and_left_after_some_attempts(shop: Shop) -> None:
    await shop.is_told(("test.merge", 1))
    shop.now += timedelta(hours=5)
    tries = 0
    while True:
        release, inner = Release(), await shop.connection.begin_nested()
        taken = await release.run(shop.services())
        await inner.rollback()
        if not taken:
            break
        await release.put_off(shop.services())
        assert not await Release().run(shop.services())
        shop.now += timedelta(minutes=10)
        tries += 1
        assert tries < 20
    assert tries == 5


# --- all together --------------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("told"), st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=4)),
        st.tuples(st.just("acts"), st.integers(1, 5)),
        st.tuples(st.just("passes"), st.sampled_from([5, 90, 240, 420, 600, 1440, 2880])),
        st.tuples(st.just("fails"), st.sampled_from(list(KINDS))),
    ),
    min_size=5,
    max_size=25,
)


@settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
async def test_nothing_is_lost_or_said_twice_or_pushed_too_often(
    connection: AsyncConnection, steps: list[tuple[str, Any]]
) -> None:
    shop = await Shop(connection).meets_us()
    fresh, kinds, since = itertools.count(1), {}, {}
    for what, how in steps:
        if what == "told":
            told = [(kind, next(fresh)) for kind in how]
            kinds.update({number: kind for kind, number in told})
            since.update({number: shop.now for _kind, number in told})
            await shop.is_told(*told)
        elif what == "acts":
            await shop.acts(*(Card(f"line {place}") for place in range(how)))
        elif what == "passes":
            await shop.time_passes(timedelta(minutes=how))
        else:
            await _fails(shop, how)
    for _hour in range(24 * 5):
        await shop.time_passes(timedelta(hours=1))
    assert Counter(shop.said) == Counter(range(1, len(kinds) + 1))
    merged: Counter[date] = Counter()
    for at, letter in shop.pushed:
        here = at.astimezone(TOKYO)
        inside = {kinds[number] for number in numbers(letter)}
        if "test.now" not in inside:
            assert 9 <= here.hour < 18
        if inside <= {"test.merge", "test.patient", "test.dated"}:
            merged[here.date()] += 1
        for number in numbers(letter):
            assert kinds[number] != "test.now" or at == since[number]
    assert all(count == 1 for count in merged.values())


async def _fails(shop: Shop, kind: str) -> None:
    """A turn of somebody's and a sweep that are rolled back: whatever they did or took is as it was."""
    before = list(shop.pushed), list(shop.answered)
    inner = await shop.connection.begin_nested()
    await shop.is_told((kind, 999))
    await shop.acts()
    await inner.rollback()
    shop.pushed, shop.answered = before
