"""What holds for every form, whichever one it is."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.line import render as line
from bots.playground.line_rules import problems
from bots.playground.slack_rules import view_problems
from bots.slack import render as slack
from bots.slack.text import units
from conversations import everything, forms_shown, pages
from conversations.choices import Consent, Documents
from conversations.form import Form, answer, back, current, edit, finish, progress, values_of, walk
from conversations.messages import FormPage, Input, Option, act
from conversations.questions import Facts, Line, Story
from locales.language import NAMES, speaker
from services.answers import Draft
from services.programme import load
from services.refusals import Refusal
from tests.conversations.samples import sample

everything.load()
NOON = datetime(2021, 10, 20, 3, 0, tzinfo=UTC)
FACTS = Facts(load("phase2"), NOON, date(2021, 10, 20), "ja", speaker("ja"))
HERE = SimpleNamespace(facts=FACTS)
FORMS = sorted((form for form in Form.all.values() if form.questions), key=lambda form: form.name)
each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
each_language = pytest.mark.parametrize("language", NAMES)
calm = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def spoken(language: str) -> Facts:
    """The facts as somebody who reads this language has them."""
    return replace(FACTS, language=language, say=speaker(language))


def filled(form: type[Form], turn: int = 0) -> Draft:
    """A draft with every question answered, in order."""
    draft = Draft(form.name)
    for _step in range(200):
        here = current(walk(form, draft, FACTS), draft)
        if here is None:
            return draft
        draft = answer(form, draft, here.question.key, sample(here, turn), FACTS)
    raise AssertionError(f"{form.name} never ends")


@each_form
def test_it_can_be_answered_to_the_end(form: type[Form]) -> None:
    done = filled(form)
    assert current(walk(form, done, FACTS), done) is None


@each_form
@each_language
def test_every_question_fits_a_phone(form: type[Form], language: str) -> None:
    draft, facts = Draft(form.name, id=2**53, revision=99), spoken(language)
    for _step in range(200):
        path = walk(form, draft, facts)
        here = current(path, draft)
        shown = (
            forms_shown.review(HERE, form, draft, path)  # type: ignore[arg-type]
            if here is None
            else forms_shown.ask(form, draft, path, here, (), "/upload/token")
        )
        if here is not None:
            assert problems(line.render([shown], facts.say, "https://play.invalid")) == []
            draft = answer(form, draft, here.question.key, sample(here), facts)
        else:
            return


@each_form
@each_language
def test_every_page_fits_a_modal(form: type[Form], language: str) -> None:
    draft, facts = filled(form), spoken(language)
    path = walk(form, draft, facts)
    for number, (marker, asked) in enumerate(form.pages):
        inputs = [_input(form, stop) for stop in path if stop.question in asked]
        if inputs:
            page = FormPage(marker.title, 2**53, number, len(form.pages), 99, inputs, notes=form.notes(facts))
            view = slack.modal(page, facts.say, "https://play.invalid")
            assert view_problems(view, "modal") == []


@each_form
@each_language
def test_what_sends_it_is_not_cut(form: type[Form], language: str) -> None:
    assert units(speaker(language)(form.submit)) <= slack.TITLE


def _input(form: type[Form], stop) -> Input:  # type: ignore[no-untyped-def]
    question = stop.question
    return Input(
        question.key,
        question.ask,
        question.kind,
        value=stop.kept,
        options=[Option(v, label, act("x", v=v)) for v, label in question.options_for(stop.facts).items()],
        lead=question.lines(stop.facts) if isinstance(question, Consent) else (),
        required=question.required,
        redraws=pages._redraws(form, question),
        at_most=question.at_most if isinstance(question, (Story, Line)) else None,
    )


@each_form
@calm
@given(data=st.data())
def test_any_order_of_edits_gives_the_record_of_a_straight_run(form: type[Form], data: st.DataObject) -> None:
    straight = filled(form, 1)
    draft = filled(form, 0)
    for key in data.draw(st.permutations([question.key for question in form.questions])):
        stops = {stop.question.key: stop for stop in walk(form, draft, FACTS)}
        if key in stops and key in straight.answers:
            try:
                draft = answer(form, edit(draft, key), key, straight.answers[key], FACTS)
            except Refusal:
                continue
    for _step in range(200):
        path = walk(form, draft, FACTS)
        wrong = next(
            (
                s
                for s in path
                if not s.answered or draft.answers.get(s.question.key) != straight.answers.get(s.question.key)
            ),
            None,
        )
        if wrong is None:
            break
        draft = answer(form, draft, wrong.question.key, straight.answers[wrong.question.key], FACTS)
    assert values_of(walk(form, draft, FACTS)) == values_of(walk(form, straight, FACTS))


@each_form
@calm
@given(
    lines=st.lists(
        st.text(max_size=30) | st.sampled_from(["<back>", "１２", "10万円", "はい", "\x00", "👨‍👩‍👧‍👦" * 20]),
        max_size=25,
    )
)
def test_no_input_breaks_it(form: type[Form], lines: list[str]) -> None:
    draft = Draft(form.name)
    for typed in lines:
        path = walk(form, draft, FACTS)
        here = current(path, draft)
        if here is None:
            break
        try:
            draft = (
                back(path, draft)
                if typed == "<back>"
                else answer(form, draft, here.question.key, typed, FACTS)
            )
        except Refusal as refusal:
            assert speaker("ja")(refusal.reason)
        keys = [stop.question.key for stop in walk(form, draft, FACTS)]
        assert keys == sorted(keys, key=[question.key for question in form.questions].index)


@each_form
def test_progress_counts_up_to_its_total(form: type[Form]) -> None:
    draft, seen = Draft(form.name), []
    for _step in range(200):
        path = walk(form, draft, FACTS)
        here = current(path, draft)
        if here is None:
            break
        seen.append(progress(path, here))
        draft = answer(form, draft, here.question.key, sample(here), FACTS)
    counted = [place for place in seen if place is not None]
    assert [number for number, _total in counted] == list(range(1, len(counted) + 1))
    assert not counted or counted[-1][0] == counted[-1][1]


@each_form
def test_a_form_that_grew_keeps_what_was_said(form: type[Form]) -> None:
    done = filled(form)
    asked = [
        stop.question.key for stop in walk(form, done, FACTS) if not isinstance(stop.question, Documents)
    ]
    for key in asked:
        without = Draft(
            form.name, answers={k: v for k, v in done.answers.items() if k != key} | {"gone": "old"}
        )
        here = current(walk(form, without, FACTS), without)
        assert here is None or here.question.key in {key, *(q.key for q in form.questions)}
        kept = {k: v for k, v in without.answers.items() if k in asked}
        assert all(done.answers[k] == v for k, v in kept.items())


@each_form
def test_what_was_returned_is_asked_again_and_nothing_else(form: type[Form]) -> None:
    done = filled(form)
    keys = [stop.question.key for stop in walk(form, done, FACTS)]
    returned = Draft(form.name, answers=done.answers, reopened={keys[0]: "もう一度", keys[-1]: "もう一度"})
    asked = []
    for _step in range(10):
        here = current(walk(form, returned, FACTS), returned)
        if here is None:
            break
        asked.append(here.question.key)
        returned = answer(
            form, returned, here.question.key, done.answers.get(here.question.key, here.kept or ""), FACTS
        )
    assert asked == list(dict.fromkeys([keys[0], keys[-1]]))


def test_the_short_forms_stay_short() -> None:
    company = Form.all["company"]
    draft = Draft("company")
    draft = answer(company, draft, "kind", "sole_proprietor", FACTS)
    path = walk(company, draft, FACTS)
    asked = [stop for stop in path if stop.question.counts and stop.question.fill is None]
    typed = [
        stop
        for stop in asked
        if not stop.question.options_for(stop.facts) and stop.question.key not in ("industry", "employees")
    ]
    assert len(asked) == 12
    assert len(typed) == 6
    assert finish(company, draft, FACTS) is None
