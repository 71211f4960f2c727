"""Groups of words as they are edited: what is kept, what is added, and what would do harm."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.postal import PREFECTURES
from services.refusals import Refusal
from services.thesaurus import Group, built_in_groups, forms_of
from services.thesaurus_groups import (
    MOST_WORDS,
    Role,
    WordGroup,
    difference,
    holding,
    in_force,
    matching,
    read_words,
    require_sound,
    shipped,
)

SHOP = Group(["EC", "ネットショップ", "通販"], ["Shopify", "BASE"])
HOURS = Group(["勤怠管理", "出退勤"], ["タイムカード"])
GROUPS = shipped([SHOP, HOURS])
BUILT_IN = shipped(built_in_groups())


@dataclass
class Change:
    """A change as it is kept."""

    id: int
    group: str
    words: Mapping[str, str] = field(default_factory=dict)


def refused(roles: Mapping[str, Role], key: str = "EC", *, both: bool = False) -> Refusal:
    """What is said to this change."""
    with pytest.raises(Refusal) as no:
        require_sound(GROUPS, GROUPS.get(key, WordGroup(key)), roles, both=both)
    return no.value


def test_every_built_in_group_has_a_name_of_its_own() -> None:
    assert len(BUILT_IN) == len(built_in_groups())


def test_words_are_read_one_a_line_or_between_commas_each_once() -> None:
    assert read_words("ＥＣ\n ネット　販売、通販，ec;EC\n\n") == ["EC", "ネット 販売", "通販"]


def test_a_change_is_what_is_not_so_yet() -> None:
    roles = difference(GROUPS["EC"], ["ＥＣ", "ネットショップ", "Shopify", "直販"], [])
    assert roles == {"通販": Role.OUT, "BASE": Role.OUT, "Shopify": Role.SAME, "直販": Role.SAME}
    assert difference(GROUPS["EC"], ["通販", "ec", "ネットショップ"], ["BASE", "SHOPIFY"]) == {}


def test_changes_come_on_top_of_what_is_built_in() -> None:
    groups = in_force(
        GROUPS,
        [
            Change(1, "EC", {"直販": "same", "BASE": "out"}),
            Change(2, "+RPA", {"RPA": "same", "自動化": "same"}),
        ],
    )
    assert groups["EC"].words == ["EC", "ネットショップ", "通販", "直販"] and groups["EC"].kinds == [
        "Shopify"
    ]
    assert groups["EC"].revision == 1 and groups["+RPA"].words == ["RPA", "自動化"]
    assert groups["勤怠管理"] == GROUPS["勤怠管理"]


def test_a_group_that_got_another_name_keeps_its_changes() -> None:
    later = shipped([Group(["ネットショップ", "EC", "通販"]), HOURS])
    groups = in_force(later, [Change(1, "EC", {"直販": "same"})])
    assert set(groups) == {"ネットショップ", "勤怠管理"} and "直販" in groups["ネットショップ"].words


def test_what_was_added_to_a_group_that_is_no_more_stands_for_itself() -> None:
    groups = in_force(shipped([HOURS]), [Change(1, "EC", {"直販": "same", "産直": "same"})])
    assert groups["EC"].words == ["直販", "産直"]


def test_groups_are_found_by_what_stands_in_them() -> None:
    assert [group.key for group in matching(GROUPS, "ｼｮｯﾌﾟ")] == ["EC"]
    assert [group.key for group in matching(GROUPS, "shop")] == ["EC"]
    assert len(matching(GROUPS, "")) == 2 and not matching(GROUPS, "会計")
    assert [group.key for group in holding(GROUPS, "勤怠 管理")] == ["勤怠管理"]


# --- what would do harm --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("店", "too short"),
        ("…", "too short"),
        ("管理システム", "says more"),
        ("システム", "says more"),
        ("ほ" * 41, "too long"),
        ("神戸 大阪 京都 奈良 滋賀 三重", "too long"),
        ("出退勤", "already means the same as “勤怠管理”"),
    ],
)
def test_a_word_that_would_find_too_much_or_nothing_is_refused(word: str, said: str) -> None:
    refusal = refused({word: Role.SAME})
    assert said in refusal.reason.message.format(word="", other="勤怠管理") and refusal.about == "words"


def test_a_kind_may_stand_in_several_groups_and_a_word_where_it_is_said() -> None:
    require_sound(GROUPS, GROUPS["EC"], {"出退勤": Role.KIND})
    require_sound(GROUPS, GROUPS["EC"], {"出退勤": Role.SAME}, both=True)


def test_a_group_has_two_words_at_least_and_twenty_four_at_most() -> None:
    assert "two words" in refused({"RPA": Role.SAME}, "+RPA").reason.message
    assert "two words" in refused({word: Role.OUT for word in SHOP.words}).reason.message
    names = [prefecture.name + "の祭り" for prefecture in PREFECTURES[:MOST_WORDS]]
    assert "too many" in refused(dict.fromkeys(names, Role.SAME)).reason.message
    require_sound(GROUPS, GROUPS["EC"], dict.fromkeys(names[: MOST_WORDS - 3], Role.SAME))


@pytest.mark.parametrize(
    ("roles", "about"),
    [
        ({"京都": Role.SAME, "東京都": Role.SAME}, "words"),
        ({"Kyoto": Role.SAME, "東京": Role.SAME}, "words"),
        ({"京都府": Role.SAME, "東京": Role.KIND}, "kinds"),
    ],
)
def test_a_prefecture_never_means_another_one(roles: Mapping[str, Role], about: str) -> None:
    refusal = refused(roles, "+places")
    assert "different places" in refusal.reason.message and refusal.about == about


def test_a_prefecture_has_several_names_and_a_region_several_prefectures() -> None:
    tokyo = {"東京": Role.SAME, "東京都": Role.SAME, "首都": Role.SAME, "Tokyo": Role.SAME}
    require_sound(GROUPS, WordGroup("+places"), tokyo)
    region = {"首都圏": Role.SAME, "関東": Role.SAME, "東京都": Role.KIND, "千葉県": Role.KIND}
    require_sound(GROUPS, WordGroup("+places"), region)
    for group in BUILT_IN.values():
        require_sound(BUILT_IN, group, {}, both=True)


def test_a_whole_group_may_be_given_up() -> None:
    require_sound(GROUPS, GROUPS["EC"], dict.fromkeys(GROUPS["EC"].roles, Role.OUT))


def test_a_group_joins_no_more_than_a_few_others() -> None:
    many = [Group([name, name + "店"]) for name in ("会計", "在庫", "予約", "採用")]
    groups = shipped([*many, SHOP])
    with pytest.raises(Refusal, match="find everything"):
        require_sound(
            groups,
            groups["EC"],
            {word: Role.SAME for word in ("会計", "在庫", "予約", "採用")},
            both=True,
        )


@pytest.mark.parametrize("key", sorted(BUILT_IN)[::40])
def test_any_built_in_group_takes_another_word(key: str) -> None:
    require_sound(BUILT_IN, BUILT_IN[key], {"ベランダ菜園": Role.SAME})


# --- nothing is lost -----------------------------------------------------------------------------------

some_words = st.lists(
    st.sampled_from([word for group in BUILT_IN.values() for word in group.roles][:200])
    | st.text("あいうアイウ漢字ab、 -", min_size=1, max_size=6),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(key=st.sampled_from(sorted(BUILT_IN)), words=some_words, kinds=some_words)
def test_an_edit_never_loses_a_built_in_word_silently(key: str, words: list[str], kinds: list[str]) -> None:
    group = BUILT_IN[key]
    typed = [read_words("\n".join(each)) for each in (words, kinds)]
    roles = difference(group, *typed)
    after = group.changed(roles, 1)
    told = {word for word, role in roles.items() if role is Role.OUT}
    assert set(group.roles) - set(after.roles) == told
    kept = {forms_of(word) for each in typed for word in each}
    assert all(forms_of(word) not in kept for word in told)
    back = {word: group.roles.get(word, Role.OUT) for word in roles}
    assert list(after.changed(back, 2).roles.items()) == list(group.roles.items())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["EC", "勤怠管理", "+RPA"]),
            st.dictionaries(
                st.sampled_from(["EC", "通販", "BASE", "直販", "RPA"]), st.sampled_from(list(Role))
            ),
        ),
        max_size=8,
    )
)
def test_a_word_is_what_the_last_change_to_it_says(changes: list[tuple[str, dict[str, Role]]]) -> None:
    groups = in_force(GROUPS, [Change(at, key, words) for at, (key, words) in enumerate(changes, 1)])
    for key in {*GROUPS, *(key for key, _words in changes)}:
        expected = dict(GROUPS[key].roles) if key in GROUPS else {}
        for other, words in changes:
            expected |= words if other == key else {}
        kept = {word: role for word, role in expected.items() if role is not Role.OUT}
        assert dict(groups[key].roles) == kept
