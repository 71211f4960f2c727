"""What waits for the secretariat: submissions, who took them, and what was decided (DOMAIN 2.3, 2.4).

Each time something is handed in there is a new review with the answers as they were then; a decision is
bound to the one the clerk saw. What a decision means for a company, an expert or a case is theirs to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from locales import Text, _
from services import review_timers
from services.database import Base
from services.people import PersonRow
from services.refusals import Refusal
from services.secrets import Encrypted

if TYPE_CHECKING:
    from services.bundle import Services


class ReviewState(StrEnum):
    """Where a review stands."""

    WAITING = "waiting"
    TAKEN = "taken"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


OPEN_STATES = (ReviewState.WAITING, ReviewState.TAKEN)


@dataclass(frozen=True)
class Remark:
    """Why one question is asked again: a deficiency code of the programme, and the sentence the person reads."""

    question: str
    code: str
    sentence: str


class Review(Base):
    """One submission and its decision. `answers` is the snapshot that was reviewed.

    `first_by` approved first what two clerks must approve; then it waits again, for another one. `checked` are
    the points of the programme's checklist that were ticked for the approval, and a note on them.
    """

    __tablename__ = "reviews"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigInteger)
    revision: Mapped[int]
    form: Mapped[str]
    answers: Mapped[Any] = mapped_column(Encrypted)
    state: Mapped[str] = mapped_column(default=ReviewState.WAITING)
    submitted_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    submitted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    taken_at: Mapped[datetime | None]
    first_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    first_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    remarks: Mapped[Any] = mapped_column(Encrypted, nullable=True)
    checked: Mapped[Any] = mapped_column(Encrypted, nullable=True)
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "revision"),
        Index("ix_reviews_queue", "submitted_at", postgresql_where="state IN ('waiting', 'taken')"),
    )

    @property
    def open(self) -> bool:
        """Whether it still waits for a decision."""
        return self.state in OPEN_STATES

    @property
    def remark_list(self) -> list[Remark]:
        """The remarks of a return, or the reason of a rejection."""
        return [Remark(**remark) for remark in self.remarks or ()]


class Subject(Protocol):
    """What can be reviewed: a service that knows its own records."""

    async def lock(self, subject_id: int) -> None:
        """Lock the record, before its review."""

    async def decided(self, review: Review) -> None:
        """Take the decision over into the record and tell whom it concerns."""

    async def involves(self, subject_id: int, person_id: int) -> bool:
        """Whether this person has a part in it and so may not decide (DOMAIN 15.7)."""


class Reviews:
    """Submissions and decisions within one transaction."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def submit(self, kind: str, subject_id: int, form: str, answers: Mapping[str, str]) -> Review:
        """Hand something in, for the first time or again; the subject is locked by the caller."""
        services = self._services
        assert services.person is not None
        revision = 1 + (
            await services.session.scalar(
                select(func.coalesce(func.max(Review.revision), 0)).where(
                    Review.kind == kind, Review.subject_id == subject_id
                )
            )
            or 0
        )
        review = Review(
            kind=kind,
            subject_id=subject_id,
            revision=revision,
            form=form,
            answers=dict(answers),
            submitted_by=services.person.id,
            submitted_at=services.now,
            due_at=review_timers.due_at(services.programme, kind, services.now),
        )
        services.session.add(review)
        await services.session.flush()
        await review_timers.watch(services, review)
        await services.audit.note(
            "submitted", kind, subject_id, revision=revision, content={"answers": dict(answers)}
        )
        await self._changed(review)
        return review

    async def get(self, review_id: int) -> Review | None:
        """A review by its id."""
        return await self._services.session.get(Review, review_id)

    async def latest(self, kind: str, subject_id: int) -> Review | None:
        """The newest submission of something."""
        return await self._services.session.scalar(
            select(Review)
            .where(Review.kind == kind, Review.subject_id == subject_id)
            .order_by(Review.revision.desc())
            .limit(1)
        )

    async def before(self, review: Review) -> Review | None:
        """The submission that this one answers, if it is not the first."""
        return await self._services.session.scalar(
            select(Review).where(
                Review.kind == review.kind,
                Review.subject_id == review.subject_id,
                Review.revision == review.revision - 1,
            )
        )

    async def queue(self, limit: int = 50) -> list[Review]:
        """What waits, oldest first."""
        return list(
            await self._services.session.scalars(
                select(Review)
                .where(Review.state.in_(OPEN_STATES))
                .order_by(Review.submitted_at, Review.id)
                .limit(limit)
            )
        )

    async def waiting(self) -> int:
        """How many wait."""
        return (
            await self._services.session.scalar(
                select(func.count()).select_from(Review).where(Review.state.in_(OPEN_STATES))
            )
            or 0
        )

    async def clocks(self) -> list[tuple[datetime, int | None]]:
        """Of each that waits: by when it should be done, and who has taken it on."""
        rows = await self._services.session.execute(
            select(Review.due_at, Review.taken_by).where(Review.state.in_(OPEN_STATES))
        )
        return [(due_at, taken_by) for due_at, taken_by in rows]

    async def name(self, person_id: int | None) -> str:
        """The name of a clerk, for cards and explanations; a dash for one whom nobody has named yet."""
        if person_id is None:
            return "-"
        name = await self._services.session.scalar(select(PersonRow.name).where(PersonRow.id == person_id))
        return name or "-"

    async def take(self, review_id: int) -> Review:
        """Take a review on, or over from a colleague; raises Refusal if it is decided."""
        review = await self._to_decide(review_id)
        assert self._services.person is not None
        review.state = ReviewState.TAKEN
        review.taken_by, review.taken_at = self._services.person.id, self._services.now
        await review_timers.watch_taken(self._services, review)
        await self._services.audit.note("taken", review.kind, review.subject_id, revision=review.revision)
        await self._changed(review)
        return review

    async def put_back(self, review_id: int) -> Review:
        """Give a review back to the queue."""
        review = await self._to_decide(review_id)
        review.state, review.taken_by, review.taken_at = ReviewState.WAITING, None, None
        await self._services.audit.note("put back", review.kind, review.subject_id, revision=review.revision)
        await self._changed(review)
        return review

    async def free(self, review_id: int) -> Review | None:
        """Give a review back to the queue that a clerk has taken on and left; None for one that nobody left."""
        known = await self.get(review_id)
        if known is None:
            return None
        await self._services.subject(known.kind).lock(known.subject_id)
        await self._services.session.refresh(known, with_for_update=True)
        if not review_timers.is_left(self._services, known):
            return None
        known.state, known.taken_by, known.taken_at = ReviewState.WAITING, None, None
        await self._services.audit.note(
            "put back", known.kind, known.subject_id, revision=known.revision, reason="left"
        )
        await self._changed(known)
        return known

    async def decide(
        self,
        review_id: int,
        verdict: ReviewState,
        remarks: Sequence[Remark] = (),
        *,
        checked: Sequence[str] = (),
        note: str | None = None,
    ) -> Review:
        """Approve, return with remarks, or reject with one; raises Refusal when it may not be decided now.

        The review holds the revision that the clerk saw: when something newer was handed in, it is outdated.
        `checked` are the points of the checklist that were ticked for an approval.
        """
        review = await self._to_decide(review_id)
        assert self._services.person is not None
        if verdict is not ReviewState.APPROVED and not remarks:
            raise Refusal(_("Please give at least one reason."))
        if verdict is ReviewState.APPROVED and review.first_by == self._services.person.id:
            raise Refusal(_("You have approved this already. Now a colleague must approve it too."))
        # What the subject refuses must leave no trace: its Refusal is an answer, and the turn commits.
        async with self._services.session.begin_nested():
            review.state = verdict
            review.decided_by, review.decided_at = self._services.person.id, self._services.now
            review.remarks = [vars(remark) for remark in remarks] or None
            review.checked = {"points": list(checked), "note": note} if checked else None
            await self._services.session.flush()
            await self._services.audit.note(
                verdict.value,
                review.kind,
                review.subject_id,
                revision=review.revision,
                reason=",".join(sorted({remark.code for remark in remarks})) or None,
                content={"remarks": review.remarks, "checked": review.checked}
                if remarks or checked
                else None,
            )
            await self._services.subject(review.kind).decided(review)
        await self._changed(review)
        return review

    def require_checked(self, review: Review) -> None:
        """Refuses an approval for which not every point of its kind's checklist was ticked; for a subject to call."""
        points = {point.code for point in getattr(self._services.programme.checklists, review.kind)}
        if not points <= set((review.checked or {}).get("points", ())):
            raise Refusal(_("Please tick every point. If one does not hold, return it instead."), "checked")

    async def need_another(self, review: Review) -> None:
        """Let an approval count as the first of two: it waits again, for another clerk (DOMAIN 10.4 C11).

        For a subject to call from `decided`; only approving is closed to the first clerk, who may still return it.
        """
        review.first_by, review.first_at = review.decided_by, review.decided_at
        review.state, review.taken_by, review.taken_at = ReviewState.WAITING, None, None
        review.decided_by = review.decided_at = None
        await self._services.session.flush()

    async def withdraw(self, kind: str, subject_id: int) -> None:
        """Take what waits out of the queue because the person no longer wants it."""
        review = await self.latest(kind, subject_id)
        if review is not None and review.open:
            review.state = ReviewState.WITHDRAWN
            await self._services.audit.note("review withdrawn", kind, subject_id, revision=review.revision)
            await self._changed(review)

    async def what_became(self, review: Review) -> Text:
        """Why nothing can be decided about a review that is over."""
        if review.state == ReviewState.WITHDRAWN:
            return _("This was withdrawn. There is nothing to decide.")
        return _("{who} has decided this on {when}: {verdict}.")(
            who=await self.name(review.decided_by),
            when=review.decided_at,
            verdict=VERDICTS[ReviewState(review.state)],
        )

    async def _to_decide(self, review_id: int) -> Review:
        person = await self._services.secretariat.require()
        known = await self.get(review_id)
        if known is None:
            raise Refusal(_("This review does not exist."))
        subject = self._services.subject(known.kind)
        await subject.lock(known.subject_id)
        review = await self._services.session.get(
            Review, review_id, with_for_update=True, populate_existing=True
        )
        assert review is not None
        if not review.open:
            raise Refusal(await self.what_became(review))
        if await subject.involves(review.subject_id, person.id):
            raise Refusal(_("You have a part in this yourself, so a colleague must decide."))
        return review

    async def _changed(self, review: Review) -> None:
        await self._services.session.flush()
        await review_timers.forget_idle(self._services, review)
        self._services.notices.draw("review", review.id)
        for person_id in await self._services.secretariat.people():
            self._services.notices.home(person_id)


VERDICTS = {
    ReviewState.WAITING: _("waiting"),
    ReviewState.TAKEN: _("being reviewed"),
    ReviewState.APPROVED: _("approved"),
    ReviewState.RETURNED: _("returned"),
    ReviewState.REJECTED: _("rejected"),
    ReviewState.WITHDRAWN: _("withdrawn"),
}
