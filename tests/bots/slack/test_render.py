"""Whatever is said, and whatever people have typed into it, Slack takes it and nobody is pinged."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.playground.slack_rules import message_problems, units, view_problems
from bots.slack import render
from bots.slack.inputs import Entered
from conversations.messages import (
    Ask,
    Button,
    Card,
    Deck,
    Fact,
    FormPage,
    Heading,
    Input,
    Link,
    Marked,
    Message,
    Option,
    Pick,
    Say,
    Screen,
    Sides,
    Voice,
    act,
)
from locales import Text
from locales.language import speaker

Json = dict[str, Any]
say = speaker("ja")
URL = "https://ouentai.example.jp"
HOSTILE = [
    "<!channel> <!here> <!everyone> <!subteam^S1> <@U1> <#C1> <https://evil.example|your bank>",
    "\U0001f600" * 5000,
    "\x00\x01\x1b[31m",
    "\u202egnp.exe\u2066",
    "*bold* _it_ ~no~ `code` ```block``` > quote\n> quote",
    "&amp; &lt;!channel&gt; <!channel>",
    "",
    "   \n ",
    "あ" * 3001,
    "\ud83d half",
    "{not} a {placeholder}",
]
hostile = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=200))


def message(said: Message) -> Json:
    """The message, after Slack's own checks."""
    drawn = render.message(said, say, URL)
    assert message_problems(drawn) == []
    assert drawn["text"].strip()
    return drawn


def modal(said: Screen | FormPage, **more: Any) -> Json:
    """The modal, after Slack's own checks."""
    view = render.modal(said, say, URL, **more)
    assert view_problems(view, "modal") == []
    return view


def texts(shown: Any) -> list[str]:
    """Every text object's text, with those of rich text."""
    if isinstance(shown, dict):
        own = [shown["text"]] if isinstance(shown.get("text"), str) else []
        return own + [text for value in shown.values() for text in texts(value)]
    return [text for item in shown for text in texts(item)] if isinstance(shown, list) else []


def elements(shown: Json, kind: str) -> list[Json]:
    """The elements of a kind in a message or view."""
    every = [
        element
        for block in shown["blocks"]
        for element in [*block.get("elements", []), block.get("accessory"), block.get("element")]
    ]
    return [element for element in every if isinstance(element, dict) and element["type"] == kind]


def page(*inputs: Input, **more: Any) -> FormPage:
    return FormPage(Text("Page"), 12, 1, 4, 3, inputs, **more)


def options(count: int) -> list[Option]:
    return [Option(f"v{n}", f"Option {n}", act("form.answer", v=n)) for n in range(count)]


def only(view: Json) -> Json:
    """The only input of a page."""
    (block,) = [block for block in view["blocks"] if block["type"] == "input"]
    return dict(block)


# --- messages


def test_words_are_a_plain_text_with_their_offers_below() -> None:
    drawn = message(Say(Text("Hello {name}")(name="A*B*"), [Button(Text("Menu"), act("menu.show"))]))
    section, actions = drawn["blocks"]
    assert section["text"] == {"type": "plain_text", "text": "Hello A*B*"}
    assert actions["elements"][0]["value"] == "a=menu.show"
    assert drawn["text"] == "Hello A*B*"


