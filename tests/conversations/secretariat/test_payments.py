"""The windows of a payment run fit Slack, show nobody's account, and read what clerks paste."""

import json

import pytest

from bots.playground.slack_rules import view_problems
from bots.slack import render
from conversations import everything
from conversations.secretariat import payments
from conversations.secretariat.payment_answers import read_lines
from conversations.turn import Turn
from locales.language import speaker
from services import numbers
from services.programme import load
from services.refusals import Refusal
from tests.conftest import ActingAs
from tests.services import payment_people as people
from tests.services.payment_people import KEN, MISAKI, clerk

everything.load()
REASONS = load("phase2").deficiencies.payment
FIRST, SECOND = numbers.make("H", 1), numbers.make("H", 2)


@pytest.mark.parametrize("place", [0, 99])
async def test_every_page_of_a_long_run_fits_a_window(acting: ActingAs, place: int) -> None:
    claims = await people.waiting(acting, 12)
    run_id = await people.drawn(acting)
    async with clerk(acting, KEN) as services:
        assert services.person is not None
        turn = Turn(services.person, services, chatty=False)
        run = await services.payments.get(run_id)
        assert run is not None
        await payments.show(turn, run, page=place)
    view = render.modal(turn.said[-1], speaker("ja"), "https://play.invalid")  # type: ignore[arg-type]
    assert view_problems(view, "modal") == []
    shown = json.dumps(view, ensure_ascii=False)
    page = min(place, 1)
    for number, claim in enumerate(claims):
        assert (claim.number in shown) == (number // payments.A_PAGE == page)
        assert claim.bank["number"] not in shown
    assert "確認して確定" in shown


async def test_whoever_made_a_run_is_not_offered_to_release_it(acting: ActingAs) -> None:
    await people.waiting(acting)
    run_id = await people.drawn(acting)
    async with clerk(acting, MISAKI) as services:
        assert services.person is not None
        turn = Turn(services.person, services, chatty=False)
        run = await services.payments.get(run_id)
        assert run is not None
        await payments.show(turn, run)
    shown = json.dumps(
        render.modal(turn.said[-1], speaker("ja"), "https://play.invalid"),  # type: ignore[arg-type]
        ensure_ascii=False,
    )
    assert '確認して確定"' not in shown
    assert "この振込を取り消す" in shown


@pytest.mark.parametrize(
    "line",
    [
        f"{FIRST} 2",
        f"{FIRST}　２",
        f"{FIRST.lower()},振込不能,2",
        f"{FIRST}\tNAME_DIFFERS",
        f"{FIRST}、口座名義相違",
        f"{FIRST};failed;Account holder differs",
    ],
)
def test_a_line_is_read_however_it_is_written(line: str) -> None:
    assert read_lines(line, "H", REASONS) == {FIRST: "NAME_DIFFERS"}


def test_a_pasted_table_is_read_whole() -> None:
    table = f"申請番号,結果,理由\n{FIRST},済,\n\n{SECOND},不能,該当口座なし\n"
    assert read_lines(table, "H", REASONS) == {SECOND: "NO_ACCOUNT"}


@pytest.mark.parametrize("line", [f"{FIRST}", f"{FIRST} 9", f"{FIRST} たぶん", "H-000011 2", "いちばん 2"])
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_lines(f"{SECOND} 1\n{line}", "H", REASONS)
    assert refused.value.about == "failed"
    assert refused.value.reason.values["line"] in line
