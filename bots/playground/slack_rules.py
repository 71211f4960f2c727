"""Slack's own checks of a message or view, from the tables in slack_limits.toml: PLATFORMS 2.5 to 2.7."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

LIMITS: dict[str, dict[str, Json]] = tomllib.loads(
    Path(__file__).with_name("slack_limits.toml").read_text("utf-8")
)
# Slack refuses larger views whatever is in them.
VIEW_BYTES = 250_000
MARKDOWN_TOTAL = 12_000
# The longest text object; the table says it once for both kinds.
TEXT = 3000
# Words that ping a whole channel: user text that was not escaped, or a mistake of ours.
LIVE = re.compile(r"<!(channel|here|everyone)[|>]|<!subteam\^")


def message_problems(args: Any, *, allow_broadcast: bool = False) -> list[str]:
    """What Slack would say against the arguments of a call that carries a message; empty where it is content."""
    check = _Check("message", allow_broadcast)
    check.shape(args, LIMITS["surfaces"]["message"], "")
    if not isinstance(args, dict):
        return check.problems
    blocks = _blocks(args)
    for name in ("text", "markdown_text"):
        check.pings(args.get(name), f"/{name}")
    if args.get("markdown_text") is not None and (args.get("text") is not None or blocks):
        check.say("markdown_text_conflict", "/markdown_text")
    if blocks and not str(args.get("text") or "").strip():
        check.say("missing required field: text", "")
    if sum(units(str(b.get("text"))) for b in blocks if b.get("type") == "markdown") > MARKDOWN_TOTAL:
        check.say(f"markdown blocks must be less than {MARKDOWN_TOTAL + 1} characters together", "/blocks")
    if sum(b.get("type") == "table" for b in blocks) > 1:
        check.say("only one table is allowed", "/blocks")
    check.unique(blocks, "/blocks")
    return check.problems


def view_problems(view: Any, surface: str, *, allow_broadcast: bool = False) -> list[str]:
    """What Slack would say against a view sent to a `modal` or `home`; empty where it is content."""
    check = _Check(surface, allow_broadcast)
    check.shape(view, LIMITS["surfaces"][surface], "/view")
    if not isinstance(view, dict):
        return check.problems
    blocks = _blocks(view)
    if surface == "modal" and "submit" not in view and any(b.get("type") == "input" for b in blocks):
        check.say("missing required field: submit", "/view")
    if sum(e.get("focus_on_load") is True for b in blocks for e in elements(b)) > 1:
        check.say("only one element may have focus_on_load", "/view/blocks")
    if len(json.dumps(view, ensure_ascii=False).encode("utf-8", "surrogatepass")) > VIEW_BYTES:
        check.say("view_too_large", "/view")
    check.unique(blocks, "/view/blocks")
    return check.problems


def option_problems(answer: Any) -> list[str]:
    """What Slack would say against the answer to a request for options."""
    check = _Check("modal", allow_broadcast=False)
    check.shape(answer, LIMITS["objects"]["loaded"], "")
    return check.problems


def units(text: str) -> int:
    """The length of a text in UTF-16 units, which is what we hold against every limit."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def elements(block: Json) -> Iterator[Json]:
    """The elements of a block, wherever it keeps them."""
    several = block.get("elements")
    found = [block.get("accessory"), block.get("element"), *(several if isinstance(several, list) else [])]
    yield from (element for element in found if isinstance(element, dict))


def offered(element: Json) -> list[Json]:
    """Every option an element offers, in its groups or outside."""
    groups = [element, *(element.get("option_groups") or [])]
    return [option for group in groups if isinstance(group, dict) for option in group.get("options") or []]


def _blocks(surface: Json) -> list[Json]:
    found = surface.get("blocks")
    return [b for b in found if isinstance(b, dict)] if isinstance(found, list) else []