def test_a_card_shows_title_state_facts_words_and_buttons() -> None:
    card = Card(
        "Title",
        badge="waiting",
        facts=[Fact("Place", "神戸市"), Fact("Story", "あ" * 200), Fact("Area", "x")],
        body=["Body"],
        note="small",
        buttons=[
            Button("Approve", act("review.approve", i=1), "primary", Text("Really?")),
            Button("Reject", act("review.reject", i=1), "danger", Text("Sure?")),
            Button("File", Link("/files/1")),
            Button("Until", Pick(act("case.until", i=1))),
        ],
    )
    drawn = message(card)
    kinds = [block["type"] for block in drawn["blocks"]]
    assert kinds == [
        "header",
        "context",
        "section",
        "section",
        "section",
        "section",
        "section",
        "context",
        "actions",
    ]
    approve, reject, file, until = drawn["blocks"][-1]["elements"]
    assert (approve["style"], reject["style"]) == ("primary", "danger")
    assert reject["confirm"]["style"] == "danger" and approve["confirm"]["text"]["text"] == "Really?"
    assert file["url"] == f"{URL}/files/1" and "value" not in file
    assert until["type"] == "datepicker" and until["action_id"].startswith("a=case.until&i=1#")
    assert drawn["text"] == "Title - waiting - Body"


def test_marked_words_stand_out_in_the_middle_of_japanese_text() -> None:
    pieces = [("部品の", False), ("在庫", True), ("が*合わない*", False)]
    shown = message(Card(Marked(pieces), body=[Marked(pieces), Text("About: {words}")(words=Marked(pieces))]))
    _header, plain, below = shown["blocks"]
    assert plain["elements"][0]["elements"] == [
        {"type": "text", "text": "部品の"},
        {"type": "text", "text": "在庫", "style": {"bold": True}},
        {"type": "text", "text": "が*合わない*"},
    ]
    assert [one["text"] for one in below["elements"][0]["elements"]][:2] == ["About: 部品の", "在庫"]


def test_marked_words_stand_out_in_a_bold_title() -> None:
    shown = message(Screen(Text("Found"), [Card(Marked([("部品の", False), ("在庫", True)]))]))
    (title,) = shown["blocks"][1]["elements"]
    assert [one["style"] for one in title["elements"]] == [{"bold": True}, {"bold": True, "underline": True}]


@pytest.mark.parametrize("words", [words for words in HOSTILE])
def test_marked_words_of_people_are_never_markup(words: str) -> None:
    pieces = [(words, False), (words, True), ("\ufdd0", False), (words, False)]
    for title in (Marked(pieces), Text("{words}")(words=Marked(pieces))):
        shown = modal(Screen(Text("Found"), [Card(title, body=[title])]))
        assert {block["type"] for block in shown["blocks"]} == {"rich_text"}
        for block in shown["blocks"]:
            total = sum(units(one["text"]) for one in block["elements"][0]["elements"])
            assert 0 < total <= 3000


def test_a_sign_of_ones_own_font_in_a_name_is_kept_as_it_is() -> None:
    shown = modal(Screen(Text("Found"), [Card("渡\ue000商店")]))
    assert shown["blocks"][0]["elements"][0]["elements"] == [
        {"type": "text", "text": "渡\ue000商店", "style": {"bold": True}}
    ]


def test_a_long_marked_text_goes_on_in_the_next_block_and_nothing_is_lost() -> None:
    text = Marked([("あ" * 2999, False), ("\U0001f600" * 3, True), ("い" * 4000, False)])
    shown = modal(Screen(Text("Found"), [Card("T", body=[text])]))
    rows = [block["elements"][0]["elements"] for block in shown["blocks"][1:]]
    assert "".join(one["text"] for row in rows for one in row) == text
    assert rows[1][0] == {"type": "text", "text": "\U0001f600" * 3, "style": {"bold": True}}


def test_a_fact_that_can_be_changed_has_its_button() -> None:
    drawn = message(Card("T", facts=[Fact("Name", "A", act("form.edit", k="name"))]))
    assert drawn["blocks"][1]["accessory"]["value"] == "a=form.edit&k=name"


def test_the_buttons_of_every_card_of_a_deck_have_their_own_ids() -> None:
    cards = [Card(f"Case {n}", buttons=[Button("Open", act("case.open", i=n))]) for n in range(8)]
    drawn = message(Deck(Text("Found"), cards))
    ids = [element["action_id"] for element in elements(drawn, "button")]
    assert len(set(ids)) == 8


