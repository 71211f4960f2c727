"""A postal code fills in as much of an address as it is sure of."""

from services.postal import PREFECTURES, REGIONS, Place, look_up
from services.values import PostalCode


def test_a_code_of_one_town_gives_all_of_it() -> None:
    assert look_up(PostalCode("650-0001")) == Place("兵庫県", "神戸市中央区", "加納町")


def test_a_code_of_several_towns_leaves_the_town_open() -> None:
    assert look_up(PostalCode("452-0961")) == Place("愛知県", "清須市", "")


def test_a_code_of_several_cities_leaves_the_city_open() -> None:
    assert look_up(PostalCode("650-0000")) == Place("兵庫県", "", "")


def test_a_code_of_two_prefectures_or_of_none_gives_nothing() -> None:
    assert look_up(PostalCode("498-0000")) is None
    assert look_up(PostalCode("999-9999")) is None


def test_a_code_of_an_office_gives_its_place() -> None:
    assert look_up(PostalCode("100-8111")) == Place("東京都", "千代田区", "千代田")


def test_there_are_forty_seven_prefectures_in_order() -> None:
    assert len({prefecture.name for prefecture in PREFECTURES}) == 47
    named = {prefecture.code: prefecture.name for prefecture in PREFECTURES}
    assert (named["01"], named["13"], named["28"], named["47"]) == ("北海道", "東京都", "兵庫県", "沖縄県")
    assert max(len(region.prefectures) for region in REGIONS) <= 10
