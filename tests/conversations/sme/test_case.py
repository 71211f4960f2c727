"""The form of a case: its way, its ready answers, its tips and the meter, without any channel."""

from datetime import UTC, date, datetime

import pytest

from conversations import form as engine
from conversations.questions import Facts
from conversations.sme.case import CaseForm, typed_answers
from locales.language import speaker
from services.answers import Draft
from services.programme import Programme, load
from services.refusals import Refusal
from services.tips import TipKind

KNOWN = {"trade": "和菓子", "prefecture": "兵庫県", "city": "神戸市中央区"}
STRAIGHT = {
    "group": "SALES",
    "area": "EC",
    "background": "従業員6名の和菓子店です。注文は電話とFAXで1日20件ほど、販売の2名がノートに書いています。",
    "issue": "聞き間違いが月に2、3回あります。書き直しに毎日30分かかります。",
    "goal": "12月中に、聞き間違いを半分にする方法を一緒に考えてほしいです。",
    "current_tools": "電話、FAX、パソコン2台",
    "mode": "online",
    "period_end": "2021-12-31",
    "hours": "20",
    "budget": "30000",
    "proposal_deadline": "2021-11-02",
}


@pytest.fixture
def facts() -> Facts:
    """Wednesday, the twentieth of October."""
    programme: Programme = load("phase2")
    return Facts(programme, datetime(2021, 10, 20, 3, tzinfo=UTC), date(2021, 10, 20), "ja", speaker("ja"))


def filled(facts: Facts, **other: str) -> Draft:
    """A draft in which every question on the straight way is answered in its turn."""
    draft = Draft(CaseForm.name, answers=KNOWN)
    while (here := engine.current(engine.walk(CaseForm, draft, facts), draft)) is not None:
        key = here.question.key
        draft = engine.answer(CaseForm, draft, key, (STRAIGHT | other)[key], facts)
    return draft


def done(facts: Facts, draft: Draft) -> CaseForm:
    """The completed form."""
    form = engine.finish(CaseForm, draft, facts)
    assert isinstance(form, CaseForm)
    return form


def options(facts: Facts, draft: Draft, key: str) -> list[str]:
    """The codes that can be tapped at a question."""
    stop = next(s for s in engine.walk(CaseForm, draft, facts) if s.question.key == key)
    return list(stop.question.options_for(stop.facts))


@pytest.mark.parametrize("mode", ["online", "visit", "either"])
def test_a_case_takes_at_most_twelve_questions(facts: Facts, mode: str) -> None:
    path = engine.walk(CaseForm, filled(facts, mode=mode), facts)
    counted = [stop for stop in path if stop.question.counts and not stop.by_itself]
    assert len(counted) <= 12


def test_the_area_comes_in_two_taps_and_every_area_can_be_reached(facts: Facts) -> None:
    reached = set()
    for group in options(facts, Draft(CaseForm.name), "group"):
        areas = options(facts, Draft(CaseForm.name, answers={"group": group}), "area")
        assert 1 <= len(areas) <= 10
        reached |= set(areas)
    assert reached == {area.code for area in facts.programme.areas}
    assert len(reached) == 24


def test_an_area_that_is_typed_at_once_leads_to_its_group(facts: Facts) -> None:
    draft = engine.answer(CaseForm, Draft(CaseForm.name), "group", "キャッシュレス決済・POS", facts)
    assert draft.answers["group"] == "CUSTOMERS"


def test_another_group_asks_for_the_area_again_and_keeps_the_texts(facts: Facts) -> None:
    draft = engine.answer(CaseForm, filled(facts), "group", "OFFICE", facts)
    here = engine.current(engine.walk(CaseForm, draft, facts), draft)
    assert here is not None and here.question.key == "area"
    assert draft.answers["issue"] == STRAIGHT["issue"]


def test_the_place_is_known_and_only_matters_for_a_visit(facts: Facts) -> None:
    assert done(facts, filled(facts)).content.place is None
    assert done(facts, filled(facts, mode="visit")).content.place == ("兵庫県", "神戸市中央区")


def test_what_is_not_known_yet_may_stay_open(facts: Facts) -> None:
    content = done(facts, filled(facts, hours="?", budget="?", current_tools="?")).content
    assert (content.time, content.budget, content.current_tools) == (None, None, None)


def test_the_title_and_the_start_are_put_in_and_can_be_changed(facts: Facts) -> None:
    draft = filled(facts)
    content = done(facts, draft).content
    assert content.title == "EC・ネット販売：聞き間違いが月に2、3回あります"
    assert content.period_start == date(2021, 11, 10)
    draft = engine.answer(CaseForm, draft, "case_title", "ネット注文を始めたい", facts)
    draft = engine.answer(CaseForm, draft, "period_start", "12/1", facts)
    content = done(facts, draft).content
    assert (content.title, content.period_start) == ("ネット注文を始めたい", date(2021, 12, 1))


def test_an_automatic_title_follows_the_problem_and_is_never_too_long(facts: Facts) -> None:
    draft = engine.answer(CaseForm, filled(facts), "issue", "在庫が合わない" * 20, facts)
    title = done(facts, draft).content.title
    assert title.startswith("EC・ネット販売：在庫が合わない")
    assert len(title) == 40
    issue = "注文は電話とFAXで届き、聞き間違いが月に2、3回あって、書き直しに時間がかかります。"
    draft = engine.answer(CaseForm, draft, "issue", issue, facts)
    assert (
        done(facts, draft).content.title
        == "EC・ネット販売：注文は電話とFAXで届き、聞き間違いが月に2、3回あって"
    )


