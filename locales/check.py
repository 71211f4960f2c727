"""Checks every sentence of the code against the catalogs: complete, agreeing, unused, and not too long."""

import ast
import re
import string
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeGuard

import regex
from babel.messages.pofile import read_po

from locales.language import DEFAULT, EASY, HERE

ROOT = HERE.parent
FOLDERS = ("services", "conversations", "bots")
STAFF = ("conversations/secretariat/", "services/audit_words.py", "bots/playground/", "bots/terminal/")
"""Where nothing is said to companies and experts; this is in plain Japanese only."""
MARKS = {"_", "Text"}
PRESSED = {"Button"}
LONGEST_SENTENCE = 50
LONGEST_BUTTON = 20
"""What LINE shows of a quick reply, in characters that a person sees (PLATFORMS 1.11)."""
ENDS = re.compile(r"[。！？\n]+")
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@cache
def sentences_in_code() -> Mapping[str, tuple[str, ...]]:
    """Every English sentence of the code, with the files it stands in."""
    found: dict[str, list[str]] = defaultdict(list)
    for path, tree in _trees():
        for sentence in _sentences(tree):
            found[sentence].append(path)
    return {sentence: tuple(paths) for sentence, paths in found.items()}


@cache
def on_buttons() -> frozenset[str]:
    """The sentences of the code that stand on a button."""
    buttons = [node for _path, tree in _trees() for node in ast.walk(tree) if _calls(node, PRESSED)]
    return frozenset(sentence for button in buttons for sentence in _sentences(button.args[0]))


def needed(language: str) -> dict[str, str]:
    """What a language has to say, each with a file it stands in: easy Japanese nothing that only staff reads."""
    return {
        sentence: paths[0]
        for sentence, paths in sentences_in_code().items()
        if language != EASY or not all(path.startswith(STAFF) for path in paths)
    }


def _trees() -> Iterator[tuple[str, ast.Module]]:
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    for path in [*paths, ROOT / "app.py"]:
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def _calls(node: ast.AST, names: set[str]) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def _sentences(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            _calls(node, MARKS)
            and len(node.args) == 1
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            yield node.args[0].value


def catalogs(language: str) -> Iterator[tuple[Path, str, str]]:
    """Every sentence of a language with the file it stands in."""
    for path in sorted((HERE / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id:
                    yield path, str(message.id), str(message.string)


def placeholders(sentence: str) -> set[str]:
    """The names of what is filled in."""
    return {name for _text, name, _format, _conversion in string.Formatter().parse(sentence) if name}


def problems(language: str = DEFAULT) -> list[str]:
    """What is wrong with the catalogs of a language, one line each."""
    said: dict[str, str] = {}
    found = []
    code = sentences_in_code()
    for path, sentence, translation in catalogs(language):
        where = f"{path.relative_to(ROOT)}: {sentence!r}"
        bare = PLACEHOLDER.sub("", translation)
        if said.setdefault(sentence, translation) != translation:
            found.append(f"{where} is translated differently in another catalog")
        if not translation:
            found.append(f"{where} has no translation")
        if sentence not in code:
            found.append(f"{where} is not in the code")
        if placeholders(sentence) != placeholders(translation):
            found.append(f"{where} has other placeholders than its translation")
        if sentence in on_buttons() and len(regex.findall(r"\X", bare)) > LONGEST_BUTTON:
            found.append(f"{where} is too long for a button: {translation}")
        found.extend(
            f"{where}: {len(part)} characters in one sentence: {part}"
            for part in ENDS.split(bare)
            if len(part) > LONGEST_SENTENCE
        )
    found.extend(
        f"{path}: {sentence!r} has no {language} translation"
        for sentence, path in needed(language).items()
        if sentence not in said
    )
    return found


def main() -> int:
    """Print the problems, or with --missing a catalog of what is still to be translated into a language."""
    if "--missing" in sys.argv:
        language = EASY if EASY in sys.argv else DEFAULT
        known = {sentence for _path, sentence, _said in catalogs(language)}
        for sentence, path in needed(language).items():
            if sentence not in known:
                quoted = sentence.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
                print(f'#. {path}\nmsgid "{quoted}"\nmsgstr ""\n')
        return 0
    found = [*problems(DEFAULT), *problems(EASY)]
    print("\n".join(found) or "Every sentence is in the catalogs.")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
