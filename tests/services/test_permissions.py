"""Possession of a button is no permission: every button of the road from plan to payment, pressed by the wrong people."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text

from conversations import everything
from conversations.acts import BUTTONS
from conversations.messages import Message, Pressed, act
from conversations.turn import Turn, take
from services.bundle import Services
from services.clock import wall
from services.people import IdentityRow
from services.secretariat import join, leave
from tests.conftest import ActingAs
from tests.services import plan_people as people
from tests.services import road
from tests.services.whole_road import KEN, MEMBER, MISAKI, OWNER, TARO, THEN, Whole, built

everything.load()

NOUNS = (
    "account",
    "claim",
    "contract",
    "engagement",
    "invoice",
    "money",
    "payment",
    "plan",
    "reclaim",
    "report",
    "review",
    "session",
    "switch",
    "withholding",
)
ROAD = sorted(name for name in BUTTONS if name.partition(".")[0] in NOUNS)
OFFICE = [name for name in ROAD if BUTTONS[name].__module__.startswith("conversations.secretariat.")]
ONES_OWN = {"account.correct", "money.left"}
"""About nobody but who presses it."""
STRANGERS = {
    "another company": ("U-other-owner", "line"),
    "another expert": ("U-jiro", "slack"),
    "somebody on LINE": ("U-passer-by", "line"),
    "a clerk who has left": (KEN, "slack"),
    "a clerk of whom Slack did not tell us lately": (MISAKI, "slack"),
}
QUIET = {"claim.refund", "invoice.pay", "money.left", "session.all"} | {
    name for name in ROAD if name.startswith("plan.")
}
"""Says nothing secret and changes nothing even for whom it is meant, or belongs to an earlier part of the road."""
OF_THE_COMPANY = "U-owner-in-slack"
READING = {"audit", "drafts"}
"""Written to by whoever looks at something: who asked for a link, and a form that was begun."""
FORMAL = {"contracts", "contract_changes", "invoices", "claims", "ledger", "accounts", "reviews"}
"""Changed for a company by who may sign for it alone."""
# As pg_stat_xact_user_tables has it, without what it does for the indexes of each table.
_WRITTEN = text("""
    SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
        + pg_stat_get_xact_tuples_deleted(oid) AS rows
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
""")


class Undone(Exception):
    """Ends a transaction as if it had never been."""


async def written(services: Services) -> Counter[str]:
    """How many rows this connection has written to each table so far; earlier transactions may still count."""
    await services.flush()
    rows = await services.connection.execute(_WRITTEN)
    return Counter({table: count for table, count in rows})


async def pressed(services: Services, name: str, args: dict[str, str]) -> list[Message]:
    """What is said to whoever presses this."""
    person = services.person
    assert person is not None
    turn = Turn(person, services, chatty=person.identity.channel == "line")
    await take(turn, Pressed(act(name, **args)))
    return turn.said


@pytest.fixture
async def whole(acting: ActingAs) -> Whole:
    """Everything there is between one company and its expert, and others who have a contract of their own."""
    made = await built(acting)
    async with acting("U-jiro", "slack", THEN) as services:
        expert = await people.expert(services)
    async with acting("U-other-owner", "line", THEN) as services:
        company = await people.company(services)
        case = await people.case(services, company)
        plan = await road.plan(services, company, expert, case_id=case.id)
        own = await road.contract(services, company, expert, plan=plan)
        assert own.id not in made.ids
    return made


async def linked(acting: ActingAs) -> None:
    """Let the company's owner be known in Slack as well."""
    async with acting(OWNER, "line", THEN) as services:
        assert services.person is not None
        services.session.add(
            IdentityRow(channel="slack", tenant="T1", external=OF_THE_COMPANY, person_id=services.person.id)
        )


