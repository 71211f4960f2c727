"""Pages that are sent twice, that belong to somebody else, or that say what no page of ours would say."""

import asyncio
import json
from typing import Any

import pytest

from bots.playground.slack_views import shown
from tests.doors.people import Json, answers_of, draft_of, kept, send, standing, submission
from tests.town import Desk, Town

pytestmark = pytest.mark.asyncio(loop_scope="package")
YOU = {
    "full_name": "高橋 涼",
    "kana": "たかはし りょう",
    "born_on": "昭和60年4月1日",
    "postal_code": "150-0001",
}


async def begun(town: Town, name: str = "佐藤 健一") -> Desk:
    """Somebody who has the first page of the registration open, filled in but not sent."""
    desk = town.desk(name)
    await desk.commands("登録")
    await desk.fills(YOU | {"affiliation": "freelance"})
    return desk


def page(town: Town, desk: Desk, **more: Any) -> Json:
    """The page that is on the screen, as it would be sent, with something else in it."""
    doc = town.slack.work.view(desk.modal["id"])
    assert doc is not None
    return submission(town, desk, shown(doc) | more)


def at(desk: Desk, d: Any = None, p: Any = 0, r: Any = 1) -> str:
    """What a modal carries to say which page of which draft it is."""
    return f"d={d}&p={p}&r={r}"