def test_a_deck_that_is_too_long_says_how_many_are_missing() -> None:
    cards = [Card(f"Case {n}", badge="b", buttons=[Button("Open", act("x"))]) for n in range(40)]
    drawn = message(Deck(Text("Found"), cards))
    shown = len(elements(drawn, "button"))
    assert 10 <= shown < 40
    assert drawn["blocks"][-1]["elements"][0]["text"] == say(
        Text("{count} more are not shown here.")(count=40 - shown)
    )


def test_a_card_that_is_too_long_keeps_its_buttons() -> None:
    card = Card("T", facts=[Fact(f"F{n}", "あ" * 100) for n in range(60)], buttons=[Button("Open", act("x"))])
    drawn = message(card)
    assert len(drawn["blocks"]) == 50
    assert drawn["blocks"][-1]["type"] == "actions"
    screen = modal(Screen(Text("T"), [Heading("H"), card, Say("after")]))
    assert len(elements(screen, "button")) == 1 and len(screen["blocks"]) <= 100


def test_a_view_never_grows_too_large() -> None:
    parts = [Card(f"T{n}", body=["あ" * 2900] * 3) for n in range(30)]
    assert len(modal(Screen(Text("T"), parts))["blocks"]) < 100
    assert modal(Screen(Text("T"), [Card("T", body=["あ" * 2900] * 90)]))


def test_a_long_text_is_shown_whole() -> None:
    drawn = message(Say("あ" * 7000))
    assert "".join(block["text"]["text"] for block in drawn["blocks"]) == "あ" * 7000


@pytest.mark.parametrize(
    ("count", "kind"), [(5, "button"), (6, "static_select"), (100, "static_select"), (120, "button")]
)
def test_a_question_offers_buttons_or_a_list(count: int, kind: str) -> None:
    drawn = message(Ask(Text("Which?"), 3, 12, hint="hint", options=options(count)))
    assert elements(drawn, kind)
    assert "3/12  Which?" in texts(drawn)


def test_a_form_that_no_window_can_be_opened_for_is_a_card_that_opens_it() -> None:
    (button,) = elements(message(page()), "button")
    assert button["value"] == "a=page.show&d=12&p=1"


def test_a_home_shows_every_part() -> None:
    view = render.home(Screen(Text("Home"), [Heading("Queue"), Card("A"), Say("b")]), say, URL)
    assert view_problems(view, "home") == []
    assert [block["type"] for block in view["blocks"]] == ["header", "rich_text", "section"]


def test_a_home_with_a_long_queue_is_cut() -> None:
    cards = [
        Card(f"R{n}", badge="b", facts=[Fact("a", "b")], buttons=[Button("Open", act("x"))])
        for n in range(60)
    ]
    view = render.home(Screen(Text("Home"), [Heading("Queue"), *cards]), say, URL)
    assert view_problems(view, "home") == []
    assert len(view["blocks"]) > 90


# --- pages of a form


def test_a_page_says_where_it_is_and_carries_only_its_ids() -> None:
    view = modal(page(Input("name", Text("Name"), "line", value="秘密の名前", at_most=80)))
    assert view["title"]["text"] == "Page 2/4"
    assert view["private_metadata"] == "d=12&p=1&r=3"
    assert only(view)["block_id"] == "name@3"
    assert only(view)["element"] == {
        "type": "plain_text_input",
        "max_length": 80,
        "initial_value": "秘密の名前",
        "action_id": "name",
    }


def test_a_long_title_stands_above_the_page() -> None:
    view = modal(FormPage(Text("あ" * 30), 1, 0, 3, 1, []))
    assert units(view["title"]["text"]) == 24
    assert texts(view["blocks"])[:2] == ["あ" * 30, "1/3"]


