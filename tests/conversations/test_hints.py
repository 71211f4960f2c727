"""Whoever is not understood three times hears three different things, at whichever question."""

import pytest

from conversations import hints, menu
from conversations.form import Form, answer, current, walk
from locales import Text
from locales.language import speaker
from services.answers import Draft
from tests.conversations.samples import sample
from tests.conversations.test_every_form import FACTS, FORMS

say = speaker("ja")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_three_hints_differ_at_every_question(form: type[Form]) -> None:
    draft, reason = Draft(form.name), Text("why not")
    for _step in range(200):
        here = current(walk(form, draft, FACTS), draft)
        if here is None:
            return
        told = ["\n".join(map(say, hints.hint(form, here, reason, times))) for times in (1, 2, 3)]
        assert len(set(told)) == 3, here.question.key
        assert told[0] == "why not"
        assert told[2] == "\n".join(map(say, hints.hint(form, here, reason, 9)))
        assert len(told[2]) <= 70
        draft = answer(form, draft, here.question.key, sample(here), FACTS)


def test_a_person_is_offered_from_the_second_time_on() -> None:
    assert [hints.ways(times) for times in (1, 2, 3)] == [[], [menu.HUMAN], [menu.HUMAN]]
