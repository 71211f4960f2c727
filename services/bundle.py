"""Every service, bound to one transaction and to the person who acts in it."""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from services.addresses import Addresses
from services.audit import Audit
from services.cases import Cases
from services.claims import Claims
from services.clock import Clock, wall
from services.companies import Companies
from services.contracts import Contracts
from services.documents import Documents
from services.drafts import Drafts
from services.engagements import Engagements
from services.enquiries import Enquiries
from services.evidence import Evidences
from services.experts import Experts
from services.formation import Formation
from services.handoff_desk import HandoffDesk
from services.handoffs import Handoffs
from services.held_notices import HeldNotices
from services.inbox import Inbox
from services.invoices import Invoices
from services.ledger import Ledger
from services.misheard import Misheard
from services.missed_queries import MissedQueries
from services.notices import Notices
from services.offers import Offers
from services.papers import Papers
from services.payments import Payments
from services.people import People, Person
from services.plans import Plans
from services.programme import Programme
from services.push_use import PushUse
from services.questions import Questions
from services.reminders import Reminders
from services.reports import Reports
from services.requests import Requests
from services.reviews import Reviews, Subject
from services.saved_search_matching import SavedSearchMatching
from services.saved_searches import SavedSearches
from services.search import Search
from services.secretariat import Secretariat
from services.sessions import Sessions
from services.suggestions import Suggestions
from services.switches import Switches
from services.thesaurus_desk import ThesaurusDesk
from services.timers import Timers
from services.undelivered import Undelivered


