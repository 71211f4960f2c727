"""What LINE accepts: every outgoing payload is held against line_limits.toml, strictly.

Unknown properties are refused too, although LINE overlooks some of them: what we send is ours, so a name it
does not know is a slip of the pen.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from bots.playground.line_relations import RELATIONS
from bots.playground.line_units import length

TABLES = tomllib.loads(Path(__file__).with_name("line_limits.toml").read_text(encoding="utf-8"))

Obj = dict[str, Any]


class Problem(NamedTuple):
    """One reason to refuse: where it is (`messages[0].text`) and what LINE would say."""

    property: str
    message: str


def problems(messages: list[Obj]) -> list[Problem]:
    """Why LINE would refuse these message objects; empty when it takes them (PLATFORMS 1.11-1.15)."""
    return object_problems("validate_request", {"messages": messages})


def rich_menu_problems(menu: Any) -> list[Problem]:
    """Why LINE would refuse this rich menu object (PLATFORMS 1.16)."""
    return object_problems("rich_menu", menu)


def object_problems(name: str, value: Any) -> list[Problem]:
    """Why LINE would refuse `value` as the object called `name` in line_limits.toml, such as a request's body."""
    return _Check().of(value, name)


def refusal(found: list[Problem]) -> Obj:
    """The body of LINE's 400."""
    details = [{"message": problem.message, "property": problem.property} for problem in found]
    return {"message": f"The request body has {len(found)} error(s)", "details": details}


@dataclass(frozen=True)
class Rule:
    """What one property may hold; the names are those of line_limits.toml."""

    kind: str = "text"
    required: bool = False
    min: float | None = None
    max: float | None = None
    unit: str = "utf16"
    one_of: tuple[str, ...] = ()
    shape: re.Pattern[str] | None = None
    item: str = ""
    only: tuple[str, ...] = ()
    place: str = ""
    keys: re.Pattern[str] | None = None


SHAPES = {name: re.compile(shape) for name, shape in TABLES["shapes"].items()}


def _rule(row: Obj) -> Rule:
    row = {"kind": row.get("is", "text"), "item": row.get("of", "")} | row
    for name in ("shape", "keys"):
        if name in row:
            row[name] = SHAPES[row[name]]
    for name in ("one_of", "only"):
        row[name] = tuple(row.get(name, ()))
    return Rule(**{name: value for name, value in row.items() if name not in ("is", "of")})


def _rules(table: Obj) -> dict[str, Rule]:
    return {name: _rule(row) for name, row in table.items()}


OBJECTS = {name: _rules(table) for name, table in TABLES["objects"].items()}
# `type` is in the row so that it is a known property; which values it may have is the family's business.
FAMILIES = {
    family: {
        name: {"type": Rule()} | _rules(members.get("every", {})) | _rules(table)
        for name, table in members.items()
        if name != "every"
    }
    for family, members in TABLES["families"].items()
}
PLACES = TABLES["places"]


