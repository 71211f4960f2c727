"""Which words of a text say something where they stand in another."""

import pytest

from services.programme import Programme
from services.suggestion_words import telling
from services.thesaurus import built_in


def words(rules: Programme, *texts: str) -> dict[str, str]:
    return telling(texts, built_in(), rules)


def test_a_product_is_found_by_its_other_names_and_named_as_it_was_written(rules: Programme) -> None:
    found = words(rules, "弥生会計を使っています。")
    assert found["弥生"] == "弥生会計"


@pytest.mark.parametrize(
    "nothing",
    [
        "従業員6名の会社です。10年の経験があります。",
        "EC・ネット販売と会計・経理",
        "見直して使い始めたい",
        "090-1234-5678 taro@example.jp",
        "",
        "!!! & | : * '",
    ],
)
def test_what_stands_everywhere_or_is_private_says_nothing(rules: Programme, nothing: str) -> None:
    assert words(rules, nothing) == {}


def test_what_an_area_is_called_is_left_to_the_areas_also_by_other_words(rules: Programme) -> None:
    assert "在庫" not in words(rules, "在庫を数える")
    assert "通販" not in words(rules, "ネット販売をしたい")
