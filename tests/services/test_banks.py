"""Banks and branches are found by code, name and reading."""

import pytest

from services import banks
from services.refusals import Refusal


@pytest.mark.parametrize("text", ["みなと", "ミナト", "ﾐﾅﾄ銀行", "0562", "みなと銀行"])
def test_a_bank_is_found_first_by_what_people_call_it(text: str) -> None:
    assert banks.find_banks(text, 5)[0].code == "0562"


def test_a_bank_is_found_by_a_part_of_its_name() -> None:
    assert "三井住友" in [bank.name for bank in banks.find_banks("住友", 10)]
    assert banks.find_banks("paypay", 1)[0].code == "0033"


def test_readings_are_found_with_small_kana_too() -> None:
    assert banks.find_banks("ゆうちょ", 1)[0].code == "9900"


def test_no_more_than_asked_for_are_found() -> None:
    assert len(banks.find_banks("", 7)) == 7
    assert banks.find_banks("ありえない名前", 7) == []


def test_a_branch_is_found_in_its_bank() -> None:
    minato = banks.bank("０５６２")
    found = banks.find_branches(minato, "さんのみや", 5)[0]
    assert found.name == "三宮"
    assert banks.branch(minato, found.code) == found


def test_unknown_codes_are_refused() -> None:
    with pytest.raises(Refusal, match="no bank"):
        banks.bank("9999")
    with pytest.raises(Refusal, match="branch"):
        banks.branch(banks.bank("0562"), "999")