async def strange(acting: ActingAs) -> None:
    """One clerk leaves the channel, and it is long since Slack told us of the other."""
    async with acting(KEN, "slack", THEN) as services:
        assert services.person is not None
        await leave(services.connection, services.person.identity)
        long_ago = {"then": wall() - timedelta(minutes=5)}
        await services.connection.execute(text("UPDATE secretariat_members SET read_at = :then"), long_ago)


@dataclass
class Trial:
    """What pressing one button with every id came to: what was told that is secret, and the tables written to."""

    told: set[str]
    wrote: set[str]


async def tried(
    acting: ActingAs,
    whole: Whole,
    who: tuple[str, str],
    name: str,
    *,
    at_once: bool = False,
    until_something: bool = False,
) -> Trial:
    """Press a button with every id there is, each as if it were the first or all `at_once`; nothing of it lasts.

    `until_something` comes of it: the ids after that are left out.
    """
    trial = Trial(set(), set())
    every = list(whole.args(name))
    for presses in [every] if at_once else [[args] for args in every]:
        with suppress(Undone):
            async with acting(*who, THEN) as services:
                before = await written(services)
                said = str([await pressed(services, name, args) for args in presses])
                trial.told |= {one for one in whole.secrets if one in said}
                trial.wrote |= set(await written(services) - before) - {"offers"}
                if services.notices.told or services.notices.drawn:
                    trial.wrote.add("notices")
                raise Undone
        if until_something and (trial.told or trial.wrote):
            break
    return trial


async def test_strangers_with_copied_buttons_change_and_read_nothing(acting: ActingAs, whole: Whole) -> None:
    await strange(acting)
    wrong = []
    for who, identity in STRANGERS.items():
        for name in ROAD:
            if name in ONES_OWN:
                continue
            trial = await tried(acting, whole, identity, name, at_once=True)
            if trial.told or trial.wrote:
                wrong.append((who, name, trial))
    assert wrong == []


async def test_every_button_works_for_somebody(acting: ActingAs, whole: Whole) -> None:
    idle = []
    for name in sorted(set(ROAD) - QUIET):
        for who in ((TARO, "slack"), (OWNER, "line"), (KEN, "slack")):
            trial = await tried(acting, whole, who, name, until_something=True)
            if trial.told or trial.wrote:
                break
        else:
            idle.append(name)
    assert idle == []


async def test_a_clerk_with_a_part_in_it_decides_nothing(acting: ActingAs, whole: Whole) -> None:
    await linked(acting)
    wrong = []
    for who in (TARO, OF_THE_COMPANY):
        async with acting(who, "slack", THEN) as services:
            assert services.person is not None
            await join(services.connection, services.person.identity)
        for name in OFFICE:
            if name.startswith("switch."):
                continue
            trial = await tried(acting, whole, (who, "slack"), name)
            if trial.wrote - READING:
                wrong.append((who, name, trial.wrote))
    assert wrong == []


async def test_who_may_not_sign_agrees_to_nothing(acting: ActingAs, whole: Whole) -> None:
    wrong = []
    for name in ROAD:
        trial = await tried(acting, whole, (MEMBER, "line"), name, at_once=True)
        if trial.wrote & FORMAL:
            wrong.append((name, trial.wrote))
    assert wrong == []


async def test_no_button_tells_the_company_the_word_it_has_to_hear(acting: ActingAs, whole: Whole) -> None:
    whole.secrets = {"4821"}
    sessions = [name for name in ROAD if name.startswith("session.")]
    assert (await tried(acting, whole, (TARO, "slack"), "session.list")).told
    told = [name for name in sessions if (await tried(acting, whole, (OWNER, "line"), name)).told]
    assert told == []


async def test_a_clerk_of_whom_slack_did_not_tell_us_lately_reads_no_contract(
    acting: ActingAs, whole: Whole
) -> None:
    assert (await tried(acting, whole, (MISAKI, "slack"), "contract.read")).told
    await strange(acting)
    assert not (await tried(acting, whole, (MISAKI, "slack"), "contract.read")).told
