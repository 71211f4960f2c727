"""Our own tables of what LINE takes; held against LINE's OpenAPI file where LINE_OPENAPI_DIR points to it."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from bots.playground.line_rules import (
    FAMILIES,
    OBJECTS,
    Problem,
    object_problems,
    problems,
    refusal,
    rich_menu_problems,
)
from bots.playground.line_units import length
from tests.bots.playground import line_spec
from tests.bots.playground.line_payloads import (
    BASELINE,
    BUBBLE,
    COLUMN,
    DATE,
    FILM,
    GOOD,
    PICTURE,
    POSTBACK,
    RICH_MENU,
    SMALL_BUBBLE,
    flex,
    template,
)

Obj = dict[str, Any]
Step = str | int

# A family of emoji people: one character to a person, eleven UTF-16 units to LINE.
FAMILY = "👨‍👩‍👧‍👦"


def by_our_tables(message: Obj) -> bool:
    return not problems([message])


def by_lines_file(message: Obj) -> bool:
    return line_spec.validator("messaging-api", "Message").is_valid(message)


JUDGES = [by_our_tables, by_lines_file] if line_spec.FOLDER else [by_our_tables]


def text(**more: Any) -> Obj:
    return {"type": "text", "text": "こんにちは", **more}


def found(message: Obj) -> list[str]:
    return [problem.property.removeprefix("messages[0].") for problem in problems([message])]


def objects_in(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Paths of all objects in a payload."""
    if isinstance(value, dict):
        yield path
        for key, child in value.items():
            yield from objects_in(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from objects_in(child, (*path, index))


def at(value: Any, path: tuple[Step, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def changed(message: Obj, path: tuple[Step, ...], **new: Any) -> Obj:
    """A copy with some properties of one object replaced; None takes one away."""
    message = copy.deepcopy(message)
    target = at(message, path)
    for key, value in new.items():
        if value is None:
            del target[key]
        else:
            target[key] = value
    return message


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("name", GOOD)
def test_a_good_message_passes(judge: Any, name: str) -> None:
    assert judge(GOOD[name])


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("name", GOOD)
def test_a_property_nobody_knows_is_refused_in_every_object(judge: Any, name: str) -> None:
    for path in objects_in(GOOD[name]):
        if path[-1:] != ("substitution",):
            assert not judge(changed(GOOD[name], path, zzz="x")), path


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize(
    ("name", "path", "missing"),
    [
        ("text", (), "text"),
        ("image", (), "previewImageUrl"),
        ("audio", (), "duration"),
        ("location", (), "latitude"),
        ("imagemap", (), "baseSize"),
        ("imagemap", ("actions", 0), "area"),
        ("bubble", (), "altText"),
        ("bubble", ("contents", "body"), "layout"),
        ("button", ("contents", "body", "contents", 0), "action"),
        ("film", ("contents", "hero"), "altContent"),
        ("buttons", ("template",), "text"),
        ("carousel", ("template", "columns", 1), "actions"),
        ("textV2", ("substitution", "who"), "mentionee"),
    ],
)
def test_what_must_be_there_is_asked_for(judge: Any, name: str, path: tuple[Step, ...], missing: str) -> None:
    assert not judge(changed(GOOD[name], path, **{missing: None}))


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize(
    ("name", "path", "key"),
    [
        ("text", (), "type"),
        ("text", ("quickReply", "items", 0, "action"), "type"),
        ("text", ("quickReply", "items", 0, "action"), "inputOption"),
        ("text", ("quickReply", "items", 3, "action"), "mode"),
        ("bubble", ("contents",), "size"),
        ("bubble", ("contents",), "direction"),
        ("bubble", ("contents", "header"), "layout"),
        ("box", ("contents", "body", "contents", 0), "justifyContent"),
        ("words", ("contents", "body", "contents", 0), "type"),
        ("words", ("contents", "body", "contents", 0), "weight"),
        ("button", ("contents", "body", "contents", 0), "style"),
        ("buttons", ("template",), "type"),
    ],
)
def test_a_word_outside_the_list_is_refused(judge: Any, name: str, path: tuple[Step, ...], key: str) -> None:
    assert not judge(changed(GOOD[name], path, **{key: "nonsense"}))


def test_the_good_messages_use_every_property_of_every_object() -> None:
    used = {
        key
        for message in [*GOOD.values(), RICH_MENU]
        for path in objects_in(message)
        for key in at(message, path)
    }
    tables = {
        **OBJECTS,
        **{f"{f}.{name}": rules for f, names in FAMILIES.items() for name, rules in names.items()},
    }
    unused = {
        f"{name}.{key}"
        for name, rules in tables.items()
        if not name.endswith("_request")
        for key in rules
        if key not in used
    }
    assert not unused


@pytest.mark.parametrize(
    ("message", "property"),
    [
        (text(text=""), "text"),
        (text(text=5), "text"),
        (text(text=None), "text"),
        (text(text="あ" * 5001), "text"),
        (text(text="😀" * 2501), "text"),
        (text(emojis=[{"index": 0, "productId": "a", "emojiId": "1"}]), "emojis[0].index"),
        (text(sender={"name": "あ" * 21}), "sender.name"),
        (text(sender={"name": "LINE 事務局"}), "sender.name"),
        (text(sender={"name": "LINE事務局"}), "sender.name"),
        (text(quickReply={"items": []}), "quickReply.items"),
        (text(quickReply={"items": [{"type": "action", "action": POSTBACK}] * 14}), "quickReply.items"),
        (changed(GOOD["image"], (), previewImageUrl="http://example.jp/a.png"), "previewImageUrl"),
        (changed(GOOD["image"], (), previewImageUrl="https://example.jp/あ.png"), "previewImageUrl"),
        (changed(GOOD["image"], (), previewImageUrl="https://e.jp/" + "a" * 2000), "previewImageUrl"),
        (changed(GOOD["location"], (), latitude=91), "latitude"),
        (changed(GOOD["location"], (), title="あ" * 101), "title"),
        (changed(GOOD["audio"], (), duration=True), "duration"),
        (changed(GOOD["imagemap"], ("baseSize",), width=1039), "baseSize.width"),
        (changed(GOOD["textV2"], (), text="{nobody}"), "text"),
        (changed(GOOD["textV2"], (), text="{ oh"), "text"),
        (changed(GOOD["bubble"], (), altText=""), "altText"),
        (changed(GOOD["bubble"], (), altText="😀" * 751), "altText"),
    ],
)
def test_a_message_beyond_its_limits_is_refused(message: Obj, property: str) -> None:
    assert found(message) == [property]


def test_lengths_are_counted_as_line_counts_them() -> None:
    assert length(FAMILY) == 11
    assert length(FAMILY, "graphemes") == 1
    assert by_our_tables(text(text="😀" * 2500))


def quick(action: Obj) -> Obj:
    return text(quickReply={"items": [{"type": "action", "action": action}]})


@pytest.mark.parametrize(
    ("action", "wrong"),
    [
        (POSTBACK | {"label": FAMILY * 20}, None),
        (POSTBACK | {"label": "あ" * 21}, "label"),
        ({"type": "postback", "data": "x"}, "label"),
        (POSTBACK | {"data": "あ" * 301}, "data"),
        (POSTBACK | {"data": "😀" * 151}, "data"),
        (POSTBACK | {"displayText": FAMILY * 300}, None),
        (POSTBACK | {"displayText": "あ" * 301}, "displayText"),
        (POSTBACK | {"text": "はい"}, "text"),
        (POSTBACK | {"inputOption": "openRichMenu"}, "fillInText"),
        ({"type": "richmenuswitch", "label": "次", "richMenuAliasId": "a", "data": "b"}, "type"),
        ({"type": "uri", "label": "見る", "uri": "ftp://example.jp/"}, "uri"),
        ({"type": "uri", "label": "見る", "uri": "https://"}, "uri"),
        ({"type": "uri", "label": "見る", "uri": "line://nv/camera/"}, None),
        ({"type": "uri", "label": "見る", "uri": "https://example.jp/100%"}, "uri"),
        ({"type": "uri", "label": "見る", "uri": "https://[oops/"}, "uri"),
        (DATE | {"initial": "2026-02-30"}, "initial"),
        (DATE | {"initial": "20260402"}, "initial"),
        (DATE | {"initial": "2028-01-01"}, "initial"),
        (DATE | {"max": "2026-04-01"}, "max"),
        (DATE | {"mode": "time", "min": "24:00", "max": "18:00", "initial": "09:00"}, "min"),
    ],
)
def test_an_action_keeps_its_limits(action: Obj, wrong: str | None) -> None:
    expected = [f"quickReply.items[0].action.{wrong}"] if wrong else []
    assert [one for one in found(quick(action)) if one in expected or not expected] == expected


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"type": "confirm", "text": "か", "actions": [POSTBACK]}, "actions"),
        ({"type": "confirm", "text": "あ" * 241, "actions": [POSTBACK, POSTBACK]}, "text"),
        ({"type": "buttons", "text": "あ" * 160, "actions": [POSTBACK]}, None),
        ({"type": "buttons", "text": "あ" * 161, "actions": [POSTBACK]}, "text"),
        ({"type": "buttons", "title": "題", "text": "あ" * 61, "actions": [POSTBACK]}, "text"),
        ({"type": "buttons", "text": "あ", "actions": [POSTBACK] * 5}, "actions"),
        (
            {"type": "buttons", "text": "あ", "actions": [{"type": "camera", "label": "撮る"}]},
            "actions[0].type",
        ),
        ({"type": "carousel", "columns": [COLUMN] * 11}, "columns"),
        ({"type": "carousel", "columns": [COLUMN, COLUMN | {"actions": [POSTBACK]}]}, "columns[1].actions"),
        (
            {"type": "carousel", "columns": [COLUMN, {"text": "文", "actions": COLUMN["actions"]}]},
            "columns[1].title",
        ),
        (
            {
                "type": "image_carousel",
                "columns": [{"imageUrl": PICTURE, "action": POSTBACK | {"label": "あ" * 13}}],
            },
            "columns[0].action.label",
        ),
    ],
)
def test_a_template_keeps_its_limits(given: Obj, wrong: str | None) -> None:
    assert found(template(given))[:1] == ([f"template.{wrong}"] if wrong else [])