async def test_a_page_sent_twice_at_once_has_one_effect_and_one_answer(town: Town) -> None:
    desk = await begun(town)
    payload = page(town, desk)
    before = (await kept(town, "SELECT count(*) FROM inbox"))[0][0]
    answers = await asyncio.gather(*(send(town, payload) for _press in range(4)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert json.loads(answers[0].text)["response_action"] == "update"
    assert (await kept(town, "SELECT count(*) FROM inbox"))[0][0] == before + 1
    revision = (
        await kept(town, "SELECT revision FROM drafts WHERE id = :id", id=await draft_of(town, desk.user))
    )[0][0]
    # And once more from the same screen, with another trigger, as when the answer was lost on the way.
    again = await send(town, page(town, desk))
    assert again.text == answers[0].text
    rows = await kept(town, "SELECT revision FROM drafts WHERE id = :id", id=await draft_of(town, desk.user))
    assert rows[0][0] == revision
    await desk.submits()
    assert "ryo" not in desk.sees()
    town.accepted()


async def test_an_older_page_sent_again_keeps_what_was_entered_and_loses_nothing(town: Town) -> None:
    desk = await begun(town)
    old = page(town, desk)
    await desk.submits()
    assert "email" in json.dumps(desk.modal)
    view = old["view"]
    changed = json.loads(json.dumps(view))
    for elements in changed["state"]["values"].values():
        for element in elements.values():
            if element.get("value") == "高橋 涼":
                element["value"] = "高橋 亮"
    answer = await send(town, old | {"view": changed})
    assert answer.status == 200
    kept_now = await answers_of(town, desk.user)
    assert kept_now["full_name"] == "高橋 亮" and kept_now["affiliation"] == "freelance"
    town.accepted()


@pytest.mark.parametrize(
    "metadata",
    [
        *(
            "d=999999&p=0&r=1",
            "d=999999999999999&p=0&r=1",
            "d={d}&p=99&r=1",
            "d={d}&p=999999999999999&r=999999999999999",
        ),
        *("d={d}&p=-1&r=1", "d=x&p=0&r=1", "d={d}", "", "d=１&p=0&r=1", "\x00", "d={d}&p=0&r=" + "9" * 2000),
    ],
)
async def test_a_page_of_no_draft_or_of_no_page_changes_nothing(town: Town, metadata: str) -> None:
    desk = await begun(town)
    before = await standing(town, of=desk.user)
    answer = await send(
        town, page(town, desk, private_metadata=metadata.format(d=await draft_of(town, desk.user)))
    )
    assert answer.status == 200
    if answer.text:
        assert json.loads(answer.text)["response_action"] == "update"
        assert "もう一度" in answer.text
    assert await standing(town, of=desk.user) == before
    town.accepted()


async def test_a_page_of_another_persons_draft_is_not_theirs_to_fill(town: Town) -> None:
    victim, desk = await begun(town, "高橋 涼"), await begun(town)
    await victim.submits()
    theirs = await draft_of(town, victim.user)
    before = await standing(town, of=victim.user)
    for number in range(3):
        answer = await send(town, page(town, desk, private_metadata=at(desk, theirs, number)))
        assert answer.status == 200
        assert "たかはし" not in answer.text and "タカハシ" not in answer.text
    assert await standing(town, of=victim.user) == before
    town.accepted()


async def test_answers_to_questions_that_nobody_asked_are_not_kept(town: Town) -> None:
    desk = await begun(town)
    doc = page(town, desk)["view"]
    values = doc["state"]["values"] | {
        "is_admin@1": {"x": {"type": "plain_text_input", "value": "yes"}},
        "career@1": {"x": {"type": "plain_text_input", "value": "another page's answer"}},
        "identity_document@1": {"x": {"type": "plain_text_input", "value": "1"}},
        "@": {"x": {"type": "plain_text_input", "value": "nothing"}},
        "no mark": {"x": {"type": "plain_text_input", "value": "nothing"}},
    }
    await send(town, submission(town, desk, doc | {"state": {"values": values}}))
    assert not {"is_admin", "career", "identity_document", "", "no mark"} & set(
        await answers_of(town, desk.user)
    )
    assert (await answers_of(town, desk.user))["full_name"] == "高橋 涼"
    town.accepted()


JUNK: list[Any] = [
    None,
    5,
    "x",
    [],
    {},
    [None],
    {"value": 5},
    {"value": "x" * 4000},
    {"selected_option": {"value": 7}},
]


async def test_values_without_sense_are_answered_at_their_fields_or_left_alone(town: Town) -> None:
    desk = await begun(town)
    doc = page(town, desk)["view"]
    for junk in JUNK:
        values = {block: {"x": junk} for block in doc["state"]["values"]}
        for state in ({"values": values}, {"values": junk}, junk):
            assert (await send(town, submission(town, desk, doc | {"state": state}))).status == 200
        for key in ("blocks", "hash", "id", "callback_id", "private_metadata", "type"):
            assert (await send(town, submission(town, desk, doc | {key: junk}))).status == 200
        assert (await send(town, submission(town, desk, {}) | {"view": junk})).status == 200
    await desk.submits()
    assert (await answers_of(town, desk.user))["full_name"] == "高橋 涼"


async def test_what_is_typed_in_a_modal_may_be_anything(town: Town) -> None:
    desk = await begun(town)
    for typed in (
        "😀" * 1500,
        "\x00",
        "\u202e\u2066",
        "\ud83d",
        "<!channel>",
        "<script>",
        "9" * 3000,
        "\u200d",
    ):
        doc = page(town, desk)["view"]
        for elements in doc["state"]["values"].values():
            for element in elements.values():
                if element["type"] == "plain_text_input":
                    element["value"] = typed
        answer = await send(town, submission(town, desk, doc))
        assert answer.status == 200
        assert json.loads(answer.text)["response_action"] == "errors"
        assert len(json.loads(answer.text)["errors"]) >= 2
    await desk.submits()
    assert (await answers_of(town, desk.user))["full_name"] == "高橋 涼"
    town.accepted()


async def test_a_page_whose_form_is_no_more_says_so(town: Town) -> None:
    desk = await begun(town)
    draft = await draft_of(town, desk.user)
    async with town.ouentai.engine.begin() as connection:
        await connection.exec_driver_sql(f"UPDATE drafts SET form = 'gone' WHERE id = {draft}")
    await desk.submits()
    assert "古" in desk.sees() or "もう一度" in desk.sees()
    await desk.commands("登録")
    assert "お名前" in desk.sees() or "氏名" in desk.sees()
    town.accepted()
