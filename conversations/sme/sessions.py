"""A company receives support: it says on LINE when a session begins and ends, and types the word it hears."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import sessions_shown as shown
from conversations.acts import number, on, on_word
from conversations.menu import HELP, LISTENERS, MENU, STILL_ASKED, puzzled
from conversations.messages import Button, Card, Deck, Fact, Message, Pressed, Said, Say, Words, act
from conversations.session_talk import ASK_WORD, BEGUN, OVER, WHY_WORD
from conversations.sme.menu import MORE, STATUS
from conversations.sme.session_answers import card, waiting_cards
from locales import _
from services import session_rules as rules
from services.session_book import STATES
from services.sessions import Session, SessionState, WordHeard

if TYPE_CHECKING:
    from conversations.turn import Turn
    from services.bundle import Services
    from services.companies import Company
    from services.contracts import Contract

SHOWN = 10
THANKS = _("Thank you.")


# --- while it runs -------------------------------------------------------------------------------------


async def running_card(services: Services, session: Session, lead: Sequence[Words] = ()) -> Card:
    """The session that runs, and what the company can say of it."""
    joined = session.sme_started_at is not None
    asked = session.word_given_at is None and session.word_tries < rules.WORD_TRIES
    ways = [Button(OVER, act("session.over", i=session.id), "primary" if joined else "plain")]
    if not joined:
        ways.insert(0, Button(BEGUN, act("session.begun", i=session.id), "primary"))
    if session.expert_started_at is None:
        ways.append(Button(_("It was a mistake"), act("session.undo", i=session.id)))
    return Card(
        _("Support is going on."),
        badge=STATES[SessionState.RUNNING],
        facts=[
            await shown.partner(services, session, to_sme=True),
            Fact(_("When"), shown.when(session)),
        ],
        body=[*lead, ASK_WORD] if asked else lead,
        note=WHY_WORD if asked else None,
        buttons=ways,
        quick=[STATUS],
        tone="good",
    )


@on("session.begin")
async def begin(turn: Turn, pressed: Pressed) -> None:
    """Begin the support under a contract, by the company's clock; the expert is told the word to say."""
    await _begin(turn, number(pressed.act.args, "i"))


async def _begin(turn: Turn, contract_id: int) -> None:
    session = await turn.services.sessions.start(contract_id)
    turn.say(await running_card(turn.services, session, [_("Noted. We tell the expert.")]))


@on("session.begun")
async def begun(turn: Turn, pressed: Pressed) -> None:
    """The support that the expert has begun has begun indeed."""
    session = await _still(turn, pressed, SessionState.RUNNING)
    if session is not None:
        session = await turn.services.sessions.join(session.id)
        turn.say(await running_card(turn.services, session, [THANKS]))


async def _still(turn: Turn, pressed: Pressed, *states: SessionState) -> Session | None:
    """The session of a button, if what the button says still fits; else it is shown as it is now."""
    session, _contract = await turn.services.sessions.of_my_company(number(pressed.act.args, "i"))
    if session.state in states:
        return session
    turn.say(await card(turn.services, session, [_("This session is over already.")]))
    return None


@on("session.over")
async def over(turn: Turn, pressed: Pressed) -> None:
    """The support is over, by the company's clock."""
    session = await _still(turn, pressed, SessionState.RUNNING, SessionState.ENDED)
    if session is not None:
        await _over(turn, session.id)


async def _over(turn: Turn, session_id: int) -> None:
    session = await turn.services.sessions.stop(session_id)
    turn.say(
        Card(
            _("Thank you. The support has ended."),
            facts=[
                await shown.partner(turn.services, session, to_sme=True),
                Fact(_("When"), shown.when(session)),
            ],
            body=[_("The expert writes down what was done. Then we ask you to confirm it.")],
            quick=[STATUS],
        )
    )


@on("session.undo")
async def undo(turn: Turn, pressed: Pressed) -> None:
    """The company began a session by mistake."""
    session = await turn.services.sessions.cancel(number(pressed.act.args, "i"))
    turn.say(Say(_("Session {number} was taken back.")(number=session.number), quick=[STATUS, HELP]))


async def hear_word(turn: Turn, said: Said) -> bool:
    """Claim four digits while a session runs whose word has not come; an open form keeps what is not the word."""
    digits = rules.as_digits(said.text)
    if digits is None or not turn.chatty:
        return False
    session = await _running(turn.services)
    if session is None or session.word_given_at is not None or session.word_tries >= rules.WORD_TRIES:
        return False
    if digits != session.code_word and await turn.services.drafts.open() is not None:
        return False
    heard = await turn.services.sessions.give_word(session.id, digits)
    turn.say(await running_card(turn.services, session, [HEARD[heard]]))
    return True


HEARD = {
    WordHeard.RIGHT: _("That is right. Thank you!"),
    WordHeard.WRONG: _("That is another number. Please ask the expert once more."),
    WordHeard.ENOUGH: _("Never mind the number. Please go on with the support."),
}
LISTENERS.append(hear_word)


