"""What the programme file names and says, in every language that can be chosen."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from bots.line.text import cut_label
from locales.check import LONGEST_SENTENCE
from locales.language import NAMES
from services.label import Label
from services.postal import PREFECTURES, REGIONS
from tests.programmes import PHASE2

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
ENDS = re.compile("[。！？\n]+")
OPTION = 40
"""What LINE shows of an option's label."""
LISTS = (
    "groups",
    "areas",
    "steps",
    "packages",
    "qualifications",
    "identity_documents",
    "industries",
    "decline_reasons",
    "match_statuses",
)
"""What companies and experts choose from."""


def labels(part: Any, place: str = "") -> Iterator[tuple[str, Label]]:
    """Every label in a part of the programme, with its place."""
    if isinstance(part, Label):
        yield place, part
    elif is_dataclass(part) and not isinstance(part, type):
        for field in fields(part):
            yield from labels(getattr(part, field.name), f"{place}.{field.name}")
    elif isinstance(part, tuple):
        for number, one in enumerate(part):
            yield from labels(one, f"{place}.{number}")


ALL = list(labels(PHASE2))


def test_the_labels_of_the_programme_are_found() -> None:
    assert len(ALL) > 300


def test_every_label_has_english_words_and_no_japanese_in_them() -> None:
    places = [("region", region.label) for region in REGIONS]
    places += [("prefecture", prefecture.label) for prefecture in PREFECTURES]
    assert [place for place, label in [*ALL, *places] if not label.en or JAPANESE.search(label.en)] == []


def test_what_is_said_in_easy_japanese_is_short() -> None:
    long = [
        part for _place, label in ALL for part in ENDS.split(label.ja_easy) if len(part) > LONGEST_SENTENCE
    ]
    assert long == []


@pytest.mark.parametrize("language", NAMES)
def test_what_is_chosen_fits_a_button(language: str) -> None:
    chosen = [
        label.label(language) for kind in LISTS for label in (one.label for one in getattr(PHASE2, kind))
    ]
    assert [words for words in chosen if cut_label(words, OPTION) != words] == []


@pytest.mark.parametrize("language", NAMES)
def test_no_two_options_of_a_list_read_the_same(language: str) -> None:
    for kind in LISTS:
        said = [one.label.label(language) for one in getattr(PHASE2, kind)]
        assert len(set(said)) == len(said), kind


def test_every_sentence_of_a_return_or_a_refusal_has_easy_words() -> None:
    reasons = [reason for kind in vars(PHASE2.deficiencies).values() for reason in kind]
    spoken = [*reasons, *PHASE2.decline_reasons, *PHASE2.declarations.sme, *PHASE2.declarations.expert]
    assert [one.code for one in spoken if not one.sentence.ja_easy] == []


def test_a_sentence_of_the_programme_is_known_by_its_japanese_words() -> None:
    sentence = PHASE2.deficiencies.registration[0].sentence
    assert PHASE2.own(sentence.ja) is sentence
    assert PHASE2.own("担当者が書き直した文です。") == "担当者が書き直した文です。"