@pytest.mark.parametrize(
    ("kind", "count", "control"),
    [
        ("line", 0, "plain_text_input"),
        ("story", 0, "plain_text_input"),
        ("number", 1, "plain_text_input"),
        ("date", 0, "datepicker"),
        ("search", 0, "external_select"),
        ("consent", 1, "checkboxes"),
        ("choice", 2, "radio_buttons"),
        ("choice", 10, "radio_buttons"),
        ("choice", 11, "static_select"),
        ("choice", 100, "static_select"),
        ("choice", 101, "external_select"),
        ("choice", 0, "plain_text_input"),
        ("choices", 10, "checkboxes"),
        ("choices", 24, "multi_static_select"),
        ("choices", 47, "multi_static_select"),
        ("choices", 101, "multi_external_select"),
        ("something new", 0, "plain_text_input"),
    ],
)
def test_the_control_follows_the_kind_and_the_number_of_options(kind: str, count: int, control: str) -> None:
    block = only(modal(page(Input("q", Text("Q"), kind, options=options(count), redraws=True))))
    assert block["element"]["type"] == control


@pytest.mark.parametrize("count", [2, 47, 150])
def test_what_was_chosen_is_chosen_again(count: int) -> None:
    one = only(modal(page(Input("q", Text("Q"), "choice", value="v1", options=options(count)))))
    several = only(modal(page(Input("q", Text("Q"), "choices", value="v0,v1", options=options(count)))))
    assert one["element"]["initial_option"]["value"] == "v1"
    assert [chosen["value"] for chosen in several["element"]["initial_options"]] == ["v0", "v1"]


def test_an_answer_that_is_no_option_any_more_is_simply_not_chosen() -> None:
    assert (
        "initial_option"
        not in only(modal(page(Input("q", Text("Q"), "choice", value="x", options=options(3)))))["element"]
    )
    assert "initial_date" not in only(modal(page(Input("q", Text("Q"), "date", value="soon"))))["element"]


def test_what_was_found_by_searching_keeps_its_name() -> None:
    view = modal(page(Input("bank", Text("Bank"), "search", value="0001", shown="みずほ銀行")))
    assert only(view)["element"]["initial_option"]["text"]["text"] == "みずほ銀行"


def test_typing_is_not_disturbed_by_a_page_that_redraws() -> None:
    line = only(modal(page(Input("q", Text("Q"), "number", redraws=True))))
    story = only(modal(page(Input("q", Text("Q"), "story", redraws=True))))
    assert line["element"]["dispatch_action_config"] == {"trigger_actions_on": ["on_enter_pressed"]}
    assert line["dispatch_action"] and "dispatch_action" not in story


def test_help_reasons_and_problems_stand_at_their_question() -> None:
    one = Input(
        "q", Text("Q"), "line", hint="tip", required=False, problem="old", reason="why", lead=["read"]
    )
    view = modal(page(one, errors={"q": "wrong"}, lead=["lead"], notes=["total"], back=act("page.show", p=0)))
    said = texts(view["blocks"])
    assert "wrong" in said and "old" not in said
    assert any("why" in text for text in said)
    assert said.index("read") < said.index("Q")
    block = only(view)
    assert block["hint"]["text"] == "tip" and block["optional"]
    assert said.index("total") > said.index("Q")
    assert elements(view, "button")[0]["value"] == "a=page.show&p=0"


def test_an_error_about_a_question_elsewhere_is_said_at_the_top() -> None:
    assert texts(modal(page(errors={"other": "wrong"}))["blocks"])[0] == "wrong"


def test_a_document_has_its_link_and_its_state() -> None:
    buttons = [Button("Send a file", Link("/upload/t")), Button("Sent", act("page.show", d=1, p=0))]
    view = modal(page(Input("id", Text("Identity"), "document", value="4,5", buttons=buttons)))
    section = view["blocks"][0]
    assert section["accessory"]["url"] == f"{URL}/upload/t"
    assert say(Text("{count} received")(count=2)) in texts(view)
    assert [element["value"] for element in elements(view, "button") if "value" in element] == [
        "a=page.show&d=1&p=0"
    ]
    missing = modal(page(Input("id", Text("Identity"), "document", buttons=buttons)))
    assert say(Text("Not received yet")) in texts(missing)


