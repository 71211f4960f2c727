"""The questions of an expert's registration, without any channel."""

import pytest

from conversations import form as engine
from conversations.expert import banks
from conversations.expert.registration import ExpertRegistration
from conversations.questions import Facts
from locales.language import speaker
from services.answers import Draft
from services.programme import load
from services.refusals import Refusal
from tests.conftest import NOON

say = speaker("ja")
RULES = load("phase2")
FACTS = Facts(RULES, NOON, RULES.today(NOON), say=say)
BEFORE = Facts(RULES, NOON.replace(month=9), RULES.today(NOON), say=say)


def said(answers: dict[str, str], facts: Facts = FACTS) -> Draft:
    """A draft with these answers, given one after the other."""
    draft = Draft("expert")
    for key, raw in answers.items():
        draft = engine.answer(ExpertRegistration, draft, key, raw, facts)
    return draft


def asked(draft: Draft, facts: Facts = FACTS) -> list[str]:
    return [stop.question.key for stop in engine.walk(ExpertRegistration, draft, facts)]


def value(draft: Draft, key: str, facts: Facts = FACTS) -> object:
    return engine.values_of(engine.walk(ExpertRegistration, draft, facts)).get(key)


@pytest.mark.parametrize("typed", ["昭和60年4月1日", "S60.4.1", "1985-04-01", "１９８５／４／１"])
def test_a_birthday_is_read_in_either_calendar(typed: str) -> None:
    assert str(value(said({"born_on": typed}), "born_on")) == "1985-04-01"


@pytest.mark.parametrize("typed", ["平成15年10月21日", "4月1日", "令和5年1月1日", "きのう"])
def test_nobody_below_18_registers(typed: str) -> None:
    with pytest.raises(Refusal):
        said({"born_on": typed})


def test_regions_are_asked_of_those_who_visit() -> None:
    assert "regions" not in asked(said({"modes": "online"}))
    assert "regions" in asked(said({"modes": "online,visit"}))
    assert value(said({"modes": "visit", "regions": "全国"}), "regions") == ("ALL",)


def test_the_supporter_is_asked_of_its_staff() -> None:
    assert "supporter" not in asked(said({"affiliation": "フリーランス"}))
    assert "supporter" in asked(said({"affiliation": "SMEサポーター所属"}))


def test_no_qualification_can_be_chosen_only_while_the_terms_allow_it() -> None:
    with pytest.raises(Refusal):
        said({"qualification": "NONE"})
    draft = said({"qualification": "NONE"}, BEFORE)
    assert not {"certificate", "qualification_number", "qualification_date"} & set(asked(draft, BEFORE))
    assert "certificate" in asked(said({"qualification": "IT_COORDINATOR"}))
    assert "certificate" not in asked(Draft("expert"))


def test_a_changed_e_mail_is_typed_twice_again() -> None:
    draft = said({"email": "a@example.com", "email_again": "a@example.com"})
    with pytest.raises(Refusal, match="different"):
        engine.answer(ExpertRegistration, draft, "email_again", "b@example.com", FACTS)
    assert (
        "email_again" not in engine.answer(ExpertRegistration, draft, "email", "b@example.com", FACTS).answers
    )


def test_of_a_my_number_card_the_newest_file_counts() -> None:
    card = said({"identity_kind": "MY_NUMBER_CARD", "identity": "11,12"})
    licence = said({"identity_kind": "DRIVERS_LICENCE", "identity": "11,12"})
    assert value(card, "identity") == (12,)
    assert value(licence, "identity") == (11, 12)


def test_another_kind_of_document_needs_another_file() -> None:
    draft = said({"identity_kind": "DRIVERS_LICENCE", "identity": "11,12"})
    draft = engine.answer(ExpertRegistration, draft, "identity_kind", "PASSPORT", FACTS)
    assert "identity" not in draft.answers


@pytest.mark.parametrize("typed", ["0005", "５", "三菱UFJ", "三菱ＵＦＪ銀行"])
def test_a_bank_is_chosen_by_code_or_name(typed: str) -> None:
    assert said({"bank": typed}).answers["bank"] == "0005"


@pytest.mark.parametrize("typed", ["", "みつ", "9999", "どこにもない銀行", "\x00"])
def test_what_is_no_bank_is_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        said({"bank": typed})


@pytest.mark.parametrize("typed", ["341", "３４１", "0005-341", "新宿", "新宿支店"])
def test_a_branch_is_chosen_by_code_or_name(typed: str) -> None:
    assert said({"bank": "0005", "bank_branch": typed}).answers["bank_branch"] == "0005-341"


def test_a_branch_of_another_bank_is_noticed() -> None:
    draft = said({"bank": "0005", "bank_branch": "0005-001"})
    draft = engine.answer(ExpertRegistration, draft, "bank", "0001", FACTS)
    assert "bank_branch" not in draft.answers
    with pytest.raises(Refusal, match="another bank"):
        engine.answer(ExpertRegistration, draft, "bank_branch", "0005-001", FACTS)


def test_a_branch_waits_for_its_bank() -> None:
    with pytest.raises(Refusal, match="bank first"):
        said({"bank_branch": "341"})


async def test_the_options_are_those_of_the_bank_on_the_page() -> None:
    assert (await banks.options("bank", "三菱", {}))[0] == ("0005", "三菱ＵＦＪ (0005)")
    assert (await banks.options("bank_branch", "新宿", {"bank": "0005"}))[0] == ("0005-341", "新宿 (341)")
    assert await banks.options("bank_branch", "新宿", {}) == []
    assert await banks.options("bank_branch", "新宿", {"bank": "nonsense"}) == []
    assert await banks.options("somebody else's", "新宿", {}) == []


def test_an_account_is_shown_by_its_last_digits() -> None:
    draft = said({"account_number": "７６５４３２１"})
    [stop] = [s for s in engine.walk(ExpertRegistration, draft, FACTS) if s.question.key == "account_number"]
    assert stop.question.show(stop.value, stop.facts) == "●●●4321"


def notes(answers: dict[str, str], page: int) -> str:
    facts = FACTS.given(engine.values_of(engine.walk(ExpertRegistration, said(answers), FACTS)))
    return "".join(
        say(note) for note in ExpertRegistration.notes_on(ExpertRegistration.pages[page][0], facts)
    )


def test_the_price_shows_its_parts_where_it_is_asked() -> None:
    assert "企業の負担は500円、謝金は3,500円" in notes({"hourly_price": "4千円"}, 2)
    assert "企業の負担は500円、謝金は500円" in notes({"hourly_price": "1000"}, 2)
    assert notes({"hourly_price": "4000"}, 6) == ""
    with pytest.raises(Refusal):
        said({"hourly_price": "500"})


def test_another_holder_is_pointed_out_and_not_refused() -> None:
    name = {"kana": "たかはし りょう"}
    assert notes(name | {"account_holder": "ﾀｶﾊｼ ﾘﾖｳ"}, 6) == ""
    assert "お名前と違う" in notes(name | {"account_holder": "ｶ)ﾀｶﾊｼｼﾖｳﾃﾝ"}, 6)
    with pytest.raises(Refusal):
        said({"account_holder": "高橋"})


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_title_fits_a_modal(language: str) -> None:
    for page, _questions in ExpertRegistration.pages:
        assert len(speaker(language)(page.title)) <= 24
