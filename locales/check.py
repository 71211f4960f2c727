"""Checks every sentence of the code against the catalogs: complete, agreeing, unused, and not too long."""

import ast
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

from locales.language import DEFAULT, HERE

ROOT = HERE.parent
FOLDERS = ("services", "conversations", "bots")
MARKS = {"_", "Text"}
LONGEST_SENTENCE = 50
ENDS = re.compile(r"[。！？\n]+")
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def sentences_in_code() -> dict[str, str]:
    """Every English sentence of the code, with the file it stands in."""
    found: dict[str, str] = {}
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    for path in [*paths, ROOT / "app.py"]:
        for sentence in _sentences(ast.parse(path.read_text("utf-8"))):
            found.setdefault(sentence, str(path.relative_to(ROOT)))
    return found


def _sentences(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in MARKS
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
        if said.setdefault(sentence, translation) != translation:
            found.append(f"{where} is translated differently in another catalog")
        if not translation:
            found.append(f"{where} has no translation")
        if sentence not in code:
            found.append(f"{where} is not in the code")
        if placeholders(sentence) != placeholders(translation):
            found.append(f"{where} has other placeholders than its translation")
        found.extend(
            f"{where}: {len(part)} characters in one sentence: {part}"
            for part in ENDS.split(PLACEHOLDER.sub("", translation))
            if len(part) > LONGEST_SENTENCE
        )
    found.extend(
        f"{path}: {sentence!r} has no {language} translation"
        for sentence, path in code.items()
        if sentence not in said
    )
    return found


def main() -> int:
    """Print the problems, or with --missing a catalog of what is still to be translated."""
    if "--missing" in sys.argv:
        for sentence, path in sentences_in_code().items():
            if not any(sentence == known for _path, known, _said in catalogs(DEFAULT)):
                quoted = sentence.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
                print(f'#. {path}\nmsgid "{quoted}"\nmsgstr ""\n')
        return 0
    found = problems()
    print("\n".join(found) or "Every sentence is in the catalogs.")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