class Services:
    """What a conversation may ask of the domain. Without a person it is the programme itself that acts."""

    def __init__(
        self, connection: AsyncConnection, programme: Programme, clock: Clock, person: Person | None
    ) -> None:
        self.connection = connection
        self.programme = programme
        self.clock = clock
        self.person = person
        self.now = clock.now()
        self.notices = Notices()

    @cached_property
    def session(self) -> AsyncSession:
        """The unit of work of the domain's records; flushed, never committed, by services."""
        return AsyncSession(self.connection, expire_on_commit=False)

    @cached_property
    def people(self) -> People:
        """Who takes part."""
        return People(self.connection)

    @cached_property
    def audit(self) -> Audit:
        """Who did what."""
        return Audit(self.connection, self.person.id if self.person else None, self.now, wall())

    @cached_property
    def drafts(self) -> Drafts:
        """The acting person's forms."""
        if self.person is None:
            raise RuntimeError("The programme itself fills in no forms.")
        return Drafts(self.connection, self.person.id)

    @cached_property
    def offers(self) -> Offers:
        """The buttons the acting person sees last."""
        if self.person is None:
            raise RuntimeError("Nothing is offered to the programme itself.")
        return Offers(self.connection, self.person)

    @cached_property
    def misheard(self) -> Misheard:
        """What the acting person said in vain."""
        return Misheard(self)

    @cached_property
    def inbox(self) -> Inbox:
        """What the acting person has sent."""
        if self.person is None:
            raise RuntimeError("Nobody sends anything to the programme itself.")
        return Inbox(self.connection, self.person.identity)

    @cached_property
    def secretariat(self) -> Secretariat:
        """Whether the acting person is of the secretariat."""
        return Secretariat(self.connection, self.person)

    @cached_property
    def reviews(self) -> Reviews:
        """What waits for the secretariat."""
        return Reviews(self)

    @cached_property
    def companies(self) -> Companies:
        """Small businesses."""
        return Companies(self)

    @cached_property
    def documents(self) -> Documents:
        """Files that came through one-time links."""
        return Documents(self)

    @cached_property
    def cases(self) -> Cases:
        """Consultation cases."""
        return Cases(self)

    @cached_property
    def experts(self) -> Experts:
        """IT experts."""
        return Experts(self)

    @cached_property
    def search(self) -> Search:
        """Finding cases."""
        return Search(self)

    @cached_property
    def saved_searches(self) -> SavedSearches:
        """Searches that experts keep."""
        return SavedSearches(self)

    @cached_property
    def saved_matching(self) -> SavedSearchMatching:
        """Which saved searches a case matches."""
        return SavedSearchMatching(self)

    @cached_property
    def suggestions(self) -> Suggestions:
        """Who and what suits each other."""
        return Suggestions(self)

    @cached_property
    def enquiries(self) -> Enquiries:
        """Questions and answers between the sides."""
        return Enquiries(self)

    @cached_property
    def plans(self) -> Plans:
        """Support plans and agreement."""
        return Plans(self)

    @cached_property
    def requests(self) -> Requests:
        """Direct proposal requests."""
        return Requests(self)

    @cached_property
    def ledger(self) -> Ledger:
        """Caps, and what is reserved, confirmed and paid."""
        return Ledger(self)

    @cached_property
    def formation(self) -> Formation:
        """The formation review of agreed plans."""
        return Formation(self)

    @cached_property
    def contracts(self) -> Contracts:
        """Quasi-mandate contracts."""
        return Contracts(self)

    @cached_property
    def papers(self) -> Papers:
        """Papers that the programme makes."""
        return Papers(self)

    @cached_property
    def sessions(self) -> Sessions:
        """Support sessions."""
        return Sessions(self)

    @cached_property
    def evidence(self) -> Evidences:
        """Evidence of sessions, reports and claims."""
        return Evidences(self)

    @cached_property
    def reports(self) -> Reports:
        """Implementation reports."""
        return Reports(self)

    @cached_property
    def invoices(self) -> Invoices:
        """Invoices to companies."""
        return Invoices(self)

    @cached_property
    def claims(self) -> Claims:
        """Claims of the honorarium."""
        return Claims(self)

    @cached_property
    def payments(self) -> Payments:
        """Payment runs."""
        return Payments(self)

    @cached_property
    def engagements(self) -> Engagements:
        """Contracts with everything under them."""
        return Engagements(self)

    @cached_property
    def handoffs(self) -> Handoffs:
        """Talking to a person of the secretariat."""
        return Handoffs(self)

    @cached_property
    def handoff_desk(self) -> HandoffDesk:
        """The same from the secretariat's side."""
        return HandoffDesk(self)

    @cached_property
    def switches(self) -> Switches:
        """Parts of the programme that can be stopped."""
        return Switches(self)

    @cached_property
    def reminders(self) -> Reminders:
        """What people say to reminders."""
        return Reminders(self)

    @cached_property
    def timers(self) -> Timers:
        """What is due later."""
        return Timers(self)

    @cached_property
    def questions(self) -> Questions:
        """What people asked us."""
        return Questions(self)

    @cached_property
    def missed(self) -> MissedQueries:
        """What experts looked for in vain."""
        return MissedQueries(self)

    @cached_property
    def thesaurus(self) -> ThesaurusDesk:
        """The words that stand for one another in a search."""
        return ThesaurusDesk(self)

    @cached_property
    def held(self) -> HeldNotices:
        """Notices that wait to be said."""
        return HeldNotices(self)

    @cached_property
    def addresses(self) -> Addresses:
        """Where people are reached by e-mail, and who is not reached in the chat."""
        return Addresses(self)

    @cached_property
    def push_use(self) -> PushUse:
        """What LINE has to push, and how much it may."""
        return PushUse(self.connection, self.programme)

    @cached_property
    def undelivered(self) -> Undelivered:
        """Letters that could not be delivered."""
        return Undelivered(self)

    def subject(self, kind: str) -> Subject:
        """The service whose records of this kind are reviewed."""
        subjects: dict[str, Subject] = {
            "company": self.companies,
            "expert": self.experts,
            "case": self.cases,
            "plan": self.formation,
            "report": self.reports,
            "claim": self.claims,
        }
        return subjects[kind]

    async def flush(self) -> None:
        """Write what the records hold to the database, within the transaction."""
        if "session" in self.__dict__:
            await self.session.flush()
