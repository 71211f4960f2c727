"""A small thesaurus in place of the built-in one, so that tests of editing it do not depend on the words of the day."""

import pytest

from services import thesaurus_book
from services.thesaurus import Group
from services.thesaurus_book import Edition, as_thesaurus
from services.thesaurus_groups import shipped

SMALL = (
    Group(["EC", "ネットショップ", "通販", "ネット通販"], ["Shopify", "BASE"]),
    Group(["勤怠", "勤怠管理", "出退勤"], ["タイムカード"]),
    Group(["クラウドファンディング", "クラファン"], ["CAMPFIRE"]),
    Group(["旅館", "宿", "民宿"]),
    Group(["ホームページ", "ウェブサイト"], ["WordPress"]),
    Group(["在庫", "棚卸し"]),
    Group(["レジ", "POS"]),
    Group(["会計", "経理"]),
    Group(["予約", "受付"]),
    Group(["採用", "求人"]),
)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Edition:
    """The small thesaurus, built in."""
    groups = shipped(SMALL)
    edition = Edition(groups, as_thesaurus(groups))
    monkeypatch.setattr(thesaurus_book, "_first", lambda: edition)
    return edition