def body(*contents: Obj, layout: str = "vertical", **more: Any) -> Obj:
    return {"type": "bubble", "body": {"type": "box", "layout": layout, "contents": [*contents], **more}}


BUTTON_IN_LINE = {"type": "button", "action": POSTBACK}
ICON: Obj = BASELINE["contents"][0]
MOVING = {"type": "image", "url": PICTURE, "animated": True}


@pytest.mark.parametrize(
    ("container", "wrong"),
    [
        (body(ICON), "body.contents[0].type"),
        (body({"type": "span", "text": "x"}), "body.contents[0].type"),
        (body(BUTTON_IN_LINE, layout="baseline"), "body.contents[0].type"),
        (
            body({"type": "text", "text": "x", "gravity": "top"}, layout="baseline"),
            "body.contents[0].gravity",
        ),
        (body({"type": "text"}), "body.contents[0].text"),
        (body({"type": "text", "text": ""}), "body.contents[0].text"),
        (body({"type": "text", "text": "x", "color": "red"}), "body.contents[0].color"),
        (body({"type": "text", "text": "x", "size": "huge"}), "body.contents[0].size"),
        (body({"type": "image", "url": PICTURE, "aspectRatio": "1:4"}), "body.contents[0].aspectRatio"),
        (body({"type": "image", "url": PICTURE, "size": "full"}), None),
        (
            body({"type": "button", "action": {"type": "postback", "data": "x"}}),
            "body.contents[0].action.label",
        ),
        (body({"type": "button", "action": POSTBACK | {"label": "あ" * 40}}), None),
        (
            body({"type": "button", "action": POSTBACK | {"label": "あ" * 41}}),
            "body.contents[0].action.label",
        ),
        (body(paddingAll="10"), "body.paddingAll"),
        ({"type": "bubble", "body": {"type": "text", "text": "x"}}, "body.type"),
        ({"type": "bubble", "hero": ICON}, "hero.type"),
        (FILM | {"size": "micro"}, "size"),
        ({"type": "carousel", "contents": []}, "contents"),
        ({"type": "carousel", "contents": [SMALL_BUBBLE] * 13}, "contents"),
        ({"type": "carousel", "contents": [SMALL_BUBBLE, BUBBLE | {"size": "nano"}]}, "contents[1].size"),
        ({"type": "carousel", "contents": [FILM, FILM]}, "contents[0].hero"),
        ({"type": "carousel", "contents": [{"type": "carousel", "contents": []}]}, "contents[0].type"),
    ],
)
def test_flex_keeps_its_limits(container: Obj, wrong: str | None) -> None:
    assert found(flex(container))[:1] == ([f"contents.{wrong}"] if wrong else [])


