"""What happens to sessions by itself: one that nobody ended, and one that the company did not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.session_records import Session, SessionState
from services.timers import due

if TYPE_CHECKING:
    from services.bundle import Services

FORGOTTEN, UNANSWERED = "session.forgotten", "session.unanswered"


@due(FORGOTTEN)
async def ask_for_the_end(services: Services, session_id: int) -> None:
    """Ask the expert when a session ended that has been running for longer than a day may have."""
    session = await services.session.get(Session, session_id)
    if session is None or session.state != SessionState.RUNNING:
        return
    expert = await services.experts.get(session.expert_id)
    assert expert is not None
    services.notices.tell("session.forgotten", expert.person_id, session=session.id)
    services.notices.home(expert.person_id)


@due(UNANSWERED)
async def tell_the_secretariat(services: Services, session_id: int) -> None:
    """Show the secretariat a session that the company has not answered in time, and remind the company once."""
    session = await services.session.get(Session, session_id)
    if session is None or session.state != SessionState.RECORDED:
        return
    for person_id in await services.companies.members(session.company_id):
        services.notices.tell("session.reminded", person_id, session=session.id)
    session.raised_at = session.raised_at or services.now
    services.notices.draw("session", session.id)
    for person_id in await services.secretariat.people():
        services.notices.home(person_id)
