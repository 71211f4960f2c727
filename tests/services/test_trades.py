"""What the name of a business says of its trade."""

import pytest

from services.trades import trade_in


@pytest.mark.parametrize(
    ("name", "trade"),
    [
        ("居酒屋はま", "居酒屋"),
        ("和菓子処こうべ", "和菓子"),
        ("株式会社神戸鉄工", "鉄工"),
        ("山田工務店", "工務店"),
        ("菓匠やまもと", None),
        ("山田店", None),
    ],
)
def test_a_trade_is_read_from_a_name_that_says_it(name: str, trade: str | None) -> None:
    assert trade_in(name) == trade