async def still_asked(turn: Turn) -> Sequence[Message]:
    """The word that is asked for, once more, after a sticker or words that mean nothing here."""
    session = await _running(turn.services) if turn.chatty else None
    if session is None or session.word_given_at is not None or session.word_tries >= rules.WORD_TRIES:
        return []
    return [await running_card(turn.services, session)]


STILL_ASKED.append(still_asked)


async def _running(services: Services) -> Session | None:
    company = await services.companies.mine()
    if company is None:
        return None
    return next(iter(await services.sessions.of_company(company.id, SessionState.RUNNING)), None)


# --- typed ---------------------------------------------------------------------------------------------


@on_word("session_start")
async def start_typed(turn: Turn) -> None:
    """It has begun, or shall begin: whichever it is here."""
    services = turn.services
    session = await _running(services)
    if session is not None:
        session = await services.sessions.join(session.id)
        turn.say(await running_card(services, session, [THANKS]))
        return
    company = await services.companies.mine()
    contracts = await services.sessions.supported(company_id=company.id) if company else []
    if len(contracts) == 1:
        await _begin(turn, contracts[0].id)
    elif contracts:
        cards = [await begin_card(services, contract) for contract in contracts[:SHOWN]]
        turn.say(Deck(_("Under which contract?"), cards, quick=[STATUS]))
    else:
        turn.say(Say(_("No support is planned for today."), quick=[STATUS, MENU]))


@on_word("session_end")
async def end_typed(turn: Turn) -> None:
    """It is over."""
    session = await _running(turn.services) or await _ended(turn.services)
    if session is not None:
        await _over(turn, session.id)
    elif await turn.services.companies.mine() is None:
        await puzzled(turn)
    else:
        turn.say(Say(_("No support is going on at the moment."), quick=[STATUS, MENU]))


async def _ended(services: Services) -> Session | None:
    """A session that the expert has ended and the company has not."""
    company = await services.companies.mine()
    if company is None:
        return None
    ended = await services.sessions.of_company(company.id, SessionState.ENDED)
    return next((one for one in reversed(ended) if one.sme_ended_at is None and not one.late_reason), None)


# --- where things stand --------------------------------------------------------------------------------


async def begin_card(services: Services, contract: Contract) -> Card:
    """A contract under which support can be begun today."""
    expert = await services.experts.get(contract.expert_id)
    assert expert is not None
    return Card(
        _("Support by {name}")(name=expert.display_name),
        facts=[Fact(_("Contract"), contract.number), *await shown.hours_of(services, contract)],
        buttons=[
            Button(_("Begin the support"), act("session.begin", i=contract.id), "primary"),
            Button(_("Sessions so far"), act("session.all", i=contract.id)),
        ],
    )


@on("menu.session")
async def session_menu(turn: Turn, pressed: Pressed) -> None:
    """The support that runs, to be ended, or the contracts under which it can be begun: nothing happens yet."""
    services = turn.services
    running = await _running(services)
    company = await services.companies.mine()
    contracts = await services.sessions.supported(company_id=company.id) if company else []
    if running is not None:
        turn.say(await running_card(services, running))
    elif len(contracts) == 1:
        turn.say(await begin_card(services, contracts[0]))
    elif contracts:
        cards = [await begin_card(services, contract) for contract in contracts[:SHOWN]]
        turn.say(Deck(_("Under which contract?"), cards, quick=[STATUS]))
    else:
        turn.say(Say(_("No support is planned for today."), quick=[STATUS, MENU]))


async def standing(turn: Turn, company: Company) -> list[Message]:
    """The session that runs, and those to be confirmed; a contract's own card says where to begin one."""
    services = turn.services
    running = await services.sessions.of_company(company.id, SessionState.RUNNING)
    cards: list[Message] = [await running_card(services, session) for session in running]
    return [*cards, *await waiting_cards(services, company.id)]


MORE.append(standing)


@on("session.all")
async def show_all(turn: Turn, pressed: Pressed) -> None:
    """Every session of a contract, the latest first."""
    services = turn.services
    contract, _by_sme = await services.contracts.of_either(number(pressed.act.args, "i"))
    sessions = await services.sessions.of_contract(contract.id)
    if not sessions:
        turn.say(Say(_("There is no session yet."), quick=[STATUS]))
        return
    cards = [
        Card(
            shown.when(session),
            badge=shown.state(session, to_sme=True),
            facts=[Fact(_("Time that counts"), shown.counted(session))],
            buttons=[Button(_("See the session"), act("session.show", i=session.id))],
            tone=shown.TONES.get(SessionState(session.state), "plain"),
        )
        for session in list(reversed(sessions))[:SHOWN]
    ]
    turn.say(Deck(_("{count} sessions, the latest first.")(count=len(sessions)), cards, quick=[STATUS]))