def test_flex_has_a_size_in_bytes() -> None:
    words = {"type": "text", "text": "あ" * 1000}
    assert not found(flex(body(*[words] * 9)))
    assert found(flex(body(*[words] * 10))) == ["contents"]
    row = {"type": "carousel", "contents": [body(*[words] * 3)] * 5}
    assert not found(flex(row))
    row["contents"] = [body(*[words] * 3)] * 6
    assert found(flex(row)) == ["contents"]


def test_at_most_ten_pictures_of_a_message_move() -> None:
    assert not found(flex(body(*[MOVING] * 10)))
    assert found(flex(body(*[MOVING] * 11))) == ["contents"]


def test_one_to_five_messages_go_at_a_time() -> None:
    assert problems([]) == [Problem("messages", "Size must be between 1 and 5")]
    assert problems([text()] * 6) == [Problem("messages", "Size must be between 1 and 5")]
    assert not problems([text()] * 5)


def test_the_refusal_reads_like_lines() -> None:
    assert refusal(problems([text(text=""), text(text="あ" * 5001)])) == {
        "message": "The request body has 2 error(s)",
        "details": [
            {"message": "May not be empty", "property": "messages[0].text"},
            {"message": "Length must be between 0 and 5000", "property": "messages[1].text"},
        ],
    }


