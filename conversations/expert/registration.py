"""An expert registers, page by page: person, offer, qualification, identity, bank account (DOMAIN 3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversations import words
from conversations.acts import on
from conversations.catalogue import CarriedOver, found_place, terms, terms_version
from conversations.choices import Choice, Consent, Documents
from conversations.expert import offers
from conversations.expert.answers import BirthDate, IdentityFiles, Otherwise, PastDay, SameEmail, one_sided
from conversations.expert.banks import AccountNumber, BankChoice, BranchChoice, unlike_name
from conversations.form import Form
from conversations.messages import Card, Pressed
from conversations.questions import Facts, Line, Options, Page, Story, Words
from locales import Text, _
from services.companies import Standing
from services.experts import Account, AccountKind, Affiliation, Application, Expert, Qualification, Way
from services.programme import Deadline
from services.refusals import Refusal
from services.values import AccountHolderKana, EmailAddress, Kana, PersonName, PhoneNumber, PostalCode, Yen

if TYPE_CHECKING:
    from conversations.turn import Turn

NO_QUALIFICATION = "NONE"
"""May be chosen only under terms that do not ask for a qualification (DOMAIN 1.4)."""
FILES = ("certificate", "identity", "face", "passbook")
AFFILIATION = {
    Affiliation.FREELANCE.value: _("Freelance"),
    Affiliation.SIDE_JOB.value: _("Side job or second job"),
    Affiliation.SME_SUPPORTER.value: _("Staff of an SME supporter"),
    Affiliation.ONE_PERSON_COMPANY.value: _("One-person company"),
}
ACCOUNT_KIND = {
    AccountKind.ORDINARY.value: _("Ordinary account"),
    AccountKind.CURRENT.value: _("Current account"),
    AccountKind.SAVINGS.value: _("Savings account"),
}
YES, NO = "yes", "no"


def qualifications(facts: Facts) -> Options:
    """What the programme accepts; none at all only while the terms allow it."""
    accepted: dict[str, Words] = {one.code: one.label for one in facts.programme.qualifications}
    if not facts.programme.terms_at(facts.now).qualification_required:
        accepted[NO_QUALIFICATION] = _("None of these")
    return accepted


def identity_documents(facts: Facts) -> Options:
    """What shows who somebody is."""
    return {one.code: one.label for one in facts.programme.identity_documents}


def place(facts: Facts) -> str | None:
    """Prefecture, city and town behind the postal code, as far as they are known."""
    found = found_place(facts)
    return f"{found.prefecture}{found.city}{found.town}" if found else None


class ExpertRegistration(Form):
    """What an expert says at registration; the page that is open is all that closing a window can lose."""

    name = "expert"
    title = _("Register as an expert")
    submit = _("Apply with this")
    live = frozenset({"hourly_price", "account_holder"})

    about_you = Page(_("About you"), _("Each page is kept when you press Next. You can go on later."))
    full_name = Line(
        _("What is your name?"),
        PersonName,
        at_most=40,
        label=_("Name"),
        hint=_("As on your identity document."),
    )
    kana = Line(_("How is your name read?"), Kana, at_most=60, label=_("Name in kana"))
    born_on = BirthDate(
        _("When were you born?"),
        label=_("Date of birth"),
        hint=_("Either calendar is fine, for example 1985/4/1."),
    )
    display_name = Line(
        _("Under which name do companies see you?"),
        at_most=30,
        label=_("Display name"),
        hint=_("Left empty, it is your name."),
    ).optional()
    affiliation = Choice(_("How do you work?"), AFFILIATION, label=_("Affiliation"))
    supporter = Line(_("Which SME supporter do you belong to?"), at_most=80, label=_("SME supporter")).when(
        affiliation.is_(Affiliation.SME_SUPPORTER)
    )
    postal_code = Line(
        _("What is the postal code of your address?"),
        PostalCode,
        label=_("Postal code"),
        hint=_("For example 650-0001. We look the address up."),
    )

    contact = Page(_("How to reach you"), _("Companies don't see any of this."))
    place = (
        Line(_("Prefecture, city and town"), at_most=60, label=_("Place")).follows(postal_code).filled(place)
    )
    street = Line(_("What comes after that in the address?"), at_most=80, label=_("Street and building"))
    phone = Line(_("What is your phone number?"), PhoneNumber, label=_("Phone"))
    email = Line(
        _("Which e-mail address may we write to?"),
        EmailAddress,
        at_most=254,
        label=_("E-mail"),
        hint=_("Results of reviews are also sent there."),
    )
    email_again = SameEmail(
        _("Please type the e-mail address once more."), first="email", label=_("E-mail once more")
    ).follows(email)

    offer = Page(_("What you offer"), _("Companies see this, and search by it."))
    areas = offers.ask_areas()
    modes = offers.ask_modes()
    regions = offers.ask_regions().when(modes.has(Way.VISIT))
    hourly_price = offers.ask_price()
    availability = Line(
        _("When do you have time?"),
        at_most=80,
        label=_("Availability"),
        hint=_("For example: weekday evenings, about 10 hours a month."),
    ).optional()

    experience = Page(_("Your experience"))
    career = Story(
        _("What have you done so far?"),
        at_most=1000,
        label=_("Career"),
        hint=_("Without names of customers."),
    )
    track_record = Story(
        _("Which companies of what kind have you supported, and how?"), at_most=1000, label=_("Track record")
    )
    matched = Choice(
        _("Have you found a company to support?"),
        {YES: _("Yes, I have found one"), NO: _("Not yet")},
        label=_("Company found"),
    )
    wants_matching = Choice(
        _("Do you want to be introduced to companies?"),
        {YES: _("Yes, please"), NO: _("No, thank you")},
        label=_("Introductions"),
        hint=_("If you also want other companies than the one you found, choose yes."),
    )
    referrer = Line(_("Who told you about this programme?"), at_most=80, label=_("Referred by")).optional()

    qualifying = Page(_("Qualification"), _("One of these is enough."))
    qualification = Choice(
        _("Which qualification do you hold?"),
        qualifications,
        label=_("Qualification"),
        hint=_("Certificates of software makers do not count."),
    )
    qualification_number = Line(
        _("What is the number on the certificate?"), at_most=40, label=_("Certificate number")
    ).when(Otherwise(qualification, frozenset({NO_QUALIFICATION})))
    qualification_date = PastDay(
        _("When did you obtain it?"),
        label=_("Date obtained"),
        hint=_("Either calendar is fine, for example 2015/12/18."),
    ).when(Otherwise(qualification, frozenset({NO_QUALIFICATION})))
    certificate = (
        Documents(
            _("Please send the certificate."),
            purpose="qualification",
            label=_("Certificate"),
            hint=_("Your name and the number must be readable."),
        )
        .when(Otherwise(qualification, frozenset({NO_QUALIFICATION})))
        .follows(qualification)
    )

    identifying = Page(_("Who you are"), _("Only the secretariat sees these files."))
    identity_kind = Choice(
        _("Which identity document do you send?"), identity_documents, label=_("Kind of document")
    )
    identity = IdentityFiles(
        _("Please send your identity document."),
        document="identity_kind",
        purpose="identity_document",
        label=_("Identity document"),
        hint=_("Both sides if something is on the back."),
    ).follows(identity_kind)
    face = Documents(
        _("Please send a photo of your face."),
        purpose="face_photo",
        label=_("Face photo"),
        hint=_("From the front, without hat or mask."),
    )

    banking = Page(_("Bank account"), _("The honorarium goes there. Later only its last digits are shown."))
    bank = BankChoice(
        _("Which bank is it?"), label=_("Bank"), hint=_("Type its name or its code and choose it.")
    )
    bank_branch = BranchChoice(
        _("Which branch?"), label=_("Branch"), hint=_("Type its name or its code and choose it.")
    ).follows(bank)
    account_kind = Choice(_("Which kind of account?"), ACCOUNT_KIND, label=_("Kind of account"))
    account_number = AccountNumber(
        _("What is the account number?"),
        label=_("Account number"),
        hint=_("Up to 7 digits. For Japan Post Bank the number for transfers."),
    )
    account_holder = Line(
        _("Who is the account holder, in kana?"),
        AccountHolderKana,
        at_most=60,
        label=_("Account holder"),
        hint=_("As in the passbook. It should be your own account."),
    )
    passbook = Documents(
        _("Please send the cover and the first inner pages of the passbook."),
        purpose="passbook",
        at_least=2,
        label=_("Passbook"),
        hint=_("Two files. Without a paper passbook, two screenshots that show everything."),
    )

    closing = Page(_("Consent"))
    phase1_paid = CarriedOver(
        _("How much honorarium did you receive in the phase before?"),
        lambda money: money.expert_cap,
        label=_("Received in the phase before"),
        hint=_("0 if you are new here. It counts towards the cap of both phases."),
    )
    consent = Consent(
        _("Please read this. Do you agree?"),
        terms_version,
        terms(lambda facts: facts.programme.declarations.expert),
        agree=_("I agree"),
        label=_("Terms and declarations"),
    )

    @classmethod
    def hint(cls, key: str, facts: Facts) -> tuple[Text | None, str | None]:
        """What to mind about the document that was chosen."""
        if key == "identity" and one_sided(facts.programme, facts.values.get("identity_kind")):
            return _("Only the side with your photo. Of a My Number card never the back."), None
        return None, None

    @classmethod
    def notes(cls, facts: Facts) -> Sequence[Text]:
        """Who pays which part of the price, and whether the account seems to be somebody else's."""
        return [*offers.price_notes(facts), *_account_notes(facts)]

    @classmethod
    def notes_on(cls, page: Page, facts: Facts) -> Sequence[Text]:
        """Each of them below what it follows from."""
        if page is cls.offer:
            return offers.price_notes(facts)
        return _account_notes(facts) if page is cls.banking else ()

    async def complete(self, turn: Turn) -> None:
        """Apply; the secretariat reviews it within a few business days."""
        expert = await turn.services.experts.apply(self._application(), self.name, self.kept)
        turn.say(await received_card(turn, expert))

    def _application(self) -> Application:
        values = self.values
        qualification = None
        if self.qualification != NO_QUALIFICATION:
            qualification = Qualification(
                self.qualification, values["qualification_number"], values["qualification_date"]
            )
        return Application(
            self.full_name,
            self.kana,
            self.born_on,
            Affiliation(self.affiliation),
            self.supporter,
            self.display_name or str(self.full_name),
            self.postal_code,
            self.place + self.street,
            self.phone,
            self.email,
            offers.offer_of(self),
            self.career,
            self.track_record,
            self.availability,
            self.wants_matching == YES,
            self.matched == YES,
            self.referrer,
            qualification,
            self.identity_kind,
            Account(
                self.bank.code,
                self.bank_branch.code,
                AccountKind(self.account_kind),
                self.account_number,
                self.account_holder,
            ),
            {key: values[key] for key in FILES if values[key]},
            Yen(self.phase1_paid),
            self.consent,
        )