class _Check:
    """One walk through one payload, collecting what is wrong."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.kinds: dict[str, Callable[[str, Any, Rule], None]] = {
            "text": self._text,
            "url": self._url,
            "uri": self._uri,
            "int": self._int,
            "number": self._number,
            "bool": self._bool,
            "list": self._list,
            "map": self._map,
        }

    def of(self, value: Any, name: str) -> list[Problem]:
        self._object("", value, name, OBJECTS[name])
        return self.found

    def _no(self, path: str, message: str) -> None:
        self.found.append(Problem(path, message))

    def _value(self, path: str, value: Any, rule: Rule) -> None:
        if rule.kind in self.kinds:
            self.kinds[rule.kind](path, value, rule)
        elif rule.kind in FAMILIES:
            self._member(path, value, rule)
        else:
            self._object(path, value, rule.kind, OBJECTS[rule.kind])

    def _object(self, path: str, value: Any, name: str, rules: dict[str, Rule]) -> None:
        if not isinstance(value, dict):
            return self._no(path, "Must be an object")
        before = len(self.found)
        for key, child in value.items():
            if key in rules:
                self._value(_at(path, key), child, rules[key])
            else:
                self._no(_at(path, key), "Unknown property")
        for key, rule in rules.items():
            if rule.required and key not in value:
                self._no(_at(path, key), "May not be empty")
        # A rule between properties may rely on each of them being right.
        if name in RELATIONS and len(self.found) == before:
            for key, message in RELATIONS[name](value):
                self._no(_at(path, key), message)
        return None

    def _member(self, path: str, value: Any, rule: Rule) -> None:
        family = FAMILIES[rule.kind]
        allowed = PLACES[rule.place]["actions"] if rule.place else rule.only or tuple(family)
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in allowed:
            names = ", ".join(sorted(allowed))
            return self._no(_at(path, "type"), f"Must be one of the following values: [{names}]")
        if rule.place:
            self._label(path, value, rule.place)
        return self._object(path, value, f"{rule.kind}.{kind}", family[kind])

    def _label(self, path: str, action: Obj, place: str) -> None:
        if "label" not in action and PLACES[place]["label_required"]:
            self._no(_at(path, "label"), "May not be empty")
        label = action.get("label")
        if isinstance(label, str) and length(label, "graphemes") > PLACES[place]["label_max"]:
            self._no(_at(path, "label"), f"Length must be between 0 and {PLACES[place]['label_max']}")

    def _text(self, path: str, value: Any, rule: Rule) -> None:
        if not isinstance(value, str):
            self._no(path, "Must be a string")
        elif not value:
            self._no(path, "May not be empty")
        elif rule.max is not None and length(value, rule.unit) > rule.max:
            self._no(path, f"Length must be between 0 and {rule.max}")
        elif rule.one_of and value not in rule.one_of:
            self._no(path, f"Must be one of the following values: [{', '.join(sorted(rule.one_of))}]")
        elif rule.shape and not rule.shape.fullmatch(value):
            self._no(path, "Invalid format")

    def _url(self, path: str, value: Any, rule: Rule) -> None:
        self._link(path, value, rule, ("https",))

    def _uri(self, path: str, value: Any, rule: Rule) -> None:
        self._link(path, value, rule, ("http", "https", "line", "tel"))

    def _link(self, path: str, value: Any, rule: Rule, schemes: tuple[str, ...]) -> None:
        before = len(self.found)
        self._text(path, value, rule)
        wrong = _wrong_link(value, schemes) if len(self.found) == before else None
        if wrong:
            self._no(path, wrong)

    def _int(self, path: str, value: Any, rule: Rule) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            self._no(path, "Must be an integer")
        else:
            self._range(path, value, rule)

    def _number(self, path: str, value: Any, rule: Rule) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._no(path, "Must be a number")
        else:
            self._range(path, value, rule)

    def _range(self, path: str, value: float, rule: Rule) -> None:
        if rule.min is not None and value < rule.min:
            self._no(path, f"Must be greater than or equal to {rule.min}")
        elif rule.max is not None and value > rule.max:
            self._no(path, f"Must be less than or equal to {rule.max}")

    def _bool(self, path: str, value: Any, rule: Rule) -> None:
        if not isinstance(value, bool):
            self._no(path, "Must be a boolean")

    def _list(self, path: str, value: Any, rule: Rule) -> None:
        if not isinstance(value, list):
            return self._no(path, "Must be an array")
        low = rule.min or 0
        if len(value) < low or (rule.max is not None and len(value) > rule.max):
            high = rule.max if rule.max is not None else "any"
            self._no(path, f"Size must be between {low} and {high}")
        item = replace(rule, kind=rule.item, min=None, max=None)
        for index, child in enumerate(value):
            self._value(f"{path}[{index}]", child, item)
        return None

    def _map(self, path: str, value: Any, rule: Rule) -> None:
        if not isinstance(value, dict):
            return self._no(path, "Must be an object")
        if rule.max is not None and len(value) > rule.max:
            self._no(path, f"Size must be between 0 and {rule.max}")
        for key, child in value.items():
            if rule.keys and not rule.keys.fullmatch(key):
                self._no(_at(path, key), "Invalid key")
            self._value(_at(path, key), child, replace(rule, kind=rule.item, min=None, max=None))
        return None


def _at(path: str, key: str) -> str:
    return f"{path}.{key}" if path and key else path or key


def _wrong_link(link: str, schemes: tuple[str, ...]) -> str | None:
    # LINE wants UTF-8, percent-encoded.
    if not re.fullmatch(r"(%[0-9A-Fa-f]{2}|[!$&-;=?-Z\[\]_a-z~#@])+", link):
        return "Invalid URI"
    try:
        parts = urlsplit(link)
    except ValueError:
        return "Invalid URI"
    if parts.scheme not in schemes:
        return "invalid uri scheme"
    return None if (parts.path if parts.scheme == "tel" else parts.hostname) else "Invalid URI"