def test_what_is_typed_stays_when_a_page_is_drawn_again() -> None:
    before = Entered(
        {"a": "a@2", "b": "b@2", "c": "c@2"},
        {"a": "typed", "b": "10万円", "c": "x"},
        {"a": "", "b": "", "c": ""},
    )
    inputs = [
        Input("a", Text("A"), "line"),
        Input("b", Text("B"), "line", value="100000"),
        Input("c", Text("C"), "line", value="x"),
        Input("d", Text("D"), "line"),
    ]
    view = modal(page(*inputs), entered=before)
    ids = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    assert ids == ["a@2", "b@3", "c@2", "d@3"]


def test_a_new_value_never_stands_under_an_old_id() -> None:
    before = Entered({"a": "a@3"}, {"a": "old"}, {"a": "older"})
    view = modal(page(Input("a", Text("A"), "line", value="new")), entered=before)
    assert only(view)["block_id"] == "a@3+"


# --- hostile words

buttons = st.lists(
    st.builds(
        Button,
        hostile,
        st.sampled_from([act("x.y", i=1), Link("/files/1"), Pick(act("x.y", i=1))]),
        st.sampled_from(["plain", "primary", "danger", "strange"]),
        st.sampled_from([None, Text("Sure?")]),
    ),
    max_size=30,
)
cards = st.builds(
    Card,
    hostile,
    badge=st.none() | hostile,
    facts=st.lists(st.builds(Fact, hostile, hostile, st.sampled_from([None, act("x")])), max_size=30),
    body=st.lists(hostile, max_size=4),
    note=st.none() | hostile,
    buttons=buttons,
)
says = st.builds(Say, hostile, buttons)
voices = st.builds(
    Voice,
    hostile,
    hostile,
    picture=st.sampled_from([None, Link("/files/1.jpg?sig=x")]),
    file=st.sampled_from([None, Link("/files/2.pdf?sig=x")]),
)
asks = st.builds(
    Ask,
    st.just(Text("Q")),
    lead=st.lists(hostile, max_size=3),
    hint=st.none() | hostile,
    options=st.lists(st.builds(Option, st.just("v"), hostile, st.just(act("x", v="v"))), max_size=120),
)
labelled = st.builds(Fact, hostile, hostile)
sides = st.builds(Sides, labelled, labelled)
parts = st.lists(st.one_of(cards, says, asks, sides, st.builds(Heading, hostile)), max_size=12)
inputs = st.lists(
    st.builds(
        Input,
        st.just("key"),
        st.just(Text("Q")),
        st.sampled_from(
            ["line", "story", "number", "date", "choice", "choices", "consent", "document", "search"]
        ),
        hint=st.none() | hostile,
        value=st.none() | hostile,
        options=st.lists(
            st.builds(
                Option, st.text(max_size=160).filter(lambda v: "," not in v), hostile, st.just(act("x"))
            ),
            max_size=130,
            unique_by=lambda option: option.value,
        ),
        required=st.booleans(),
        redraws=st.booleans(),
        at_most=st.none() | st.integers(1, 5000),
        problem=st.none() | hostile,
        reason=st.none() | hostile,
        shown=st.none() | hostile,
        lead=st.lists(hostile, max_size=2),
    ),
    max_size=6,
).map(lambda many: [_named(one, n) for n, one in enumerate(many)])


def _named(one: Input, number: int) -> Input:
    return Input(**{**vars(one), "key": f"key{number}"})


quick = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def harmless(shown: Json) -> None:
    """Nothing that Slack parses holds anything alive."""
    if shown.get("type") == "mrkdwn" or set(shown) == {"text", "blocks"}:
        assert "<" not in shown["text"]
    for value in shown.values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                harmless(item)


