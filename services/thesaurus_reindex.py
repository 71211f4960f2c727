"""Indexes open cases anew that have a word of several parts, once the thesaurus knows it as one or knows it no more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from services.case_records import Case
from services.case_vector import quoted
from services.thesaurus import forms_of, joined
from services.thesaurus_records import ThesaurusEdit
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

TIMER = "thesaurus.prepare"
TOGETHER = 50
"""Cases in one transaction, so that nobody who changes a case waits long."""
SETTLED = timedelta(seconds=5)
"""By then every case is indexed that was being published, with the words as they were, while they were changed."""
# Materialized, so that the index of words finds them: to walk through all cases would take as long as there are cases.
_NEXT = text("""
    WITH found AS MATERIALIZED (SELECT case_id FROM case_index WHERE vector @@ CAST(:condition AS tsquery))
    SELECT case_id FROM found WHERE case_id > :after ORDER BY case_id LIMIT :most
""")


def of_several(edit: ThesaurusEdit) -> list[tuple[str, ...]]:
    """The words of a change that stand in the index as one form made of several."""
    return [forms for word in edit.words if len(forms := forms_of(word)) > 1]


async def prepare(services: Services, edit: ThesaurusEdit) -> None:
    """Have the cases indexed anew that a change concerns, if any; the others are found by it at once."""
    if of_several(edit):
        edit.prepared_to = 0
        await services.flush()
        await services.timers.set(TIMER, edit.id, services.now + SETTLED)


@due(TIMER)
async def go_on(services: Services, edit_id: int) -> None:
    """Index some more of the cases with the words of a change."""
    edit = await services.session.get(ThesaurusEdit, edit_id)
    if edit is None or edit.prepared_to is None:
        return
    # A case from which the word went still has the joined form; the parts find those that lack it.
    condition = " | ".join(
        f"{quoted(joined(forms))} | (" + " & ".join(map(quoted, forms)) + ")" for forms in of_several(edit)
    )
    values = {"after": edit.prepared_to, "condition": condition, "most": TOGETHER}
    ids = list((await services.connection.execute(_NEXT, values)).scalars())
    locked = select(Case).where(Case.id.in_(ids)).order_by(Case.id).with_for_update()
    cases = (await services.session.scalars(locked.execution_options(populate_existing=True))).all()
    await services.search.index_all([(case, None) for case in cases])
    edit.prepared_to = ids[-1] if len(ids) == TOGETHER else None
    if edit.prepared_to is not None:
        # Another moment than the last one, for a timer that was moved is not done.
        done = timedelta(microseconds=edit.prepared_to)
        await services.timers.set(TIMER, edit.id, services.now - done)
