"""Everything that can be said is something LINE takes, and nothing that can be pressed is lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.line.render import render
from bots.line.wire import pack, unpack
from bots.playground.line_rules import problems
from bots.playground.line_units import length
from conversations.messages import (
    Act,
    Ask,
    Button,
    Card,
    Deck,
    Fact,
    FormPage,
    Heading,
    Link,
    Message,
    Option,
    Pick,
    Say,
    Screen,
    Sides,
    Voice,
    act,
)
from locales import _
from locales.language import speaker

Obj = dict[str, Any]

JA = speaker("ja")
HOSTILE = [
    "😀" * 5000,
    "\x00",
    "\u202eabc\u2066",
    "",
    "   ",
    "長い文。" * 2000,
    '"\\' * 2500,
    "a" + "\u0301" * 9000,
    "\ud83d",
    "👨‍👩‍👧‍👦" * 300,
]


def show(*said: Message) -> list[Obj]:
    messages = render(said, JA, "https://play.invalid")
    for start in range(0, len(messages), 5):
        assert problems(messages[start : start + 5]) == []
    return messages


def inside(part: Any) -> Iterator[Obj]:
    """Every object in a payload, outside in."""
    if isinstance(part, list):
        for one in part:
            yield from inside(one)
    elif isinstance(part, dict):
        yield part
        for one in part.values():
            yield from inside(one)


def actions(part: Any) -> list[Obj]:
    return [one["action"] for one in inside(part) if "action" in one and isinstance(one["action"], dict)]


def texts(part: Any) -> list[str]:
    return [one["text"] for one in inside(part) if one.get("type") == "text" and "text" in one]


def bubbles(message: Obj) -> list[Obj]:
    contents = message["contents"]
    return contents["contents"] if contents["type"] == "carousel" else [contents]


def options(many: int) -> list[Option]:
    return [
        Option(str(n), f"選択肢その{n}", act("form.answer", d=12, k="area", v=n)) for n in range(1, many + 1)
    ]


HELP = Button(_("Help"), act("menu.help"))


# --- a few words ---------------------------------------------------------------------------------------


def test_a_few_words_are_a_text_with_its_offers() -> None:
    (message,) = show(Say("ありがとうございます。", quick=[HELP]))
    assert message["text"] == "ありがとうございます。"
    (item,) = message["quickReply"]["items"]
    assert item["action"]["data"] == "a=menu.help"
    assert item["action"]["displayText"] == item["action"]["label"]


def test_nothing_to_see_is_not_sent() -> None:
    assert show(Say("\u200b\x00 ")) == []


def test_offers_are_kept_when_the_words_were_empty() -> None:
    (message,) = show(Say("", quick=[HELP]))
    assert message["text"] == "…"


def test_offers_of_all_messages_hang_on_the_last_one_each_once_the_latest_first() -> None:
    later = Button(_("Later"), act("later"))
    messages = show(Say("一", quick=[HELP]), Say("二", quick=[later, HELP]), Say("三"))
    assert "quickReply" not in messages[0]
    assert [item["action"]["data"] for item in messages[-1]["quickReply"]["items"]] == [
        "a=later",
        "a=menu.help",
    ]


def test_there_are_never_more_offers_than_line_shows() -> None:
    many = [Button(f"案{n}", act("x", n=n)) for n in range(20)]
    (message,) = show(Say("どれにしますか。", quick=many))
    assert len(message["quickReply"]["items"]) == 13


# --- a question ----------------------------------------------------------------------------------------


def test_a_question_is_one_bubble_with_where_we_are() -> None:
    (message,) = show(Ask(_("What is your trade name?"), 3, 12, hint="正式な名前で", example="菓子工房はな"))
    (bubble,) = bubbles(message)
    said = texts(bubble)
    assert said[0] == "3/12"
    assert "菓子工房はな" in said
    assert any(one.get("width") == "25%" for one in inside(bubble))
    assert message["altText"] == JA(_("What is your trade name?"))


def test_answers_stay_in_the_bubble_and_are_written_out_for_the_notification() -> None:
    (message,) = show(Ask(_("Which?"), options=options(3)))
    assert [unpack(one["data"]).args["v"] for one in actions(message["contents"])] == ["1", "2", "3"]
    assert message["altText"].splitlines()[1:] == ["1. 選択肢その1", "2. 選択肢その2", "3. 選択肢その3"]
    assert "1" not in texts(message)


def test_more_than_four_answers_are_numbered() -> None:
    (message,) = show(Ask(_("Which?"), options=options(5)))
    assert [word for word in texts(message) if word.isdecimal()] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(("many", "pages"), [(10, 1), (11, 2), (14, 2), (24, 3), (47, 6), (64, 8)])
def test_many_answers_are_spread_over_bubbles_of_one_size(many: int, pages: int) -> None:
    (message,) = show(Ask(_("Where?"), 1, 9, options=options(many)))
    assert len(bubbles(message)) == pages
    per_page = [len(actions(bubble)) for bubble in bubbles(message)]
    assert sum(per_page) == many
    assert max(per_page) <= 10
    assert max(per_page) - min(per_page[:-1] or per_page) == 0


def test_even_more_answers_go_on_in_another_carousel() -> None:
    messages = show(Ask(_("Where?"), options=options(200)))
    assert [unpack(one["data"]).args["v"] for one in actions(messages)] == [str(n) for n in range(1, 201)]


def test_a_problem_stands_before_the_question() -> None:
    (message,) = show(Ask(_("How many?"), 1, 2, lead=["数字で教えてください。"]))
    said = texts(message)
    assert said.index("数字で教えてください。") < said.index(JA(_("How many?")))


def test_a_document_is_sent_through_a_link_of_ours() -> None:
    link = Button(_("Send a file"), Link("/upload/new?draft=7&key=確認書 類"), "primary")
    (message,) = show(Ask(_("Which document?"), buttons=[link]))
    (action,) = actions(message["contents"])
    assert (
        action["uri"] == "https://play.invalid/upload/new?draft=7&key=%E7%A2%BA%E8%AA%8D%E6%9B%B8%20%E9%A1%9E"
    )


@pytest.mark.parametrize(
    ("first", "last", "bounds"),
    [
        (None, None, {}),
        ("2026-06-01", None, {"min": "2026-06-01", "initial": "2026-06-01"}),
        (None, "2026-06-01", {"max": "2026-06-01", "initial": "2026-06-01"}),
        ("2026-06-01", "2026-07-01", {"min": "2026-06-01", "max": "2026-07-01", "initial": "2026-06-01"}),
        ("1800-01-01", "2026-07-01", {"min": "1900-01-01", "max": "2026-07-01", "initial": "2026-07-01"}),
        ("2026-06-01", "2026-06-01", {"min": "2026-06-01", "max": "2026-06-02", "initial": "2026-06-01"}),
    ],
)
def test_a_day_is_picked_within_its_bounds(first: str | None, last: str | None, bounds: Obj) -> None:
    pick = Button(_("Choose a day"), Pick(act("form.answer", d=1, k="when"), first, last))
    (message,) = show(Ask(_("When?"), buttons=[pick], quick=[pick]))
    (action,) = actions(message["contents"])
    assert {name: action[name] for name in ("min", "max", "initial") if name in action} == bounds
    assert message["quickReply"]["items"][0]["action"]["mode"] == "date"


def test_terms_of_any_length_are_shown_whole() -> None:
    terms = [f"第{n}条 " + "約束します。" * 300 for n in range(1, 25)]
    messages = show(Ask(_("Do you agree?"), 12, 12, lead=terms, options=options(2)))
    said = texts(messages)
    assert all(term.strip() in said for term in terms)
    assert len([one for one in actions(messages)]) == 2


# --- a card --------------------------------------------------------------------------------------------


def test_a_card_says_what_it_is_where_it_stands_and_what_can_be_done() -> None:
    card = Card(
        "登録の内容",
        badge="確認してください",
        facts=[Fact("商号", "菓子工房はな", act("form.edit", d=1, k="name")), Fact("電話", "078-000-0000")],
        body=["本文です。"],
        note="注です。",
        buttons=[
            Button(_("Send"), act("form.send", d=1, r=3), "primary"),
            Button(_("Withdraw"), act("x"), "danger"),
        ],
        tone="review",
    )
    (message,) = show(card)
    assert texts(message["contents"])[:2] == ["確認してください", "登録の内容"]
    assert [one["data"] for one in actions(message["contents"])] == [
        pack(act("form.edit", d=1, k="name")),
        "a=form.send&d=1&r=3",
        "a=x",
    ]
    assert "直す" in texts(message)
    assert message["altText"].startswith("登録の内容 / 確認してください\n商号: 菓子工房はな")


def test_a_long_label_gets_a_button_that_wraps() -> None:
    label = "この内容で事務局に審査を申し込みます"
    (message,) = show(Card("x", buttons=[Button(label, act("a")), Button("送る", act("b"))]))
    buttons = message["contents"]["footer"]["contents"]
    assert [one["type"] for one in buttons] == ["box", "button"]
    assert buttons[0]["action"]["label"] == label


def test_a_card_too_large_for_a_bubble_goes_on_in_the_next_and_loses_nothing() -> None:
    facts = [Fact(f"項目{n}", "値" * 3000, act("form.edit", d=1, k=f"q{n}")) for n in range(12)]
    messages = show(Card("相談案件", facts=facts, buttons=[Button(_("Send"), act("form.send"))]))
    assert [unpack(one["data"]).name for one in actions(messages)] == ["form.edit"] * 12 + ["form.send"]
    assert sum("値" * 3000 in text for text in texts(messages)) == 12


def test_any_number_of_buttons_is_kept() -> None:
    buttons = [Button("😀" * 60, act("x", n=n, v="v" * 200)) for n in range(60)]
    messages = show(Card("x", buttons=buttons))
    assert [unpack(one["data"]).args["n"] for one in actions(messages)] == [str(n) for n in range(60)]


# --- decks and screens ---------------------------------------------------------------------------------


def test_a_deck_is_its_lead_and_equal_bubbles_side_by_side() -> None:
    cards = [Card(f"提案{n}", facts=[Fact("時間単価", "4,000円")], quick=[HELP]) for n in range(3)]
    lead, deck = show(Deck(_("Three proposals"), cards))
    assert lead["type"] == "text"
    assert {bubble["size"] for bubble in bubbles(deck)} == {"kilo"}
    assert "提案2" in deck["altText"]
    assert len(deck["quickReply"]["items"]) == 1


def test_a_deck_of_more_than_ten_goes_on_in_a_second_row() -> None:
    messages = show(Deck(_("Proposals"), [Card(f"提案{n}") for n in range(12)]))
    assert [len(bubbles(one)) for one in messages[1:]] == [10, 2]


def test_a_screen_is_its_parts_under_their_headings() -> None:
    parts: list[Heading | Say | Card | Ask] = [
        Heading("いま"),
        Say("審査中です。", quick=[HELP]),
        Heading("相談"),
        Card("受注の管理"),
        Heading("終わり"),
    ]
    first, second, third = show(Screen(_("Where things stand"), parts))
    assert first["text"].splitlines()[-1] == "審査中です。"
    assert "いま" in first["text"]
    assert texts(second)[:2] == ["相談", "受注の管理"]
    assert third["text"] == "終わり"
    assert third["quickReply"]


def test_two_texts_stand_below_each_other() -> None:
    sides = Sides(Fact("A-1", "こちらの文"), Fact("A-2", "あちらの文"))
    [shown] = show(Screen(_("Where things stand"), [sides]))
    assert shown["text"].split("\n\n")[1:] == ["A-1", "こちらの文", "A-2", "あちらの文"]


def test_a_page_of_a_form_is_never_shown_on_line() -> None:
    with pytest.raises(TypeError):
        show(FormPage(_("Page"), 1, 1, 1, 1, []))


# --- many messages -------------------------------------------------------------------------------------


def test_five_messages_are_left_as_they_are() -> None:
    assert len(show(*[Say(f"{n}") for n in range(5)])) == 5


def test_neighbours_are_put_together_when_there_are_more_than_five() -> None:
    (message,) = show(*[Say(f"その{n}") for n in range(9)])
    assert message["text"].split("\n\n") == [f"その{n}" for n in range(9)]
    cards = [Card(f"札{n}", buttons=[Button("開く", act("x", n=n))]) for n in range(6)]
    mixed = show(Say("一"), Say("二"), *cards)
    assert [one["type"] for one in mixed] == ["text", "flex"]
    assert len(actions(mixed)) == 6


def test_what_cannot_be_put_together_goes_into_a_second_letter() -> None:
    said: list[Message] = []
    for n in range(4):
        said += [Say(f"その{n}"), Card(f"札{n}", buttons=[Button("開く", act("x", n=n))], quick=[HELP])]
    messages = show(*said)
    assert len(messages) == 8
    assert [one["data"] for one in actions([one["contents"] for one in messages if "contents" in one])] == [
        f"a=x&n={n}" for n in range(4)
    ]
    assert "quickReply" in messages[-1]


def test_a_button_that_line_would_not_carry_stops_the_drawing() -> None:
    with pytest.raises(ValueError, match="x"):
        show(Say("a", quick=[Button("b", act("x", v="1" * 400))]))
    with pytest.raises(ValueError, match="link"):
        show(Say("a", quick=[Button("b", Link("/" + "x" * 1000))]))


# --- whatever people write -----------------------------------------------------------------------------

words = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=[]), max_size=40))
does = st.one_of(
    st.builds(
        Act, st.just("x.y"), st.dictionaries(st.sampled_from("dkvr"), st.text("0aあ", max_size=4), max_size=4)
    ),
    st.just(Link("/upload/new?draft=1")),
    st.builds(
        Pick,
        st.just(Act("p")),
        st.sampled_from([None, "2026-01-01", "2100-12-30"]),
        st.sampled_from([None, "2025-01-01", "2100-12-31"]),
    ),
)
buttons = st.lists(
    st.builds(Button, words, does, st.sampled_from(["plain", "primary", "danger"])), max_size=3
)
many_options = st.lists(
    st.builds(Option, st.just("v"), words, st.just(act("form.answer", d=1, v="v"))), max_size=20
)
facts = st.lists(st.builds(Fact, words, words, st.sampled_from([None, act("form.edit", d=1)])), max_size=4)
some = st.lists(words, max_size=3)
tones = st.sampled_from(["plain", "tip", "review", "good", "bad", "unheard-of"])
says = st.builds(Say, words, buttons)
cards = st.builds(Card, words, st.none() | words, facts, some, st.none() | words, buttons, buttons, tones)
asks = st.builds(
    Ask,
    words.map(lambda w: _("{w}")(w=w)),
    st.sampled_from([None, 3]),
    st.just(12),
    some,
    st.none() | words,
    st.none() | words,
    many_options,
    buttons,
    buttons,
)
decks = st.builds(Deck, words.map(lambda w: _("{w}")(w=w)), st.lists(cards, max_size=2), buttons)
parts: st.SearchStrategy[Heading | Say | Card | Ask] = st.one_of(st.builds(Heading, words), says, cards, asks)
screens = st.builds(Screen, st.just(_("Home")), st.lists(parts, max_size=3))
anything: st.SearchStrategy[Message] = st.one_of(says, cards, asks, decks, screens)


@settings(deadline=None, max_examples=60)
@given(st.lists(anything, max_size=4))
def test_whatever_people_write_line_takes_it_and_no_button_is_lost(said: list[Message]) -> None:
    messages = show(*said)
    wanted = sum(_pressable(one) for one in said)
    drawn = [one for one in actions([one.get("contents") for one in messages])]
    assert len(drawn) == wanted
    assert all(length(one["altText"]) <= 1500 for one in messages if one["type"] == "flex")


def _pressable(said: Any) -> int:
    match said:
        case Card():
            return len(said.buttons) + sum(fact.change is not None for fact in said.facts)
        case Ask():
            return len(said.buttons) + len(said.options)
        case Deck():
            return sum(map(_pressable, said.cards))
        case Screen():
            return sum(map(_pressable, said.parts))
    return 0


# --- what a person of the secretariat says --------------------------------------------------------------

PICTURE = Link("/files/12.jpg?until=1800000000&sig=ab_c-d")
PAPER = Link("/files/13.pdf?until=1800000000&sig=ab_c-d")
SUZUKI = "鈴木（事務局）"


def test_a_person_speaks_under_their_own_name() -> None:
    (shown,) = show(Voice("お待たせしました。", SUZUKI))
    assert shown == {"type": "text", "text": "お待たせしました。", "sender": {"name": SUZUKI}}


def test_a_picture_is_seen_at_once_and_loaded_small_first() -> None:
    text, picture = show(Voice("この画面です。", SUZUKI, picture=PICTURE))
    whole = "https://play.invalid/files/12.jpg?until=1800000000&sig=ab_c-d"
    assert picture == {
        "type": "image",
        "originalContentUrl": whole,
        "previewImageUrl": f"{whole}&small=1",
        "sender": {"name": SUZUKI},
    }
    assert text["sender"] == {"name": SUZUKI}


def test_a_picture_needs_no_words() -> None:
    assert [one["type"] for one in show(Voice("", SUZUKI, picture=PICTURE))] == ["image"]


@pytest.mark.parametrize(
    ("voice", "label"),
    [
        (Voice("資料です。", SUZUKI, file=PAPER), "Open the file"),
        (Voice("資料です。", SUZUKI, picture=Link("/files/12?until=1&sig=x")), "Open the picture"),
    ],
)
def test_what_line_does_not_show_is_behind_a_button(voice: Voice, label: str) -> None:
    messages = render([voice], speaker("en"), "https://play.invalid")
    assert problems(messages) == []
    words, paper = messages
    (action,) = [part for part in inside(paper) if part.get("type") == "uri"]
    assert action["label"] == label
    assert action["uri"].startswith("https://play.invalid/files/1")
    assert {one["sender"]["name"] for one in (words, paper)} == {SUZUKI}


def test_a_name_that_line_refuses_stands_before_the_words() -> None:
    (shown,) = show(Voice("こんにちは。", "Caroline（事務局）"))
    assert shown == {"type": "text", "text": "Caroline（事務局）\nこんにちは。"}


def test_two_people_are_never_squeezed_into_one_bubble() -> None:
    said = [Say("x"), *(Voice(f"{n}", SUZUKI) for n in range(4)), Voice("y", "林（事務局）"), Say("z")]
    shown = show(*said)
    assert [one.get("sender", {}).get("name") for one in shown] == [None, SUZUKI, "林（事務局）", None]
    assert shown[1]["text"] == "0\n\n1\n\n2\n\n3"


@settings(deadline=None)
@given(st.text(max_size=200) | st.sampled_from(HOSTILE), st.text(max_size=40) | st.sampled_from(HOSTILE))
def test_whatever_a_person_says_and_is_called_line_takes_it(text: str, name: str) -> None:
    assert show(Voice(text, name, picture=PICTURE, file=PAPER))
