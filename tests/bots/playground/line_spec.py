"""LINE's OpenAPI files as strict JSON Schema (they say which kinds there are, and not that others are wrong)."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

Obj = dict[str, Any]

FOLDER = os.environ.get("LINE_OPENAPI_DIR")
PREFIX = "#/components/schemas/"


@cache
def schemas(file: str) -> Obj:
    """The schemas of one file, as LINE wrote them."""
    assert FOLDER
    text = (Path(FOLDER) / f"{file}.yml").read_text(encoding="utf-8")
    found: Obj = yaml.safe_load(text)["components"]["schemas"]
    return found


@cache
def validator(file: str, schema: str) -> Draft202012Validator:
    """Judges a payload as this schema; unknown properties are wrong."""
    return Draft202012Validator({"$ref": f"#/$defs/{schema}", "$defs": _strict(file)})


def kinds(file: str, schema: str) -> dict[str, str]:
    """Value of `type` -> name of the schema for it."""
    mapping = schemas(file)[schema]["discriminator"]["mapping"]
    return {kind: target.removeprefix(PREFIX) for kind, target in mapping.items()}


def merged(file: str, schema: str) -> Obj:
    """`properties` and `required` of a schema together with those it inherits."""
    found = schemas(file)[schema]
    properties, required = dict(found.get("properties", {})), set(found.get("required", ()))
    for part in found.get("allOf", ()):
        if "$ref" in part:
            inherited = merged(file, part["$ref"].removeprefix(PREFIX))
        else:
            inherited = {"properties": part.get("properties", {}), "required": part.get("required", ())}
        properties |= inherited["properties"]
        required |= set(inherited["required"])
    return {"properties": properties, "required": required}


@cache
def _strict(file: str) -> Obj:
    strict: Obj = {}
    for name, schema in schemas(file).items():
        if "discriminator" in schema:
            strict[f"{name}__base"] = {
                "properties": _converted(schema.get("properties", {})),
                "required": schema.get("required", []),
            }
            strict[name] = _choice(kinds(file, name))
        else:
            strict[name] = _concrete(file, schema)
    return strict


def _choice(mapping: dict[str, str]) -> Obj:
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": list(mapping)}},
        "allOf": [
            {
                "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
                "then": {"$ref": f"#/$defs/{child}"},
            }
            for kind, child in mapping.items()
        ],
    }


def _concrete(file: str, schema: Obj) -> Obj:
    converted: Obj = _converted({key: value for key, value in schema.items() if key != "allOf"})
    if "allOf" in schema:
        converted["allOf"] = [
            {"$ref": f"#/$defs/{part['$ref'].removeprefix(PREFIX)}__base"}
            if "$ref" in part
            else _converted(part)
            for part in schema["allOf"]
        ]
    if schema.get("type") == "object" or "allOf" in schema:
        converted["unevaluatedProperties"] = False
    return converted


def _converted(part: Any) -> Any:
    if isinstance(part, list):
        return [_converted(one) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return {"$ref": part["$ref"].replace(PREFIX, "#/$defs/")}
    converted = {key: _converted(value) for key, value in part.items() if key != "nullable"}
    if part.get("nullable") is True:
        converted["type"] = [part["type"], "null"]
    return converted