@quick
@given(
    st.one_of(cards, says, voices, asks, st.builds(Deck, st.just(Text("D")), st.lists(cards, max_size=10)))
)
def test_every_message_passes_whatever_people_typed(said: Message) -> None:
    harmless(message(said))


@quick
@given(parts)
def test_every_screen_and_home_passes_whatever_people_typed(parts: Sequence[Any]) -> None:
    harmless(modal(Screen(Text("S"), parts)))
    view = render.home(Screen(Text("S"), parts), say, URL)
    assert view_problems(view, "home") == []


@quick
@given(
    inputs, st.lists(hostile, max_size=3), st.dictionaries(st.sampled_from(["key0", "key1", "x"]), hostile)
)
def test_every_page_passes_whatever_people_typed(
    inputs: Sequence[Input], notes: Sequence[str], errors: dict[str, str]
) -> None:
    view = modal(page(*inputs, notes=notes, errors=errors))
    harmless(view)
    assert view["private_metadata"] == "d=12&p=1&r=3"


def test_a_persons_name_stands_in_front_of_what_they_say() -> None:
    voice = Voice(
        "お待たせしました。", "鈴木（事務局）", Link("/files/1.jpg?sig=x"), Link("/files/2.pdf?sig=x")
    )
    drawn = message(voice)
    assert drawn["text"] == "鈴木（事務局） - お待たせしました。"
    assert texts(drawn["blocks"])[:2] == ["鈴木（事務局）", "お待たせしました。"]
    urls = [one["url"] for one in elements(drawn, "button")]
    assert urls == [f"{URL}/files/1.jpg?sig=x", f"{URL}/files/2.pdf?sig=x"]


def test_clerks_are_called_by_their_ids_and_by_nothing_else() -> None:
    drawn = message(Say("<@U0VICTIM> <!channel>", mentions=["U0SUZUKI", "W0MORI", "U0SUZUKI"]))
    line, words = drawn["blocks"]
    assert line["text"] == {"type": "mrkdwn", "text": "<@U0SUZUKI> <@W0MORI>", "verbatim": True}
    assert words["text"]["type"] == "plain_text"
    assert drawn["text"] == "<@U0SUZUKI> <@W0MORI> &lt;@U0VICTIM&gt; &lt;!channel&gt;"


@pytest.mark.parametrize(
    "who", ["!channel", "!here", "C0ROOM", "U1>", "U0A|x", "u0suzuki", "", "U" + "0" * 99]
)
def test_whatever_is_no_id_of_a_person_is_never_mentioned(who: str) -> None:
    with pytest.raises(ValueError):
        render.message(Say("x", mentions=[who]), say, URL)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_ping_nobody(words: str) -> None:
    for said in (
        Say(words),
        Card(words, badge=words, facts=[Fact(words, words)], body=[words]),
        Deck(Text("x"), []),
        Voice(words, words),
    ):
        harmless(message(said))


def test_two_texts_stand_side_by_side_under_their_labels() -> None:
    [drawn] = modal(Screen(Text("T"), [Sides(Fact("A-1", "left *x*"), Fact("A-2", "right"))]))["blocks"]
    assert [field["text"] for field in drawn["fields"]] == ["*A-1*", "*A-2*", "left *x*", "right"]
    assert drawn["fields"][2]["type"] == "plain_text", "nobody's words format anything"


def test_long_texts_stand_side_by_side_to_their_end() -> None:
    left, right = "あ" * 2500, "い" * 10
    drawn = modal(Screen(Text("T"), [Sides(Fact("A-1", left), Fact("A-2", right))]))["blocks"]
    fields = [[field["text"] for field in block["fields"]] for block in drawn]
    assert fields == [["*A-1*", "*A-2*", "あ" * 2000, right], ["あ" * 500, "-"]]
