"""Who sees what was handed in: the members of the channel as Slack has just told them, and nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from conversations import everything
from conversations.form import Form
from conversations.messages import Filled, Message, Pressed, Say, act
from conversations.turn import Turn, take
from services import secretariat
from services.answers import KEPT, Draft
from services.bundle import Services
from services.clock import wall
from services.reviews import ReviewState
from tests.conftest import ActingAs
from tests.services.case_company import CLERK, applied, decide

OWNER = "U-owner"
ACTS = ("open", "take", "put_back", "approve", "return", "reject")


@pytest.fixture(autouse=True)
def loaded() -> None:
    """Every form and every button."""
    everything.load()


async def forget(services: Services) -> None:
    """It is long since Slack told us who is in the channel."""
    then = wall() - timedelta(minutes=5)
    await services.connection.execute(text("UPDATE secretariat_members SET read_at = :then"), {"then": then})


async def pressed(services: Services, name: str, **args: object) -> list[Message]:
    """What somebody in Slack is shown who presses this."""
    assert services.person is not None
    turn = Turn(services.person, services, chatty=False)
    await take(turn, Pressed(act(name, **args)))
    return turn.said


@pytest.mark.parametrize("what", ACTS)
@pytest.mark.parametrize("decided", [False, True])
async def test_a_membership_that_was_not_confirmed_shows_nothing(
    acting: ActingAs, what: str, decided: bool
) -> None:
    async with acting(OWNER) as services:
        case = await applied(services)
        review = await services.reviews.latest("case", case.id)
        assert review is not None
    async with acting(CLERK, "slack") as services:
        if decided:
            await decide(services, case.id, ReviewState.APPROVED)
        else:
            await secretariat.read_members(services.connection, "T1", [CLERK])
        await forget(services)
    async with acting(CLERK, "slack") as services:
        (said,) = await pressed(services, f"review.{what}", i=review.id)
        assert isinstance(said, Say) and "who is in the channel" in str(said)


@pytest.mark.parametrize("what", ["return", "reject"])
async def test_a_clerk_who_has_left_cannot_finish_what_was_begun(acting: ActingAs, what: str) -> None:
    async with acting(OWNER) as services:
        case = await applied(services)
        review = await services.reviews.latest("case", case.id)
        assert review is not None
    answers = {
        "which": "goal",
        "code_goal": "NO_GOAL",
        "sentence_goal": "x",
        "code": "NO_GOAL",
        "sentence": "x",
    }
    async with acting(CLERK, "slack") as services:
        assert services.person is not None
        draft = await services.drafts.save(
            Draft(f"{what}.case", str(review.id), answers, state=KEPT), services.now
        )
        turn = Turn(services.person, services, chatty=False)
        await take(turn, Pressed(act("page.show", d=draft.id, p=0)))
        assert case.title not in str(turn.said)
        form = Form.all[draft.form]
        filled = {key: answers[key] for key in answers if form.question(key)}
        await take(turn, Filled(draft.id, 0, draft.revision + 5, filled))
        assert "Only members of the secretariat" in str(turn.said[-1])
    async with acting(OWNER) as services:
        now = await services.reviews.get(review.id)
        assert now is not None and now.state == ReviewState.WAITING


@pytest.mark.parametrize("what", ACTS)
async def test_an_outsider_with_a_copied_button_sees_nothing(acting: ActingAs, what: str) -> None:
    async with acting(OWNER) as services:
        case = await applied(services)
        review = await services.reviews.latest("case", case.id)
        assert review is not None
    for who, channel in (("U-outsider", "slack"), (OWNER, "line")):
        async with acting(who, channel) as services:
            (said,) = await pressed(services, f"review.{what}", i=review.id)
            assert isinstance(said, Say) and "Only members" in str(said)