@pytest.mark.parametrize(
    ("path", "new", "wrong"),
    [
        ((), {}, None),
        ((), {"chatBarText": FAMILY * 14}, None),
        ((), {"chatBarText": "あ" * 15}, "chatBarText"),
        ((), {"name": None}, "name"),
        ((), {"name": "あ" * 301}, "name"),
        ((), {"zzz": 1}, "zzz"),
        ((), {"areas": RICH_MENU["areas"] * 11}, "areas"),
        (("size",), {"width": 799}, "size.width"),
        (("size",), {"height": 900}, "size"),
        (("areas", 1, "bounds"), {"width": 601}, "areas[1].bounds"),
        (("areas", 1, "action"), {"richMenuAliasId": "Next"}, "areas[1].action.richMenuAliasId"),
        (("areas", 0), {"action": {"type": "camera", "label": "撮る"}}, "areas[0].action.type"),
    ],
)
def test_a_rich_menu_keeps_its_limits(path: tuple[Step, ...], new: Obj, wrong: str | None) -> None:
    assert [one.property for one in rich_menu_problems(changed(RICH_MENU, path, **new))] == (
        [wrong] if wrong else []
    )


def test_what_is_no_object_at_all_is_refused() -> None:
    assert rich_menu_problems([]) == [Problem("", "Must be an object")]
    assert object_problems("push_request", {"to": "U", "messages": {}}) == [
        Problem("messages", "Must be an array")
    ]
    assert [one.property for one in problems(["hello"])] == ["messages[0].type"]


