"""The total transfer file, byte by byte, and the names of accounts as banks write them."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import banks, zengin
from services.programme import load
from services.programme_parts import Payer
from services.refusals import Refusal
from services.values import Yen
from services.zengin import LINE_END, RECORD, Transfer, UnreadableFile

GOLDEN = Path(__file__).parent / "golden" / "transfer.txt"
PAYER = Payer("0012345678", "ﾃﾞｼﾞﾀﾙｶ ｼﾞﾑｷﾖｸ", "0562", "ﾐﾅﾄ", "420", "ﾎﾝﾃﾝ", "2", "0001234", line_ends=True)
DAY = date(2022, 1, 31)
TRANSFERS = (
    Transfer("0001", "001", "1", "1234567", "ｻﾄｳ ｹﾝｲﾁ", Yen(104_000), 7, 3),
    Transfer("9900", "018", "1", "0098765", "ﾀｶﾊｼ ﾘﾖｳ", Yen(93_381), 8, 3),
    Transfer("0005", "341", "2", "7654321", "ﾄﾞ)ﾐﾅﾄﾃﾞｼﾞﾀﾙ", Yen(1), 9, 3),
    Transfer("0033", "001", "4", "0000001", "A.B-C(ｲ", Yen(9_999_999_999), 9_999_999_999, 3),
)


def test_the_file_is_the_one_the_bank_expects_byte_by_byte() -> None:
    assert zengin.write(PAYER, DAY, TRANSFERS) == GOLDEN.read_bytes()


def test_every_field_of_the_golden_file_stands_where_the_association_says() -> None:
    header, first, _second, _third, last, trailer, end = GOLDEN.read_bytes().split(LINE_END)[:-1]
    assert [len(record) for record in (header, first, last, trailer, end)] == [RECORD] * 5
    assert header[0:4] == b"1210"
    assert header[4:14] == b"0012345678"
    assert header[14:54].decode("shift_jis") == "ﾃﾞｼﾞﾀﾙｶ ｼﾞﾑｷﾖｸ".ljust(40)
    assert header[54:58] == b"0131"
    assert header[58:62] + header[77:80] == b"0562420"
    assert header[95:103] == b"20001234"
    assert header[103:] == b" " * 17
    assert first[0:5] == b"20001"
    assert first[5:20].decode("shift_jis") == "ﾐｽﾞﾎ".ljust(15)
    assert first[20:23] == b"001"
    assert first[23:38].decode("shift_jis") == "ﾄｳｷﾖｳ".ljust(15)
    assert first[38:50] == b"000011234567"
    assert first[50:80].decode("shift_jis") == "ｻﾄｳ ｹﾝｲﾁ".ljust(30)
    assert first[80:90] == b"0000104000"
    assert first[90:113] == b"0" + b"0000000007" + b"0000000003" + b"7" + b" "
    assert first[113:] == b" " * 7
    assert last[80:90] == b"9999999999"
    assert trailer[:19] == b"8" + b"000004" + b"010000197381"
    assert trailer[19:] == b" " * 101
    assert end == b"9" + b" " * 119


def test_half_width_kana_are_one_byte_each() -> None:
    assert "ﾃﾞｼﾞ".encode("shift_jis") == b"\xc3\xde\xbc\xde"
    assert b"\xc3\xde\xbc\xde" in GOLDEN.read_bytes()


def test_a_bank_may_want_no_ends_of_lines() -> None:
    whole = zengin.write(PAYER, DAY, TRANSFERS, line_ends=False)
    assert len(whole) == RECORD * (len(TRANSFERS) + 3)
    assert LINE_END not in whole
    assert zengin.read(whole) == zengin.read(GOLDEN.read_bytes())


def test_the_programmes_own_payer_fits() -> None:
    payer = load("phase2").payer
    assert zengin.read(zengin.write(payer, DAY, TRANSFERS)).payer == payer


# --- whatever is transferred -----------------------------------------------------------------------------

SIGNS = [*"ABCXYZ019 ().-", *"ｱｶﾝﾖ", "ｶﾞ", "ﾊﾟ"]
ACCOUNTS = [
    (bank.code, branch.code)
    for bank in banks.find_banks("", 2000)[::40]
    for branch in list(bank.branches.values())[:3]
]
holders = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=15).map("".join).map(str.strip).filter(bool)
transfers = st.lists(
    st.builds(
        lambda account, kind, number, holder, yen, reference: Transfer(
            *account, kind, f"{number:07d}", holder, Yen(yen), reference, 1
        ),
        st.sampled_from(ACCOUNTS),
        st.sampled_from("1249"),
        st.integers(1, 9_999_999),
        holders,
        st.integers(1, 9_999_999_999),
        st.integers(0, 9_999_999_999),
    ),
    max_size=20,
)


@given(transfers, st.dates(), st.booleans())
def test_whatever_is_written_is_read_again(rows: list[Transfer], day: date, line_ends: bool) -> None:
    data = zengin.write(PAYER, day, rows, line_ends=line_ends)
    records = (
        data.split(LINE_END)[:-1]
        if line_ends
        else [data[i : i + RECORD] for i in range(0, len(data), RECORD)]
    )
    assert {len(record) for record in records} == {RECORD}
    assert len(records) == len(rows) + 3
    assert int(records[-2][1:7]) == len(rows)
    assert int(records[-2][7:19]) == sum(row.yen for row in rows)
    read = zengin.read(data)
    assert read.transfers == tuple(rows)
    assert (read.payer, read.month, read.day) == (PAYER, day.month, day.day)


@given(st.text(max_size=60))
def test_a_name_is_either_refused_or_fits(text: str) -> None:
    try:
        name = zengin.holder(text)
    except Refusal as refusal:
        assert "signs" in refusal.reason.values
        return
    assert zengin.is_permitted(name)
    assert len(name.encode("shift_jis")) == len(name) <= zengin.LONGEST_HOLDER
    assert zengin.holder(name) == name


@given(st.integers(0, len(GOLDEN.read_bytes()) - 1))
def test_a_file_that_lost_a_byte_is_not_read(place: int) -> None:
    whole = GOLDEN.read_bytes()
    with pytest.raises(UnreadableFile):
        zengin.read(whole[:place] + whole[place + 1 :])


# --- names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("サトウ　ケンイチ", "ｻﾄｳ ｹﾝｲﾁ"),
        ("さとう けんいち", "ｻﾄｳ ｹﾝｲﾁ"),
        ("きゃっしゅ・ふぃー", "ｷﾔﾂｼﾕ.ﾌｲ-"),
        ("ヨーコ　ヲダ", "ﾖ-ｺ ｵﾀﾞ"),
        ("株式会社ミナトデジタル", "ｶ)ﾐﾅﾄﾃﾞｼﾞﾀﾙ"),
        ("カブシキガイシャ　ミナト", "ｶ)ﾐﾅﾄ"),
        ("ミナトデジタル合同会社", "ﾐﾅﾄﾃﾞｼﾞﾀﾙ(ﾄﾞ"),
        ("ミナト有限会社オオサカ営業所", "ﾐﾅﾄ(ﾕ)ｵｵｻｶ(ｴｲ"),
        ("特定非営利活動法人 ミナト", "ﾄｸﾋ)ﾐﾅﾄ"),
        ("abc しょうかい", "ABC ｼﾖｳｶｲ"),
    ],
)
def test_names_are_written_as_banks_do(written: str, name: str) -> None:
    assert zengin.holder(written) == name


@pytest.mark.parametrize(
    ("written", "unknown"),
    [("山田 タロウ", "山 田"), ("ヤマダ/タロウ", "/"), ("", "-"), ("ンﾞア", "\u3099"), ("ｱ,ｲ", ",")],
)
def test_signs_that_no_bank_takes_are_named(written: str, unknown: str) -> None:
    with pytest.raises(Refusal) as refused:
        zengin.holder(written)
    assert refused.value.reason.values["signs"] == unknown


def test_a_long_name_is_cut_but_never_before_its_mark() -> None:
    assert zengin.holder("ア" * 40) == "ｱ" * 30
    assert zengin.holder("ア" * 29 + "ガ") == "ｱ" * 29
    assert zengin.holder("ア" * 28 + "ガ") == "ｱ" * 28 + "ｶﾞ"


@pytest.mark.parametrize(
    "wrong",
    [
        Transfer("0001", "001", "1", "1234567", "ｻﾄｳ", Yen(0)),
        Transfer("0001", "001", "1", "1234567", "ｻﾄｳ", Yen(10_000_000_000)),
        Transfer("0001", "001", "1", "12345678", "ｻﾄｳ", Yen(1)),
        Transfer("0001", "001", "1", "1234567", "サトウ", Yen(1)),
        Transfer("0001", "001", "1", "1234567", "ｱ" * 31, Yen(1)),
    ],
)
def test_nothing_that_does_not_fit_is_written(wrong: Transfer) -> None:
    with pytest.raises(ValueError, match=r"."):
        zengin.write(PAYER, DAY, [wrong])


def test_unknown_banks_are_refused() -> None:
    with pytest.raises(Refusal):
        zengin.write(PAYER, DAY, [Transfer("9999", "001", "1", "1234567", "ｻﾄｳ", Yen(1))])


def test_a_file_whose_total_is_wrong_is_not_read() -> None:
    with pytest.raises(UnreadableFile, match="trailer"):
        zengin.read(GOLDEN.read_bytes().replace(b"010000197381", b"010000197382"))
