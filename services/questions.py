"""What people asked us: counted, and what could not be answered kept for the secretariat to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from locales import _
from services.faq import Side, key
from services.question_records import NOT_DEALT_WITH, AskedQuestion
from services.refusals import Refusal
from services.secrets import vault
from services.tips import mask_contacts

if TYPE_CHECKING:
    from services.bundle import Services

LONGEST = 150
"""Letters of a question that are kept."""


class Questions:
    """Questions that were asked, within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def ask(self, words: str, side: Side, answer: str | None = None) -> int:
        """Keep that this was asked and what was answered, if anything; contact data in it is masked. Returns its id.

        What was dealt with and is asked once more without an answer waits again.
        """
        now, asked = self._services.now, AskedQuestion
        shown = mask_contacts(words)[:LONGEST]
        values = {
            "side": side.value,
            "key": vault().hash(f"question {side} {key(shown)}"),
            "words": shown,
            "answer": answer,
            "times": 1,
            "first_at": now,
            "last_at": now,
        }
        again = {"times": asked.times + 1, "last_at": now, "answer": answer}
        if answer is None:
            again |= {"done_at": None, "done_by": None}
        row = insert(asked).values(**values)
        kept = (
            await self._services.connection.execute(
                row.on_conflict_do_update(index_elements=[asked.side, asked.key], set_=again).returning(
                    asked.id, asked.times
                )
            )
        ).one()
        if answer is None and kept.times == 1:
            await self._show()
        return int(kept.id)

    async def answer(self, question_id: int, answer: str) -> None:
        """The person chose what was meant among what was offered, so it is answered."""
        await self._change(question_id, answer=answer)

    async def useful(self, question_id: int) -> None:
        """The answer helped."""
        await self._change(question_id, useful=AskedQuestion.useful + 1)

    async def wrong(self, question_id: int) -> None:
        """The answer was no answer to this: it waits for the secretariat."""
        await self._change(question_id, wrong=AskedQuestion.wrong + 1, done_at=None, done_by=None)
        await self._show()

    async def waiting(self) -> int:
        """How many questions wait for the secretariat."""
        found = select(func.count()).select_from(AskedQuestion).where(text(NOT_DEALT_WITH))
        return await self._services.session.scalar(found) or 0

    async def list(self, limit: int = 20) -> list[AskedQuestion]:
        """Those that wait, the most frequent first; for members of the secretariat. Raises Refusal."""
        await self._services.secretariat.require()
        order = (AskedQuestion.times.desc(), AskedQuestion.last_at.desc(), AskedQuestion.id)
        found = select(AskedQuestion).where(text(NOT_DEALT_WITH)).order_by(*order).limit(limit)
        return list(await self._services.session.scalars(found.execution_options(populate_existing=True)))

    async def deal_with(self, question_id: int) -> None:
        """Take a question off the list; it comes back when it is asked again. Raises Refusal."""
        person = await self._services.secretariat.require()
        await self._services.flush()
        done = await self._services.connection.execute(
            update(AskedQuestion)
            .where(AskedQuestion.id == question_id, text(NOT_DEALT_WITH))
            .values(done_at=self._services.now, done_by=person.id, wrong=0)
        )
        if not done.rowcount:
            raise Refusal(_("Somebody has dealt with this question already."))
        await self._services.audit.note("dealt with", "question", question_id)
        await self._show()

    async def _change(self, question_id: int, **values: object) -> None:
        await self._services.connection.execute(
            update(AskedQuestion).where(AskedQuestion.id == question_id).values(**values)
        )

    async def _show(self) -> None:
        for person_id in await self._services.secretariat.people():
            self._services.notices.home(person_id)
