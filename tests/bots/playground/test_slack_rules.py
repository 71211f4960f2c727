"""The fake Slack lets good payloads through and names what is wrong with the others."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.playground.slack_rules import message_problems, option_problems, units, view_problems

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str, text: str = "はい") -> Json:
    return {"text": plain(text), "value": value}


def section(text: str = "こんにちは", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(id: str = "go", text: str = "送る", **more: Any) -> Json:
    return {"type": "button", "action_id": id, "text": plain(text), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("お名前"), "element": element, **more}


def select(**more: Any) -> Json:
    base = {"type": "static_select", "action_id": "area", "options": [option("kobe"), option("himeji")]}
    return base | more


def words(**more: Any) -> Json:
    return {"type": "plain_text_input", "action_id": "words", **more}


def message(*blocks: Json, **more: Any) -> Json:
    return {"channel": "C1", "text": "お知らせ", "blocks": list(blocks), **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("登録"), "submit": plain("送る"), "blocks": list(blocks), **more}


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks), **more}


EVERYTHING = [
    {"type": "header", "text": plain("支援")},
    {"type": "divider"},
    section(accessory=button(style="primary", value="1")),
    {"type": "section", "fields": [mrkdwn("*期間*"), plain("三か月")]},
    {"type": "context", "elements": [mrkdwn("受付番号"), plain("C-1")]},
    {"type": "image", "image_url": "https://play.invalid/a.png", "alt_text": "図"},
    actions(
        button(
            "yes",
            confirm={
                "title": plain("確認"),
                "text": plain("よいですか"),
                "confirm": plain("はい"),
                "deny": plain("いいえ"),
            },
        ),
        {"type": "overflow", "action_id": "more", "options": [option("a")]},
        {"type": "datepicker", "action_id": "day", "initial_date": "2026-09-01"},
        {"type": "users_select", "action_id": "who", "placeholder": plain("担当")},
        select(initial_option=option("kobe")),
    ),
    {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "<!channel>"}]}],
    },
]
INPUTS = [
    field(words(multiline=True, max_length=500, initial_value="あ"), block_id="a", hint=plain("例")),
    field(
        {
            "type": "number_input",
            "action_id": "n",
            "is_decimal_allowed": False,
            "min_value": "1",
            "max_value": "9",
        }
    ),
    field({"type": "email_text_input", "action_id": "mail"}, optional=True),
    field(
        {"type": "checkboxes", "action_id": "c", "options": [option("1")], "initial_options": [option("1")]}
    ),
    field(
        {"type": "multi_static_select", "action_id": "m", "options": [option("1")], "max_selected_items": 2}
    ),
    field({"type": "external_select", "action_id": "x", "min_query_length": 0}),
    field({"type": "file_input", "action_id": "f", "filetypes": ["pdf"], "max_files": 3}),
    field({"type": "timepicker", "action_id": "t", "initial_time": "09:30"}),
]


def test_a_message_with_every_usual_block_is_taken() -> None:
    assert message_problems(message(*EVERYTHING, thread_ts="1.2", unfurl_links=False)) == []


def test_a_modal_with_every_usual_input_is_taken() -> None:
    assert (
        view_problems(modal(*EVERYTHING, *INPUTS, private_metadata="", notify_on_close=True), "modal") == []
    )


def test_a_home_is_taken() -> None:
    assert view_problems(home(*EVERYTHING, private_metadata="x" * 3000), "home") == []


LONG_MESSAGES = {
    "section text": (
        message(section("あ" * 3001)),
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    "half of an emoji too many": (message(section("😀" * 1501)), "/blocks/0/text/text"),
    "empty section text": (message(section("")), "must be more than 0"),
    "section without text": (message({"type": "section"}), "must define either text or fields"),
    "eleven fields": (message({"type": "section", "fields": [plain("a")] * 11}), "no more than 10 items"),
    "long field": (message({"type": "section", "fields": [plain("a" * 2001)]}), "/fields/0/text"),
    "header": (message({"type": "header", "text": plain("a" * 151)}), "less than 151"),
    "mrkdwn header": (
        message({"type": "header", "text": mrkdwn("a")}),
        "must be a text object of type plain_text",
    ),
    "eleven in context": (message({"type": "context", "elements": [plain("a")] * 11}), "no more than 10"),
    "no actions": (message(actions()), "no fewer than 1"),
    "twenty-six actions": (message(actions(*(button(str(n)) for n in range(26)))), "no more than 25"),
    "button text": (message(actions(button(text="a" * 76))), "/blocks/0/elements/0/text/text"),
    "button value": (message(actions(button(value="a" * 2001))), "less than 2001"),
    "button style": (message(actions(button(style="default"))), "must be one of primary, danger"),
    "text input among actions": (message(actions(words())), "unsupported element type: plain_text_input"),
    "unknown field": (message(section(colour="red")), "invalid additional property: colour"),
    "unknown block": (message({"type": "sektion"}), "unsupported block type: sektion"),
    "block that is none": (message() | {"blocks": ["hello"]}, "unsupported block type: None"),
    "image without alt text": (
        message({"type": "image", "image_url": "https://a.invalid"}),
        "missing required field: alt_text",
    ),
    "image with two sources": (
        message(
            {"type": "image", "image_url": "https://a.invalid", "slack_file": {"id": "F1"}, "alt_text": "a"}
        ),
        "exactly one of image_url or slack_file",
    ),
    "fifty-one blocks": (message(*([{"type": "divider"}] * 51)), "no more than 50"),
    "markdown together": (message(*([{"type": "markdown", "text": "a" * 6001}] * 2)), "markdown blocks"),
    "block ids": (message(section(block_id="a"), section(block_id="a")), "block_id already exists: a"),
    "long block id": (message(section(block_id="a" * 256)), "less than 256"),
    "action ids": (message(actions(button("a"), button("a"))), "action_id already exists: a"),
    "no text beside blocks": ({"channel": "C1", "blocks": [section()]}, "missing required field: text"),
    "blank text beside blocks": (message(section(), text=" "), "missing required field: text"),
    "mistyped argument": (message(tread_ts="1"), "invalid additional property: tread_ts"),
    "markdown_text and text": (message(markdown_text="a"), "markdown_text_conflict"),
    "options": (message(actions(select(options=[option(str(n)) for n in range(101)]))), "no more than 100"),
    "options and groups": (
        message(actions(select(option_groups=[{"label": plain("a"), "options": [option("1")]}]))),
        "exactly one of options or option_groups",
    ),
    "no options": (message(actions(select(options=[]))), "no fewer than 1"),
    "option value": (message(actions(select(options=[option("a" * 151)]))), "less than 151"),
    "option text": (message(actions(select(options=[option("a", "b" * 76)]))), "less than 76"),
    "overflow": (
        message(
            actions({"type": "overflow", "action_id": "o", "options": [option(str(n)) for n in range(6)]})
        ),
        "no more than 5",
    ),
    "radio": (
        message(
            actions(
                {"type": "radio_buttons", "action_id": "r", "options": [option(str(n)) for n in range(11)]}
            )
        ),
        "no more than 10",
    ),
    "initial option": (
        message(actions(select(initial_option=option("kobe", "いいえ")))),
        "initial option is not among",
    ),
    "placeholder": (message(actions(select(placeholder=plain("a" * 151)))), "/elements/0/placeholder/text"),
    "date": (
        message(actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-13-01"})),
        "initial_date",
    ),
    "confirm": (message(actions(button(confirm={"title": plain("a")}))), "missing required field: deny"),
    "metadata": (message(metadata={"event_type": "a"}), "missing required field: event_payload"),
    "style of rich text": (
        message(
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [{"type": "text", "text": "a", "style": {"colour": True}}],
                    }
                ],
            }
        ),
        "invalid additional property: colour",
    ),
    "email in a message": (
        message(field({"type": "email_text_input", "action_id": "m"})),
        "unsupported type in a message",
    ),
}


@pytest.mark.parametrize(("args", "said"), LONG_MESSAGES.values(), ids=LONG_MESSAGES.keys())
def test_a_message_beyond_a_limit_is_refused_with_the_place(args: Json, said: str) -> None:
    problems = message_problems(args)
    assert any(said in problem for problem in problems), problems


BROKEN_MODALS = {
    "title": (modal(title=plain("a" * 25)), "/view/title/text"),
    "no title": ({"type": "modal", "blocks": []}, "missing required field: title"),
    "submit": (modal(submit=plain("a" * 25)), "/view/submit/text"),
    "close": (modal(close=plain("a" * 25)), "/view/close/text"),
    "no submit for inputs": (
        {"type": "modal", "title": plain("a"), "blocks": [field(words())]},
        "missing required field: submit [json-pointer:/view]",
    ),
    "metadata": (modal(private_metadata="a" * 3001), "/view/private_metadata"),
    "callback": (modal(callback_id="a" * 256), "/view/callback_id"),
    "hundred and one blocks": (modal(*([{"type": "divider"}] * 101)), "no more than 100"),
    "unknown field": (modal(submit_disabled=True), "invalid additional property: submit_disabled"),
    "markdown in a modal": (
        modal({"type": "markdown", "text": "a"}),
        "unsupported type in a modal: markdown",
    ),
    "label": (modal(field(words()) | {"label": mrkdwn("a")}), "/view/blocks/0/label"),
    "button as input": (modal(field(button())), "unsupported element type: button"),
    "max_length": (modal(field(words(max_length=3001))), "must be from 1 to 3000"),
    "initial value too long": (modal(field(words(max_length=3, initial_value="abcd"))), "less than 4"),
    "lengths crossed": (modal(field(words(max_length=3, min_length=4))), "min_length"),
    "number as number": (
        modal(field({"type": "number_input", "action_id": "n", "is_decimal_allowed": True, "min_value": 1})),
        "must be a string like",
    ),
    "number without decimals": (
        modal(field({"type": "number_input", "action_id": "n"})),
        "is_decimal_allowed",
    ),
    "numbers crossed": (
        modal(
            field(
                {
                    "type": "number_input",
                    "action_id": "n",
                    "is_decimal_allowed": False,
                    "min_value": "9",
                    "max_value": "10",
                    "initial_value": "8",
                }
            )
        ),
        "must be in order",
    ),
    "eleven files": (modal(field({"type": "file_input", "action_id": "f", "max_files": 11})), "from 1 to 10"),
    "two in focus": (
        modal(field(words(focus_on_load=True)), field(words(focus_on_load=True))),
        "focus_on_load",
    ),
    "too many chosen": (
        modal(
            field(
                select(
                    type="multi_static_select",
                    initial_options=[option("kobe"), option("himeji")],
                    max_selected_items=1,
                )
            )
        ),
        "more initial options",
    ),
    "truth as number": (modal(notify_on_close=1), "must be a boolean"),
    "wrong type": (home(), "must be one of modal"),
    "no view": ("view", "must be an object"),
}


@pytest.mark.parametrize(("view", "said"), BROKEN_MODALS.values(), ids=BROKEN_MODALS.keys())
def test_a_modal_beyond_a_limit_is_refused_with_the_place(view: Any, said: str) -> None:
    problems = view_problems(view, "modal")
    assert any(said in problem for problem in problems), problems


def test_a_home_has_no_title() -> None:
    assert view_problems(home(title=plain("a")), "home") == [
        "invalid additional property: title [json-pointer:/view]"
    ]


def test_a_home_takes_no_number_input() -> None:
    number = field({"type": "number_input", "action_id": "n", "is_decimal_allowed": False})
    assert "unsupported type in a home" in view_problems(home(number), "home")[0]


def test_a_view_of_too_many_bytes_is_refused() -> None:
    assert any(
        p.startswith("view_too_large") for p in view_problems(modal(*[section("あ" * 3000)] * 30), "modal")
    )


PINGS = ["<!channel>", "来て <!here> ください", "<!everyone|everyone>", "<!subteam^S1>"]


@pytest.mark.parametrize("text", PINGS)
def test_unescaped_user_text_cannot_ping_everybody(text: str) -> None:
    assert message_problems({"channel": "C1", "text": text}) == [
        "live broadcast mention [json-pointer:/text]"
    ]
    assert message_problems(message(section(text))) == [
        "live broadcast mention [json-pointer:/blocks/0/text/text]"
    ]
    assert view_problems(home({"type": "context", "elements": [mrkdwn(text)]}), "home")
    assert message_problems({"channel": "C1", "text": text}, allow_broadcast=True) == []


@pytest.mark.parametrize("text", PINGS)
def test_escaped_or_plain_text_may_say_anything(text: str) -> None:
    escaped = text.replace("<", "&lt;").replace(">", "&gt;")
    assert message_problems(message(section(escaped), text=escaped)) == []
    assert message_problems(message({"type": "section", "text": plain(text)})) == []


def test_loaded_options_have_limits_too() -> None:
    assert option_problems({"options": [option("a")]}) == []
    assert option_problems({"options": []}) == []
    assert option_problems({"option_groups": [{"label": plain("a"), "options": [option("1")]}]}) == []
    assert option_problems({"options": [option(str(n)) for n in range(101)]})
    assert option_problems({})
    assert option_problems(None)


def test_length_is_counted_as_the_string_is_sent() -> None:
    assert [units("a"), units("漢"), units("😀"), units("&amp;")] == [1, 1, 2, 5]


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "blocks",
                    "text",
                    "elements",
                    "element",
                    "options",
                    "accessory",
                    "block_id",
                    "fields",
                ]
            ),
            inner | st.sampled_from(["section", "actions", "input", "static_select", "mrkdwn", "modal"]),
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(junk)
def test_whatever_is_sent_is_judged_and_never_crashes(value: Any) -> None:
    assert message_problems({"channel": "C1", "text": "a", "blocks": [value]})
    assert view_problems(value, "modal")
    message_problems(value)
