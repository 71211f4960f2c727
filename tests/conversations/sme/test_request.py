"""What the form of a direct request asks, and what it offers."""

from datetime import UTC, date, datetime

import pytest

from conversations.form import answer, current, finish, progress, walk
from conversations.questions import Facts
from conversations.sme.request import Profile, RequestForm
from locales.language import speaker
from services.answers import Draft
from services.programme import load
from services.refusals import Refusal
from services.values import Yen

RYO = Profile("E-000014", "高橋 涼", Yen(4000), ("EC", "SNS"))
ANSWERS = {
    "group": "販売・集客",
    "area": "EC",
    "content": "電話とFAXの注文を、販売の2名が毎日ノートに写しています。",
    "goal": "12月中に、注文の半分をネットで受けたいです。",
    "period_end": "12月24日",
    "hours": "20時間",
    "known_by": "知人・取引先",
    "answer_by": "10月27日",
}


def facts(day: date = date(2021, 10, 20)) -> Facts:
    now = datetime(day.year, day.month, day.day, 3, 0, tzinfo=UTC)
    return Facts(load("phase2"), now, day, "ja", speaker("ja"))


def begun(**said: str) -> Draft:
    draft = Draft(RequestForm.name, "expert:7", {"expert": RYO.kept()})
    for key, typed in said.items():
        draft = answer(RequestForm, draft, key, typed, facts())
    return draft


def test_eight_questions_are_asked_of_acquaintances_and_nine_of_others() -> None:
    for known_by, count in (("acquainted", 8), ("introduced", 9), ("other_system", 9), ("other", 9)):
        path = walk(RequestForm, begun(**ANSWERS | {"known_by": known_by}), facts())
        asked = [place for stop in path if (place := progress(path, stop)) is not None]
        assert asked[-1] == (count, count)


def test_it_begins_with_what_to_ask_because_the_expert_is_chosen_before() -> None:
    path = walk(RequestForm, begun(), facts())
    here = current(path, begun())
    assert here is not None
    assert here.question is RequestForm.group


def test_the_card_for_checking_shows_the_public_profile() -> None:
    say = speaker("ja")
    shown = say(RequestForm.question("expert").show(RYO, facts()))  # type: ignore[union-attr]
    assert "高橋 涼" in shown
    assert "E-000014" in shown
    assert "4,000円" in shown


def test_nobody_becomes_another_expert_by_typing() -> None:
    with pytest.raises(Refusal):
        begun(expert="E-000022")


def test_all_of_it_together_is_complete() -> None:
    done = finish(RequestForm, begun(**ANSWERS), facts())
    assert done is not None
    assert done.values["period_end"] == date(2021, 12, 24)
    assert done.values["answer_by"] == date(2021, 10, 27)
    assert done.values["hours"].minutes == 20 * 60
    assert done.values["relation"] is None


def test_ready_days_are_business_days_that_fit() -> None:
    options = RequestForm.answer_by.options_for(facts())  # type: ignore[attr-defined]
    assert list(options) == ["2021-10-25", "2021-10-27", "2021-11-04"], "Culture Day is no business day"
    late = RequestForm.answer_by.options_for(facts(date(2021, 12, 16)))  # type: ignore[attr-defined]
    assert list(late) == ["2021-12-17"], "contracts close then"


def test_an_answer_after_the_end_of_support_makes_no_sense() -> None:
    with pytest.raises(Refusal):
        begun(period_end="11月2日", answer_by="11月4日")


def test_an_earlier_end_asks_for_the_answer_day_again() -> None:
    draft = answer(RequestForm, begun(**ANSWERS), "period_end", "11月30日", facts())
    here = current(walk(RequestForm, draft, facts()), draft)
    assert here is not None
    assert here.question.key == "answer_by"


def test_finished_work_is_advised_against_at_once() -> None:
    advice = RequestForm.advise("goal", "年内にホームページを作ってほしいです。", facts())
    assert advice
    assert not RequestForm.advise("relation", "作ってほしい", facts())
