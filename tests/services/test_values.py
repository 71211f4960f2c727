"""Values read what people type with patience and hold nothing invalid."""

from datetime import date

import pytest

from services.refusals import Refusal
from services.values import (
    AccountHolderKana,
    BankAccountNumber,
    CorporateNumber,
    EmailAddress,
    Hours,
    Kana,
    Period,
    PersonName,
    PhoneNumber,
    PostalCode,
    Yen,
)


@pytest.mark.parametrize(
    "typed",
    [
        "7000012050002",
        "７０００－０１２０－５０００－２",
        "T7000012050002",
        "ｔ7000012050002",
        " 7 0000 1205 0002 ",
    ],
)
def test_a_corporate_number_is_read_however_it_is_typed(typed: str) -> None:
    assert str(CorporateNumber(typed)) == "7000012050002"


@pytest.mark.parametrize("typed", ["7000012050003", "700001205000", "70000120500022", "ABC", ""])
def test_a_mistyped_corporate_number_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        CorporateNumber(typed)


@pytest.mark.parametrize("typed", ["650-0001", "6500001", "〒650-0001", "６５０ー０００１", "650 0001"])
def test_a_postal_code_is_shown_with_its_hyphen(typed: str) -> None:
    assert (str(PostalCode(typed)), PostalCode(typed).digits) == ("650-0001", "6500001")


@pytest.mark.parametrize("typed", ["650-001", "神戸市", "65000011"])
def test_a_postal_code_has_seven_digits(typed: str) -> None:
    with pytest.raises(Refusal):
        PostalCode(typed)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("０９０ー１２３４ー５６７８", "090-1234-5678"),
        ("0783225000", "078-322-5000"),
        ("(078)322-5000", "078-322-5000"),
        ("+81 90-1234-5678", "090-1234-5678"),
        ("0120−444−444", "0120-444-444"),
    ],
)
def test_a_phone_number_is_shown_the_way_people_write_it(typed: str, shown: str) -> None:
    assert str(PhoneNumber(typed)) == shown


@pytest.mark.parametrize(
    "typed", ["110", "119", "118", "090-1234", "+1 650 253 0000", "ないです", "090-ABCD-EFGH"]
)
def test_emergency_foreign_and_broken_phone_numbers_are_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        PhoneNumber(typed)


def test_two_spellings_of_a_phone_number_are_one() -> None:
    assert PhoneNumber("090-1234-5678") == PhoneNumber("＋８１９０１２３４５６７８")
    assert PhoneNumber("090-1234-5678").e164 == "+819012345678"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ｔａｒｏ＠Example．ｃｏｍ", "Taro@example.com"),
        ("taro @ example.com ", "taro@example.com"),
        ("taro@日本語.jp", "taro@xn--wgv71a119e.jp"),
        ("a..b.@docomo.ne.jp", "a..b.@docomo.ne.jp"),
        ("mailto:taro@example.com", "taro@example.com"),
    ],
)
def test_an_email_address_is_tidied(typed: str, kept: str) -> None:
    assert str(EmailAddress(typed)) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "taro",
        "taro@",
        "@example.com",
        "a@b@example.com",
        "taro yamada@example.com",
        "あ@example.com",
        "a@localhost",
    ]
    + ["a@example.com\nBcc: b@example.com", "a" * 65 + "@example.com", "a@" + "b" * 64 + ".com", "a@-x.com"],
)
def test_what_cannot_receive_mail_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        EmailAddress(typed)


def test_sensitive_values_can_be_shown_masked() -> None:
    assert PhoneNumber("090-1234-5678").masked() == "●●●5678"
    assert EmailAddress("taro@example.com").masked() == "t●●●@example.com"
    assert BankAccountNumber("1234567").masked() == "●●●4567"


def test_a_name_keeps_the_rare_characters_of_the_document() -> None:
    assert str(PersonName("\ufa19林　花子")) == "\ufa19林 花子"
    assert str(PersonName("葛\U000e0100城 一")) == "葛\U000e0100城 一"
    assert str(PersonName("ｼﾞｮﾝ・ｽﾐｽ")) == "ジョン・スミス"


@pytest.mark.parametrize("typed", ["", "太郎1", "😀", "太郎\u0000", "あ" * 61])
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        PersonName(typed)


@pytest.mark.parametrize("typed", ["ﾔﾏﾀﾞ ﾊﾅｺ", "やまだ　はなこ", "ヤマダ ハナコ"])
def test_kana_of_any_kind_become_full_width_katakana(typed: str) -> None:
    assert str(Kana(typed)) == "ヤマダ ハナコ"


@pytest.mark.parametrize("typed", ["さと-", "サト－", "ｻﾄｰ"])
def test_a_dash_after_kana_is_a_long_mark(typed: str) -> None:
    assert str(Kana(typed)) == "サトー"


@pytest.mark.parametrize("typed", ["山田", "Yamada", "", "ー"])
def test_what_is_not_kana_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        Kana(typed)


def test_an_account_number_is_padded() -> None:
    assert str(BankAccountNumber("１２３")) == "0000123"


@pytest.mark.parametrize("typed", ["12345678", "0000000", "", "abc"])
def test_what_is_no_account_number_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        BankAccountNumber(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("やまだ　はなこ", "ﾔﾏﾀﾞ ﾊﾅｺ"),
        ("カ）ヤマダショッケンａ", "ｶ)ﾔﾏﾀﾞｼﾖﾂｹﾝA"),
        ("サトー・ヴィ", "ｻﾄ-.ｳﾞｲ"),
    ],
)
def test_an_account_holder_is_kept_in_the_signs_of_the_transfer_format(typed: str, kept: str) -> None:
    assert str(AccountHolderKana(typed)) == kept


@pytest.mark.parametrize("typed", ["山田花子", "", "ア" * 31, "カ&ヤマダ"])
def test_an_account_holder_that_no_bank_takes_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        AccountHolderKana(typed)


def test_an_account_belongs_to_whoever_reads_like_its_holder() -> None:
    holder = AccountHolderKana("ﾅｶﾞﾂｶ ｼﾞﾕﾝ")
    assert holder.belongs_to(Kana("ナガツカ ジュン"))
    assert not holder.belongs_to(Kana("ナガツカ ケン"))


def test_a_period_includes_its_first_and_last_day() -> None:
    period = Period(date(2021, 11, 1), date(2021, 11, 30))
    assert date(2021, 11, 1) in period
    assert date(2021, 11, 30) in period
    assert date(2021, 12, 1) not in period
    assert (period.days, str(period)) == (30, "2021/11/01 – 2021/11/30")


def test_a_period_does_not_run_backwards() -> None:
    with pytest.raises(Refusal):
        Period(date(2021, 11, 2), date(2021, 11, 1))


def test_hours_are_told_as_decimals() -> None:
    assert str(Hours(90)) == "1.5"
    assert str(Hours(600)) == "10"
    assert Hours(90) + Hours(30) == Hours(120)
    assert str(Hours(75)) == "1.25"
    for minutes in (0, -30):
        with pytest.raises(Refusal):
            Hours(minutes)


def test_yen_stay_yen() -> None:
    assert type(Yen(300) + 200) is type(sum([Yen(1), Yen(2)])) is type(Yen(3) - 5) is type(-Yen(1)) is Yen
    assert (str(Yen(15000)), f"{Yen(-1500)}", Yen(2) < Yen(3)) == ("¥15,000", "-¥1,500", True)


@pytest.mark.parametrize("amount", [1.5, "100", True])
def test_yen_are_whole_numbers(amount: object) -> None:
    with pytest.raises(TypeError):
        Yen(amount)  # type: ignore[arg-type]