def test_ready_days_are_office_days_from_which_contracts_can_follow(facts: Facts) -> None:
    draft = filled(facts)
    assert options(facts, draft, "period_end") == ["2021-11-30", "2021-12-31", "2022-01-10"]
    days = [date.fromisoformat(day) for day in options(facts, draft, "proposal_deadline")]
    assert days == [date(2021, 11, 1), date(2021, 11, 9), date(2021, 11, 16)]
    assert all(facts.programme.calendar.is_business_day(day) for day in days)


@pytest.mark.parametrize(
    ("typed", "day"), [("2", "2021-11-09"), ("11月5日", "2021-11-05"), ("11/10", "2021-11-10")]
)
def test_a_ready_day_can_be_numbered_and_any_other_typed(facts: Facts, typed: str, day: str) -> None:
    draft = engine.answer(CaseForm, filled(facts), "proposal_deadline", typed, facts)
    assert draft.answers["proposal_deadline"] == day


@pytest.mark.parametrize("typed", ["10/22", "12/18", "1/5", "いつか"])
def test_a_deadline_that_leaves_no_time_is_asked_for_again(facts: Facts, typed: str) -> None:
    with pytest.raises(Refusal):
        engine.answer(CaseForm, filled(facts), "proposal_deadline", typed, facts)


def test_round_hours_and_amounts_can_be_tapped_or_typed(facts: Facts) -> None:
    draft = filled(facts, hours="１２時間半", budget="5万円")
    assert (draft.answers["hours"], draft.answers["budget"]) == ("12.5", "50000")
    assert engine.answer(CaseForm, draft, "budget", "10,000円まで", facts).answers["budget"] == "10000"
    with pytest.raises(Refusal):
        engine.answer(CaseForm, draft, "budget", "なし", facts)


def test_another_last_day_asks_for_the_deadline_again(facts: Facts) -> None:
    draft = engine.answer(CaseForm, filled(facts), "period_end", "11月10日", facts)
    here = engine.current(engine.walk(CaseForm, draft, facts), draft)
    assert here is not None and here.question.key == "proposal_deadline"
    assert options(facts, draft, "proposal_deadline") == ["2021-11-01", "2021-11-09"]


def test_a_draft_that_was_kept_too_long_is_asked_for_its_deadline_again(facts: Facts) -> None:
    draft = filled(facts)
    later = Facts(facts.programme, datetime(2021, 11, 1, tzinfo=UTC), date(2021, 11, 1), "ja", speaker("ja"))
    here = engine.current(engine.walk(CaseForm, draft, later), draft)
    assert here is not None and here.question.key == "proposal_deadline" and here.problem


def test_tips_and_examples_fit_the_area_and_the_trade(facts: Facts) -> None:
    sweets = facts.given({"area": "EC", "trade": "和菓子"})
    hint, example = CaseForm.hint("background", sweets)
    assert hint is not None and "注文" in facts.say(hint)
    assert example is not None and "和菓子店" in example
    assert CaseForm.hint("goal", facts.given({"area": "RPA"})) != CaseForm.hint("goal", sweets)
    assert CaseForm.hint("mode", sweets) == (None, None)


def test_the_least_share_is_told_for_the_hours_that_were_named(facts: Facts) -> None:
    stop = next(s for s in engine.walk(CaseForm, filled(facts), facts) if s.question.key == "budget")
    hint, _example = CaseForm.hint("budget", stop.facts)
    assert hint is not None and facts.say(hint) == "20時間なら、自己負担は10,000円からです。"


@pytest.mark.parametrize(
    ("key", "text", "kind"),
    [
        ("goal", "ホームページを作ってください。", TipKind.FINISHED_WORK),
        ("background", "担当は佐藤さん、電話は078-331-8181です。", TipKind.PERSONAL_DATA),
        ("issue", "困っています", TipKind.TOO_SHORT),
        ("case_title", "パソコンを買いたい", TipKind.BUYING),
    ],
)
def test_a_text_is_helped_at_once_and_never_blocked(facts: Facts, key: str, text: str, kind: TipKind) -> None:
    draft = engine.answer(CaseForm, filled(facts), key, text, facts)
    assert draft.answers[key] == text
    assert kind in [advice.kind for advice in CaseForm.advise(key, text, facts)]
    assert not CaseForm.advise("mode", "online", facts)


def test_the_meter_rises_with_what_is_told(facts: Facts) -> None:
    def meter(draft: Draft) -> list[str]:
        values = engine.values_of(engine.walk(CaseForm, draft, facts))
        return [facts.say(line) for line in CaseForm.notes(facts.given(values))]

    good = meter(filled(facts))
    poor = meter(filled(facts, background="店です", issue="大変", goal="楽に", hours="?", budget="?"))
    assert good[0] == "伝わりやすさ ●●●●● 100点"
    assert len(good) == 2
    assert poor[0] < good[0] and "●●●●" not in poor[0]
    assert poor[2].startswith("もっと良くするには：")


def test_after_a_return_the_automatic_answers_go_on_following(facts: Facts) -> None:
    form = done(facts, filled(facts))
    assert "case_title" in form.kept and "period_start" in form.kept
    answers = typed_answers(facts, form.kept, {"issue": "具体的に書いてください。"})
    assert "case_title" not in answers and "period_start" not in answers
    own = dict(form.kept) | {"case_title": "ネット注文を始めたい"}
    assert typed_answers(facts, own, {})["case_title"] == "ネット注文を始めたい"
    assert "case_title" in typed_answers(facts, form.kept, {"case_title": "短くしてください。"})