# Where LINE's own file is at hand, our tables are held against it.
if line_spec.FOLDER:
    FAMILY_SCHEMAS = {
        "message": "Message",
        "action": "Action",
        "template": "Template",
        "container": "FlexContainer",
        "component": "FlexComponent",
        "background": "FlexBoxBackground",
        "substitution": "SubstitutionObject",
        "mentionee": "MentionTarget",
        "imagemap_action": "ImagemapAction",
    }
    OBJECT_SCHEMAS = {
        "reply_request": "ReplyMessageRequest",
        "push_request": "PushMessageRequest",
        "multicast_request": "MulticastRequest",
        "validate_request": "ValidateMessageRequest",
        "loading_request": "ShowLoadingAnimationRequest",
        "mark_as_read_request": "MarkMessagesAsReadByTokenRequest",
        "alias_request": "CreateRichMenuAliasRequest",
        "alias_update_request": "UpdateRichMenuAliasRequest",
        "bulk_link_request": "RichMenuBulkLinkRequest",
        "bulk_unlink_request": "RichMenuBulkUnlinkRequest",
        "quick_reply": "QuickReply",
        "quick_reply_item": "QuickReplyItem",
        "sender": "Sender",
        "emoji": "Emoji",
        "imagemap_size": "ImagemapBaseSize",
        "imagemap_area": "ImagemapArea",
        "imagemap_video": "ImagemapVideo",
        "imagemap_link": "ImagemapExternalLink",
        "carousel_column": "CarouselColumn",
        "image_carousel_column": "ImageCarouselColumn",
        "alt_uri": "AltUri",
        "bubble_styles": "FlexBubbleStyles",
        "block_style": "FlexBlockStyle",
        "rich_menu": "RichMenuRequest",
        "rich_menu_size": "RichMenuSize",
        "rich_menu_area": "RichMenuArea",
        "rich_menu_bounds": "RichMenuBounds",
    }
    PAIRS = [(OBJECTS[name], schema) for name, schema in OBJECT_SCHEMAS.items()] + [
        (FAMILIES[family][kind], schema)
        for family, base in FAMILY_SCHEMAS.items()
        for kind, schema in line_spec.kinds("messaging-api", base).items()
    ]

    def test_every_table_of_ours_has_its_schema() -> None:
        assert OBJECT_SCHEMAS.keys() == OBJECTS.keys()
        assert FAMILY_SCHEMAS.keys() == FAMILIES.keys()
        for family, base in FAMILY_SCHEMAS.items():
            assert FAMILIES[family].keys() == line_spec.kinds("messaging-api", base).keys()

    @pytest.mark.parametrize(("rules", "schema"), PAIRS, ids=[schema for _, schema in PAIRS])
    def test_our_table_says_what_the_schema_says(rules: Any, schema: str) -> None:
        theirs = line_spec.merged("messaging-api", schema)
        assert rules.keys() == theirs["properties"].keys()
        assert theirs["required"] - {"type"} <= {name for name, rule in rules.items() if rule.required}
        for name, stated in theirs["properties"].items():
            ours = rules[name]
            if "enum" in stated:
                assert set(ours.one_of) == set(stated["enum"]), name
            for limit in ("maxLength", "maxItems"):
                if limit in stated:
                    assert ours.max == stated[limit], name
            if "minItems" in stated:
                assert ours.min == stated["minItems"], name
            if "maximum" in stated:
                assert ours.min >= stated["minimum"], name
                assert ours.max is None or ours.max <= stated["maximum"], name

    @pytest.mark.parametrize("name", GOOD)
    def test_whatever_the_schema_refuses_we_refuse(name: str) -> None:
        for path in objects_in(GOOD[name]):
            for key in at(GOOD[name], path):
                for value in (None, "nonsense", 7, 0.5, [], {}, True):
                    message = changed(GOOD[name], path, **{key: value})
                    if by_our_tables(message):
                        assert by_lines_file(message), json.dumps([path, key, value])