class _Check:
    """One walk through one payload, collecting what is wrong with it."""

    def __init__(self, surface: str, allow_broadcast: bool) -> None:
        self.surface = surface
        self.allow_broadcast = allow_broadcast
        self.problems: list[str] = []
        self._in_input = False
        self._kinds: dict[str, Callable[[Any, Json, str], None]] = {
            "text": self._text,
            "plain": self._plain,
            "string": self._string,
            "bool": self._bool,
            "number": self._number,
            "choice": self._choice,
            "pattern": self._pattern,
            "object": self._object,
            "element": self._element,
            "block": self._block,
            "list": self._list,
            "joined": self._joined,
            "anything": lambda value, spec, where: None,
        }

    def say(self, what: str, where: str) -> None:
        self.problems.append(f"{what} [json-pointer:{where}]")

    def shape(self, value: Any, shape: Json, where: str, *mixins: str) -> None:
        """Checks an object's fields against its table: none unknown, none missing, each in its limits."""
        if not isinstance(value, dict):
            return self.say("must be an object", where)
        fields: Json = {}
        for mixin in (*mixins, *shape.get("like", ())):
            fields |= LIMITS["mixins"][mixin]["fields"]
        fields |= shape["fields"]
        if self.surface not in shape.get("on", (self.surface,)):
            self.say(f"unsupported type in a {self.surface}: {value.get('type')}", where)
        for name in value.keys() - fields.keys():
            self.say(f"invalid additional property: {name}", where)
        for name, spec in fields.items():
            if name in value:
                self._value(value[name], spec, f"{where}/{name}")
            elif spec.get("required"):
                self.say(f"missing required field: {name}", where)
        self._alternatives(value, shape, where)
        return None

    def unique(self, blocks: list[Json], where: str) -> None:
        """Block ids are unique on their surface, action ids in their block: Slack mixes up what shares one."""
        ids = [b["block_id"] for b in blocks if "block_id" in b]
        for id in sorted({str(id) for id in ids if ids.count(id) > 1}):
            self.say(f"block_id already exists: {id}", where)
        for place, block in enumerate(blocks):
            actions = [e["action_id"] for e in elements(block) if "action_id" in e]
            for id in sorted({str(id) for id in actions if actions.count(id) > 1}):
                self.say(f"action_id already exists: {id}", f"{where}/{place}")

    def pings(self, text: Any, where: str) -> None:
        """Words that would ping everybody have no place in what we send: user text must be escaped."""
        if isinstance(text, str) and LIVE.search(text) and not self.allow_broadcast:
            self.say("live broadcast mention", where)

    def _alternatives(self, value: Json, shape: Json, where: str) -> None:
        if (needed := shape.get("any_of")) and not any(name in value for name in needed):
            self.say(f"must define either {' or '.join(needed)}", where)
        if (needed := shape.get("one_of")) and sum(name in value for name in needed) != 1:
            self.say(f"must define exactly one of {' or '.join(needed)}", where)

    def _value(self, value: Any, spec: Json, where: str) -> None:
        kind = next(name for name in spec if name in self._kinds)
        self._kinds[kind](value, spec, where)

    def _text(
        self, value: Any, spec: Json, where: str, kinds: tuple[str, ...] = ("mrkdwn", "plain_text")
    ) -> None:
        if not isinstance(value, dict) or value.get("type") not in kinds:
            return self.say(f"must be a text object of type {' or '.join(kinds)}", where)
        self.shape(value, LIMITS["elements"][value["type"]], where)
        text = value.get("text")
        most = spec.get("text") or spec["plain"]
        if isinstance(text, str) and most < units(text) <= TEXT:
            self.say(f"must be less than {most + 1} characters", f"{where}/text")
        if value["type"] == "mrkdwn":
            self.pings(text, f"{where}/text")
        return None

    def _plain(self, value: Any, spec: Json, where: str) -> None:
        self._text(value, spec, where, ("plain_text",))

    def _string(self, value: Any, spec: Json, where: str) -> None:
        if not isinstance(value, str):
            return self.say("must be a string", where)
        if units(value) > spec["string"]:
            self.say(f"must be less than {spec['string'] + 1} characters", where)
        if units(value) < (least := spec.get("min", 1)):
            self.say(f"must be more than {least - 1} characters", where)
        return None

    def _bool(self, value: Any, spec: Json, where: str) -> None:
        if not isinstance(value, bool):
            self.say("must be a boolean", where)

    def _number(self, value: Any, spec: Json, where: str) -> None:
        least, most = spec["number"]
        if isinstance(value, bool) or not isinstance(value, int):
            self.say("must be an integer", where)
        elif not least <= value <= most:
            self.say(f"must be from {least} to {most}", where)

    def _choice(self, value: Any, spec: Json, where: str) -> None:
        if value not in spec["choice"]:
            self.say(f"must be one of {', '.join(spec['choice'])}", where)

    def _pattern(self, value: Any, spec: Json, where: str) -> None:
        if not isinstance(value, str) or not re.fullmatch(spec["pattern"], value, re.ASCII):
            self.say(f"must be a string like {spec['pattern']}", where)

    def _object(self, value: Any, spec: Json, where: str) -> None:
        self.shape(value, LIMITS["objects"][spec["object"]], where)

    def _list(self, value: Any, spec: Json, where: str) -> None:
        if not isinstance(value, list):
            return self.say("must be an array", where)
        least, most = spec["size"]
        if len(value) > most:
            self.say(f"no more than {most} items allowed", where)
        if len(value) < least:
            self.say(f"no fewer than {least} items allowed", where)
        for place, item in enumerate(value):
            self._value(item, spec["list"], f"{where}/{place}")
        return None

    def _joined(self, value: Any, spec: Json, where: str) -> None:
        items = value.split(",") if isinstance(value, str) else value
        self._list(items, {"list": spec["joined"], "size": [1, 100]}, where)

    def _block(self, value: Any, spec: Json, where: str) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in LIMITS["blocks"]:
            return self.say(f"unsupported block type: {kind}", where)
        self._in_input = kind == "input"
        return self.shape(value, LIMITS["blocks"][kind], where, "block")

    def _element(self, value: Any, spec: Json, where: str) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in spec["element"]:
            return self.say(f"unsupported element type: {kind}", where)
        before = len(self.problems)
        self.shape(value, LIMITS["elements"][kind], where)
        if kind == "mrkdwn":
            self.pings(value.get("text"), f"{where}/text")
        if kind == "broadcast" and not self.allow_broadcast:
            self.say("live broadcast mention", where)
        if len(self.problems) == before:
            self._sense(value, where)
        return None

    def _sense(self, element: Json, where: str) -> None:
        """What no table can say of an element that is well-formed: its fields must agree with each other."""
        initial = [o for o in (element.get("initial_option"), *element.get("initial_options", ())) if o]
        options = offered(element)
        if "external" not in element["type"]:
            for option in initial:
                if option not in options:
                    self.say(f"initial option is not among the options: {option['value']}", where)
        if len(initial) > element.get("max_selected_items", len(initial)):
            self.say("more initial options than max_selected_items", where)
        if element.get("response_url_enabled") and not (self._in_input and self.surface == "modal"):
            self.say("response_url_enabled only works in input blocks of modals", where)
        if element["type"] == "plain_text_input":
            length = units(element.get("initial_value") or "")
            least, most = element.get("min_length", 0), element.get("max_length", 3000)
            if least > most:
                self.say("min_length must not be greater than max_length", where)
            if length > most:
                self.say(f"must be less than {most + 1} characters", f"{where}/initial_value")
        if element["type"] == "number_input":
            self._number_sense(element, where)

    def _number_sense(self, element: Json, where: str) -> None:
        numbers = {
            name: element[name] for name in ("min_value", "initial_value", "max_value") if name in element
        }
        if [float(n) for n in numbers.values()] != sorted(float(n) for n in numbers.values()):
            self.say("min_value, initial_value and max_value must be in order", where)
        if not element["is_decimal_allowed"] and any("." in n for n in numbers.values()):
            self.say("decimals are not allowed here", where)