def _account_notes(facts: Facts) -> list[Text]:
    if not unlike_name(facts.values.get("account_holder"), facts.values.get("kana")):
        return []
    return [_("The account holder is not your name. Please check that the account is yours.")]


async def received_card(turn: Turn, expert: Expert) -> Card:
    """What was received, and when there will be an answer."""
    review = await turn.services.reviews.latest("expert", expert.id)
    assert review is not None
    return Card(
        _("Thank you. We have received your application."),
        badge=words.STANDING[Standing.UNDER_REVIEW],
        body=[
            _("Your number is {number}.")(number=expert.number),
            _("We look at it by about {day} and tell you here and by e-mail.")(day=review.due_at),
        ],
        tone="good",
    )


# --- before the form -----------------------------------------------------------------------------------


@on("expert.register")
async def begin_button(turn: Turn, pressed: Pressed) -> None:
    """Begin to register, go on with it, or say where it stands."""
    await begin(turn)


async def begin(turn: Turn) -> None:
    """Begin to register, go on with it, or say where it stands."""
    services = turn.services
    expert = await services.experts.mine()
    match expert and Standing(expert.standing):
        case Standing.DEFICIENT:
            await correct(turn)
        case Standing.UNDER_REVIEW:
            assert expert is not None
            turn.say(await received_card(turn, expert))
        case Standing.COMPLETED:
            raise Refusal(_("You are registered already."))
        case _:
            if await services.drafts.live(ExpertRegistration.name) is None:
                services.programme.require_open(Deadline.REGISTRATION, services.now)
                await services.switches.require("registration")
            await turn.start(ExpertRegistration)


@on("expert.correct")
async def correct_button(turn: Turn, pressed: Pressed) -> None:
    """Put right what the secretariat returned."""
    await correct(turn)


async def correct(turn: Turn) -> None:
    """Ask again only what was returned, with the reasons; everything else stays as it was."""
    expert = await turn.services.experts.mine()
    if expert is None or expert.standing != Standing.DEFICIENT:
        raise Refusal(_("There is nothing to correct at the moment."))
    review = await turn.services.reviews.latest("expert", expert.id)
    assert review is not None
    reopened = {remark.question: remark.sentence for remark in review.remark_list}
    # A number that was handed in is never shown in full again, so it is typed anew.
    hidden = {
        question.key
        for question in ExpertRegistration.questions
        if question.private and question.key in reopened
    }
    answers = {key: kept for key, kept in review.answers.items() if key not in hidden}
    await turn.start(ExpertRegistration, str(review.id), answers, reopened)
